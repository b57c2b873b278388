"""The texts of the loop's notices: every kind has one, short, plain, with the way to the matter and no identity."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import Context, engines
from django.template.loader import get_template

from notices import kinds, texts
from notices.models import Notice
from notices.states import Channel
from opinions import notify
from opinions.states import State
from tests.world import World

SITE = "https://rd.dancheng.gov.cn"
VALUES = {
    "opinion_id": 12,
    "receipt": "K7QM4XWD3R",
    "title": "东街与王寨路口三盏路灯不亮",
    "station": "洺南街道融合站点",
    "station_phone": "0394-5550101",
    "unit": "县城管局",
    "due": datetime(2026, 4, 9, 9, 30, tzinfo=UTC),
    "holder": "县城管局",
    "due_day": "4 月 9 日",
    "due_part": "，4月9日前答复",
    "link": f"{SITE}/t/K7QM4XWD3R/",
}


def text_of(kind: str, **changes: Any) -> str:
    template = get_template(f"opinions/notices/{kind}.txt", using=engines.all()[0].name)
    return template.template.render(Context(VALUES | changes, autoescape=False)).strip()


@pytest.mark.parametrize("kind", [*notify.STAFF_KINDS, *notify.RESIDENT_KINDS])
def test_every_kind_has_a_text_that_leaves_nothing_open(kind: str) -> None:
    text = text_of(kind)
    assert text
    assert "{" not in text
    assert "None" not in text


@pytest.mark.parametrize("kind", notify.RESIDENT_KINDS)
def test_resident_gets_one_short_message_with_his_own_link(kind: str) -> None:
    text = text_of(kind)
    assert len(text) <= 70
    assert text.endswith(f"{SITE}/t/K7QM4XWD3R/")
    assert "\n" not in text


@pytest.mark.parametrize("kind", notify.RESIDENT_KINDS)
def test_resident_text_carries_no_matter_and_no_person(kind: str) -> None:
    """A telephone lies on tables: the message says nothing of what was raised."""
    assert VALUES["title"] not in text_of(kind)


@pytest.mark.parametrize("kind", notify.STAFF_KINDS)
def test_staff_text_names_the_matter_and_ends_as_a_sentence(kind: str) -> None:
    text = text_of(kind)
    assert VALUES["title"] in text
    assert text.endswith("。")
    assert len(text) <= 70


def test_texts_use_full_width_punctuation() -> None:
    for kind in [*notify.STAFF_KINDS, *notify.RESIDENT_KINDS]:
        words = text_of(kind).replace(SITE, "").split("：/t/")[0]
        assert not re.search(r"[,!?;]", words)


def test_assigned_without_a_date_still_reads() -> None:
    assert text_of("resident_assigned", due_part="").startswith("您说的事有单位办了：")


def test_texts_of_a_whole_road_come_out_of_the_outbox(world: World) -> None:
    world.opinion(State.CLOSED)
    rows = list(Notice.objects.all())
    assert {row.channel for row in rows} == {Channel.SMS, Channel.IN_SITE}
    for row in rows:
        body = texts.body(row)
        assert "13800001234" not in body
        assert "田大山" not in body
        if row.channel == Channel.SMS:
            assert "/t/" in body


def test_staff_notice_leads_to_the_matter(world: World) -> None:
    opinion = world.opinion(State.ASSIGNED)
    row = Notice.objects.filter(kind="opinion_assigned").first()
    assert row is not None
    assert kinds.address_of(row.subject) == opinion.get_absolute_url()
