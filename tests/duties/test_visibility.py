"""Who sees which rosters, shifts, swaps, days off and lines; and what the public sees. Nobody by default."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties import queries, workflow
from duties.models import Rhythm, Roster, RosterLine, Shift, SwapRequest, Unavailable
from tests.duties.conftest import APRIL, Office
from tests.duties.test_swaps import pair
from tests.world import START

pytestmark = pytest.mark.django_db
EVERYBODY = (
    "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin", "security",
    "audit",
)  # fmt: skip


def seen_by(office: Office, rows: Any) -> set[str]:
    found = {name for name in EVERYBODY if rows.visible_to(office.world.users[name]).exists()}
    assert not rows.visible_to(AnonymousUser()).exists()
    return found


def test_a_draft_is_seen_by_those_who_look_after_the_station(office: Office) -> None:
    office.propose()
    readers = {"clerk", "town_staff", "county_staff", "leader"}
    assert seen_by(office, Roster.objects.all()) == readers
    assert seen_by(office, Shift.objects.all()) == readers
    assert seen_by(office, Rhythm.objects.all()) == readers


def test_what_is_published_is_seen_by_those_who_serve_there_too(office: Office) -> None:
    office.published()
    assert seen_by(office, Roster.objects.all()) == {"clerk", "town_staff", "county_staff", "leader", "rep"}
    assert seen_by(office, Shift.objects.all()) == {"clerk", "town_staff", "county_staff", "leader", "rep"}


def test_days_off_stay_between_the_person_and_his_station(office: Office) -> None:
    person = office.people["麦知秋"]
    workflow.block_days(
        office.world.station, person, actor=office.world.clerk, at=START, first_day=APRIL, last_day=APRIL, note="住院"
    )
    assert seen_by(office, Unavailable.objects.all()) == {"clerk", "town_staff", "rep"}
    assert not Unavailable.objects.visible_to(office.user("白露明")).exists()


def test_the_history_with_its_reasons_stays_in_the_house(office: Office) -> None:
    office.published()
    assert seen_by(office, RosterLine.objects.all()) == {"clerk", "town_staff"}


def test_a_swap_is_seen_by_both_and_the_station(office: Office) -> None:
    office.published()
    mine, _ = pair(office)
    workflow.ask_swap(mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=office.people["白露明"].pk)
    assert seen_by(office, SwapRequest.objects.all()) == {"clerk", "town_staff", "county_staff", "leader", "rep"}
    assert SwapRequest.objects.visible_to(office.user("白露明")).exists()
    assert not SwapRequest.objects.visible_to(office.user("陈守一")).exists()


def test_a_disabled_account_sees_nothing(office: Office) -> None:
    office.published()
    office.world.clerk.is_active = False
    assert not Roster.objects.visible_to(office.world.clerk).exists()


def test_my_own_duties_are_mine_wherever_they_are(office: Office) -> None:
    office.propose()
    assert not Shift.objects.of(office.user("麦知秋")).exists()
    workflow.publish(Roster.objects.get().pk, actor=office.world.clerk, at=START)
    mine = Shift.objects.of(office.user("麦知秋"))
    assert {row.representative.name for row in mine} == {"麦知秋"}
    assert not Shift.objects.of(AnonymousUser()).exists()


def test_the_public_sees_names_of_published_duties_in_one_statement(office: Office) -> None:
    roster = office.propose()
    day = date(2026, 4, 2)
    assert queries.who_sits(office.world.station, day) == []
    workflow.publish(roster.pk, actor=office.world.clerk, at=START)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        sitting = queries.who_sits(office.world.station, day)
    assert len(asked) == 1
    assert len(sitting) == 2
    assert (sitting[0].hours, sitting[0].post_label) == ("8:30–12:00", "直通车窗口")
    assert {row.name for row in sitting} <= set(office.people)


def test_a_gap_and_an_absence_are_not_shown_outside(office: Office) -> None:
    office.published()
    one, two = Shift.objects.filter(day=date(2026, 4, 2))
    workflow.cannot_come(one.pk, actor=office.world.clerk, at=START)
    assert len(queries.who_sits(office.world.station, one.day)) == 1
    workflow.mark_absent(two.pk, actor=office.world.clerk, at=two.ends_at)
    assert queries.who_sits(office.world.station, one.day) == []


def test_a_week_begins_on_monday_and_has_seven_days(office: Office) -> None:
    office.published()
    with CaptureQueriesContext(connection) as asked:
        week = queries.week(office.world.station, date(2026, 4, 5))
    assert len(asked) == 1
    assert list(week) == [date(2026, 3, 30) + timedelta(days=n) for n in range(7)]
    assert [day.day for day, rows in week.items() if rows] == [2]
    both = queries.sitting_at([office.world.station.pk, office.world.other_station.pk], APRIL, date(2026, 4, 30))
    assert {pk: len(rows) for pk, rows in both.items()} == {office.world.station.pk: 12}
