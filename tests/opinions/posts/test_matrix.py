"""Who may do what with a record, who sees it, and how much of it: typed by hand."""

from datetime import timedelta
from typing import Any

import pytest
import rules
from django.contrib.auth.models import AnonymousUser

from core.workflow import NotAllowed, WrongState
from opinions.models import PostRecord
from opinions.posts import workflow
from opinions.posts.present import people
from opinions.posts.states import TABLE, VERB_LABELS, FollowUp, Referral, Result
from tests.opinions.posts.world import KINDS, mate, write
from tests.world import START, World

ROLES = (
    "clerk", "town_staff", "other_clerk", "county_staff", "leader", "rep", "mate", "grid", "handler", "admin",
    "security", "audit",
)  # fmt: skip
HANDS = {"clerk", "town_staff", "rep"}
NOW = START + timedelta(minutes=5)
VERBS: dict[str, tuple[set[str], set[str]]] = {
    "follow_up": (HANDS, {"WAITING"}),
    "turn": (HANDS, {"DONE", "WAITING"}),
    "reveal": ({"clerk", "rep"}, {"DONE", "WAITING"}),
    "void": (HANDS, {"DONE", "WAITING"}),
}


def test_the_table_is_this_and_no_other() -> None:
    assert TABLE.pairs() == {
        ("write", "", "DONE"),
        ("write", "", "WAITING"),
        ("follow_up", "WAITING", "DONE"),
        ("follow_up", "WAITING", "WAITING"),
        ("turn", "DONE", "DONE"),
        ("turn", "WAITING", "WAITING"),
        ("reveal", "DONE", "DONE"),
        ("reveal", "WAITING", "WAITING"),
        ("void", "DONE", "VOID"),
        ("void", "WAITING", "VOID"),
    }
    assert set(VERB_LABELS) == {verb for verb, _, _ in TABLE.pairs()}


def test_the_choices_are_the_fields_words() -> None:
    assert dict(Result.choices) == {"AGREED": "谈拢了", "NOT_AGREED": "没谈拢"}
    assert dict(FollowUp.choices) == {"HOLDS": "还管用", "QUARREL": "又起争执"}
    assert {"法律援助中心", "公证处", "人民法院", "劳动人事争议仲裁", "司法所"} <= set(Referral.labels)


def press(world: World, verb: str, row: PostRecord, actor: Any) -> None:
    if verb == "follow_up":
        workflow.follow_up(row.pk, actor=actor, at=NOW, found="HOLDS")
    elif verb == "turn":
        workflow.turn(row.pk, actor=actor, at=NOW, make=lambda record: world.submit())
    else:
        getattr(workflow, verb)(row.pk, actor=actor, at=NOW, reason="说得出的理由")


@pytest.mark.parametrize("state", ["DONE", "WAITING", "VOID"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ROLES)
def test_role_by_verb_by_state(world: World, role: str, verb: str, state: str) -> None:
    mate(world)
    row = write(world, "MEDIATION")
    PostRecord.objects.filter(pk=row.pk).update(state=state)
    try:
        press(world, verb, row, world.users[role])
        result = "done"
    except NotAllowed:
        result = "not allowed"
    except WrongState:
        result = "wrong state"
    roles, states = VERBS[verb]
    assert result == ("wrong state" if state not in states else "done" if role in roles else "not allowed")


@pytest.mark.parametrize("role", ROLES)
def test_who_writes(world: World, role: str) -> None:
    """A representative writes of himself; for another, or with nobody at the post, the station writes."""
    mate(world)

    def done(**more: Any) -> bool:
        try:
            write(world, actor=world.users[role], **more)
        except NotAllowed:
            return False
        return True

    assert done() is (role in HANDS)
    assert done(representative=None, subject="没有代表在场") is (role in {"clerk", "town_staff"})


def test_who_sees_a_record(world: World) -> None:
    mate(world)
    write(world, "MEDIATION")
    seen = {role for role in ROLES if PostRecord.objects.visible_to(world.users[role]).exists()}
    assert seen == {"clerk", "town_staff", "county_staff", "leader", "rep"}
    assert not PostRecord.objects.visible_to(AnonymousUser()).exists()


def test_a_representative_keeps_his_own_after_he_left(world: World) -> None:
    row = write(world)
    row.representative.services.update(until=START.date())  # type: ignore[union-attr]
    assert PostRecord.objects.visible_to(world.rep).get() == row


def test_a_disabled_account_sees_nothing(world: World) -> None:
    write(world)
    world.clerk.is_active = False
    assert not PostRecord.objects.visible_to(world.clerk).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_how_much_each_reads(world: World, kind: str) -> None:
    row = write(world, kind)
    sees = {
        role: (
            rules.has_perm("opinions.read_post_words", world.users[role], row),
            rules.has_perm("opinions.read_post_people", world.users[role], row),
        )
        for role in ("clerk", "town_staff", "county_staff", "leader", "rep", "other_clerk", "handler", "grid")
    }
    assert sees == {
        "clerk": (True, True), "town_staff": (True, False), "county_staff": (False, False), "leader": (False, False),
        "rep": (True, True), "other_clerk": (False, False), "handler": (False, False), "grid": (False, False),
    }  # fmt: skip


def test_names_are_masked_even_for_those_who_may_ask(world: World) -> None:
    row = write(world, "MEDIATION")
    assert people(row, world.clerk) == [("欧**", "139****5670"), ("东**", "")]
    assert people(row, world.rep, revealed=True) == [("欧阳金丝雀", "13912345670"), ("东邻周家", "")]
    for role in ("town_staff", "county_staff", "leader"):
        assert people(row, world.users[role], revealed=True) == []


def test_what_is_due_is_asked_with_no_lower_bound(world: World) -> None:
    row = write(world, "MEDIATION")
    day = row.follow_up_on
    assert day is not None
    assert not PostRecord.objects.due(day - timedelta(days=1)).exists()
    assert PostRecord.objects.due(day).get() == PostRecord.objects.due(day + timedelta(days=400)).get() == row
