"""The overview of a year: who opens it, and that every number on it opens exactly its rows."""

import re
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.polls.models import Verdict
from projects.states import ON_THE_LIST, State
from stations.models import Unit
from tests.projects.works.heap import LATE, LATER, SOON, TODAY, build, poll, wish
from tests.world import World, make_user, make_world

PAGE = "/desk/projects/overview/"
FINISHED = {State.COMPLETED, State.RECTIFYING, State.EVALUATED}


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


@pytest.fixture
def year(world: World) -> World:
    """A project at each stage in two towns, others for the county, a second unit, another year, each light and poll."""
    for state in State:
        if state in ON_THE_LIST:
            build(world, state, region=world.village)
            build(world, state, region=world.other_town, plan={"funds": Decimal("1200.25")})
        elif state != State.MERGED:
            wish(world, state)
            wish(world, state, region=world.other_town, station=None)
    for day in (LATE, SOON, LATER):
        build(world, due=day, region=world.county, plan={"unit": Unit.objects.get(code="shuili"), "funds": Decimal(0)})
    verdicts = {State.EVALUATED: Verdict.GOOD, State.RECTIFYING: Verdict.BAD, State.COMPLETED: Verdict.FEW}
    for state, verdict in verdicts.items():
        poll(world, build(world, state), verdict)
    poll(world, build(world, State.COMPLETED))
    wish(world, State.POOLED, region=world.county)
    build(world, State.SHELVED)
    build(world, State.POOLED)
    wish(world, State.IDEA, year=2025)
    build(world, year=2027)
    return world


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def opened(client: Client, address: str = PAGE) -> Any:
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=False):
        return client.get(address)


class Numbers(HTMLParser):
    """Gathers every number of the page's main part: its words, its link, and whether it is money."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, bool]] = []
        self.url, self.is_number, self.is_money = "", False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember where a number stands."""
        given = dict(attrs)
        names = (given.get("class") or "").split()
        if tag in ("td", "span") and ("n" in names or "v" in names):
            self.is_money = "money" in names
        self.is_number = "num" in names and ("fig" in names or "mute" in names)
        self.url = given.get("href") or "" if self.is_number else ""

    def handle_data(self, data: str) -> None:
        """Keep a number's words."""
        if self.is_number and re.fullmatch(r"[\d,.]+", data.strip()):
            self.found.append((data.strip(), self.url, self.is_money))
            self.is_number = False


def numbers(page: Any) -> list[tuple[str, str, bool]]:
    """Return the numbers of a page."""
    reader = Numbers()
    reader.feed(page.content.decode())
    return reader.found


def confirmed(client: Client, address: str, is_money: bool) -> str:
    """Return what the opened list says of itself."""
    page = opened(client, unescape(address))
    assert page.status_code == 200
    assert page.context["is_valid"], address
    return str(page.context["funds"]) if is_money else f"{page.context['page'].paginator.count:,}"


@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("county_staff", ""), ("leader", "?year=2026&town=411625101"), ("leader", "?town=411625"), ("town_staff", ""),
        ("county_staff", "?year=2025"), ("county_staff", "?year=2027"), ("county_staff", "?unit={unit}"),
    ],
)  # fmt: skip
def test_every_number_opens_exactly_its_rows(year: World, who: str, query: str) -> None:
    client = signed_in(year, who)
    found = numbers(opened(client, PAGE + query.format(unit=year.unit.pk)))
    assert len(found) > 20
    assert all((words == "0") == (not url) for words, url, _ in found)
    links = {(words, url, is_money) for words, url, is_money in found if url}
    assert links
    assert [one for one in links if confirmed(client, one[1], one[2]) != one[0]] == []


