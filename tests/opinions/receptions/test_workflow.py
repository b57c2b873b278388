"""A reception from opening to closing: whom it names, whom it received, what the roster and the history learn."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.workflow import BadInput, NotAllowed, WrongState
from duties import workflow as duties
from duties.models import RosterLine, Shift
from opinions.models import Reception, ReceptionEntry, ReceptionVisit
from opinions.receptions import queries, workflow
from stations.models import Representative, Service
from tests.opinions.receptions.world import mate, opened, rep, roster, told
from tests.world import START, World

MINUTE = timedelta(minutes=1)


def test_who_comes_is_numbered_in_the_order_of_coming(world: World) -> None:
    row = opened(world, place="  一楼接待室 ")
    first, second = told(world), told(world, body="自来水发黄。", phone="13800005555")
    workflow.receive(row.pk, first, actor=world.clerk, at=START + MINUTE)
    workflow.receive(row.pk, second, actor=world.town_staff, at=START + 2 * MINUTE)
    again = workflow.receive(row.pk, first, actor=world.clerk, at=START + 3 * MINUTE)
    assert again.number == 1
    assert list(row.visits.values_list("number", "opinion")) == [(1, first.pk), (2, second.pk)]
    row.refresh_from_db()
    assert (row.place, row.recorder, row.day) == ("一楼接待室", world.clerk, START.date())
    verbs = list(row.history.order_by("id").values_list("verb", "from_state", "to_state", "text"))
    assert verbs == [
        ("open", "", "OPEN", "麦知秋"), ("receive", "OPEN", "OPEN", "第 1 位"), ("receive", "OPEN", "OPEN", "第 2 位"),
    ]  # fmt: skip


def test_closing_keeps_the_note_and_what_comes_later_is_added(world: World) -> None:
    row = opened(world)
    workflow.close(row.pk, actor=world.clerk, at=START + MINUTE, note=" 来的人都走了 ")
    late = workflow.receive(row.pk, told(world), actor=world.clerk, at=START + 2 * MINUTE)
    row.refresh_from_db()
    assert (row.state, row.note, row.ended_at, late.number) == ("CLOSED", "来的人都走了", START + MINUTE, 1)
    assert row.history.first().verb == "receive_late"  # type: ignore[union-attr]


def test_going_on_is_for_the_same_day_only(world: World) -> None:
    row = opened(world)
    workflow.close(row.pk, actor=world.clerk, at=START + MINUTE)
    workflow.reopen(row.pk, actor=world.clerk, at=START + 2 * MINUTE)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("OPEN", None)
    workflow.close(row.pk, actor=world.clerk, at=START + 3 * MINUTE)
    with pytest.raises(WrongState, match="那天已经过去"):
        workflow.reopen(row.pk, actor=world.clerk, at=START + timedelta(days=1))


def test_going_on_while_another_is_open_is_refused(world: World) -> None:
    first = opened(world)
    workflow.close(first.pk, actor=world.clerk, at=START + MINUTE)
    opened(world, at=START + 2 * MINUTE)
    with pytest.raises(WrongState, match="还有一次接待开着"):
        workflow.reopen(first.pk, actor=world.clerk, at=START + 3 * MINUTE)


def test_the_second_clerk_is_led_to_what_the_first_has_opened(world: World) -> None:
    row = opened(world)
    with pytest.raises(workflow.AlreadyOpen) as met:
        workflow.open_reception(world.station.pk, actor=world.town_staff, at=START + MINUTE, people=[rep().pk])
    assert met.value.reception == row
    assert Reception.objects.count() == 1


def test_one_left_open_yesterday_does_not_stop_today(world: World) -> None:
    opened(world, at=START - timedelta(days=1))
    assert opened(world).day == START.date()


@pytest.mark.django_db
def test_the_database_holds_one_open_a_day(world: World) -> None:
    row = opened(world)
    row.pk = None
    with pytest.raises(IntegrityError, match="reception_one_open"), transaction.atomic():
        row.save(force_insert=True)


def test_somebody_has_to_receive_and_to_serve_here(world: World) -> None:
    stranger = Representative.objects.create(name="顾长河")
    Service.objects.create(station=world.other_station, representative=stranger, since=START.date())
    for people in ([], [stranger.pk]):
        with pytest.raises(BadInput, match="至少一位"):
            opened(world, people=people)
    with pytest.raises(BadInput, match="不在本站点进站"):
        opened(world, people=[rep().pk, stranger.pk])
    assert not Reception.objects.exists()


def test_whoever_left_that_day_does_not_serve_any_more(world: World) -> None:
    Service.objects.filter(representative=rep()).update(until=START.date())
    with pytest.raises(BadInput):
        opened(world)


def test_opened_by_mistake_can_be_said_while_nobody_came(world: World) -> None:
    row = opened(world)
    workflow.cancel(row.pk, actor=world.clerk, at=START + MINUTE, reason="点错了")
    row.refresh_from_db()
    assert row.state == "CANCELLED"
    other = opened(world, at=START + 2 * MINUTE)
    workflow.receive(other.pk, told(world), actor=world.clerk, at=START + 3 * MINUTE)
    with pytest.raises(WrongState, match="已经接待过人"):
        workflow.cancel(other.pk, actor=world.clerk, at=START + 4 * MINUTE)


def test_a_matter_of_another_place_or_door_is_not_a_visit(world: World) -> None:
    row = opened(world)
    for opinion in (told(world, station=world.other_station, region=None), world.submit(phone="13800006666")):
        with pytest.raises(BadInput, match="不是在这次接待里"):
            workflow.receive(row.pk, opinion, actor=world.clerk, at=START + MINUTE)


def test_a_duty_counts_as_held_with_the_first_visitor(world: World) -> None:
    mate(world)
    shifts = roster(world, people=2)
    row = opened(world)
    assert {shift.state for shift in shifts} == {"PLANNED"}
    workflow.receive(row.pk, told(world), actor=world.clerk, at=START + MINUTE)
    states = dict(Shift.objects.filter(day=START.date()).values_list("representative__name", "state"))
    assert states == {"麦知秋": "HELD", "安可期": "PLANNED"}
    line = RosterLine.objects.filter(verb="mark_held").get()
    assert line.actor_label == "系统"
    workflow.receive(row.pk, told(world, body="桥栏杆断了。"), actor=world.clerk, at=START + 2 * MINUTE)
    assert RosterLine.objects.filter(verb="mark_held").count() == 1
    workflow.change(row.pk, actor=world.clerk, at=START + 3 * MINUTE, people=[rep().pk, mate_of(world)])
    assert set(Shift.objects.filter(day=START.date()).values_list("state", flat=True)) == {"HELD"}


def mate_of(world: World) -> int:
    return Representative.objects.get(user=world.mate).pk


def test_a_day_nobody_came_was_held_when_it_is_closed(world: World) -> None:
    roster(world)
    row = opened(world)
    workflow.close(row.pk, actor=world.clerk, at=START + MINUTE)
    assert Shift.objects.get(day=START.date()).state == "HELD"


def test_a_noted_absence_is_left_to_people(world: World) -> None:
    (shift,) = roster(world)
    duties.mark_absent(shift.pk, actor=world.clerk, at=START, note="车坏在路上")
    row = opened(world)
    workflow.receive(row.pk, told(world), actor=world.clerk, at=START + MINUTE)
    shift.refresh_from_db()
    assert shift.state == "ABSENT"


def test_a_duty_of_another_day_or_an_unpublished_one_is_not_touched(world: World) -> None:
    roster(world)
    row = opened(world)
    workflow.close(row.pk, actor=world.clerk, at=START + MINUTE)
    assert set(Shift.objects.exclude(day=START.date()).values_list("state", flat=True)) == {"PLANNED"}


def test_what_is_told_at_the_table_ties_itself_to_the_day(world: World) -> None:
    row = opened(world)
    queries.tie(told(world), actor=world.clerk, at=START + MINUTE)
    queries.tie(world.submit(phone="13800009999"), actor=world.clerk, at=START + MINUTE)
    assert row.visits.count() == 1
    workflow.close(row.pk, actor=world.clerk, at=START + 2 * MINUTE)
    queries.tie(told(world, body="天桥太陡。"), actor=world.clerk, at=START + 3 * MINUTE)
    assert row.visits.count() == 2
    queries.tie(told(world, body="第二天说的。"), actor=world.clerk, at=START + timedelta(days=1))
    assert row.visits.count() == 2


def test_the_open_one_comes_before_one_that_ended(world: World) -> None:
    first = opened(world)
    workflow.close(first.pk, actor=world.clerk, at=START + MINUTE)
    second = opened(world, at=START + 2 * MINUTE)
    queries.tie(told(world), actor=world.clerk, at=START + 3 * MINUTE)
    assert (first.visits.count(), second.visits.count()) == (0, 1)


def test_whoever_may_not_write_here_records_without_the_tie(world: World) -> None:
    opened(world)
    queries.tie(told(world), actor=world.grid, at=START + MINUTE)
    assert not ReceptionVisit.objects.exists()


@pytest.mark.parametrize("sql", ["UPDATE opinions_receptionentry SET text = ''", "DELETE FROM opinions_receptionentry"])
def test_the_history_only_grows(world: World, sql: str) -> None:
    opened(world)
    with pytest.raises(Exception, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert ReceptionEntry.objects.count() == 1


def test_a_refused_verb_writes_nothing(world: World) -> None:
    row = opened(world)
    before = Reception.objects.values().get()
    with pytest.raises(NotAllowed):
        workflow.close(row.pk, actor=world.other_clerk, at=START + MINUTE)
    assert Reception.objects.values().get() == before
    assert row.history.count() == 1


def names(rows: Any) -> set[str]:
    return {row.representative.name for row in rows}


def test_the_roster_proposes_who_receives_and_says_who_is_awaited(world: World) -> None:
    colleague = mate(world)
    shifts = roster(world, people=2)
    assert set(queries.proposed(world.station, START.date())) == {rep().pk, colleague.pk}
    row = opened(world)
    assert names(queries.on_roster(row)) == {"安可期"}
    (missed,) = [shift for shift in shifts if shift.representative_id == colleague.pk]
    duties.mark_absent(missed.pk, actor=world.clerk, at=START)
    assert queries.proposed(world.station, START.date()) == [rep().pk]
    assert queries.on_roster(row).get().state == "ABSENT"


def test_two_clerks_who_open_at_the_same_moment_get_one_reception(world: World) -> None:
    """The row of the station is locked before anybody looks whether one is open."""
    with CaptureQueriesContext(connection) as asked:
        opened(world)
    statements = [query["sql"] for query in asked]
    locking = next(number for number, sql in enumerate(statements) if "FOR UPDATE" in sql)
    looking = next(number for number, sql in enumerate(statements) if 'FROM "opinions_reception"' in sql)
    assert "stations_station" in statements[locking]
    assert locking < looking


@pytest.mark.parametrize("number", [1, 30])
def test_a_visitor_costs_the_same_early_and_late(world: World, number: int, django_assert_max_num_queries: Any) -> None:
    row = opened(world)
    for count in range(number - 1):
        said = told(world, body=f"第 {count} 位说的。", phone="")
        workflow.receive(row.pk, said, actor=world.clerk, at=START + MINUTE)
    last = told(world, body="最后一位说的。", phone="")
    with django_assert_max_num_queries(16):
        workflow.receive(row.pk, last, actor=world.clerk, at=START + 2 * MINUTE)
    assert row.visits.last().number == number


def test_the_clock_of_a_reception_never_runs_back(world: World) -> None:
    row = opened(world, at=START + 5 * MINUTE)
    workflow.close(row.pk, actor=world.clerk, at=START)
    row.refresh_from_db()
    assert row.ended_at == row.started_at == START + 5 * MINUTE


def test_long_words_are_cut_and_not_refused_by_the_database(world: World) -> None:
    row = opened(world, place="地" * 90)
    workflow.close(row.pk, actor=world.clerk, at=START + MINUTE, note="话" * 900)
    row.refresh_from_db()
    assert (len(row.place), len(row.note)) == (60, 300)


def test_a_reception_is_shown_by_its_station_day_and_state(world: World) -> None:
    row = opened(world)
    visit = workflow.receive(row.pk, told(world), actor=world.clerk, at=START + MINUTE)
    assert str(row) == f"{world.station.pk} 2026-03-25 正在接待"
    assert (str(visit), str(row.history.first())) == (f"{row.pk} 1", f"{row.pk} receive")
    assert [line.label for line in row.history.all()] == ["接待一位", "开始接待"]
    assert row.get_absolute_url() == f"/desk/receptions/{row.pk}/"


def test_of_today_lists_only_what_goes_on_today_with_its_count(world: World) -> None:
    opened(world, at=START - timedelta(days=1))
    row = opened(world)
    workflow.receive(row.pk, told(world), actor=world.clerk, at=START + MINUTE)
    assert [(one, one.count) for one in queries.of_today([world.station, world.other_station], START)] == [(row, 1)]  # type: ignore[attr-defined]
    workflow.close(row.pk, actor=world.clerk, at=START + MINUTE)
    assert queries.of_today([world.station], START) == []
