"""Setting, changing and dropping a theme, noting what was done: who, when, with which words."""

from datetime import date, timedelta
from typing import Any

import pytest

from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from duties.themes import workflow
from duties.themes.models import MonthlyTheme, ThemeNote
from duties.themes.states import NOTES, THEMES, VERB_LABELS
from duties.themes.workflow import Wording
from stations.models import Representative, Service
from tests.duties.themes.world import APRIL, MARCH, MARKET, WATER, county_theme, note, own_theme
from tests.world import START, World, make_user, make_world

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
EVERYBODY = (
    "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin", "security",
    "audit",
)  # fmt: skip
# Typed by hand: who may do what. The county's words are the county's, a station's are the station's and its town's.
MAY = {
    "set county": {"county_staff"},
    "change county": {"county_staff"},
    "drop county": {"county_staff"},
    "set own": {"clerk", "town_staff"},
    "change own": {"clerk", "town_staff"},
    "drop own": {"clerk", "town_staff"},
    "note": {"clerk", "town_staff"},
    "strike": {"clerk", "town_staff"},
}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def rep() -> Representative:
    return Representative.objects.get(name="麦知秋")


def act(world: World, what: str, actor: Any) -> Any:
    """Do one of the things above."""
    verb, _, place = what.partition(" ")
    where = world.county if place == "county" else world.station
    if verb == "set":
        return workflow.set_theme(where, APRIL, WATER, actor=actor, at=START)
    if verb == "note":
        return note(world, actor=actor)
    if verb == "strike":
        return workflow.strike_note(ThemeNote.objects.get().pk, actor=actor, at=START, reason="记重了")
    theme = MonthlyTheme.objects.get(station=None) if place == "county" else MonthlyTheme.objects.get(county=None)
    if verb == "change":
        return workflow.change_theme(theme.pk, MARKET, actor=actor, at=START)
    return workflow.drop_theme(theme.pk, actor=actor, at=START)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("what", MAY)
def test_who_may_do_what(world: World, what: str, who: str) -> None:
    county_theme(world)
    own_theme(world)
    note(world)
    if who in MAY[what]:
        act(world, what, world.users[who])
    else:
        with pytest.raises(NotAllowed):
            act(world, what, world.users[who])


def test_the_tables_are_these_and_no_other() -> None:
    assert THEMES.pairs() == {
        ("set_theme", "", "SET"),
        ("change_theme", "SET", "SET"),
        ("drop_theme", "SET", "DROPPED"),
    }
    assert NOTES.pairs() == {("write_note", "", "STANDS"), ("strike_note", "STANDS", "STRUCK")}
    assert set(VERB_LABELS) == {verb for table in (THEMES, NOTES) for verb, _, _ in table.pairs()}


def test_what_was_said_before_stays_in_the_history(world: World) -> None:
    row = county_theme(world)
    workflow.change_theme(row.pk, MARKET, actor=world.county_staff, at=START + MINUTE)
    workflow.drop_theme(row.pk, actor=world.county_staff, at=START + 2 * MINUTE)
    lines = [(line.verb, line.label, line.text, line.actor_label) for line in row.history.order_by("id")]
    assert [line[0] for line in lines] == ["set_theme", "change_theme", "drop_theme"]
    assert [line[1] for line in lines] == ["定主题", "改主题", "不用这个主题"]
    assert "夏季用水" in lines[0][2]
    assert "水费单" in lines[0][2]
    assert "农贸市场" in lines[1][2]
    assert lines[0][3] == world.county_staff.label


def test_the_units_invited_are_in_the_history_by_name(world: World) -> None:
    words = Wording(WATER.title, WATER.about, units=(world.unit, world.other_unit))
    row = county_theme(world, wording=words)
    assert set(row.units.all()) == {world.unit, world.other_unit}
    assert "县城管局、县水利局" in row.history.get().text
    workflow.change_theme(row.pk, WATER, actor=world.county_staff, at=START)
    assert not row.units.exists()


def test_a_month_that_is_over_is_left_as_it_was(world: World) -> None:
    row, late = county_theme(world), START.replace(month=4, day=1)
    with pytest.raises(WrongState, match="已经过去"):
        workflow.set_theme(world.station, MARCH, WATER, actor=world.clerk, at=late)
    with pytest.raises(WrongState, match="已经过去"):
        workflow.change_theme(row.pk, MARKET, actor=world.county_staff, at=late)
    with pytest.raises(WrongState, match="已经过去"):
        workflow.drop_theme(row.pk, actor=world.county_staff, at=late)
    assert MonthlyTheme.objects.get().title == WATER.title


