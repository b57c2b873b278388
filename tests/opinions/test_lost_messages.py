"""A message with an answer that did not arrive: the matter waits to be told again, unless somebody told since."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core.workflow import WrongState
from notices import sms_gateway
from notices.channels import Undeliverable
from notices.delivery import LEASE, deliver_due, try_again
from notices.lost import report_lost
from notices.models import Channel, DeliveryRules, Notice
from notices.states import State as NoticeState
from opinions import workflow
from opinions.actors import SYSTEM
from opinions.models import Opinion
from opinions.states import State
from tests.world import START, World

LATER = START + timedelta(hours=3)


def sent(row: Opinion, kind: str = "resident_fed_back") -> Notice:
    found = Notice.objects.filter(subject=f"opinion:{row.pk}", kind=kind, channel=Channel.SMS)
    found.update(state=NoticeState.SENT, sent_at=LATER)
    return found.order_by("-pk")[0]


def bounced(notice: Notice, at: datetime = LATER) -> bool:
    body = f'{{"id": "{notice.key}", "status": "failed", "reason": "空号"}}'
    return sms_gateway.take_receipt(body.encode(), at)


def fresh(row: Opinion) -> Opinion:
    return Opinion.objects.get(pk=row.pk)


def lines(row: Opinion) -> list[str]:
    return list(row.history.filter(verb="bounce").values_list("internal_text", flat=True))


def desk(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.sessions.AccountBackend")
    return client


def test_a_bounced_answer_brings_the_matter_back_to_be_told(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    assert row.told_at is not None
    assert bounced(sent(row))
    now = fresh(row)
    assert (now.state, now.told_at, now.step_due_at) == (State.FED_BACK, None, row.step_due_at)
    assert lines(row) == ["短信没送到，请打电话或当面告诉本人"]
    assert list(Opinion.objects.untold()) == [now]
    page = desk(world.clerk).get("/desk/opinions/?group=untold").content.decode()
    assert row.title in page
    assert "消息没送到" in desk(world.clerk).get(row.get_absolute_url()).content.decode()
    assert "短信没送到" not in Client().get(f"/t/{row.receipt}/").content.decode()


def test_the_clerk_tells_by_telephone_and_it_is_told_again(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    bounced(sent(row))
    workflow.feed_back(row.pk, actor=world.clerk, at=LATER + timedelta(hours=1), how="打电话")
    assert fresh(row).told_at == LATER + timedelta(hours=1)


def test_a_receipt_that_comes_twice_writes_once(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    notice = sent(row)
    assert bounced(notice)
    assert not bounced(notice)
    assert len(lines(row)) == 1


def test_who_was_told_by_telephone_since_stays_told(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    notice = sent(row)
    workflow.feed_back(row.pk, actor=world.clerk, at=LATER, how="打电话")
    bounced(notice, LATER + timedelta(hours=1))
    assert (fresh(row).told_at, lines(row)) == (LATER, [])


def test_an_older_answers_bounce_does_not_touch_the_newer_one(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    older = sent(row)
    at = START + timedelta(hours=1)
    workflow.rate(row.pk, actor=world.clerk, at=at, solved="NO", satisfaction="DISSATISFIED")
    bounced(older, at + timedelta(minutes=1))
    assert lines(row) == [], "it is being handled again"
    workflow.sign(row.pk, actor=world.handler, at=at)
    workflow.reply(row.pk, actor=world.handler, at=at + timedelta(hours=1), body="重修了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=at + timedelta(hours=1))
    report_lost(older, LATER + timedelta(days=1))
    assert fresh(row).told_at is not None
    report_lost(sent(row), LATER + timedelta(days=1))
    assert fresh(row).told_at is None


@pytest.mark.parametrize("kind", ["resident_received", "resident_assigned"])
def test_other_messages_move_nothing(world: World, kind: str) -> None:
    row = world.opinion(State.FED_BACK)
    bounced(sent(row, kind))
    assert (fresh(row).told_at, lines(row)) == (row.told_at, [])


def test_a_rated_matter_is_left_alone(world: World) -> None:
    row = world.opinion(State.CLOSED)
    bounced(sent(row))
    assert (fresh(row).state, lines(row)) == (State.CLOSED, [])


def test_the_same_message_by_another_way_counts_as_told(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    notice = sent(row)
    twin = Notice.objects.get(pk=notice.pk)
    twin.pk, twin.channel, twin.address_hash = None, Channel.WECHAT, "w"
    twin.save()
    bounced(notice)
    assert (fresh(row).told_at, lines(row)) == (row.told_at, [])
    twin.state = NoticeState.PARKED
    twin.save()
    report_lost(twin, LATER)
    assert fresh(row).told_at is None


def test_what_could_never_be_sent_is_lost_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = world.opinion(State.FED_BACK)

    class Never:
        def send(self, message: Any, at: datetime) -> None:
            raise Undeliverable("没有这个号码。")

    monkeypatch.setattr("notices.delivery.sender_for", lambda channel: Never())
    assert deliver_due(LATER).parked
    assert fresh(row).told_at is None


def test_the_verb_refuses_what_is_not_told(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    workflow.bounce(row.pk, actor=SYSTEM, at=LATER)
    with pytest.raises(WrongState, match="本来就要打电话"):
        workflow.bounce(row.pk, actor=SYSTEM, at=LATER)


def delivered(notice: Notice, at: datetime) -> bool:
    body = f'{{"id": "{notice.key}", "status": "delivered"}}'
    return sms_gateway.take_receipt(body.encode(), at)


def sent_anew(world: World, notice: Notice, at: datetime) -> Notice:
    again = try_again(notice.pk, actor=world.clerk, at=at)
    Notice.objects.filter(pk=again.pk).update(state=NoticeState.SENT, sent_at=at)
    return Notice.objects.get(pk=again.pk)


def test_sent_anew_it_tells_when_the_telephone_takes_it(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    bounced(sent(row))
    at = LATER + timedelta(minutes=5)
    again = sent_anew(world, Notice.objects.get(state=NoticeState.PARKED), at)
    assert fresh(row).told_at is None, "what failed once is not believed on its leaving"
    assert delivered(again, at + timedelta(minutes=1))
    now = fresh(row)
    assert (now.state, now.told_at, now.step_due_at) == (State.FED_BACK, at + timedelta(minutes=1), row.step_due_at)
    assert not Opinion.objects.untold().exists()
    line = row.history.get(verb="arrive")
    assert (line.public_text, line.internal_text) == ("", "重新发的短信送到了")
    assert not delivered(again, at + timedelta(minutes=2))
    assert row.history.filter(verb="arrive").count() == 1


def test_what_bounces_a_second_time_still_waits(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    bounced(sent(row))
    again = sent_anew(world, Notice.objects.get(state=NoticeState.PARKED), LATER + timedelta(minutes=5))
    bounced(again, LATER + timedelta(minutes=6))
    assert fresh(row).told_at is None


def test_an_ordinary_arrival_writes_nothing(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    assert delivered(sent(row), LATER)
    assert (fresh(row).told_at, row.history.filter(verb="arrive").count()) == (row.told_at, 0)


def test_an_earlier_answer_that_arrives_late_does_not_tell_the_present_one(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    notice = sent(row)
    bounced(notice)
    Opinion.objects.filter(pk=row.pk).update(fed_back_at=LATER + timedelta(hours=1))
    again = sent_anew(world, Notice.objects.get(state=NoticeState.PARKED), LATER + timedelta(hours=2))
    delivered(again, LATER + timedelta(hours=2))
    assert fresh(row).told_at is None


def test_another_message_that_arrives_does_not_tell_the_answer(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    bounced(sent(row))
    delivered(sent(row, "resident_received"), LATER)
    assert fresh(row).told_at is None


def left_behind(notice: Notice, attempts: int) -> None:
    claimed = {"state": NoticeState.CLAIMED, "claim": uuid.uuid4(), "claimed_at": LATER, "sent_at": None}
    Notice.objects.filter(pk=notice.pk).update(**claimed, attempts=attempts)


def test_an_answer_whose_worker_died_again_and_again_waits_to_be_told(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    notice = sent(row)
    left_behind(notice, DeliveryRules.current().max_attempts)
    assert deliver_due(LATER + LEASE, limit=0).parked == 1
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.PARKED
    assert fresh(row).told_at is None, "nobody knows whether it left: the clerk rings"
    assert lines(row) == ["短信没送到，请打电话或当面告诉本人"]
    deliver_due(LATER + 2 * LEASE, limit=0)
    assert len(lines(row)) == 1


def test_an_answer_whose_worker_died_once_is_only_sent_again(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    notice = sent(row)
    left_behind(notice, 1)
    deliver_due(LATER + LEASE, limit=0)
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.PENDING
    assert (fresh(row).told_at, lines(row)) == (row.told_at, [])