def test_the_numbers_are_the_ones_counted_by_hand(year: World) -> None:
    shown = opened(signed_in(year, "county_staff")).context["shown"]
    listed = [2 * len(ON_THE_LIST), 3, 4]  # two towns, the county's three, four with polls
    assert shown.listed.words == f"{sum(listed)}"
    assert shown.funds.words == "7,586.5"  # 6 × 1,200.25 + 6 × 38.5 + 4 × 38.5
    by_stage = {line.mark[2]: line.count.words for line in shown.stages}
    assert by_stage == {
        "征集": "2", "入库": "4", "议定": "2", "提交政府": "2", "列入年度": "2", "票决通过": "2", "实施": "5",
        "完工": "4", "整改": "3", "评议": "3", "暂缓": "3",
    }  # fmt: skip
    assert [(line.mark[2], line.count.words) for line in shown.lights] == [
        ("拖期", "1"), ("快到期", "1"), ("按时", "7"), ("完成", "10"),
    ]  # fmt: skip
    assert [line.count.words for line in shown.polls] == ["1", "1", "0", "1", "1", "2"]
    assert [row.name for row in shown.towns] == ["全县", "洺南街道", "吴台镇"]
    assert [(row.name, row.listed.words) for row in shown.units] == [("县城管局", "16"), ("县水利局", "3")]


def test_parts_come_to_the_whole(year: World) -> None:
    shown = opened(signed_in(year, "leader")).context["shown"]

    def number(figure: Any) -> Decimal:
        return Decimal(figure.words.replace(",", ""))

    for rows in (shown.towns, shown.units):
        assert sum(number(row.listed) for row in rows) == number(shown.listed)
        assert sum(number(row.funds) for row in rows) == number(shown.funds)
        assert all(sum(number(figure) for _, _, figure in row.lights) == number(row.listed) for row in rows)
    assert sum(number(line.funds) for line in shown.stages if line.funds) == number(shown.funds)
    assert sum(number(line.count) for line in shown.lights) == number(shown.listed)


def test_a_town_sees_its_own_and_another_county_nothing(year: World) -> None:
    shown = opened(signed_in(year, "town_staff")).context["shown"]
    assert [row.name for row in shown.towns] == ["洺南街道"]
    client = Client()
    client.force_login(make_user("elsewhere", "COUNTY_STAFF", region_code="411626"))
    page = opened(client)
    assert page.context["shown"].is_empty
    assert "这一年还没有项目" in page.content.decode()


@pytest.mark.parametrize("who", ["clerk", "rep", "handler", "grid", "admin", "security", "audit"])
def test_it_is_for_whoever_answers_for_several(world: World, who: str) -> None:
    assert opened(signed_in(world, who)).status_code == 403


@pytest.mark.parametrize("query", ["year=1999", "year=x", "town=9", "town=411625001'", "unit=0", "unit=x"])
def test_what_cannot_be_asked_counts_nothing_and_says_so(year: World, query: str) -> None:
    page = opened(signed_in(year, "leader"), f"{PAGE}?{query}")
    assert page.status_code == 200
    assert "地址里有一项条件用不了" in page.content.decode()
    assert numbers(page) == []


def test_a_year_with_nothing_gives_way_to_the_last_that_has_something(world: World) -> None:
    def shown() -> str:
        return str(opened(signed_in(world, "leader")).context["shown"].asked.year)

    assert shown() == "2026"
    wish(world, year=2028)
    assert shown() == "2028"
    build(world, year=2024)
    assert shown() == "2024"
    wish(world, year=2026)
    assert shown() == "2026"


def test_statements_do_not_grow(world: World) -> None:
    client, counts = signed_in(world, "county_staff"), []
    opened(client)
    for more in (1, 29):
        for _ in range(more):
            poll(world, build(world, State.COMPLETED))
            wish(world)
        with CaptureQueriesContext(connection) as seen:
            assert opened(client).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5 + 10  # who looks and what is unread; then the page's own


def test_nobody_is_named_and_no_share_is_reckoned(year: World) -> None:
    page = opened(signed_in(year, "county_staff")).content.decode()
    assert "田大山" not in page
    assert "1380000" not in page
    assert "%" not in page.split("<main")[1]
