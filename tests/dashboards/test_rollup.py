"""The board's sums say what counting the matters says: after any verbs, any writing, at any moment, folded or not."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from dashboards import queries, rollup, tally, tasks
from dashboards.models import BoardChange, DayAnswers, DayCount, MonthAnswers, MonthCount
from opinions import workflow
from opinions.figures import FIGURES
from opinions.imports import Importer, chosen_stations
from opinions.models import Opinion, Rating
from opinions.states import State
from stations.models import Category, Unit
from stations.queries import forget
from tests.opinions.test_imports import ANSWERED, PLAIN, lines
from tests.opinions.test_walks import CROWDED, NAMES, ROAD, actor_of, verbs, who_may
from tests.world import START, World, make_user, make_world

COUNTY = ("411625",)
SPANS = (
    (date(2026, 1, 1), date(2026, 12, 31)),
    (date(2026, 3, 26), date(2026, 4, 2)),
    (date(2025, 11, 20), date(2026, 4, 24)),
    (date(2000, 1, 1), date(2027, 6, 1)),
)
NOTHING = (date(1999, 1, 1), date(1999, 1, 1))
RELAXED = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TABLES = (BoardChange, DayCount, MonthCount, DayAnswers, MonthAnswers)


@pytest.fixture
def world(db: Any) -> World:
    forget()
    return make_world()


def assert_equal(at: datetime, *, town: str = "", subject: int | None = None, spans: Any = SPANS) -> None:
    """Compare the sums with the matters for a place, a subject and some spans."""
    rows = Opinion.objects.filter(region__code__startswith=town)
    if subject:
        rows = rows.filter(category__parent_id=subject) | rows.filter(category_id=subject)
    for span in spans:
        before = (span[0] - timedelta(days=40), span[0] + timedelta(days=3))
        read = tally.read(tally.Where(COUNTY, town, subject), span, before, at)
        assert read == queries.counted(rows, span, before, at), (span, at)


def assert_everything_equal(world: World, at: datetime) -> None:
    """Compare for the county, a town and a subject, now and when every limit has passed."""
    for moment in (at, at + timedelta(days=400)):
        assert_equal(moment)
        assert_equal(moment, town=world.town.code, spans=SPANS[:1])
        assert_equal(moment, subject=world.category.parent_id, spans=SPANS[:1])


def keep(choice: int) -> None:
    """Do what the background does, or nothing."""
    if choice == 1:
        rollup.fold()
    elif choice == 2:
        rollup.fold(at_once=1)
    elif choice == 3:
        assert rollup.recount() == 0


def go(world: World, steps: list[tuple[str, str, int]], background: list[int]) -> None:
    """Try each verb with what the background may do between; compare after each."""
    acts, row, at = verbs(world), world.submit(), START
    for place, (name, actor, minutes) in enumerate(steps):
        at += timedelta(minutes=minutes)
        try:
            with transaction.atomic():
                acts[name](row.pk, actor_of(world, actor), at)
        except VerbError:
            continue
        if background:
            keep(background[place % len(background)])
        assert_equal(at, spans=SPANS[:1])
    assert_everything_equal(world, at)
    assert rollup.recount() == 0
    assert not BoardChange.objects.exists()
    assert_everything_equal(world, at)


STEPS = st.tuples(st.sampled_from(NAMES), st.just("clerk"), st.integers(0, 9 * 24 * 60))
BACKGROUND = st.lists(st.integers(0, 3), max_size=6)


@pytest.mark.parametrize("road", [ROAD, CROWDED])
def test_sums_follow_any_walk(world: World, road: tuple[str, ...]) -> None:
    @given(detours=st.lists(st.lists(STEPS, max_size=1), min_size=len(road), max_size=len(road)), kept=BACKGROUND)
    @RELAXED
    def walk(detours: list[list[tuple[str, str, int]]], kept: list[int]) -> None:
        steps: list[tuple[str, str, int]] = []
        for number, (verb, extra) in enumerate(zip(road, detours, strict=True)):
            steps += [(verb, who_may(verb), 60 * 11 * (number + 1)), *((n, who_may(n), m) for n, _, m in extra)]
        with transaction.atomic():
            go(world, steps, kept)
            transaction.set_rollback(True)

    walk()


WORDS = st.sampled_from(("", "SATISFIED", "FAIR", "DISSATISFIED"))
MOMENTS = st.none() | st.integers(0, 90 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "created_at": st.integers(-60, 0).map(lambda days: START + timedelta(days=days)),
        "replied_at": MOMENTS,
        "assigned_at": MOMENTS,
        "fed_back_at": MOMENTS,
        "reply_due_at": MOMENTS.map(lambda at: at and at + timedelta(days=1)),
        "satisfaction": WORDS,
        "is_reopened": st.booleans(),
        "round": st.integers(1, 3),
        "outcome": st.sampled_from(("", "A", "B", "C", "D")),
        "seconds": st.integers(0, 3),
    },
)
ACTS = st.one_of(
    st.tuples(st.just("change"), st.integers(0, 2), WRITTEN),
    st.tuples(st.just("rate"), st.integers(0, 2), st.tuples(st.integers(1, 2), WORDS.filter(bool))),
    st.tuples(st.just("rerate"), st.integers(0, 2), st.tuples(st.integers(1, 2), WORDS.filter(bool))),
    st.tuples(st.just("unrate"), st.integers(0, 2), st.none()),
    st.tuples(st.just("move"), st.integers(0, 2), st.none()),
    st.tuples(st.just("keep"), st.integers(1, 3), st.none()),
)


def write(world: World, rows: list[Opinion], act: tuple[str, int, Any]) -> None:
    """Write behind the verbs' back."""
    name, number, what = act
    if name == "keep":
        return keep(number)
    row = Opinion.objects.filter(pk=rows[number].pk)
    if name == "change" and what:
        row.update(**what)
    elif name == "move":
        row.update(station=world.other_station, region=world.other_town, category=None)
    elif name == "rate":
        reply = rows[number].replies.create(
            round=what[0], body="x", outcome="A", author=world.clerk, created_at=START, verdict="APPROVED"
        )
        Rating.objects.create(
            reply=reply, opinion=rows[number], round=what[0], solved="NO", satisfaction=what[1], created_at=START
        )
    elif name == "rerate":
        Rating.objects.filter(opinion=rows[number]).update(round=what[0], satisfaction=what[1])
    elif name == "unrate":
        Rating.objects.filter(opinion=rows[number]).delete()
    return None


