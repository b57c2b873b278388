"""What anybody may read of the service posts: this month's numbers on the station's page, no person and no subject."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from core.workdays import WorkCalendar
from opinions import deadlines
from opinions.models import PostRecord
from opinions.posts import workflow
from opinions.posts.queries import month_words
from tests.opinions.posts.world import KINDS, TOLD, write
from tests.world import START, World, make_world

LINE = "这个月本站服务岗："
TODAY = START.date()


@pytest.fixture
def world(db: None) -> World:
    WorkCalendar.forget()
    deadlines.forget()
    return make_world()


@pytest.fixture(autouse=True)
def _the_same_morning() -> Iterator[None]:
    with time_machine.travel(START + timedelta(hours=1), tick=True):
        yield


def page(address: str = "/s/mingnan/") -> str:
    cache.delete_pattern("page:*")  # what was kept a moment ago
    return Client().get(address).content.decode()


def test_nothing_is_said_when_there_is_nothing(world: World) -> None:
    assert LINE not in page()
    assert month_words(world.station, TODAY) == ""


def test_the_months_numbers_are_one_quiet_line(world: World) -> None:
    for kind in (*KINDS, "MEDIATION"):
        write(world, kind)
    said = "答复咨询、帮填表 1 次，调解 2 起，解答法律问题 1 次，收到民生项目想法 1 条"
    assert f"{LINE}{said}。" in page()


def test_no_person_and_no_subject_is_public(world: World) -> None:
    for kind in KINDS:
        write(world, kind)
    shown = page()
    for told in TOLD.values():
        for word in (told["subject"], told.get("answer"), told.get("place"), told.get("answered_by")):
            assert not word or word not in shown
    assert "欧" not in shown


def test_only_this_month_and_this_station_count(world: World) -> None:
    write(world, "LEGAL", day=date(2026, 2, 28))
    assert LINE not in page()
    write(world, "LEGAL", day=date(2026, 3, 1))
    assert f"{LINE}解答法律问题 1 次。" in page()
    assert LINE not in page("/s/wutai/")


def test_a_mistake_is_not_counted(world: World) -> None:
    row = write(world, "LEGAL")
    workflow.void(row.pk, actor=world.clerk, at=START + timedelta(minutes=1), reason="记重了")
    assert LINE not in page()


def test_many_records_are_one_statement(world: World, django_assert_num_queries: Any) -> None:
    for number in range(8):
        write(world, KINDS[number % 4], subject=f"第 {number} 件")
    assert PostRecord.objects.count() == 8
    with django_assert_num_queries(1):
        assert month_words(world.station, TODAY).count(" 2 ") == 4


@pytest.mark.parametrize("address", ["/s/mingnan/board/", "/s/mingnan/screen/", "/duty/", "/"])
def test_other_public_pages_say_nothing_of_it(world: World, address: str) -> None:
    write(world, "LEGAL")
    assert "服务岗：" not in page(address)
