"""What a board reads: which sums, which days, and that each matter is read once."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import queries, rollup, tally
from dashboards.models import DayAnswers, DayCount, MonthAnswers, MonthCount
from opinions.models import Opinion
from opinions.states import State
from stations.models import Category
from stations.queries import forget
from tests.world import START, World, make_world

SPAN = (date(2026, 2, 10), date(2026, 4, 24))
BEFORE = (date(2025, 2, 10), date(2025, 4, 24))


@pytest.fixture
def world(db: Any) -> World:
    forget()
    return make_world()


@pytest.fixture
def folded(world: World) -> World:
    """Matters in two towns and three months, added up."""
    world.opinion(State.FED_BACK)
    world.opinion(State.HANDLING, at=START - timedelta(days=60))
    world.submit(station=world.other_station, region=world.other_town)
    world.submit(at=START - timedelta(days=365))
    rollup.fold()
    return world


@pytest.mark.parametrize(
    ("prefixes", "town", "is_wide"),
    [
        (("411625",), "", True),
        (("4116",), "", True),
        (("411625",), "411625001", False),
        (("411625001",), "", False),
        (("411625", "411626001"), "", False),
        ((), "", True),
    ],
)
def test_whole_counties_are_read_from_the_countys_sums(prefixes: tuple[str, ...], town: str, is_wide: bool) -> None:
    where = tally.Where(prefixes, town, None)
    assert ("category_id = 0" in where.level) is is_wide
    assert "category_id = 0" not in where.fine


def test_a_subject_is_never_read_from_the_countys_sums() -> None:
    assert "category_id = 0" not in tally.Where(("411625",), "", 3).level


@pytest.mark.parametrize("prefixes", [("411625",), ("4116",), ("411625001", "411625101"), ("411625101",), ("99",), ()])
@pytest.mark.parametrize("town", ["", "411625001"])
def test_each_matter_is_read_once_at_every_width(folded: World, prefixes: tuple[str, ...], town: str) -> None:
    rows = Opinion.objects.none()
    for prefix in prefixes:
        rows |= Opinion.objects.filter(region__code__startswith=prefix)
    rows = rows.filter(region__code__startswith=town)
    assert tally.read(tally.Where(prefixes, town, None), SPAN, BEFORE, START) == queries.counted(
        rows, SPAN, BEFORE, START
    )


def test_a_category_hung_elsewhere_moves_its_figures_at_once(folded: World) -> None:
    other = Category.objects.create(code="jiaotong", name="交通", position=2)
    Category.objects.filter(pk=folded.category.pk).update(parent=other)
    for subject in (other.pk, folded.category.parent_id):
        rows = Opinion.objects.filter(category__parent_id=subject)
        read = tally.read(tally.Where(("411625",), "", subject), SPAN, BEFORE, START)
        assert read == queries.counted(rows, SPAN, BEFORE, START)
    assert tally.read(tally.Where(("411625",), "", other.pk), SPAN, BEFORE, START).now.received == 1


def test_the_countys_sums_are_the_sum_of_the_others(folded: World) -> None:
    for table in (DayCount, MonthCount):
        wide = sum(table.objects.filter(category_id=0).values_list("received", flat=True))
        fine = sum(table.objects.exclude(category_id=0).values_list("received", flat=True))
        assert wide == fine == 4
    for answers in (DayAnswers, MonthAnswers):
        assert list(answers.objects.filter(category_id=0).values_list("town", "days", "timed")) == [("411625", 0, 1)]


@pytest.mark.parametrize("table", [DayCount, MonthCount, DayAnswers, MonthAnswers])
def test_the_countys_sums_are_mended_too(folded: World, table: Any) -> None:
    column = "timed" if table in (DayAnswers, MonthAnswers) else "received"
    table.objects.filter(category_id=0).update(**{column: 99})
    rollup.recount()
    test_each_matter_is_read_once_at_every_width(folded, ("411625",), "")
    assert not table.objects.filter(**{column: 99}).exists()


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@given(first=DAYS, length=st.integers(0, 500), last=DAYS)
def test_months_already_read_are_not_read_again(first: date, length: int, last: date) -> None:
    span = tally.pieces(first, first + timedelta(days=length))
    months = [(queries.month_before(last.replace(day=1), back), None) for back in range(23, -1, -1)]
    rest = tally.beside(span, months)
    known = [month for month, _ in months[:-1]]
    has_months = span["first_month"] <= span["last_month"]
    if has_months and span["first_month"] in known and span["last_month"] in known:
        assert rest["first_month"] > rest["last_month"]
        assert rest["first_month"] > rest["month_end"]
    else:
        assert rest["first_month"] == span["first_month"]
    ends = ("head_first", "head_last", "tail_first", "tail_last")
    assert [rest[name] for name in ends] == [span[name] for name in ends]


@given(since=DAYS, length=st.integers(0, 800))
def test_fresh_changes_are_read_for_the_same_days(since: date, length: int) -> None:
    cut = tally.pieces(since, since + timedelta(days=length))
    if cut["first_month"] <= cut["last_month"]:
        assert cut["month_end"] + timedelta(days=1) == queries.month_before(cut["last_month"], -1)
    else:
        assert cut["month_end"] < cut["first_month"]


def test_changes_not_added_up_yet_are_counted_once_in_the_span_before(world: World) -> None:
    """The months read for the lines serve the comparison too: a fresh change must not be added a second time."""
    for days in (300, 365, 380):
        world.submit(at=START - timedelta(days=days))
    span, before = (date(2026, 1, 1), date(2026, 3, 25)), (date(2025, 1, 15), date(2025, 5, 28))
    for _ in range(2):
        read = tally.read(tally.Where(("411625",), "", None), span, before, START)
        assert read.before.received == queries.counted(Opinion.objects.all(), span, before, START).before.received == 2
        rollup.fold()
