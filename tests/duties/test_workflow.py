"""The verbs of rosters and shifts: what each does, whom it tells, what it refuses, and what it writes down."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from core.workflow import BadInput, NotAllowed, WrongState
from duties import gathering, workflow
from duties.models import DutyRules, Roster, RosterLine, Shift
from duties.states import RosterState, ShiftState
from duties.workflow.rosters import lateness, publish_by
from notices.models import Notice
from notices.states import Channel
from stations.models import Mandate, Service
from tests.duties.conftest import APRIL, Office
from tests.world import SHANGHAI, START

pytestmark = pytest.mark.django_db
MORNING = {"start": time(8, 30), "end": time(12)}


def told(kind: str) -> list[Notice]:
    return list(Notice.objects.filter(kind=kind, channel=Channel.IN_SITE).order_by("id"))


def test_a_month_is_proposed_with_everybody_at_his_post(office: Office) -> None:
    roster = office.propose()
    rows = list(roster.shifts.select_related("representative"))
    assert roster.state == RosterState.DRAFT
    assert [row.day.day for row in rows] == [2, 2, 7, 9, 9, 16, 16, 21, 23, 23, 30, 30]
    assert {row.representative.name for row in rows if row.post == "LEGAL" and row.representative} == {"安知夏"}
    assert not any(row.is_gap for row in rows)
    assert [(line.verb, line.text) for line in roster.lines.all()] == [("propose", "排了 12 班")]


def test_proposing_again_gives_the_same_and_forgets_what_was_tried(office: Office) -> None:
    first = [(row.day, row.representative_id) for row in office.propose().shifts.all()]
    shift = office.shift("麦知秋")
    workflow.change_people(shift.roster_id, {shift.pk: None}, actor=office.world.clerk, at=START)
    assert [(row.day, row.representative_id) for row in office.propose().shifts.all()] == first
    assert Roster.objects.count() == 1


def test_days_off_and_the_end_of_service_or_mandate_are_respected(office: Office) -> None:
    clerk, people = office.world.clerk, office.people
    workflow.block_days(
        office.world.station, people["麦知秋"], actor=clerk, at=START, first_day=APRIL, last_day=date(2026, 4, 15)
    )
    Service.objects.filter(representative=people["白露明"]).update(until=date(2026, 4, 16))
    Mandate.objects.create(
        representative=people["陈守一"], level="COUNTY", term=16, started_on=date(2022, 1, 1), ended_on=date(2026, 4, 9)
    )
    rows = list(office.propose().shifts.select_related("representative"))
    by_name = {name: [row.day.day for row in rows if row.representative == people[name]] for name in people}
    assert min(by_name["麦知秋"]) >= 16
    assert max(by_name["陈守一"]) <= 9
    assert max(by_name["白露明"], default=0) <= 16


def test_what_somebody_sits_elsewhere_blocks_the_day_and_counts(office: Office) -> None:
    person, other = office.people["麦知秋"], office.world.other_station
    Service.objects.create(station=other, representative=person, since=date(2026, 1, 1))
    roster = Roster.objects.create(station=other, month=APRIL, created_at=START, changed_at=START)
    Shift.objects.create(
        roster=roster, station=other, day=date(2026, 4, 2), representative=person, post="WINDOW", changed_at=START,
        **MORNING,
    )  # fmt: skip
    [asked] = [row for row in gathering.people_of(office.world.station, APRIL) if row.id == person.pk]
    assert asked.blocked == {date(2026, 4, 2)}
    assert asked.served == 0, "an unpublished duty is not served"
    Roster.objects.update(state="PUBLISHED", published_at=START)
    [asked] = [row for row in gathering.people_of(office.world.station, APRIL) if row.id == person.pk]
    assert asked.served == 1


def test_without_a_rhythm_there_is_nothing_to_propose(office: Office) -> None:
    office.world.station.rhythms.all().delete()
    with pytest.raises(BadInput, match="什么时候值班"):
        office.propose()


def test_a_month_that_is_over_is_not_proposed(office: Office) -> None:
    with pytest.raises(BadInput, match="过去"):
        office.propose(date(2026, 2, 1))


def test_posts_said_by_the_station_win(office: Office) -> None:
    workflow.allow_posts(
        office.world.station,
        {office.people["安知夏"].pk: [], office.people["杜若飞"].pk: ["LEGAL"]},
        actor=office.world.clerk,
    )
    rows = office.propose().shifts.all()
    assert {row.representative_id for row in rows if row.post == "LEGAL"} == {office.people["杜若飞"].pk}
    assert office.people["安知夏"].pk not in {row.representative_id for row in rows}
    assert office.people["杜若飞"].pk not in {row.representative_id for row in rows if row.post == "WINDOW"}


def test_publishing_tells_each_once_and_whoever_has_no_account_by_telephone(office: Office) -> None:
    roster = office.published()
    assert (roster.state, roster.is_late, roster.published_by) == (RosterState.PUBLISHED, False, office.world.clerk)
    assert len(told("duty_published")) == 4
    [sms] = Notice.objects.filter(kind="duty_published", channel=Channel.SMS)
    assert sms.context["times"] == roster.shifts.filter(representative=office.people["杜若飞"]).count()
    with pytest.raises(WrongState):
        workflow.publish(roster.pk, actor=office.world.clerk, at=START)


def test_publishing_too_late_is_allowed_and_recorded(office: Office) -> None:
    roster = office.propose()
    assert publish_by(roster) == date(2026, 3, 30)
    assert lateness(roster, datetime(2026, 3, 30, 23, 59, tzinfo=SHANGHAI)) == ""
    late = datetime(2026, 3, 31, 0, 1, tzinfo=SHANGHAI)
    assert "3 月 30 日" in lateness(roster, late)
    roster = workflow.publish(roster.pk, actor=office.world.clerk, at=late)
    assert roster.is_late
    assert roster.lines.order_by("-id").values_list("text", flat=True)[0] == "离第一班还有 2 天，公布晚了"


def test_how_early_is_a_number_in_a_table(office: Office) -> None:
    DutyRules.objects.create(publish_ahead_days=9)
    assert office.published().is_late


def test_an_empty_roster_is_not_published(office: Office) -> None:
    roster = office.propose()
    for row in list(roster.shifts.all()):
        workflow.drop_shift(row.pk, actor=office.world.clerk, at=START)
    with pytest.raises(WrongState, match="一班都没有"):
        workflow.publish(roster.pk, actor=office.world.clerk, at=START)


def test_confirming_and_not_being_able_to_come(office: Office) -> None:
    office.published()
    shift = office.shift("麦知秋")
    assert workflow.confirm(shift.pk, actor=office.user("麦知秋"), at=START).state == ShiftState.CONFIRMED
    gone = workflow.cannot_come(shift.pk, actor=office.user("麦知秋"), at=START, reason="去县里开会")
    assert (gone.representative, gone.state, gone.sequence) == (None, ShiftState.PLANNED, 2)
    [notice] = told("duty_gap")
    assert notice.user == office.world.clerk
    assert "去县里开会" not in str(notice.context), "the reason stays in the history"
    assert RosterLine.objects.get(verb="cannot_come").person_before == office.people["麦知秋"]
    with pytest.raises(WrongState, match="本来就没有人"):
        workflow.cannot_come(shift.pk, actor=office.world.clerk, at=START)


def test_a_substitute_stands_in_for_whoever_left(office: Office) -> None:
    office.published()
    shift = office.shift("麦知秋")
    workflow.cannot_come(shift.pk, actor=office.user("麦知秋"), at=START)
    free = next(
        person for person in office.people.values() if not Shift.objects.filter(representative=person, day=shift.day)
        and person.name != "麦知秋"
    )  # fmt: skip
    row = workflow.substitute(shift.pk, actor=office.world.clerk, at=START, representative_id=free.pk)
    assert (row.representative, row.stands_in_for, row.state) == (free, office.people["麦知秋"], ShiftState.PLANNED)
    with pytest.raises(BadInput, match="本来就是他"):
        workflow.substitute(shift.pk, actor=office.world.clerk, at=START, representative_id=free.pk)


def test_changing_a_draft_is_free_and_changing_what_is_published_is_told(office: Office) -> None:
    roster = office.propose()
    shift, clerk = office.shift("麦知秋"), office.world.clerk
    workflow.change_people(roster.pk, {shift.pk: None}, actor=clerk, at=START)
    assert not Notice.objects.exists()
    workflow.publish(roster.pk, actor=clerk, at=START)
    workflow.change_people(roster.pk, {shift.pk: office.people["麦知秋"].pk}, actor=clerk, at=START)
    assert [notice.user for notice in told("duty_changed")] == [office.user("麦知秋")]
    workflow.change_people(roster.pk, {shift.pk: None}, actor=clerk, at=START + timedelta(minutes=1))
    assert [notice.user for notice in told("duty_dropped")] == [office.user("麦知秋")]


def test_two_people_change_places_in_one_go_even_on_one_day(office: Office) -> None:
    roster = office.propose()
    one, two = roster.shifts.filter(day=date(2026, 4, 2))
    people = {one.pk: two.representative_id, two.pk: one.representative_id}
    changed = workflow.change_people(roster.pk, people, actor=office.world.clerk, at=START)
    assert {row.pk: row.representative_id for row in changed} == people


def test_nobody_is_given_two_duties_on_a_day(office: Office) -> None:
    roster = office.propose()
    one, two = roster.shifts.filter(day=date(2026, 4, 2))
    with pytest.raises(BadInput, match="已经有班了"):
        workflow.change_people(roster.pk, {one.pk: two.representative_id}, actor=office.world.clerk, at=START)
    with pytest.raises(BadInput, match="排了两班"):
        workflow.change_people(
            roster.pk, dict.fromkeys((one.pk, two.pk), office.people["陈守一"].pk), actor=office.world.clerk, at=START
        )
    with pytest.raises(IntegrityError, match="nobody_twice"), transaction.atomic():
        Shift.objects.filter(pk=one.pk).update(representative=two.representative_id)


def test_nobody_from_outside_is_given_a_duty(office: Office) -> None:
    roster = office.propose()
    office.world.station.services.filter(representative=office.people["陈守一"]).update(until=date(2026, 3, 1))
    with pytest.raises(BadInput, match="不在本站点进站"):
        workflow.change_people(
            roster.pk, {roster.shifts.first().pk: office.people["陈守一"].pk}, actor=office.world.clerk, at=START
        )


def test_adding_moving_and_dropping_a_duty(office: Office) -> None:
    roster, clerk, person = office.published(), office.world.clerk, office.people["麦知秋"]
    extra = workflow.add_shift(
        roster.pk,
        actor=clerk,
        at=START,
        day=date(2026, 4, 15),
        post="RECEPTION",
        representative_id=person.pk,
        **MORNING,
    )
    moved = workflow.change_shift(
        extra.pk, actor=clerk, at=START, day=date(2026, 4, 14), post="RECEPTION", representative_id=person.pk, **MORNING
    )
    assert (moved.day, moved.uid, moved.sequence) == (date(2026, 4, 14), extra.uid, 1)
    with pytest.raises(BadInput, match="为什么"):
        workflow.drop_shift(extra.pk, actor=clerk, at=START)
    workflow.drop_shift(extra.pk, actor=clerk, at=START, reason="大雪")
    assert not Shift.objects.filter(pk=extra.pk).exists()
    assert RosterLine.objects.get(verb="drop_shift").text == "大雪"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": date(2026, 5, 1)}, "day"),
        ({"end": time(8)}, "end"),
        ({"post": "BAR"}, "post"),
    ],
)
def test_a_duty_that_makes_no_sense_is_refused_at_its_field(office: Office, changes: dict, field: str) -> None:
    roster = office.propose()
    wanted = {"day": date(2026, 4, 15), "post": "RECEPTION", **MORNING} | changes
    with pytest.raises(BadInput) as caught:
        workflow.add_shift(roster.pk, actor=office.world.clerk, at=START, **wanted)
    assert caught.value.field == field


def test_held_and_missed_are_marked_when_it_is_time(office: Office) -> None:
    office.published()
    shift, clerk = office.shift("麦知秋"), office.world.clerk
    before = datetime.combine(shift.day, time(8), SHANGHAI)
    with pytest.raises(WrongState, match="还没到"):
        workflow.mark_held(shift.pk, actor=clerk, at=before - timedelta(days=1))
    with pytest.raises(WrongState, match="还没到"):
        workflow.mark_absent(shift.pk, actor=clerk, at=before)
    assert workflow.mark_held(shift.pk, actor=clerk, at=before).state == ShiftState.HELD
    later = before + timedelta(hours=5)
    assert workflow.mark_absent(shift.pk, actor=clerk, at=later, note="孩子生病").state == ShiftState.ABSENT
    assert workflow.mark_held(shift.pk, actor=clerk, at=later).state == ShiftState.HELD
    assert not Notice.objects.filter(kind__in=["duty_absent"]).exists()
    gap = Shift.objects.filter(day=date(2026, 4, 30)).first()
    workflow.cannot_come(gap.pk, actor=clerk, at=later)
    with pytest.raises(WrongState, match="没有人"):
        workflow.mark_held(gap.pk, actor=clerk, at=datetime(2026, 4, 30, 18, tzinfo=SHANGHAI))


def test_nothing_but_arranging_happens_in_a_draft(office: Office) -> None:
    office.propose()
    shift = office.shift("麦知秋")
    for verb in (workflow.confirm, workflow.cannot_come, workflow.mark_held, workflow.mark_absent):
        with pytest.raises(WrongState, match="还没有公布"):
            verb(shift.pk, actor=office.world.clerk, at=START)


def test_a_shift_stays_in_the_month_and_at_the_station_of_its_roster(office: Office) -> None:
    shift = office.propose().shifts.first()
    for change in ({"day": date(2026, 5, 4)}, {"station": office.world.other_station}):
        with pytest.raises(IntegrityError, match="in the month and at the station"), transaction.atomic():
            Shift.objects.filter(pk=shift.pk).update(**change)
    with pytest.raises(IntegrityError, match="keeps its month"), transaction.atomic():
        Roster.objects.update(month=date(2026, 5, 1))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE duties_rosterline SET text = ''", "DELETE FROM duties_rosterline", "TRUNCATE duties_rosterline"],
)
def test_history_only_grows(office: Office, statement: str) -> None:
    office.propose()
    with pytest.raises(ProgrammingError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_only_the_station_arranges_and_a_person_blocks_his_own_days(office: Office) -> None:
    station, person, me = office.world.station, office.people["麦知秋"], office.user("麦知秋")
    row = workflow.block_days(station, person, actor=me, at=START, first_day=APRIL, last_day=APRIL, note="收麦")
    workflow.unblock_days(row, actor=me)
    with pytest.raises(NotAllowed):
        workflow.block_days(station, office.people["安知夏"], actor=me, at=START, first_day=APRIL, last_day=APRIL)
    with pytest.raises(NotAllowed):
        workflow.allow_posts(station, {person.pk: []}, actor=office.world.county_staff)
    with pytest.raises(BadInput, match="之后"):
        workflow.block_days(station, person, actor=me, at=START, first_day=APRIL, last_day=APRIL - timedelta(days=1))
