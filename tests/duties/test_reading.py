"""What the month's page works out: who speaks against whom, spans of days off, lines for paper, rules in words."""

from datetime import date, time, timedelta

import pytest

from duties import workflow
from duties.models import Rhythm
from duties.reading import Month, rhythm_words, span_words
from tests.duties.conftest import APRIL, Office
from tests.world import START

MORNING = {"start": time(8, 30), "end": time(12)}


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (
            Rhythm(post="WINDOW", pattern="WEEKLY", weekday=3, people=2, **MORNING),
            "每周四 8:30–12:00，直通车窗口，2 个人",
        ),
        (
            Rhythm(post="LEGAL", pattern="NTH", weekday=1, weeks=[1, 5], people=1, **MORNING),
            "每月第 1 个、最后一个周二 8:30–12:00，法律服务岗，1 个人",
        ),
        (
            Rhythm(post="RECEPTION", pattern="MONTHLY", month_day=15, people=3, **MORNING),
            "每月 15 日 8:30–12:00，代表接待日，3 个人",
        ),
    ],
)
def test_a_rule_in_words(rhythm: Rhythm, words: str) -> None:
    assert rhythm_words(rhythm) == words


def test_days_in_words() -> None:
    assert span_words(APRIL, APRIL) == "4 月 1 日"
    assert span_words(APRIL, date(2026, 4, 3)) == "4 月 1 日到 4 月 3 日"


@pytest.mark.django_db
def test_days_off_are_spans_and_stay_with_the_station(office: Office) -> None:
    office.propose()
    for first, last in ((1, 5), (9, 9)):
        workflow.block_days(
            office.world.station, office.people["麦知秋"], actor=office.world.clerk, at=START,
            first_day=date(2026, 4, first), last_day=date(2026, 4, last),
        )  # fmt: skip
    month = Month(office.world.station, APRIL, office.world.clerk, START)
    assert {row.person.name: row.days_off for row in month.shares}["麦知秋"] == "1–5、9"
    assert Month(office.world.station, APRIL, office.world.county_staff, START).clashes == []


@pytest.mark.django_db
def test_those_who_sit_together_are_one_line(office: Office) -> None:
    office.published()
    lines = Month(office.world.station, APRIL, office.world.clerk, START).sheet
    assert [len(line.names) for line in lines] == [2, 1, 2, 2, 1, 2, 2]
    assert all(line.is_first for line in lines)


@pytest.mark.django_db
def test_what_is_over_and_not_marked_waits_for_the_station_only(office: Office) -> None:
    office.published()
    later = START + timedelta(days=60)
    assert len(Month(office.world.station, APRIL, office.world.clerk, later).unmarked) == 12
    assert Month(office.world.station, APRIL, office.world.leader, later).unmarked == []
    assert not Month(office.world.station, APRIL, office.world.clerk, later).is_editable
