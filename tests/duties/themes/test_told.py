"""Where the month's theme is said by itself: paper, reminders, residents' pages, the screen, receptions, records."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from docx import Document

from duties import reminders
from duties.notice_sheet import written
from duties.themes import workflow
from notices import texts
from notices.models import Notice
from notices.states import Channel
from opinions.receptions import workflow as receptions
from opinions.records import gathering
from stations.models import Representative
from tests.duties.conftest import Office
from tests.duties.themes.world import APRIL, MARCH, MARKET, WATER, county_theme, note, own_theme
from tests.world import SHANGHAI, START

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 4, 1, 17, 0, tzinfo=SHANGHAI)
THURSDAY = datetime(2026, 4, 2, 7, 30, tzinfo=SHANGHAI)
PUBLIC = ("/s/mingnan/", "/s/mingnan/duty/", "/s/mingnan/screen/", "/duty/")


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> Iterator[None]:
    settings.SECOND_FACTOR_REQUIRED = False
    cache.delete_pattern("*")
    yield
    cache.delete_pattern("*")


def paper_of(office: Office) -> str:
    roster = office.published()
    return "\n".join(row.text for row in Document(io.BytesIO(written(roster))).paragraphs)


def test_the_paper_on_the_wall_says_the_theme_and_what_to_bring(office: Office) -> None:
    county_theme(office.world, APRIL)
    paper = paper_of(office)
    assert "本月主题：夏季用水。说说自来水和下水道。" in paper
    assert "您可以带来：水费单、停水的日子。" in paper


def test_the_paper_says_the_stations_own_and_nothing_without_one(office: Office) -> None:
    county_theme(office.world, MARCH)
    assert "本月主题" not in paper_of(office)
    office.world.station.refresh_from_db()
    own_theme(office.world, APRIL)
    county_theme(office.world, APRIL)
    client = Client()
    client.force_login(office.world.clerk)
    sheet = client.get("/desk/duties/mingnan/2026-04/print/").content.decode()
    assert "本月主题：农贸市场怎么改。" in sheet
    assert "夏季用水" not in sheet


@pytest.mark.parametrize(("kind", "at"), [("duty_tomorrow", EVENING), ("duty_today", THURSDAY)])
def test_a_reminder_says_it_and_stays_one_sentence_without(office: Office, kind: str, at: datetime) -> None:
    office.published()
    county_theme(office.world, APRIL)
    reminders.remind(at)
    rows = list(Notice.objects.filter(kind=kind))
    assert rows
    for row in rows:
        words = texts.body(row)
        assert "本月主题：夏季用水。" in words
        if row.channel == Channel.SMS:
            assert len(words) <= 140
    Notice.objects.all().delete()
    workflow.drop_theme(office.world.county.themes.get().pk, actor=office.world.county_staff, at=START)
    reminders.remind(at)
    assert all("主题" not in texts.body(row) for row in Notice.objects.filter(kind=kind))
    assert Notice.objects.filter(kind=kind).exists()


@pytest.mark.parametrize("address", PUBLIC)
def test_residents_read_it_where_they_look_for_who_sits(office: Office, address: str) -> None:
    office.published()
    county_theme(office.world, APRIL)
    with time_machine.travel(THURSDAY + timedelta(hours=1)):
        assert "夏季用水" in Client().get(address).content.decode()
        cache.delete_pattern("*")
        own_theme(office.world, APRIL)
        found = Client().get(address).content.decode()
        assert "农贸市场怎么改" in found
        assert ("夏季用水" in found) is (address == "/duty/")
    cache.delete_pattern("*")
    with time_machine.travel(THURSDAY + timedelta(days=40)):
        found = Client().get(address).content.decode()
        assert "本月主题" not in found


def test_a_reception_carries_the_theme_of_its_day_without_typing(office: Office) -> None:
    world = office.world
    county_theme(world, MARCH)
    people = world.station.services.values_list("representative_id", flat=True)[:1]
    row = receptions.open_reception(world.station.pk, actor=world.clerk, at=START, people=people)
    client = Client()
    client.force_login(world.clerk)
    for address in ("/desk/receptions/", f"/desk/receptions/{row.pk}/"):
        assert "夏季用水" in client.get(address).content.decode()
    receptions.close(row.pk, actor=world.clerk, at=START)
    with time_machine.travel(START + timedelta(minutes=5)):
        assert "本月主题：夏季用水" in client.get("/desk/receptions/new/").content.decode()
    own_theme(world, MARCH)
    assert "农贸市场怎么改" in client.get(f"/desk/receptions/{row.pk}/").content.decode()


def test_whoever_took_part_has_it_in_his_record_by_itself(office: Office) -> None:
    county_theme(office.world, MARCH)
    person = Representative.objects.get(name="麦知秋")
    row = note(office.world, representatives=[person, office.people["白露明"]])
    span = gathering.span_of(2026, START)
    found = gathering.gather([person, office.people["安知夏"]], span)
    (deed,) = [deed for deed in found[person.pk] if deed.source == "note"]
    assert (deed.kind, deed.label, deed.people, deed.station) == ("OUTREACH", "主题活动", 32, office.world.station.pk)
    assert "在东街社区讲怎么看水费单，来了 32 位" in deed.text
    assert not any(deed.source == "note" for deed in found[office.people["安知夏"].pk])
    outreach = next(part for part in gathering.parts(found[person.pk]) if part.kind == "OUTREACH")
    assert outreach.done == ("参加主题活动 1 次，来了 32 位群众",)
    workflow.strike_note(row.pk, actor=office.world.clerk, at=START, reason="记错了")
    assert not any(deed.source == "note" for deed in gathering.gather([person], span)[person.pk])


def test_the_words_of_a_theme_are_text_and_nothing_else(office: Office) -> None:
    office.published()
    angry = workflow.Wording("<b>用水</b>", "<script>alert(1)</script>{{ 7 }}")
    county_theme(office.world, APRIL, angry)
    with time_machine.travel(THURSDAY):
        for address in (*PUBLIC, "/themes/", "/themes/2026-04/"):
            found = Client().get(address).content.decode()
            assert "<script>alert" not in found
            assert "<b>用水" not in found
    assert WATER.title != MARKET.title
