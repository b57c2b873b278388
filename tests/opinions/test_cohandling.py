"""Several units on one matter: each signs for itself and gives its part; the lead answers and sees what is missing."""

from datetime import timedelta

import pytest

from core.workflow import BadInput, NotAllowed, WrongState
from notices.models import Notice
from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from opinions.workflow.charges import missing_parts
from tests.world import START, World

LATER = START + timedelta(hours=1)


def test_each_unit_signs_for_itself(world: World) -> None:
    row = world.shared(is_signed=False)
    due = row.reply_due_at
    row = workflow.co_sign(row.pk, actor=world.co_handler, at=LATER)
    assert (row.state, row.reply_due_at) == (State.ASSIGNED, due)
    co, lead = row.assignments.order_by("role")
    assert (co.signed_by, co.signed_at) == (world.co_handler, LATER)
    assert lead.signed_at is None
    assert row.history.first().public_text == "县供电公司签收了协办"


def test_a_unit_signs_once(world: World) -> None:
    row = world.shared()
    workflow.co_sign(row.pk, actor=world.co_handler, at=LATER)
    with pytest.raises(WrongState, match="已经签收过"):
        workflow.co_sign(row.pk, actor=world.co_handler, at=LATER)


def test_the_part_goes_to_the_lead_and_not_to_the_resident(world: World) -> None:
    row = world.shared()
    workflow.give_part(row.pk, actor=world.co_handler, at=LATER, part="线路查过，没有断")
    line = row.history.first()
    assert (line.public_text, line.internal_text) == ("", "县供电公司的协办意见：线路查过，没有断")
    charge = row.assignments.get(role="CO")
    assert (charge.part, charge.part_by, charge.signed_at) == ("线路查过，没有断", world.co_handler, LATER)
    assert Notice.objects.get(kind="opinion_part_given").user == world.handler


def test_a_part_is_given_once_and_not_empty(world: World) -> None:
    row = world.shared()
    with pytest.raises(BadInput, match="办了什么"):
        workflow.give_part(row.pk, actor=world.co_handler, at=LATER, part=" ")
    workflow.give_part(row.pk, actor=world.co_handler, at=LATER, part="查过")
    with pytest.raises(WrongState, match="已经交过"):
        workflow.give_part(row.pk, actor=world.co_handler, at=LATER, part="再查过")


def test_what_is_missing_is_listed_and_holds_nothing_up(world: World) -> None:
    row = world.shared()
    assert missing_parts(row) == ["县供电公司"]
    row = workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    assert row.state == State.REPLIED
    assert row.history.first().internal_text == "还没有交协办意见：县供电公司"


def test_nothing_is_missing_once_everybody_spoke(world: World) -> None:
    row = world.shared()
    workflow.give_part(row.pk, actor=world.co_handler, at=LATER, part="查过")
    assert missing_parts(row) == []
    row = workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    assert row.history.first().internal_text == ""


def test_a_co_handler_reads_and_reports_but_does_not_answer(world: World) -> None:
    row = world.shared()
    assert Opinion.objects.visible_to(world.co_handler).filter(pk=row.pk).exists()
    workflow.report_progress(row.pk, actor=world.co_handler, at=LATER, note="已派人查线路")
    assert "县供电公司：已派人查线路" in row.history.first().public_text
    for verb, given in (
        ("reply", {"body": "修好了", "outcome": "A"}),
        ("request_extension", {"working_days": 2, "reason": "等"}),
    ):
        with pytest.raises(NotAllowed):
            getattr(workflow, verb)(row.pk, actor=world.co_handler, at=LATER, **given)


def test_the_lead_has_no_part_of_a_co_handler(world: World) -> None:
    row = world.shared()
    for verb, given in (("co_sign", {}), ("give_part", {"part": "查过"})):
        with pytest.raises(NotAllowed):
            getattr(workflow, verb)(row.pk, actor=world.handler, at=LATER, **given)


def test_the_next_round_asks_every_unit_anew(world: World) -> None:
    row = world.shared()
    workflow.give_part(row.pk, actor=world.co_handler, at=LATER, part="查过")
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    row = workflow.rate(row.pk, actor=world.clerk, at=LATER, solved="NO", satisfaction="DISSATISFIED")
    assert missing_parts(row) == ["县供电公司"]
    workflow.co_sign(row.pk, actor=world.co_handler, at=LATER)
    assert row.assignments.filter(role="CO").count() == 2


def test_an_extension_moves_every_units_date(world: World) -> None:
    row = world.shared()
    workflow.request_extension(row.pk, actor=world.handler, at=LATER, working_days=3, reason="等配件")
    row = workflow.grant_extension(row.pk, actor=world.county_staff, at=LATER)
    assert set(row.assignments.values_list("due_at", flat=True)) == {row.reply_due_at}


def test_a_unit_asks_once_to_give_a_matter_back_and_so_may_the_next(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    wish = row.return_requests.get()
    assert (wish.legal_basis, wish.unit, wish.verdict, wish.asked_by) == (
        "职责清单第三条", world.unit, "PENDING", world.handler,
    )  # fmt: skip
    workflow.grant_return(row.pk, actor=world.clerk, at=LATER, note="归供电公司")
    workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.co_unit, demand="修")
    workflow.request_return(row.pk, actor=world.co_handler, at=LATER, legal_basis="电力法第十九条")
    workflow.refuse_return(row.pk, actor=world.clerk, at=LATER, reason="线路归你们")
    verdicts = row.return_requests.order_by("pk").values_list("verdict", "decided_by__username", "note")
    assert list(verdicts) == [("GRANTED", "clerk", "归供电公司"), ("REFUSED", "clerk", "线路归你们")]


def test_the_same_unit_does_not_ask_twice(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    workflow.grant_return(row.pk, actor=world.clerk, at=LATER)
    workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.unit, demand="还是请你们")
    with pytest.raises(WrongState, match="已经申请退回过一次"):
        workflow.request_return(row.pk, actor=world.handler, at=LATER, legal_basis="第四条")
