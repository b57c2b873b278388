"""Where somebody may write, whom a record may name, who sits at a post, and what the month brought."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from opinions.models import PostRecord
from opinions.posts import queries
from opinions.posts.filters import RecordFilter, months
from opinions.posts.workflow import Facts
from stations.models import Representative, Service, Station
from tests.opinions.posts.world import KINDS, mate, rep, shift, write
from tests.world import START, World

TODAY = START.date()


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("clerk", {"mingnan"}), ("other_clerk", {"wutai"}), ("town_staff", {"mingnan"}), ("rep", {"mingnan"}),
        ("county_staff", set()), ("leader", set()), ("grid", set()), ("handler", set()), ("admin", set()),
    ],
)  # fmt: skip
def test_where_somebody_writes(world: World, who: str, codes: set[str]) -> None:
    assert set(queries.stations_to_write(world.users[who]).values_list("code", flat=True)) == codes


def test_a_closed_station_is_not_written_at(world: World) -> None:
    Station.objects.filter(code="mingnan").update(is_active=False)
    for who in ("clerk", "town_staff", "rep"):
        assert not queries.stations_to_write(world.users[who]).exists()


def test_whoever_left_does_not_write_there_any_more(world: World) -> None:
    Service.objects.filter(representative=rep()).update(until=TODAY)
    assert not queries.stations_to_write(world.rep).exists()


def people(world: World, who: str) -> list[str]:
    user = world.users[who]
    return [person.name for person in queries.people_at(queries.stations_to_write(user), user)]


def test_a_clerk_names_all_who_serve_and_a_representative_himself(world: World) -> None:
    mate(world)
    gone = Representative.objects.create(name="顾长河")
    Service.objects.create(station=world.station, representative=gone, since=date(2025, 1, 1), until=date(2026, 1, 1))
    retired = Representative.objects.create(name="卫东来", is_active=False)
    Service.objects.create(station=world.station, representative=retired, since=date(2025, 1, 1))
    assert people(world, "clerk") == people(world, "town_staff") == ["安可期", "麦知秋"]
    assert people(world, "rep") == ["麦知秋"]
    assert people(world, "county_staff") == []


def test_the_roster_names_whoever_sits_at_the_post(world: World) -> None:
    colleague = mate(world)
    assert queries.sits_at(world.station, "LEGAL", TODAY) is None
    one = shift(world, "LEGAL", person=colleague)
    assert queries.sits_at(world.station, "LEGAL", TODAY) == colleague.pk
    assert queries.sits_at(world.station, "PROJECT", TODAY) is None
    assert queries.sits_at(world.other_station, "LEGAL", TODAY) is None
    assert queries.sits_at(world.station, "LEGAL", TODAY + timedelta(days=1)) is None
    type(one.roster).objects.update(state="DRAFT", published_at=None, published_by=None)
    assert queries.sits_at(world.station, "LEGAL", TODAY) is None


def test_the_posts_of_today_are_ones_own(world: World) -> None:
    colleague = mate(world)
    shift(world, "LEGAL", person=colleague)
    shift(world, "WINDOW")
    assert queries.posts_today(world.mate, TODAY) == {"LEGAL"}
    assert queries.posts_today(world.rep, TODAY) == set()
    assert queries.posts_today(world.clerk, TODAY) == set()


def test_counts_stand_in_the_order_of_the_posts(world: World, django_assert_num_queries: Any) -> None:
    for kind in (*KINDS, "LEGAL"):
        write(world, kind)
    with django_assert_num_queries(1):
        counts = queries.counts_by_kind(PostRecord.objects.all())
    assert [(row["kind"], row["count"]) for row in counts] == [
        ("INFORMATION", 1), ("MEDIATION", 1), ("LEGAL", 2), ("PROJECT", 1),
    ]  # fmt: skip


def found(world: World, query: str, who: str = "clerk") -> set[str]:
    user = world.users[who]
    rows = PostRecord.objects.visible_to(user)
    return set(RecordFilter(QueryDict(query), queryset=rows, user=user, at=START).shown.values_list("kind", flat=True))


def test_the_months_go_back_two_years() -> None:
    offered = months(date(2026, 2, 28))
    assert offered[:3] == [("2026-02", "2026 年 2 月"), ("2026-01", "2026 年 1 月"), ("2025-12", "2025 年 12 月")]
    assert len(offered) == len(set(offered)) == 24


def test_a_month_ends_with_its_last_day(world: World) -> None:
    write(world, "LEGAL", day=date(2026, 2, 28))
    write(world, "PROJECT", day=date(2026, 3, 1))
    assert found(world, "month=2026-02") == {"LEGAL"}
    assert found(world, "month=2026-03") == {"PROJECT"}
    assert found(world, "month=2026-04") == set()


def test_what_is_asked_for_wrongly_shows_nothing(world: World) -> None:
    write(world)
    for query in ("kind=X", "month=x", "station=999999", "place=1", "state=gone"):
        assert found(world, query, "county_staff") == set(), query
    assert found(world, "", "county_staff") == {"INFORMATION"}


def test_facts_are_data_and_nothing_else(world: World) -> None:
    told = Facts(subject="问路", day=TODAY)
    assert told == Facts(subject="问路", day=TODAY)
    with pytest.raises(AttributeError):
        told.subject = "别的"  # type: ignore[misc]
