"""The list of what was done at the posts: its filters, its numbers, and what it costs."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opinions.models import PostRecord
from stations.models import Service
from tests.opinions.posts.test_views import LIST, now_written, text
from tests.opinions.posts.world import KINDS, rep
from tests.world import START, World


def subjects(page: str) -> set[str]:
    return {word for word in ("甲事", "乙事", "丙事", "丁事") if word in page}


def test_the_filters_cut_the_list_and_the_tabs_count_under_them(world: World, at_desk: Any) -> None:
    now = timezone.localtime()
    now_written(world, subject="甲事")
    now_written(world, "LEGAL", subject="乙事", at=now - timedelta(days=62))
    now_written(world, "MEDIATION", subject="丙事", at=now - timedelta(days=30))
    turned = now_written(world, "PROJECT", subject="丁事")
    PostRecord.objects.filter(pk=turned.pk).update(opinion=world.submit())
    client = at_desk()
    old = (now - timedelta(days=62)).strftime("%Y-%m")
    for query, found in (
        ({}, {"甲事", "乙事", "丙事", "丁事"}), ({"kind": "LEGAL"}, {"乙事"}), ({"month": old}, {"乙事"}),
        ({"state": "asked"}, {"丙事"}), ({"state": "waiting"}, {"丙事"}), ({"state": "turned"}, {"丁事"}),
        ({"state": "wants"}, {"丁事"}),
        ({"q": "甲"}, {"甲事"}), ({"kind": "MOON"}, set()), ({"month": "2026-13"}, set()),
    ):  # fmt: skip
        assert subjects(text(client.get(LIST, query))) == found, query
    page = text(client.get(LIST, {"month": old, "kind": "LEGAL"}))
    assert f'href="?month={old}&amp;kind=LEGAL" aria-current="true">法律服务 <span class="num">1</span>' in page
    assert f'href="?month={old}&amp;kind=MEDIATION">矛盾化解 <span class="num">0</span>' in page


def test_a_county_chooses_place_and_station(world: World, at_desk: Any) -> None:
    Service.objects.create(station=world.other_station, representative=rep(), since=START.date())
    now_written(world, subject="甲事")
    now_written(world, subject="乙事", station=world.other_station, actor=world.other_clerk)
    client = at_desk("county_staff")
    assert subjects(text(client.get(LIST))) == {"甲事", "乙事"}
    assert subjects(text(client.get(LIST, {"place": "411625101"}))) == {"乙事"}
    assert subjects(text(client.get(LIST, {"station": world.station.pk}))) == {"甲事"}
    assert 'name="station"' not in text(at_desk().get(LIST))
    assert subjects(text(at_desk().get(LIST, {"station": world.other_station.pk}))) == {"甲事"}


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as statements:
        assert client.get(path).status_code == 200
    return len(statements)


def test_thirty_rows_cost_as_many_statements_as_one(world: World, at_desk: Any) -> None:
    client = at_desk()
    now_written(world, "PROJECT")
    client.get(LIST)
    one = asked(client, LIST)
    for number in range(29):
        now_written(world, KINDS[number % 4], subject=f"第 {number} 件")
    assert asked(client, LIST) == one
    now_written(world)
    assert "第 1 页，共 2 页" in text(client.get(LIST))
    assert "page=2" in text(client.get(LIST, {"kind": ""}))


def test_six_parties_cost_as_many_statements_as_two(world: World, at_desk: Any) -> None:
    two = now_written(world, "MEDIATION")
    six = now_written(world, "MEDIATION", people=tuple((f"第{n}家", "") for n in range(6)))
    client = at_desk()
    client.get(two.get_absolute_url())
    assert asked(client, two.get_absolute_url()) == asked(client, six.get_absolute_url())