SILENT = {"is_reopened": True, "satisfaction": "", "round": 2}


@given(acts=st.lists(ACTS, max_size=14))
@example(acts=[("change", 0, SILENT), ("rate", 0, (1, "DISSATISFIED")), ("unrate", 0, None)])
@example(acts=[("rate", 0, (1, "DISSATISFIED")), ("change", 0, SILENT), ("rerate", 0, (2, "DISSATISFIED"))])
@example(acts=[("rate", 1, (1, "DISSATISFIED")), ("rate", 1, (1, "DISSATISFIED")), ("change", 1, SILENT),
               ("rerate", 1, (1, "FAIR"))])  # fmt: skip
@RELAXED
def test_sums_follow_whatever_is_written(world: World, acts: list[tuple[str, int, Any]]) -> None:
    with transaction.atomic():
        rows = [world.opinion(State.ASSIGNED), world.opinion(State.FED_BACK), world.submit()]
        for act in acts:
            write(world, rows, act)
            assert_equal(START + timedelta(days=9), spans=SPANS[:1])
        assert_everything_equal(world, START + timedelta(days=9))
        assert rollup.recount() == 0
        transaction.set_rollback(True)


def test_a_row_taken_away_is_not_counted_any_more(world: World) -> None:
    row = Opinion.objects.create(  # without history, which would hold it
        receipt="K7QM4XWD3R", station=world.station, region=world.village, channel="WEB", title="灯", body="灯",
        state=State.SUBMITTED, first_contact=world.clerk, created_at=START, changed_at=START,
    )  # fmt: skip
    rollup.fold()
    assert tally.read(tally.Where(COUNTY, "", None), SPANS[0], NOTHING, START).now.received == 1
    row.delete()
    assert_equal(START)
    assert tally.read(tally.Where(COUNTY, "", None), SPANS[0], NOTHING, START).now.received == 0


