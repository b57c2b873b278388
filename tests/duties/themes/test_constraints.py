"""What the database itself refuses of themes and notes, whoever writes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from duties.themes import workflow
from duties.themes.models import MonthlyTheme, ThemeEntry, ThemeNote
from tests.duties.themes.world import APRIL, MARCH, county_theme, note, own_theme
from tests.world import START, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def raw(**fields: Any) -> MonthlyTheme:
    """A row past all verbs."""
    given = {"month": MARCH, "title": "用水", "about": "说说用水。", "changed_at": START} | fields
    with transaction.atomic():
        return MonthlyTheme.objects.create(**given)


def test_a_county_has_one_theme_a_month(world: World) -> None:
    raw(county=world.county)
    with pytest.raises(IntegrityError, match="theme_once_a_month"):
        raw(county=world.county, title="另一个")
    raw(county=world.county, month=APRIL)


def test_a_station_has_one_of_its_own_beside_the_countys(world: World) -> None:
    raw(county=world.county)
    raw(station=world.station)
    raw(station=world.other_station)
    with pytest.raises(IntegrityError, match="theme_once_a_month"):
        raw(station=world.station, title="另一个")


def test_a_theme_that_was_dropped_leaves_its_place(world: World) -> None:
    for _ in range(3):
        raw(station=world.station, state="DROPPED")
    raw(station=world.station)
    with pytest.raises(IntegrityError, match="theme_once_a_month"):
        MonthlyTheme.objects.filter(state="DROPPED").update(state="SET")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "theme_of_county_or_station"),
        ({"both": True}, "theme_of_county_or_station"),
        ({"month": date(2026, 3, 2)}, "theme_month_is_a_first"),
        ({"state": "ODD"}, "theme_state_known"),
        ({"title": ""}, "theme_says_something"),
        ({"about": ""}, "theme_says_something"),
    ],
)
def test_a_broken_theme_is_refused(world: World, fields: dict[str, Any], name: str) -> None:
    both = fields.pop("both", False)
    owner = {"county": world.county, "station": world.station} if both else {"county": world.county} if fields else {}
    with pytest.raises(IntegrityError, match=name):
        raw(**owner, **fields)


def test_the_history_only_grows(world: World) -> None:
    county_theme(world)
    line = ThemeEntry.objects.get()
    for change in (lambda: ThemeEntry.objects.update(text="改写"), line.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert ThemeEntry.objects.get().text == line.text


def test_a_note_is_struck_out_with_person_moment_and_reason_or_not_at_all(world: World) -> None:
    county_theme(world)
    row = note(world)
    whole = {"state": "STRUCK", "struck_by": world.clerk, "struck_at": START, "reason": "记重了"}
    for part in whole:
        some = {key: value for key, value in whole.items() if key != part}
        with pytest.raises(IntegrityError, match="theme_note_struck_why"), transaction.atomic():
            ThemeNote.objects.filter(pk=row.pk).update(**some)
    ThemeNote.objects.filter(pk=row.pk).update(**whole)


def test_a_note_says_what_and_counts_no_fewer_than_nobody(world: World) -> None:
    county_theme(world)
    row = note(world)
    for broken in ({"what": ""}, {"people": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ThemeNote.objects.filter(pk=row.pk).update(**broken)


def test_the_database_has_the_last_word_when_two_set_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    own_theme(world)
    with pytest.raises(workflow.WrongState, match="刚刚有人定了"):
        own_theme(world, at=START + timedelta(seconds=1))
    assert MonthlyTheme.objects.count() == 1
    assert ThemeEntry.objects.count() == 1


def test_any_other_word_of_the_database_is_not_hushed_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_rest: Any) -> None:
        raise IntegrityError("something else")

    monkeypatch.setattr(workflow, "_say", broken)
    with pytest.raises(IntegrityError, match="something else"):
        own_theme(world, at=datetime(2026, 3, 1, tzinfo=START.tzinfo))
