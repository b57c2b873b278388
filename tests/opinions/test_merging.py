"""Merging: handled once, answered to each; taking apart gives back exactly what was; nobody learns of another."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from notices.models import Notice
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import Deadline, Opinion
from opinions.states import State, Step
from tests.world import START, World

LATER = START + timedelta(hours=1)
NEXT_DAY = START + timedelta(days=1)


def merged(world: World, lead_state: str = State.HANDLING) -> tuple[Opinion, Opinion]:
    """Return a lead in that state and a matter merged into it."""
    lead = world.opinion(lead_state)
    row = world.submit(at=START, phone="13900005678", name="麦小满")
    workflow.merge(row.pk, actor=world.clerk, at=LATER, lead_id=lead.pk)
    return Opinion.objects.get(pk=lead.pk), Opinion.objects.get(pk=row.pk)


def answered(world: World, lead: Opinion, *, outcome: str = "A", body: str = "已修好") -> None:
    promised = date(2026, 12, 1) if outcome == "B" else None
    workflow.reply(lead.pk, actor=world.handler, at=NEXT_DAY, body=body, outcome=outcome, promised_on=promised)
    workflow.approve_reply(lead.pk, actor=world.clerk, at=NEXT_DAY + timedelta(hours=1))


def shape(row: Opinion) -> dict[str, Any]:
    """Return everything a matter is, without history and without the moment of its last change."""
    fields = {field.attname: getattr(row, field.attname) for field in Opinion._meta.concrete_fields}
    fields.pop("changed_at")
    limits = list(Deadline.objects.filter(opinion=row).order_by("pk").values())
    return fields | {"limits": limits, "assignments": list(row.assignments.order_by("pk").values())}


def test_the_followers_clock_stops_and_both_have_a_line(world: World) -> None:
    lead, row = merged(world)
    assert (row.state, row.merged_into_id, row.step_due_at) == (State.MERGED, lead.pk, None)
    assert not row.deadlines.filter(ended_at=None).exists()
    assert "同一件事一起办" in row.history.first().public_text
    assert lead.history.first().verb == "take_in"
    assert lead.state == State.HANDLING


def test_nobody_learns_of_the_other(world: World) -> None:
    lead, row = merged(world)
    answered(world, lead)
    for mine, other in ((lead, row), (row, lead)):
        seen = " ".join(mine.history.values_list("public_text", flat=True))
        assert other.title not in seen or other.title == mine.title
        for secret in (other.receipt, other.name, other.phone):
            assert secret not in seen
    for notice in Notice.objects.filter(subject=f"opinion:{row.pk}"):
        assert lead.receipt not in str(notice.context)


@pytest.mark.parametrize("before", ["SUBMITTED", "ACCEPTED"])
def test_taking_apart_gives_back_what_was(world: World, before: str) -> None:
    lead, row = world.opinion(State.ASSIGNED), world.opinion(before)
    was = shape(row)
    workflow.merge(row.pk, actor=world.clerk, at=LATER, lead_id=lead.pk)
    workflow.unmerge(row.pk, actor=world.clerk, at=NEXT_DAY, reason="不是一处")
    assert shape(Opinion.objects.get(pk=row.pk)) == was
    assert lead.history.first().verb == "let_go"


ROADS = st.sampled_from([(), ("accept",), ("accept", "refer"), ("accept", "add_words"), ("add_words", "accept"),
                         ("accept", "assign", "request_return", "grant_return"),
                         ("accept", "answer_on_spot", "rate_bad")])  # fmt: skip
WAITS = st.lists(st.integers(0, 5 * 24 * 60), min_size=3, max_size=3)


@pytest.mark.django_db
@given(road=ROADS, lead_state=st.sampled_from(["SUBMITTED", "ACCEPTED", "ASSIGNED", "HANDLING", "REPLIED"]),
       waits=WAITS, times=st.integers(1, 3))  # fmt: skip
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_merge_then_unmerge_is_the_identity(
    world: World, road: tuple[str, ...], lead_state: str, waits: list[int], times: int
) -> None:
    with transaction.atomic():
        row, at = world.submit(), START
        for step in road:
            at += timedelta(minutes=7)
            _step(world, step, row.pk, at)
        lead = world.opinion(lead_state, at=START)
        was = shape(Opinion.objects.get(pk=row.pk))
        for _ in range(times):
            at += timedelta(minutes=waits[0])
            workflow.merge(row.pk, actor=world.clerk, at=at, lead_id=lead.pk)
            at += timedelta(minutes=waits[1])
            workflow.unmerge(row.pk, actor=world.town_staff, at=at, reason="看错了")
        assert shape(Opinion.objects.get(pk=row.pk)) == was
        transaction.set_rollback(True)


def _step(world: World, step: str, pk: int, at: datetime) -> None:
    inputs: dict[str, tuple[Any, dict[str, Any]]] = {
        "accept": (world.clerk, {"category": world.category}),
        "refer": (world.clerk, {"reason": "跨单位"}),
        "add_words": (RESIDENT, {"words": "又灭了一盏"}),
        "assign": (world.clerk, {"lead": world.unit, "demand": "修"}),
        "request_return": (world.handler, {"legal_basis": "清单"}),
        "grant_return": (world.clerk, {}),
        "answer_on_spot": (world.clerk, {"body": "明天修", "outcome": "A"}),
        "rate_bad": (RESIDENT, {"solved": "NO", "satisfaction": "DISSATISFIED"}),
    }
    actor, given_input = inputs[step]
    getattr(workflow, "rate" if step == "rate_bad" else step)(pk, actor=actor, at=at, **given_input)


def test_each_gets_the_answer_and_rates_his_own(world: World) -> None:
    lead, row = merged(world)
    answered(world, lead)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.lead_unit, row.category) == (State.FED_BACK, "A", world.unit, world.category)
    assert row.replies.get().body == "已修好"
    assert row.deadlines.get(ended_at=None).step == Step.RATE
    workflow.rate(row.pk, actor=RESIDENT, at=NEXT_DAY + timedelta(hours=2), solved="YES", satisfaction="FAIR")
    lead.refresh_from_db()
    assert (lead.state, lead.satisfaction) == (State.FED_BACK, "")
    assert Opinion.objects.get(pk=row.pk).state == State.CLOSED


def test_the_follower_is_told_like_anybody(world: World) -> None:
    lead, row = merged(world)
    answered(world, lead)
    kinds = list(
        Notice.objects.filter(subject=f"opinion:{row.pk}", channel="SMS").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["resident_received", "resident_merged", "resident_fed_back"]


def test_an_unhappy_follower_gets_the_same_unit_for_himself(world: World) -> None:
    lead, row = merged(world)
    answered(world, lead)
    workflow.rate(row.pk, actor=RESIDENT, at=NEXT_DAY + timedelta(hours=2), solved="NO", satisfaction="DISSATISFIED")
    row.refresh_from_db()
    assert (row.state, row.round, row.lead_unit, row.merged_into) == (State.ASSIGNED, 2, world.unit, None)
    assert Opinion.objects.visible_to(world.handler).filter(pk=row.pk).exists()


def test_the_unit_does_not_see_the_followers_matter(world: World) -> None:
    _lead, row = merged(world)
    assert not Opinion.objects.visible_to(world.handler).filter(pk=row.pk).exists()


def test_a_kept_promise_reaches_everybody_who_waits_for_it(world: World) -> None:
    lead, row = merged(world)
    answered(world, lead, outcome="B")
    for each in (lead, row):
        workflow.rate(each.pk, actor=RESIDENT, at=NEXT_DAY + timedelta(hours=2), solved="PARTLY", satisfaction="FAIR")
    row.refresh_from_db()
    assert row.state == State.TRACKING
    workflow.fulfil(lead.pk, actor=world.clerk, at=NEXT_DAY + timedelta(days=9), finding="看过，灯亮了")
    row.refresh_from_db()
    assert (row.state, row.outcome) == (State.FED_BACK, "A")
    assert [reply.body for reply in row.replies.order_by("pk")] == ["已修好", "看过，灯亮了"]


@pytest.mark.parametrize("secret", ["田大山", "13800001234"])
def test_an_answer_that_names_somebody_is_not_told_to_others(world: World, secret: str) -> None:
    lead, row = merged(world)
    with pytest.raises(BadInput, match="1 位群众"):
        answered(world, lead, body=f"已联系{secret}，修好了")
    row.refresh_from_db()
    assert row.state == State.MERGED


def test_a_name_that_came_with_a_later_follower_is_caught_at_the_review(world: World) -> None:
    lead = world.opinion(State.HANDLING)
    workflow.reply(lead.pk, actor=world.handler, at=LATER, body="已和田大山说好", outcome="A")
    row = world.submit(at=START)
    workflow.merge(row.pk, actor=world.clerk, at=LATER, lead_id=lead.pk)
    with pytest.raises(BadInput):
        workflow.approve_reply(lead.pk, actor=world.clerk, at=NEXT_DAY)
    assert Opinion.objects.get(pk=lead.pk).state == State.REPLIED


def test_a_lead_withdrawn_sets_the_others_free(world: World) -> None:
    lead, row = world.submit(), world.opinion(State.ACCEPTED)
    was = shape(row)
    workflow.merge(row.pk, actor=world.clerk, at=LATER, lead_id=lead.pk)
    workflow.withdraw(lead.pk, actor=RESIDENT, at=NEXT_DAY)
    assert shape(Opinion.objects.get(pk=row.pk)) == was
    assert Notice.objects.filter(kind="opinion_unmerged", user=row.first_contact).exists()
    assert lead.history.first().verb == "withdraw"


def test_a_lead_declined_sets_the_others_free(world: World) -> None:
    lead, row = world.submit(), world.submit(at=START)
    workflow.merge(row.pk, actor=world.clerk, at=LATER, lead_id=lead.pk)
    workflow.decline(lead.pk, actor=world.clerk, at=NEXT_DAY, reason="已起诉", where_to_go="法院")
    assert Opinion.objects.get(pk=row.pk).state == State.SUBMITTED


def test_no_chains_no_loops_no_answered_leads(world: World) -> None:
    lead, row = merged(world)
    third = world.submit(at=START)
    with pytest.raises(BadInput, match="最前面"):
        workflow.merge(third.pk, actor=world.clerk, at=LATER, lead_id=row.pk)
    with pytest.raises(BadInput, match="它自己"):
        workflow.merge(third.pk, actor=world.clerk, at=LATER, lead_id=third.pk)
    with pytest.raises(BadInput, match="没有找到"):
        workflow.merge(third.pk, actor=world.clerk, at=LATER, lead_id=0)
    with pytest.raises(BadInput, match="已经答复"):
        workflow.merge(third.pk, actor=world.clerk, at=LATER, lead_id=world.opinion(State.FED_BACK).pk)
    workflow.merge(world.submit(at=START).pk, actor=world.clerk, at=LATER, lead_id=third.pk)
    with pytest.raises(VerbError, match="下面还并着"):
        workflow.merge(third.pk, actor=world.clerk, at=LATER, lead_id=lead.pk)


def test_a_clerk_cannot_merge_into_another_stations_matter(world: World) -> None:
    foreign = world.submit(station=world.other_station, region=world.other_town)
    with pytest.raises(NotAllowed):
        workflow.merge(world.submit().pk, actor=world.clerk, at=LATER, lead_id=foreign.pk)


def test_taking_apart_wants_a_reason_and_a_merging(world: World) -> None:
    _lead, row = merged(world)
    with pytest.raises(BadInput, match="为什么拆开"):
        workflow.unmerge(row.pk, actor=world.clerk, at=LATER, reason=" ")
    with pytest.raises(WrongState):
        workflow.unmerge(world.submit().pk, actor=world.clerk, at=LATER, reason="看错了")


def test_the_public_board_shows_the_matter_once(world: World) -> None:
    lead = world.opinion(State.HANDLING)
    row = world.opinion(State.ACCEPTED)
    workflow.merge(row.pk, actor=world.clerk, at=LATER, lead_id=lead.pk)
    answered(world, lead)
    assert list(Opinion.objects.public().values_list("pk", flat=True)) == [lead.pk]


def test_the_database_refuses_what_must_not_be(world: World) -> None:
    row = world.submit()
    wrong = "opinion_(merged_into_another|not_merged_into_itself)"
    for change in ({"state": State.MERGED}, {"merged_into": row.pk}):
        with pytest.raises(IntegrityError, match=wrong), transaction.atomic():
            Opinion.objects.filter(pk=row.pk).update(**change)