def test_a_late_matter_becomes_late_by_being_asked_later(world: World) -> None:
    row = world.opinion(State.HANDLING)
    rollup.fold()
    where = tally.Where(COUNTY, "", None)
    moment = timedelta(microseconds=1)
    late = [
        tally.read(where, SPANS[0], NOTHING, row.reply_due_at + shift).now.late_reply for shift in (-moment, 0 * moment)
    ]
    assert late == [0, 1]


def test_every_figure_of_the_board_is_a_figure_of_the_list(world: World) -> None:
    for state in (State.HANDLING, State.FED_BACK, State.CLOSED, State.MERGED):
        world.opinion(state)
    at = START + timedelta(days=60)
    counts = tally.read(tally.Where(COUNTY, "", None), SPANS[3], NOTHING, at).now
    for name in queries.NAMES[1:]:
        assert getattr(counts, name) == Opinion.objects.filter(FIGURES[name].where(at)).count(), name


def test_sums_written_over_are_mended_without_anybody_noticing(world: World) -> None:
    world.opinion(State.FED_BACK)
    world.opinion(State.HANDLING)
    rollup.fold()
    DayCount.objects.update(received=F("received") + 3, happy=7)
    DayAnswers.objects.all().delete()
    MonthCount.objects.all().delete()
    MonthAnswers.objects.update(timed=9)
    world.submit()
    assert rollup.recount() > 0
    assert_everything_equal(world, START + timedelta(days=9))
    assert rollup.recount() == 0


@pytest.mark.parametrize("table", TABLES[1:])
def test_emptied_sums_come_back(world: World, table: Any) -> None:
    world.opinion(State.FED_BACK)
    rollup.fold()
    table.objects.all().delete()
    out = StringIO()
    call_command("recount_board", stdout=out)
    assert "right now" in out.getvalue()
    assert_everything_equal(world, START + timedelta(days=9))


