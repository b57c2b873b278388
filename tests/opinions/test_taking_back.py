"""撤回: the last step goes back by a verb, by whoever did it, soon, and only while nobody has acted since."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import NotAllowed, VerbError, WrongState
from notices.models import Notice
from notices.states import Channel
from notices.states import State as Sent
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion, SupervisionCard, Undo
from opinions.states import State
from opinions.supervision.levels import Level
from opinions.supervision.raising import raise_for_limits
from stations.queries import forget
from tests.opinions.test_merging import shape
from tests.world import START, World

NOW = START + timedelta(hours=2)
SOON = NOW + timedelta(minutes=9, seconds=59)
STEPS = ("accept", "decline", "assign", "merge")
FROM = {"accept": State.SUBMITTED, "decline": State.SUBMITTED, "assign": State.ACCEPTED, "merge": State.ACCEPTED}


def do(world: World, verb: str, pk: int, at: datetime = NOW, actor: Any = None) -> Opinion:
    """Do one of the four steps."""
    inputs: dict[str, dict[str, Any]] = {
        "accept": {"category": world.category, "kind": "URGENT", "title": "换个标题"},
        "decline": {"reason": "已经起诉。", "where_to_go": "县人民法院"},
        "assign": {"lead": world.unit, "demand": "修好", "kind": "COMPLEX"},
    }
    if verb == "merge":
        inputs["merge"] = {"lead_id": world.submit(at=START, phone="").pk}
    return getattr(workflow, verb)(pk, actor=actor or world.clerk, at=at, **inputs[verb])


def back(world: World, verb: str, pk: int, at: datetime = SOON, actor: Any = None) -> Opinion:
    """Take it back."""
    return getattr(workflow, f"take_back_{verb}")(pk, actor=actor or world.clerk, at=at)


def fresh(row: Opinion) -> Opinion:
    return Opinion.objects.get(pk=row.pk)


@pytest.mark.parametrize("verb", STEPS)
def test_everything_is_what_it_was_and_history_keeps_both_lines(world: World, verb: str) -> None:
    row = world.opinion(FROM[verb])
    was, lines = shape(fresh(row)), row.history.count()
    do(world, verb, row.pk)
    assert shape(fresh(row)) != was
    back(world, verb, row.pk)
    assert shape(fresh(row)) == was
    assert list(row.history.values_list("verb", flat=True)[:2]) == [f"take_back_{verb}", verb]
    assert row.history.count() == lines + 2
    assert fresh(row).changed_at == SOON
    assert row.history.first().public_text


ROADS = st.sampled_from([
    (), ("accept",), ("accept", "refer"), ("accept", "assign", "request_return", "grant_return"), ("add_words",),
    ("accept", "merge", "unmerge"), ("accept", "answer_on_spot", "rate_bad"),
])  # fmt: skip


@pytest.mark.django_db
@given(road=ROADS, verb=st.sampled_from(STEPS), times=st.integers(1, 3), waits=st.integers(0, 10 * 60),
       pause=st.integers(0, 5 * 24 * 60))  # fmt: skip
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_step_and_taking_it_back_is_the_identity(
    world: World, road: tuple[str, ...], verb: str, times: int, waits: int, pause: int
) -> None:
    with transaction.atomic():
        row, at = world.submit(), START
        for step in road:
            at += timedelta(minutes=7)
            _walk(world, step, row.pk, at)
        was, before = shape(fresh(row)), row.history.count()
        actor = world.county_staff if fresh(row).needs_county and verb == "assign" else world.clerk
        for number in range(times):
            at += timedelta(minutes=pause)
            try:
                with transaction.atomic():
                    do(world, verb, row.pk, at, actor)
            except WrongState:
                assert FROM[verb] != was["state"]
                break
            at += timedelta(seconds=waits)
            back(world, verb, row.pk, at, actor)
            assert shape(fresh(row)) == was
            assert row.history.count() == before + 2 * (number + 1)
        transaction.set_rollback(True)


def _walk(world: World, step: str, pk: int, at: datetime) -> None:
    inputs: dict[str, tuple[Any, dict[str, Any]]] = {
        "refer": (world.clerk, {"reason": "跨单位"}),
        "add_words": (RESIDENT, {"words": "又灭了一盏"}),
        "request_return": (world.handler, {"legal_basis": "清单"}),
        "grant_return": (world.clerk, {}),
        "unmerge": (world.clerk, {"reason": "不是一处"}),
        "answer_on_spot": (world.clerk, {"body": "明天修", "outcome": "A"}),
        "rate_bad": (RESIDENT, {"solved": "NO", "satisfaction": "DISSATISFIED"}),
    }
    if step not in inputs:
        do(world, step, pk, at)
        return
    actor, given_input = inputs[step]
    getattr(workflow, "rate" if step == "rate_bad" else step)(pk, actor=actor, at=at, **given_input)


# ---------------------------------------------------------------- when it is refused


@pytest.mark.parametrize("verb", STEPS)
def test_only_who_did_it_takes_it_back(world: World, verb: str) -> None:
    row = world.opinion(FROM[verb])
    do(world, verb, row.pk)
    for other in (world.town_staff, world.county_staff, world.handler, RESIDENT):
        with pytest.raises(NotAllowed):
            back(world, verb, row.pk, actor=other)
    do_after = back(world, verb, row.pk)
    assert do_after.state == FROM[verb]


@pytest.mark.parametrize("verb", STEPS)
def test_after_ten_minutes_it_stays(world: World, verb: str) -> None:
    row = world.opinion(FROM[verb])
    do(world, verb, row.pk)
    was = shape(fresh(row))
    with pytest.raises(WrongState, match="过了 10 分钟"):
        back(world, verb, row.pk, at=NOW + timedelta(minutes=10, seconds=1))
    assert shape(fresh(row)) == was
    assert back(world, verb, row.pk, at=NOW + timedelta(minutes=10)).state == FROM[verb]


def test_what_somebody_used_or_saw_since_stays(world: World) -> None:
    signed, added, seen = (world.opinion(State.ACCEPTED) for _ in range(3))
    for row in (signed, added, seen):
        do(world, "assign", row.pk)
    workflow.sign(signed.pk, actor=world.handler, at=NOW)
    workflow.add_words(added.pk, actor=RESIDENT, at=NOW, words="又灭了一盏")
    workflow.reveal(seen.pk, actor=world.town_staff, at=NOW, reason="回电")
    with pytest.raises(WrongState, match="办理中"):
        back(world, "assign", signed.pk)
    for row in (added, seen):
        with pytest.raises(WrongState, match="后来又有人办过"):
            back(world, "assign", row.pk)
        assert fresh(row).state == State.ASSIGNED


def test_only_the_last_step_and_only_once(world: World) -> None:
    row = world.submit()
    do(world, "accept", row.pk)
    do(world, "assign", row.pk)
    with pytest.raises(WrongState):
        back(world, "accept", row.pk)
    back(world, "assign", row.pk)
    for verb in ("assign", "accept"):
        with pytest.raises(WrongState):
            back(world, verb, row.pk)
    assert fresh(row).state == State.ACCEPTED
    assert Undo.objects.filter(opinion=row).count() == 1


def test_a_decline_that_took_others_apart_stays(world: World) -> None:
    lead, row = world.submit(), world.submit()
    workflow.merge(row.pk, actor=world.clerk, at=START, lead_id=lead.pk)
    do(world, "decline", lead.pk)
    with pytest.raises(WrongState, match="已经拆开单独办了"):
        back(world, "decline", lead.pk)
    assert fresh(lead).state == State.DECLINED


def test_merging_taken_back_leaves_a_line_on_the_lead_and_frees_it(world: World) -> None:
    lead, row = world.opinion(State.HANDLING), world.submit()
    workflow.merge(row.pk, actor=world.clerk, at=NOW, lead_id=lead.pk)
    back(world, "merge", row.pk)
    assert lead.history.first().verb == "let_go"
    assert not row.merges.filter(ended_at=None).exists()
    workflow.merge(row.pk, actor=world.clerk, at=SOON, lead_id=lead.pk)
    assert fresh(row).state == State.MERGED


def test_merging_into_what_was_answered_meanwhile_stays(world: World) -> None:
    lead, row = world.opinion(State.REPLIED), world.submit()
    workflow.merge(row.pk, actor=world.clerk, at=NOW, lead_id=lead.pk)
    workflow.approve_reply(lead.pk, actor=world.clerk, at=NOW)
    with pytest.raises(VerbError):
        back(world, "merge", row.pk)
    assert fresh(row).state == State.FED_BACK


def test_a_card_that_the_step_cleared_burns_again(world: World) -> None:
    row, late = world.submit(), START + timedelta(days=9)
    raise_for_limits(Level.YELLOW, list(row.deadlines.values_list("pk", flat=True)), late)
    card = SupervisionCard.objects.get(opinion=row)
    do(world, "accept", row.pk, late + timedelta(hours=1))
    assert SupervisionCard.objects.get(pk=card.pk).cleared_at
    back(world, "accept", row.pk, late + timedelta(hours=1))
    card.refresh_from_db()
    assert (card.cleared_at, card.cleared_how) == (None, "")


# ---------------------------------------------------------------- who is told


def notices(row: Opinion, kind: str) -> list[Notice]:
    return list(Notice.objects.filter(kind=kind, context__opinion_id=row.pk).order_by("pk"))


def test_what_has_not_left_is_taken_away_and_nobody_is_disturbed(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    do(world, "assign", row.pk)
    assert notices(row, "opinion_assigned")
    assert notices(row, "resident_assigned")
    back(world, "assign", row.pk)
    for kind in ("opinion_assigned", "resident_assigned", "opinion_taken_back", "resident_taken_back"):
        assert notices(row, kind) == []
    assert notices(row, "resident_accepted"), "what was told of another step stays"


def test_who_was_reached_is_told_that_it_does_not_hold(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    do(world, "assign", row.pk)
    Notice.objects.filter(kind="opinion_assigned").update(read_at=NOW)
    Notice.objects.filter(kind="resident_assigned").update(state=Sent.SENT, sent_at=NOW)
    back(world, "assign", row.pk)
    (told,) = notices(row, "opinion_taken_back")
    assert (told.user, told.subject, told.channel) == (world.handler, "opinion_list:open", Channel.IN_SITE)
    (resident,) = notices(row, "resident_taken_back")
    assert resident.channel == Channel.SMS
    assert not Opinion.objects.visible_to(world.handler).filter(pk=row.pk).exists()


def test_done_again_it_is_told_again(world: World) -> None:
    row = world.opinion(State.SUBMITTED)
    do(world, "accept", row.pk)
    Notice.objects.filter(kind="resident_accepted").update(state=Sent.SENT, sent_at=NOW)
    back(world, "accept", row.pk)
    do(world, "accept", row.pk, SOON)
    assert [notice.state for notice in notices(row, "resident_accepted")] == [Sent.SENT, Sent.PENDING]


def test_what_was_passed_on_or_is_being_sent_counts_as_reached(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    do(world, "assign", row.pk)
    Notice.objects.filter(kind="opinion_assigned").update(pass_on_at=None)
    Notice.objects.filter(kind="resident_assigned").update(state=Sent.CLAIMED, claimed_at=NOW, claim=row.client_key or
                                                           "00000000-0000-4000-8000-000000000000")  # fmt: skip
    back(world, "assign", row.pk)
    assert len(notices(row, "opinion_taken_back")) == 1
    assert len(notices(row, "resident_taken_back")) == 1


# ---------------------------------------------------------------- the page


@pytest.fixture
def clerk(world: World) -> Client:
    forget()
    client = Client()
    client.force_login(world.clerk)
    return client


@pytest.mark.parametrize(("minutes", "is_offered", "floats"), [(0, True, True), (9, True, False), (11, False, False)])
def test_the_page_offers_it_for_ten_minutes_and_floats_it_at_first(
    world: World, clerk: Client, minutes: int, is_offered: bool, floats: bool
) -> None:
    now = timezone.now()
    row = world.opinion(State.SUBMITTED, at=now - timedelta(hours=1))
    do(world, "accept", row.pk, now - timedelta(minutes=minutes))
    html = clerk.get(row.get_absolute_url()).content.decode()
    assert ("take_back_accept/" in html) is is_offered
    assert ('class="toast"' in html) is floats


def test_nobody_else_is_offered_it(world: World, clerk: Client) -> None:
    now = timezone.now()
    row = world.opinion(State.SUBMITTED, at=now - timedelta(hours=1))
    do(world, "accept", row.pk, now, world.town_staff)
    assert "take_back" not in clerk.get(row.get_absolute_url()).content.decode()
    assert clerk.post(f"{row.get_absolute_url()}take_back_accept/").status_code == 403


def test_pressed_twice_the_second_is_a_conflict(world: World, clerk: Client) -> None:
    now = timezone.now()
    row = world.opinion(State.ACCEPTED, at=now - timedelta(hours=1))
    do(world, "assign", row.pk, now)
    address = f"{row.get_absolute_url()}take_back_assign/"
    answer = clerk.post(address, follow=True)
    assert "撤回了，回到办这一步以前的样子" in answer.content.decode()
    assert clerk.post(address).status_code == 409
    assert fresh(row).state == State.ACCEPTED
