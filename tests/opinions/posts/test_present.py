"""How a record is shown: its mark in shape and word, when to ask again, and the words each reader gets."""

from datetime import date, timedelta
from typing import Any

import pytest

from opinions.models import PostRecord
from opinions.posts import present, workflow
from opinions.posts.models import Kind
from stations.models import ServicePost
from tests.opinions.posts.world import KINDS, write
from tests.world import START, World

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "change", "label", "glyph"),
    [
        ("INFORMATION", {}, "记好了", "full"),
        ("LEGAL", {}, "记好了", "full"),
        ("PROJECT", {}, "记好了", "full"),
        ("MEDIATION", {}, "等回访", "talk"),
        ("MEDIATION", {"follow_up_on": None}, "谈拢了", "full"),
        ("MEDIATION", {"result": "NOT_AGREED", "follow_up_on": None}, "没谈拢", "none"),
    ],
)
def test_what_came_of_it_is_a_shape_and_a_word(
    world: World, kind: str, change: dict[str, Any], label: str, glyph: str
) -> None:
    shown = present.mark(write(world, kind, **change))
    assert (shown["label"], shown["glyph"]) == (label, glyph)


def test_a_new_quarrel_shows_until_something_else_does(world: World) -> None:
    row = write(world, "MEDIATION")
    row = workflow.follow_up(row.pk, actor=world.clerk, at=START + MINUTE, found="QUARREL")
    assert present.mark(row)["label"] == "又起争执"
    workflow.turn(row.pk, actor=world.clerk, at=START + 2 * MINUTE, make=lambda record: world.submit())
    assert present.mark(PostRecord.objects.get())["label"] == "转成了意见"


def test_a_mistake_says_so_before_anything_else(world: World) -> None:
    row = write(world, "MEDIATION")
    row = workflow.void(row.pk, actor=world.clerk, at=START + MINUTE, reason="记重了")
    assert present.mark(row)["label"] == "记错了"
    assert present.when_to_ask(row, date(2026, 4, 10)) == ""


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 4, 1), "4 月 10 日回访"),
        (date(2026, 4, 9), "4 月 10 日回访"),
        (date(2026, 4, 10), "今天回访"),
        (date(2026, 4, 11), "该回访了，晚了 1 天"),
        (date(2026, 5, 10), "该回访了，晚了 30 天"),
    ],
)
def test_when_to_ask_is_said_in_days(world: World, today: date, words: str) -> None:
    assert present.when_to_ask(write(world, "MEDIATION"), today) == words


def test_what_does_not_wait_has_no_day(world: World) -> None:
    assert present.when_to_ask(write(world, "LEGAL"), date(2026, 4, 10)) == ""
    assert present.when_to_ask(write(world, "MEDIATION", follow_up_on=None), date(2026, 4, 10)) == ""


FACTS = {
    "INFORMATION": [
        ("问了什么", "高龄津贴从几岁起能领"), ("怎么答的", "满八十岁，拿户口本到民政窗口"),
        ("帮填的表", "1 张：高龄津贴申请表"),
    ],
    "MEDIATION": [
        ("为了什么事", "两家为滴水檐争地界"), ("谈得怎么样", "谈拢了"), ("说定了什么", "檐口各退二十公分，费用平摊"),
    ],
    "LEGAL": [
        ("问的什么", "工头欠工资没有合同怎么办"), ("怎么答的", "先收好工友证明和转账记录"), ("谁答的", "何知秋律师"),
        ("让他再去", "法律援助中心 县法律援助中心一楼窗口"),
    ],
    "PROJECT": [("想办什么", "村口修一个候车亭"), ("在哪里", "东街社区 二道桥北头"), ("谁能受益", "三百来户")],
}  # fmt: skip
OF_THE_COUNTY = {"INFORMATION": 1, "MEDIATION": 2, "LEGAL": 1, "PROJECT": 3}


@pytest.mark.parametrize("kind", KINDS)
def test_the_station_reads_all_and_the_county_what_it_is_about(world: World, kind: str) -> None:
    row = write(world, kind)
    assert present.facts(row, world.clerk) == present.facts(row, world.town_staff) == FACTS[kind]
    for who in (world.county_staff, world.leader):
        assert present.facts(row, who) == FACTS[kind][: OF_THE_COUNTY[kind]]


def test_what_did_not_work_out_is_called_so(world: World) -> None:
    row = write(world, "MEDIATION", result="NOT_AGREED", answer="谁出钱没说定", follow_up_on=None)
    assert present.facts(row, world.clerk)[-1] == ("卡在哪里", "谁出钱没说定")


@pytest.mark.parametrize(
    ("typed", "shown"), [("何知秋", "何知秋律师"), ("何知秋律师", "何知秋律师"), ("", "麦知秋代表")]
)
def test_who_answered_is_named_by_his_office(world: World, typed: str, shown: str) -> None:
    assert ("谁答的", shown) in present.facts(write(world, "LEGAL", answered_by=typed), world.clerk)


def test_nobody_answered_is_not_said(world: World) -> None:
    row = write(world, "LEGAL", answered_by="", representative=None)
    assert "谁答的" not in dict(present.facts(row, world.clerk))


@pytest.mark.parametrize(
    ("filled", "names", "shown"), [(0, "", None), (2, "", "2 张"), (2, "低保、医保", "2 张：低保、医保")]
)
def test_forms_are_counted_and_named(world: World, filled: int, names: str, shown: str | None) -> None:
    row = write(world, forms_filled=filled, form_names=names)
    assert dict(present.facts(row, world.clerk)).get("帮填的表") == shown


def test_somebody_without_a_name_is_still_somebody(world: World) -> None:
    row = write(world, "PROJECT", people=(("", "13912345670"),))
    assert present.people(row, world.clerk) == [("没留名", "139****5670")]


def test_every_post_has_its_words() -> None:
    assert set(present.WORDS) == set(Kind.values) == set(ServicePost.Kind.values)
    for kind, words in present.WORDS.items():
        assert words.post == f"{Kind(kind).label}岗"
        assert words.about
        assert words.icon