def test_matters_loaded_with_triggers_off_are_found_by_a_recount(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    world.opinion(State.FED_BACK)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert tasks.recount_board() > 0
    assert tasks.recount_board() == 0
    assert_everything_equal(world, START + timedelta(days=9))


def test_a_step_that_changes_no_figure_appends_nothing(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    rollup.fold()
    workflow.sign(row.pk, actor=world.handler, at=START + timedelta(minutes=9))
    workflow.report_progress(row.pk, actor=world.handler, at=START + timedelta(minutes=10), note="在看")
    Opinion.objects.filter(pk=row.pk).update(seconds=F("seconds") + 1)
    assert not BoardChange.objects.exists()


def test_a_message_appends_one_line_and_asks_nothing_more(world: World) -> None:
    with CaptureQueriesContext(connection) as seen:
        world.submit()
    assert BoardChange.objects.count() == 1
    assert not any("board" in query["sql"] for query in seen.captured_queries)


def test_folding_leaves_no_list_and_the_same_sums(world: World) -> None:
    world.opinion(State.FED_BACK)
    at = START + timedelta(days=1)
    where = tally.Where(COUNTY, "", None)
    before = tally.read(where, SPANS[0], NOTHING, at)
    assert tasks.fold_board() > 0
    assert tally.read(where, SPANS[0], NOTHING, at) == before
    assert not BoardChange.objects.exists()
    assert rollup.fold() == 0


def test_statements_are_as_many_for_thirty_as_for_one(world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            tally.read(tally.Where(COUNTY, "", None), SPANS[0], NOTHING, START)
        return len(seen)

    world.submit()
    few = statements()
    for number in range(30):
        world.submit(at=START - timedelta(days=number))
    assert statements() == few == 4


def test_the_import_leaves_the_sums_right(world: World) -> None:
    Category.objects.create(code="qt-qita", name="其他", position=99)
    for code, region in (("mingnan-zf", world.town), ("wutai-zf", world.other_town)):
        Unit.objects.create(code=code, name=region.name, short_name=f"{region.name}办", region=region)
        make_user(f"dw-{code}", "UNIT_HANDLER", unit_code=code)
    list(Importer(chosen_stations(), START).run(lines(PLAIN, ANSWERED), "probe"))
    assert Opinion.objects.count() == 2
    assert rollup.recount() == 0
    assert_everything_equal(world, START)


@given(since=st.dates(date(2019, 1, 1), date(2028, 1, 1)), length=st.integers(0, 900))
@example(since=date(2026, 3, 1), length=30)
@example(since=date(2026, 3, 2), length=29)
def test_months_and_days_cover_a_span_once(since: date, length: int) -> None:
    until = since + timedelta(days=length)
    cut = tally.pieces(since, until)
    covered: list[date] = []
    for first, last in (("head_first", "head_last"), ("tail_first", "tail_last")):
        covered += days(cut[first], cut[last])
    if cut["first_month"] <= cut["last_month"]:
        assert cut["first_month"].day == cut["last_month"].day == 1
        covered += days(cut["first_month"], queries.month_before(cut["last_month"], -1) - timedelta(days=1))
    assert sorted(covered) == days(since, until)


def days(first: date, last: date) -> list[date]:
    """Return the days of a range, none when it ends before it begins."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)] if first <= last else []


@pytest.fixture
def _emptied(transactional_db: None) -> None:
    forget()


@pytest.mark.usefixtures("_emptied")
class TestWithOthers:
    """Real transactions beside each other."""

    def test_truncating_the_matters_empties_the_sums(self) -> None:
        make_world().opinion(State.FED_BACK)
        rollup.fold()
        with connection.cursor() as cursor:
            cursor.execute("SET liaison.allow_truncate = 'on'")
            cursor.execute("TRUNCATE opinions_opinion CASCADE")
            cursor.execute("RESET liaison.allow_truncate")
        assert [table.objects.count() for table in TABLES] == [0] * 5
        assert rollup.recount() == 0

    @pytest.mark.parametrize("work", [rollup.fold, rollup.recount])
    def test_an_unfinished_message_is_counted_when_it_is_finished(
        self, work: Callable[[], int], second_connection: Any
    ) -> None:
        world = make_world()
        row = world.opinion(State.HANDLING)
        rollup.fold()
        with second_connection.cursor() as other:
            other.execute("BEGIN")
            other.execute("UPDATE opinions_opinion SET replied_at = created_at + interval '1 day'")
            work()
            assert_everything_equal(world, START + timedelta(days=30))
            other.execute("COMMIT")
        row.refresh_from_db()
        assert row.replied_at
        assert_everything_equal(world, START + timedelta(days=30))
        assert rollup.recount() == 0

    def test_two_clerks_do_not_wait_for_each_other(self, second_connection: Any) -> None:
        world = make_world()
        mine, other_row = world.opinion(State.ACCEPTED), world.opinion(State.ACCEPTED)
        with second_connection.cursor() as other:
            other.execute("SET lock_timeout = '2s'")
            other.execute("BEGIN")
            with transaction.atomic():
                Opinion.objects.filter(pk=mine.pk).update(category=None)
                other.execute("UPDATE opinions_opinion SET category_id = NULL WHERE id = %s", [other_row.pk])
                other.execute("COMMIT")
        assert_everything_equal(world, START)

    @pytest.fixture
    def second_connection(self) -> Any:
        link = connection.copy()
        yield link
        link.close()
