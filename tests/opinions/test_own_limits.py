"""Who helps signs by a limit of his own: from the table, shown, reminded of, and without moving the matter's dates."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import CalendarDay
from core.workdays import WorkCalendar
from notices.models import Notice
from opinions import deadlines, workflow
from opinions.actors import SYSTEM
from opinions.deadlines import Scheme
from opinions.models import Deadline, DeadlineRule, Opinion
from opinions.recounting import changes
from opinions.states import State, Step
from opinions.sweeps import sweep_deadlines
from opinions.views.rows import rows_of
from tests.world import START, World

DAY = timedelta(days=1)
LATER = START + timedelta(hours=1)


def own(row: Opinion) -> list[Deadline]:
    return list(row.deadlines.filter(step=Step.CO_SIGN).order_by("pk"))


def shared_by_three(world: World) -> Opinion:
    row = world.opinion(State.ACCEPTED)
    workflow.refer(row.pk, actor=world.clerk, at=LATER, reason="要三个单位一起办")
    workflow.assign(
        row.pk, actor=world.county_staff, at=LATER, lead=world.unit, co_units=[world.co_unit, world.other_unit],
        demand="修好",
    )  # fmt: skip
    return Opinion.objects.get(pk=row.pk)


def told(kind: str) -> set[Any]:
    return {notice.user for notice in Notice.objects.filter(kind=kind)}


def test_each_helper_gets_a_limit_of_one_working_day(world: World) -> None:
    row = shared_by_three(world)
    assert [(limit.unit, limit.working_days) for limit in own(row)] == [(world.co_unit, 1), (world.other_unit, 1)]
    assert {limit.due_at for limit in own(row)} == {row.step_due_at}
    alone = world.opinion(State.ASSIGNED)
    assert own(alone) == []


def test_signing_ends_his_own_limit_and_nothing_else(world: World) -> None:
    row = shared_by_three(world)
    workflow.co_sign(row.pk, actor=world.co_handler, at=LATER + timedelta(hours=1))
    first, second = own(row)
    assert (first.ended_at, second.ended_at) == (LATER + timedelta(hours=1), None)
    fresh = Opinion.objects.get(pk=row.pk)
    assert (fresh.step_due_at, fresh.reply_due_at) == (row.step_due_at, row.reply_due_at)
    workflow.give_part(row.pk, actor=world.other_handler, at=LATER + timedelta(hours=2), part="查过，没事")
    assert own(row)[1].ended_at == LATER + timedelta(hours=2)


def test_the_leads_signature_leaves_the_helpers_limit(world: World) -> None:
    row = world.shared()
    assert own(row)[0].ended_at is None
    assert row.step_due_at == row.reply_due_at


@pytest.mark.parametrize("end", ["approved", "returned"])
def test_no_limit_outlives_the_charge(world: World, end: str) -> None:
    row = world.shared(is_signed=end == "approved")
    at = LATER + timedelta(minutes=30)
    if end == "approved":
        workflow.reply(row.pk, actor=world.handler, at=at, body="修好了", outcome="A")
        workflow.approve_reply(row.pk, actor=world.clerk, at=at)
    else:
        workflow.request_return(row.pk, actor=world.handler, at=at, legal_basis="第三条")
        workflow.grant_return(row.pk, actor=world.county_staff, at=at)
    assert [limit.ended_at for limit in own(row)] == [at]


def test_the_helper_is_reminded_and_told_when_late_without_a_card(world: World) -> None:
    row = world.shared()
    due = own(row)[0].due_at
    sweep_deadlines(due - timedelta(hours=3))
    assert told("opinion_due_soon") >= {world.co_handler}
    assert world.handler not in told("opinion_due_soon")
    sweep_deadlines(due + timedelta(hours=1))
    assert told("opinion_unsigned") == {world.co_handler, row.first_contact}
    sweep_deadlines(due + timedelta(hours=2))
    sweep_deadlines(due + 4 * DAY)
    assert Notice.objects.filter(kind="opinion_unsigned", user=world.co_handler).count() == 1
    assert not row.cards.filter(step=Step.CO_SIGN).exists()
    assert "supervision_yellow" not in set(Notice.objects.values_list("kind", flat=True))


def test_who_cannot_sign_any_more_is_not_reminded(world: World) -> None:
    row = world.shared()
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    sweep_deadlines(own(row)[0].due_at + timedelta(hours=1))
    assert world.co_handler not in told("opinion_unsigned")


def test_the_table_says_how_many_days(world: World) -> None:
    DeadlineRule.objects.create(step=Step.CO_SIGN, working_days=3)
    deadlines.forget()
    row = world.shared()
    assert own(row)[0].working_days == 3
    assert own(row)[0].due_at > row.deadlines.get(step=Step.SIGN).due_at


def test_a_new_holiday_moves_it_once_for_all_helpers(world: World) -> None:
    row = shared_by_three(world)
    CalendarDay.objects.create(date=(START + DAY).date(), is_workday=False, name="停电")
    WorkCalendar.forget()
    found = [change for change in changes(Scheme.present(), LATER) if change.step == Step.CO_SIGN]
    assert len(found) == 2
    workflow.recount(row.pk, actor=SYSTEM, at=LATER)
    assert {limit.due_at.date() for limit in own(row)} == {(START + 2 * DAY).date()}
    assert row.history.first().internal_text.count("协办签收") == 1


def test_the_row_says_what_the_helper_has_to_do(world: World) -> None:
    row = world.shared()
    mine = Opinion.objects.visible_to(world.co_handler)

    def line(at: Any = LATER) -> tuple[str, str, str]:
        [one] = rows_of(mine, at, "unit", "", ("gongdian",))
        return one.action, one.second.split(" · ")[0], one.due.words

    assert line() == ("签收协办", "协办：还没签收", "明天下班前")
    assert line(LATER + 2 * DAY)[2] == "超 1 个工作日"
    workflow.co_sign(row.pk, actor=world.co_handler, at=LATER)
    assert line()[:2] == ("交协办意见", "协办：还差你们的意见")
    workflow.give_part(row.pk, actor=world.co_handler, at=LATER, part="查过")
    assert line()[:2] == ("看一看", "协办，意见交了")
    [lead] = rows_of(Opinion.objects.visible_to(world.handler), LATER, "unit", "", ("chengguan",))
    assert lead.action == "答复"


def test_the_page_shows_the_helpers_own_limit(world: World) -> None:
    row = world.shared(at=timezone.now() - timedelta(minutes=30))
    client = Client()
    client.force_login(world.co_handler)
    answer = client.get(row.get_absolute_url())
    assert answer.context["front"][0].verb == "co_sign"
    assert answer.context["co_due"].words != answer.context["due"].words
    assert "县供电公司协办签收的期限是" in answer.content.decode()
    client.force_login(world.handler)
    assert client.get(row.get_absolute_url()).context["co_due"] is None