def test_the_last_minute_of_the_month_is_still_within(world: World) -> None:
    row, last = county_theme(world), START.replace(month=3, day=31, hour=23, minute=59)
    assert workflow.change_theme(row.pk, MARKET, actor=world.county_staff, at=last).title == MARKET.title


def test_a_year_ahead_is_as_far_as_it_goes(world: World) -> None:
    workflow.set_theme(world.county, date(2027, 3, 1), WATER, actor=world.county_staff, at=START)
    with pytest.raises(BadInput, match="太远了"):
        workflow.set_theme(world.county, date(2027, 5, 1), WATER, actor=world.county_staff, at=START)


@pytest.mark.parametrize(
    ("wording", "field"),
    [
        (Wording("", "说说。"), "title"),
        (Wording("　 ", "说说。"), "title"),
        (Wording("用水", " "), "about"),
        (Wording("用" * 21, "说说。"), "title"),
        (Wording("用水", "说" * 121), "about"),
        (Wording("用水", "说说。", "带" * 121), "bring"),
    ],
)
def test_words_that_say_nothing_or_too_much_are_refused_at_their_place(
    world: World, wording: Wording, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        county_theme(world, wording=wording)
    assert refused.value.field == field
    assert not MonthlyTheme.objects.exists()


def test_what_was_dropped_is_not_changed_but_can_be_set_anew(world: World) -> None:
    row = own_theme(world)
    workflow.drop_theme(row.pk, actor=world.clerk, at=START)
    for verb in (workflow.drop_theme, lambda pk, **more: workflow.change_theme(pk, WATER, **more)):
        with pytest.raises(WrongState):
            verb(row.pk, actor=world.clerk, at=START)
    assert own_theme(world, wording=WATER).pk != row.pk


# --- notes


def test_a_note_keeps_day_place_people_and_who_took_part(world: World) -> None:
    county_theme(world)
    row = note(world, representatives=[rep()])
    assert (row.state, row.people, row.place, list(row.representatives.all())) == ("STANDS", 32, "东街社区", [rep()])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"what": "  "}, "what"),
        ({"what": "讲" * 121}, "what"),
        ({"people": -1}, "people"),
        ({"people": 5001}, "people"),
        ({"day": START.date() + DAY}, "day"),
        ({"day": START.date() - 63 * DAY}, "day"),
        ({"day": START.date() - 40 * DAY}, "day"),  # February has no theme
    ],
)
def test_a_note_that_cannot_be_true_is_refused_at_its_place(world: World, more: dict[str, Any], field: str) -> None:
    county_theme(world)
    with pytest.raises(BadInput) as refused:
        note(world, **more)
    assert refused.value.field == field
    assert not ThemeNote.objects.exists()


def test_only_those_who_served_there_on_that_day_are_named(world: World) -> None:
    county_theme(world)
    stranger = Representative.objects.create(name="远客", occupation="教师")
    left = Representative.objects.create(name="走了的", occupation="教师")
    Service.objects.create(station=world.station, representative=left, since=date(2026, 1, 1), until=date(2026, 3, 20))
    for person in (stranger, left):
        with pytest.raises(BadInput) as refused:
            note(world, representatives=[rep(), person])
        assert refused.value.field == "representatives"
    assert note(world, day=date(2026, 3, 19), representatives=[left]).pk


def test_nobody_writes_himself_in(world: World) -> None:
    county_theme(world)
    both = make_user("both", "STATION_STAFF", station_code="mingnan")
    Representative.objects.filter(pk=rep().pk).update(user=both)
    with pytest.raises(BadInput, match="不能把自己写进去"):
        note(world, actor=both, representatives=[rep()])
    assert note(world, actor=world.clerk, representatives=[rep()]).pk


def test_a_note_is_struck_out_once_with_a_reason(world: World) -> None:
    county_theme(world)
    row = note(world)
    with pytest.raises(BadInput):
        workflow.strike_note(row.pk, actor=world.clerk, at=START, reason=" ")
    workflow.strike_note(row.pk, actor=world.town_staff, at=START, reason="和上一条记重了")
    row.refresh_from_db()
    assert (row.state, row.struck_by, row.reason) == ("STRUCK", world.town_staff, "和上一条记重了")
    with pytest.raises(WrongState):
        workflow.strike_note(row.pk, actor=world.clerk, at=START, reason="再划一次")
    assert not ThemeNote.objects.standing().exists()


def test_every_refusal_is_a_sentence(world: World) -> None:
    county_theme(world)
    for broken in ({"what": ""}, {"people": -1}, {"day": START.date() + DAY}):
        with pytest.raises(VerbError) as refused:
            note(world, **broken)
        assert refused.value.message.endswith("。")
