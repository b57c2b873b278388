"""Commending: who, for whom, in which words; said to everybody by a second act; taken back with a reason."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.workflow import BadInput, NotAllowed, WrongState
from duties.commendations import workflow
from duties.commendations.models import Commendation, CommendationEntry
from duties.commendations.states import TABLE, TRANSITIONS, VERB_LABELS
from duties.commendations.workflow import Words
from notices import kinds, texts
from notices.models import Notice
from notices.states import Channel
from stations.models import Representative, Service
from tests.duties.test_workflow_doc import PAGE, listed, said
from tests.world import START, World, make_world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = Words("接待用心", START.date(), "三个月盯完一条路，来一位听一位。", ("接待选民：坐班接待 9 次。",))
EVERYBODY = (
    "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin", "security",
    "audit",
)  # fmt: skip
VERBS = ("draft", "rewrite", "publish", "withdraw")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def rep() -> Representative:
    return Representative.objects.get(name="麦知秋")


def drafted(world: World, person: Any = None, words: Words = WORDS, actor: Any = None) -> Commendation:
    who = actor or world.county_staff
    return workflow.draft_commendation(person or rep(), world.station, words, actor=who, at=START)


def act(world: World, verb: str, row: Commendation, actor: Any) -> Any:
    if verb == "draft":
        return drafted(world, actor=actor)
    if verb == "rewrite":
        return workflow.rewrite_commendation(row.pk, WORDS, actor=actor, at=START)
    if verb == "publish":
        return workflow.publish_commendation(row.pk, actor=actor, at=START)
    return workflow.withdraw_commendation(row.pk, actor=actor, at=START, reason="写错了人")


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("verb", VERBS)
def test_the_countys_staff_commends_and_nobody_else(world: World, verb: str, who: str) -> None:
    row = drafted(world)
    if who == "county_staff":
        act(world, verb, row, world.users[who])
    else:
        with pytest.raises(NotAllowed):
            act(world, verb, row, world.users[who])


# Typed by hand: in which states a verb may begin.
BEGINS = {"rewrite": {"DRAFT"}, "publish": {"DRAFT"}, "withdraw": {"DRAFT", "PUBLISHED"}}


@pytest.mark.parametrize("state", ["DRAFT", "PUBLISHED", "WITHDRAWN"])
@pytest.mark.parametrize("verb", BEGINS)
def test_verb_by_state(world: World, verb: str, state: str) -> None:
    row = drafted(world)
    Commendation.objects.update(state=state, published_at=None if state == "DRAFT" else START)
    if state in BEGINS[verb]:
        act(world, verb, row, world.county_staff)
    else:
        with pytest.raises(WrongState):
            act(world, verb, row, world.county_staff)


def test_the_table_is_this_and_no_other() -> None:
    assert TABLE.pairs() == {
        ("draft_commendation", "", "DRAFT"),
        ("rewrite_commendation", "DRAFT", "DRAFT"),
        ("publish_commendation", "DRAFT", "PUBLISHED"),
        ("withdraw_commendation", "DRAFT", "WITHDRAWN"),
        ("withdraw_commendation", "PUBLISHED", "WITHDRAWN"),
    }
    assert set(VERB_LABELS) == {verb for verb, _, _ in TABLE.pairs()}


def test_the_document_lists_every_verb_with_its_states() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Commendations")[2].partition("\n## ")[0]
    assert listed(section) == said(TRANSITIONS)


def test_what_the_record_said_is_kept_with_the_moment(world: World) -> None:
    row = drafted(world)
    assert (row.name, row.figures, row.figures_at) == ("麦知秋", ["接待选民：坐班接待 9 次。"], START)
    later = START + DAY
    words = Words("改了", WORDS.day, "改了为什么。", ("接待选民：坐班接待 10 次。",))
    workflow.rewrite_commendation(row.pk, words, actor=world.county_staff, at=later)
    workflow.publish_commendation(row.pk, actor=world.county_staff, at=later + DAY)
    row.refresh_from_db()
    assert (row.figures, row.figures_at, row.published_at) == (["接待选民：坐班接待 10 次。"], later, later + DAY)
    assert "接待用心" in row.history.last().text  # type: ignore[union-attr]


def test_a_draft_tells_nobody_and_publishing_tells_the_person_once(world: World) -> None:
    row = drafted(world)
    assert not Notice.objects.exists()
    workflow.publish_commendation(row.pk, actor=world.county_staff, at=START)
    notices = list(Notice.objects.filter(kind="commended"))
    assert {notice.user for notice in notices} == {world.rep}
    assert any("接待用心" in texts.body(notice) for notice in notices if notice.channel == Channel.IN_SITE)
    assert kinds.address_of(notices[0].subject) == "/commendations/2026/"


def test_taking_it_back_tells_whoever_was_told_and_only_him(world: World) -> None:
    quiet = drafted(world)
    workflow.withdraw_commendation(quiet.pk, actor=world.county_staff, at=START, reason="重了")
    assert not Notice.objects.exists()
    row = drafted(world)
    workflow.publish_commendation(row.pk, actor=world.county_staff, at=START)
    workflow.withdraw_commendation(row.pk, actor=world.county_staff, at=START, reason="查下来不是他")
    told = Notice.objects.filter(kind="commendation_withdrawn")
    assert told.exists()
    assert all("查下来不是他" not in texts.body(notice) for notice in told)
    assert row.history.first().text == "查下来不是他"  # type: ignore[union-attr]


def test_a_member_of_a_stations_staff_is_commended_too(world: World) -> None:
    row = drafted(world, world.clerk)
    assert (row.member, row.representative, row.name) == (world.clerk, None, world.clerk.name)
    workflow.publish_commendation(row.pk, actor=world.county_staff, at=START)
    assert Notice.objects.filter(kind="commended", user=world.clerk).exists()


def test_only_people_of_the_station_can_be_named(world: World) -> None:
    stranger = Representative.objects.create(name="远客", occupation="教师")
    for person in (stranger, world.other_clerk, world.town_staff):
        with pytest.raises(BadInput) as refused:
            drafted(world, person)
        assert refused.value.field == "station"
    Service.objects.create(
        station=world.station, representative=stranger, since=date(2025, 1, 1), until=date(2026, 1, 1)
    )
    assert drafted(world, stranger).pk  # who served there once may be thanked for it


def test_nobody_commends_himself(world: World) -> None:
    Representative.objects.filter(pk=rep().pk).update(user=world.county_staff)
    with pytest.raises(NotAllowed):
        drafted(world)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (Words(" ", START.date(), "为什么。", ()), "title"),
        (Words("表" * 31, START.date(), "为什么。", ()), "title"),
        (Words("用心", START.date(), "　", ()), "reason"),
        (Words("用心", START.date(), "为" * 301, ()), "reason"),
        (Words("用心", START.date() + DAY, "为什么。", ()), "day"),
        (Words("用心", START.date() - 400 * DAY, "为什么。", ()), "day"),
    ],
)
def test_words_that_say_nothing_are_refused_at_their_place(world: World, words: Words, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        drafted(world, words=words)
    assert refused.value.field == field
    assert not Commendation.objects.exists()


def test_taking_back_needs_a_reason(world: World) -> None:
    with pytest.raises(BadInput):
        workflow.withdraw_commendation(drafted(world).pk, actor=world.county_staff, at=START, reason=" ")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"representative": None}, "commendation_of_one_person"),
        ({"member": True}, "commendation_of_one_person"),
        ({"reason": ""}, "commendation_says_why"),
        ({"title": ""}, "commendation_says_why"),
        ({"state": "ODD"}, "commendation_published_when"),
        ({"published_at": START}, "commendation_published_when"),
        ({"state": "PUBLISHED"}, "commendation_published_when"),
    ],
)
def test_the_database_refuses_what_is_broken(world: World, change: dict[str, Any], name: str) -> None:
    row = drafted(world)
    change = {key: world.clerk if value is True else value for key, value in change.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Commendation.objects.filter(pk=row.pk).update(**change)


def test_the_history_only_grows(world: World) -> None:
    drafted(world)
    line = CommendationEntry.objects.get()
    for change in (lambda: CommendationEntry.objects.update(text="改写"), line.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_county_alone_sees_a_draft(world: World, who: str) -> None:
    row = drafted(world)
    seen = Commendation.objects.visible_to(world.users[who])
    assert (row in seen) is (who in {"county_staff", "leader"})
    assert row not in Commendation.objects.published()
