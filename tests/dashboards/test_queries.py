"""The county's numbers: what each counts, that sums agree, and that rates over few cases are not shown."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import queries
from dashboards.queries import Counts, Rate
from duties.models import Roster, Shift
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.figures import FIGURES
from opinions.models import Opinion, Reception
from opinions.posts import workflow as posts
from opinions.receptions import workflow as receptions
from opinions.states import State
from stations.models import Representative, Service, Station
from tests.opinions.posts.world import write
from tests.world import START, World, make_world


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


def fed_back(world: World, *ratings: str) -> list[Opinion]:
    rows = [world.opinion(State.FED_BACK) for _ in ratings]
    for row, rating in zip(rows, ratings, strict=True):
        if rating:
            solved = "NO" if rating == "DISSATISFIED" else "YES"
            at = START + timedelta(hours=2)
            workflow.rate(row.pk, actor=RESIDENT, at=at, solved=solved, satisfaction=rating)
    return rows


@given(st.integers(0, 500), st.integers(0, 500))
def test_rate_is_a_percentage_only_over_enough_cases(part: int, rest: int) -> None:
    rate = Rate(part, part + rest)
    if part + rest < queries.LEAST_CASES:
        assert rate.percent is None
    else:
        assert rate.percent == pytest.approx(100 * part / (part + rest), abs=0.051)


def test_satisfaction_counts_fair_as_satisfied_and_silence_as_nothing(world: World) -> None:
    fed_back(world, "SATISFIED", "FAIR", "DISSATISFIED", "")
    found = queries.totals(Opinion.objects.all(), START + timedelta(hours=3))
    assert (found.answered, found.rated, found.happy, found.unhappy, found.reopened) == (4, 3, 2, 1, 1)
    assert found.satisfied == Rate(2, 3)
    assert found.took_part == Rate(3, 4)
    assert found.again == Rate(1, 4)
    assert found.silent == 1


def test_a_matter_is_late_when_its_limit_passed_without_an_answer(world: World) -> None:
    row = world.opinion(State.HANDLING)
    before, after = row.reply_due_at - timedelta(minutes=1), row.reply_due_at + timedelta(minutes=1)
    assert queries.totals(Opinion.objects.all(), before).due == 0
    late = queries.totals(Opinion.objects.all(), after)
    assert (late.due, late.in_time, late.late_reply) == (1, 0, 1)


def test_an_answer_after_the_limit_stays_late_and_one_before_it_in_time(world: World) -> None:
    row = world.opinion(State.HANDLING)
    workflow.reply(row.pk, actor=world.handler, at=row.reply_due_at + timedelta(days=1), body="已修好", outcome="A")
    world.opinion(State.FED_BACK)
    found = queries.totals(Opinion.objects.all(), START + timedelta(days=60))
    assert (found.due, found.in_time, found.late_reply) == (2, 1, 1)


def test_a_kept_promise_does_not_make_the_answer_late(world: World) -> None:
    row = world.opinion(State.FED_BACK, outcome="B")
    workflow.rate(row.pk, actor=RESIDENT, at=START + timedelta(hours=1), solved="PARTLY", satisfaction="FAIR")
    workflow.fulfil(row.pk, actor=world.clerk, at=START + timedelta(days=90), finding="灯装好了")
    assert queries.totals(Opinion.objects.all(), START + timedelta(days=91)).in_time == 1


def test_an_answer_on_the_spot_has_no_limit_to_meet(world: World) -> None:
    row = world.submit()
    workflow.answer_on_spot(row.pk, actor=world.clerk, at=START + timedelta(minutes=5), body="归电管所管", outcome="A")
    found = queries.totals(Opinion.objects.all(), START + timedelta(hours=1))
    assert (found.answered, found.due) == (1, 0)


def test_cells_sum_to_the_totals(world: World) -> None:
    fed_back(world, "SATISFIED", "DISSATISFIED", "")
    world.submit(station=world.other_station)
    world.opinion(State.DECLINED)
    at = START + timedelta(days=30)
    found = queries.cells(Opinion.objects.all(), at)
    assert sum((cell.counts for cell in found), Counts()) == queries.totals(Opinion.objects.all(), at)
    by_station = queries.summed(found, lambda cell: cell.station)
    assert by_station[world.station.pk].received == 4
    assert by_station[world.other_station.pk].received == 1


def test_cells_name_town_subject_and_unit(world: World) -> None:
    world.opinion(State.ASSIGNED)
    (cell,) = queries.cells(Opinion.objects.all(), START)
    assert (cell.town, cell.subject, cell.unit) == ("411625001", world.category.parent_id, world.unit.pk)


@pytest.mark.parametrize("name", [name for name in queries.NAMES if name != "received"])
def test_every_count_is_the_length_of_its_figure(world: World, name: str) -> None:
    fed_back(world, "SATISFIED", "FAIR", "DISSATISFIED", "")
    world.opinion(State.HANDLING)
    at = START + timedelta(days=40)
    rows = Opinion.objects.filter(FIGURES[name].where(at))
    assert getattr(queries.totals(Opinion.objects.all(), at), name) == rows.count()


def test_days_are_the_countys_days(world: World) -> None:
    midnight = START.replace(hour=0, minute=0)
    world.submit(at=midnight)
    world.submit(at=midnight - timedelta(seconds=1))
    day = START.date()
    assert queries.within(Opinion.objects.all(), day, day).count() == 1
    assert queries.within(Opinion.objects.all(), day - timedelta(days=1), day).count() == 2


def test_months_come_whole_and_in_order(world: World) -> None:
    world.submit(at=START)
    world.submit(at=START - timedelta(days=40))
    found = queries.by_month(Opinion.objects.all(), START, START.date())
    assert len(found) == 24
    assert found[0][0] == date(2024, 4, 1)
    assert {month: counts.received for month, counts in found if counts.received} == {
        date(2026, 2, 1): 1,
        date(2026, 3, 1): 1,
    }


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.integers(0, 30))
def test_month_before_counts_back_months(day: date, back: int) -> None:
    first = day.replace(day=1)
    found = queries.month_before(first, back)
    assert found.day == 1
    assert (first.year - found.year) * 12 + first.month - found.month == back


def test_median_of_days_from_a_histogram(world: World) -> None:
    for days in (1, 2, 9):
        row = world.opinion(State.HANDLING)
        at = row.assigned_at + timedelta(days=days, minutes=5)
        workflow.reply(row.pk, actor=world.handler, at=at, body="已修好", outcome="A")
    assert queries.median_days(Opinion.objects.all()) == {world.unit.pk: 2}


def published(world: World, station: Station) -> Shift:
    """One duty on the wall of a station, on the day of START."""
    day, at = START.date(), START
    roster = Roster.objects.create(
        station=station, month=day.replace(day=1), state="PUBLISHED", created_at=at, published_at=at, changed_at=at
    )
    person = Representative.objects.filter(services__station=station).first()
    hours = {"start": time(9), "end": time(12), "post": "WINDOW", "changed_at": at}
    return Shift.objects.create(roster=roster, station=station, day=day, representative=person, **hours)


def staffed(world: World) -> None:
    """Both stations with a head and a representative."""
    Station.objects.update(head="站长")
    person = Representative.objects.create(name="苗立夏")
    Service.objects.create(station=world.other_station, representative=person, since=date(2026, 1, 1))


def judged(at: datetime = START) -> dict[str, queries.Life]:
    return {life.station.code: life for life in queries.lives(Station.objects.all(), Opinion.objects.all(), at)}


def received(world: World, station: Station, at: datetime) -> Reception:
    """A reception of somebody who serves there."""
    clerk = world.clerk if station == world.station else world.other_clerk
    people = station.services.values_list("representative_id", flat=True)
    return receptions.open_reception(station.pk, actor=clerk, at=at, people=people)


def test_a_station_without_head_or_representative_is_a_shell(world: World) -> None:
    Station.objects.filter(pk=world.station.pk).update(head="站长")
    published(world, world.station)
    world.submit()
    assert judged()["mingnan"].vitality == "ACTIVE"
    assert judged()["wutai"].vitality == "SHELL"
    assert judged()["wutai"].missing == ("没有站长", "没有代表进站", "没有公布过值班或接待")


def test_a_station_that_never_published_is_a_shell_whatever_moves(world: World) -> None:
    staffed(world)
    world.submit()
    assert (judged()["mingnan"].vitality, judged()["mingnan"].missing) == ("SHELL", ("没有公布过值班或接待",))
    shift = published(world, world.station)
    assert judged()["mingnan"].vitality == "ACTIVE"
    Roster.objects.filter(pk=shift.roster_id).update(state="DRAFT", published_at=None)
    assert judged()["mingnan"].vitality == "SHELL"


def test_a_reception_is_as_good_as_a_roster_and_keeps_a_station_awake(world: World) -> None:
    staffed(world)
    row = received(world, world.station, START)
    assert (judged()["mingnan"].vitality, judged()["mingnan"].moved_at) == ("ACTIVE", START)
    assert judged(START + timedelta(days=45))["mingnan"].vitality == "ACTIVE"
    life = judged(START + timedelta(days=46))["mingnan"]
    assert (life.vitality, life.missing) == ("DORMANT", ("46 天没有动静", "上次接待在 46 天前"))
    receptions.cancel(row.pk, actor=world.clerk, at=START)
    assert judged()["mingnan"].missing == ("没有公布过值班或接待",)


def test_the_later_of_matter_and_reception_is_the_movement(world: World) -> None:
    staffed(world)
    received(world, world.station, START)
    world.submit(at=START + timedelta(days=20))
    life = judged(START + timedelta(days=66))["mingnan"]
    assert life.missing == ("46 天没有动静", "上次接待在 66 天前")
    receptions.close(Reception.objects.get().pk, actor=world.clerk, at=START)
    received(world, world.station, START + timedelta(days=30))
    assert judged(START + timedelta(days=66))["mingnan"].vitality == "ACTIVE"


def test_a_station_sleeps_after_45_days_without_movement(world: World) -> None:
    staffed(world)
    for station in (world.station, world.other_station):
        published(world, station)
    world.submit()

    def vitality(days: int) -> dict[str, str]:
        return {code: life.vitality for code, life in judged(START + timedelta(days=days)).items()}

    assert vitality(45) == {"mingnan": "ACTIVE", "wutai": "DORMANT"}
    assert vitality(46) == {"mingnan": "DORMANT", "wutai": "DORMANT"}
    assert judged(START + timedelta(days=46))["mingnan"].missing == ("46 天没有动静", "没有接待过")
    assert judged()["wutai"].missing == ("还没有收到过意见，也没有接待过",)


def test_stations_are_judged_with_one_statement(world: World, django_assert_num_queries: Any) -> None:
    staffed(world)
    for station in (world.station, world.other_station):
        published(world, station)
        received(world, station, START)
    with django_assert_num_queries(1):
        assert {life.vitality for life in judged().values()} == {"ACTIVE"}


def test_a_representative_who_left_does_not_keep_a_station_alive(world: World) -> None:
    Station.objects.update(head="站长")
    published(world, world.station)
    Service.objects.update(until=START.date())
    assert judged()["mingnan"].missing == ("没有代表进站",)


def test_town_names_are_cut_by_prefix(world: World) -> None:
    assert list(queries.town_names(["411625"])) == ["411625001", "411625101"]
    assert queries.town_names(["411625101"]) == {"411625101": "吴台镇"}
    assert queries.town_names([]) == {}


def test_a_record_of_a_service_post_keeps_a_station_awake(world: World) -> None:
    staffed(world)
    published(world, world.station)
    at = START + timedelta(days=20)
    row = write(world, "LEGAL", at=at)
    assert judged(at + timedelta(days=45))["mingnan"].vitality == "ACTIVE"
    life = judged(at + timedelta(days=46))["mingnan"]
    assert (life.vitality, life.missing, life.moved_at) == ("DORMANT", ("46 天没有动静", "没有接待过"), at)
    posts.void(row.pk, actor=world.clerk, at=at, reason="记错了站点")
    assert judged(at)["mingnan"].missing == ("还没有收到过意见，也没有接待过",)


def test_a_record_alone_publishes_nothing(world: World) -> None:
    staffed(world)
    write(world)
    assert judged()["mingnan"].missing == ("没有公布过值班或接待",)
