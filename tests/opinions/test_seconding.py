"""我也遇到: once a device, once a telephone, only what is published and not answered; told of the outcome."""

from datetime import timedelta

import pytest
from django.db import connection

from core.workflow import WrongState
from notices import texts
from notices.models import Notice
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion, Seconding
from opinions.states import State
from tests.world import START, World

LATER = START + timedelta(hours=1)


def second(row: Opinion, device: str = "a", phone: str = "") -> bool:
    return workflow.second(row.pk, at=LATER, device=device, phone=phone)


def test_each_device_counts_once(world: World) -> None:
    row = world.opinion(State.HANDLING)
    assert [second(row, "a"), second(row, "a"), second(row, "b")] == [True, False, True]
    row.refresh_from_db()
    assert row.seconds == 2 == row.secondings.count()


def test_each_telephone_counts_once(world: World) -> None:
    row = world.opinion(State.HANDLING)
    assert second(row, "a", "13700001111")
    assert not second(row, "b", "13700001111")
    assert second(world.opinion(State.HANDLING), "b", "13700001111"), "another matter is another matter"


def test_it_moves_nothing_else(world: World) -> None:
    row = world.opinion(State.HANDLING)
    second(row)
    fresh = Opinion.objects.get(pk=row.pk)
    assert (fresh.state, fresh.changed_at, fresh.step_due_at) == (row.state, row.changed_at, row.step_due_at)
    assert fresh.history.count() == row.history.count()


@pytest.mark.parametrize("state", ["SUBMITTED", "FED_BACK", "CLOSED", "DECLINED", "WITHDRAWN", "MERGED"])
def test_what_is_not_open_to_it_is_refused(world: World, state: str) -> None:
    row = world.opinion(state)
    with pytest.raises(WrongState, match="另外留言"):
        second(row)
    assert not Seconding.objects.exists()


def test_what_is_not_published_cannot_be_seconded(world: World) -> None:
    row = world.opinion(State.HANDLING)
    Opinion.objects.filter(pk=row.pk).update(is_public=False)
    with pytest.raises(WrongState):
        second(row)


def test_nothing_readable_is_kept(world: World) -> None:
    row = world.opinion(State.HANDLING)
    second(row, "device-mark", "13700001111")
    with connection.cursor() as cursor:
        cursor.execute("SELECT device_hash, phone, phone_hash FROM opinions_seconding")
        stored = " ".join(cursor.fetchone())
    assert "device-mark" not in stored
    assert "1370000" not in stored
    assert row.secondings.get().phone == "13700001111"


def test_whoever_left_a_number_is_told_once_and_sees_no_receipt(world: World) -> None:
    row = world.opinion(State.HANDLING)
    second(row, "a", "13700001111")
    second(row, "b")
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    notice = Notice.objects.get(kind="seconder_told")
    body = texts.body(notice)
    assert body.endswith(f"/s/mingnan/board/{row.pk}/")
    assert row.receipt not in f"{body}{notice.context}"


def test_a_matter_taken_from_the_board_tells_nobody(world: World) -> None:
    row = world.opinion(State.HANDLING)
    second(row, "a", "13700001111")
    Opinion.objects.filter(pk=row.pk).update(is_public=False)
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    assert not Notice.objects.filter(kind="seconder_told").exists()


def test_a_verb_and_a_seconder_do_not_overwrite_each_other(world: World) -> None:
    row = world.opinion(State.HANDLING)
    second(row, "a")
    workflow.report_progress(row.pk, actor=world.handler, at=LATER, note="在修")
    second(row, "b")
    assert Opinion.objects.get(pk=row.pk).seconds == 2


def test_a_number_is_forgotten_once_it_has_served(world: World) -> None:
    row = world.opinion(State.HANDLING)
    second(row, "a", "13700001111")
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    kept = row.secondings.get()
    assert (kept.phone, bool(kept.phone_hash)) == ("", True)
    workflow.rate(row.pk, actor=RESIDENT, at=LATER, solved="NO", satisfaction="DISSATISFIED")
    assert not second(row, "b", "13700001111"), "the same person is still one person"
    workflow.sign(row.pk, actor=world.handler, at=LATER)
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="又修了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    assert Notice.objects.filter(kind="seconder_told").count() == 1
