"""What the database itself refuses, however a row is written: each constraint by its name, with a row breaking it."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.workflow import WrongState
from duties import workflow
from duties.models import DutyRules, Feed, Rhythm, Roster, Shift, Sitter, SwapRequest, Unavailable
from tests.duties.conftest import APRIL, Office
from tests.duties.test_swaps import pair
from tests.world import START

pytestmark = pytest.mark.django_db
MORNING = {"start": time(8, 30), "end": time(12)}
WEEKLY = {"post": "WINDOW", "pattern": "WEEKLY", "weekday": 0, **MORNING}
NTH = WEEKLY | {"pattern": "NTH", "weeks": [1]}
MONTHLY = WEEKLY | {"pattern": "MONTHLY", "weekday": None, "month_day": 15}


def refused(name: str, write: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


@pytest.mark.parametrize("whole", [WEEKLY, NTH, MONTHLY, MONTHLY | {"month_day": 31}, WEEKLY | {"people": 9}])
def test_a_whole_rhythm_is_taken(office: Office, whole: dict[str, Any]) -> None:
    assert Rhythm.objects.create(station=office.world.station, **whole).pk


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        (WEEKLY | {"post": "BAR"}, "rhythm_post_known"),
        (WEEKLY | {"end": time(8, 30)}, "rhythm_ends_after_start"),
        (WEEKLY | {"people": 0}, "rhythm_people"),
        (WEEKLY | {"people": 10}, "rhythm_people"),
        (WEEKLY | {"weekday": 7}, "rhythm_pattern_complete"),
        (WEEKLY | {"weeks": [1]}, "rhythm_pattern_complete"),
        (WEEKLY | {"month_day": 3}, "rhythm_pattern_complete"),
        (WEEKLY | {"pattern": "DAILY"}, "rhythm_pattern_complete"),
        (MONTHLY | {"weekday": 1}, "rhythm_pattern_complete"),
        (MONTHLY | {"month_day": 32}, "rhythm_pattern_complete"),
        (MONTHLY | {"month_day": 0}, "rhythm_pattern_complete"),
    ],
)
def test_a_rhythm_of_halves_is_refused(office: Office, broken: dict[str, Any], name: str) -> None:
    refused(name, lambda: Rhythm.objects.create(station=office.world.station, **broken))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"end": time(8)}, "shift_ends_after_start"),
        ({"post": "BAR"}, "shift_post_known"),
        ({"state": "LOST"}, "shift_state_known"),
        ({"representative": None, "state": "CONFIRMED"}, "shift_gap_is_planned"),
        ({"representative": None, "state": "HELD"}, "shift_gap_is_planned"),
        ({"day": date(2026, 5, 1)}, "in the month"),
        ({"day": date(2026, 3, 31)}, "in the month"),
    ],
)
def test_a_duty_that_cannot_be_is_refused(office: Office, change: dict[str, Any], name: str) -> None:
    office.published()
    row = Shift.objects.filter(pk=office.shift("麦知秋").pk)
    refused(name, lambda: row.update(**change))


def test_nobody_stands_in_for_himself_or_sits_twice_on_a_day(office: Office) -> None:
    office.published()
    one, two = Shift.objects.filter(day="2026-04-02")
    rows = Shift.objects.filter(pk=one.pk)
    refused("shift_stands_in_for_another", lambda: rows.update(stands_in_for=one.representative))
    refused("shift_nobody_twice_a_day", lambda: rows.update(representative=two.representative))


def test_two_gaps_on_one_day_are_no_contradiction(office: Office) -> None:
    office.published()
    assert Shift.objects.filter(day="2026-04-02").update(representative=None) == 2


def test_a_duty_keeps_to_the_station_of_its_roster(office: Office) -> None:
    shift = office.published().shifts.first()
    rows = Shift.objects.filter(pk=shift.pk)
    refused("at the station", lambda: rows.update(station=office.world.other_station))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"month": date(2026, 5, 1)}, "keeps its month"),
        ({"state": "GONE"}, "roster_(state_known|published_when)"),
        ({"published_at": START}, "roster_published_when"),
        ({"state": "PUBLISHED"}, "roster_published_when"),
    ],
)
def test_a_roster_keeps_its_month_and_says_when_it_was_published(
    office: Office, change: dict[str, Any], name: str
) -> None:
    rows = Roster.objects.filter(pk=office.propose().pk)
    refused(name, lambda: rows.update(**change))


def test_a_station_has_one_roster_a_month_and_it_begins_on_the_first(office: Office) -> None:
    office.propose()
    fields = {"station": office.world.station, "created_at": START, "changed_at": START}
    refused("roster_once_a_month", lambda: Roster.objects.create(month=APRIL, **fields))
    refused("roster_month_is_a_first", lambda: Roster.objects.create(month=date(2026, 6, 2), **fields))


def test_a_day_off_does_not_end_before_it_begins(office: Office) -> None:
    fields = {"representative": office.people["麦知秋"], "station": office.world.station, "created_at": START}
    assert Unavailable.objects.create(first_day=APRIL, last_day=APRIL, **fields).pk
    before = APRIL - timedelta(days=1)
    refused(
        "unavailable_ends_after_start",
        lambda: Unavailable.objects.create(first_day=APRIL, last_day=before, **fields),
    )


def test_what_somebody_may_sit_is_said_once_and_of_known_posts(office: Office) -> None:
    fields = {"station": office.world.station, "representative": office.people["麦知秋"]}
    refused("sitter_posts_known", lambda: Sitter.objects.create(posts=["WINDOW", "BAR"], **fields))
    Sitter.objects.create(posts=[], **fields)
    refused("sitter_once", lambda: Sitter.objects.create(posts=["WINDOW"], **fields))


def test_the_countys_numbers_are_one_row(db: None) -> None:
    DutyRules.objects.create()
    refused("only_row", lambda: DutyRules.objects.create())
    refused("duty_rules_one_row", lambda: DutyRules.objects.create(only_row=False))


def test_a_wish_is_between_two_people_and_two_duties(office: Office) -> None:
    office.published()
    mine, theirs = pair(office)
    fields = {"from_shift": mine, "to_shift": theirs, "asked_at": START}
    fields |= {"asker": mine.representative, "colleague": theirs.representative}
    for broken, name in (
        ({"to_shift": mine}, "swap_with_another_shift"),
        ({"colleague": mine.representative}, "swap_with_another_person"),
        ({"state": "MAYBE", "decided_at": START}, "swap_state_known"),
        ({"decided_at": START}, "swap_decided_when"),
        ({"state": "AGREED"}, "swap_decided_when"),
    ):
        refused(name, lambda broken=broken: SwapRequest.objects.create(**fields | broken))
    SwapRequest.objects.create(**fields)
    refused("swap_one_open", lambda: SwapRequest.objects.create(**fields | {"to_shift": None}))
    other = office.published(date(2026, 5, 1)).shifts.exclude(representative=theirs.representative).first()
    refused("swap_one_open_offered", lambda: SwapRequest.objects.create(**fields | {"from_shift": other}))


def test_somebody_has_one_living_address_of_each_kind(office: Office) -> None:
    fields = {"owner": office.user("麦知秋"), "created_at": START}
    old = Feed.objects.create(token="a", token_hash="a", **fields)
    refused("feed_one_alive", lambda: Feed.objects.create(token="b", token_hash="b", **fields))
    Feed.objects.filter(pk=old.pk).update(revoked_at=START)
    assert Feed.objects.create(token="b", token_hash="b", **fields).pk
    refused("token_hash", lambda: Feed.objects.create(token="a", token_hash="a", revoked_at=START, **fields))


def test_the_address_of_a_calendar_is_not_readable_in_the_table(office: Office) -> None:
    row = Feed.objects.create(owner=office.user("麦知秋"), token="open-sesame", token_hash="h", created_at=START)
    with connection.cursor() as cursor:
        cursor.execute("SELECT token::text FROM duties_feed WHERE id = %s", [row.pk])
        assert "open-sesame" not in cursor.fetchone()[0]
    row.refresh_from_db()
    assert row.token == "open-sesame"
    assert "open-sesame" not in str(row)


def test_a_published_month_is_not_made_anew(office: Office) -> None:
    ids = set(office.published().shifts.values_list("pk", flat=True))
    with pytest.raises(WrongState):
        office.propose()
    with pytest.raises(WrongState):
        workflow.publish(Roster.objects.get().pk, actor=office.world.clerk, at=START)
    assert set(Shift.objects.values_list("pk", flat=True)) == ids
