"""A message that did not arrive, told by telephone instead: the matter keeps it where it waits for a word."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from notices import kinds, services, texts
from notices.models import Channel, Notice
from notices.states import State as NoticeState
from opinions.models import HistoryEntry, Opinion
from opinions.states import State
from tests.world import START, World

LATER = START + timedelta(hours=3)
PARKED = "/desk/notices/parked/"


def parked(row: Opinion, kind: str) -> Notice:
    notice = Notice.objects.get(subject=f"opinion:{row.pk}", kind=kind, channel=Channel.SMS)
    Notice.objects.filter(pk=notice.pk).update(
        state=NoticeState.PARKED, bounced_at=LATER, last_error="手机没收到：空号。"
    )
    return notice


def calls(row: Opinion) -> list[HistoryEntry]:
    return list(row.history.filter(verb="feed_back"))


def test_an_answer_told_by_telephone_stands_in_the_course(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    services.mark_told(parked(row, "resident_fed_back").pk, actor=world.clerk, at=LATER)
    [entry] = calls(row)
    assert (entry.actor, entry.internal_text) == (world.clerk, "短信没送到，打电话告诉的")
    row.refresh_from_db()
    assert (row.state, row.told_at) == (State.FED_BACK, LATER)


@pytest.mark.parametrize("kind", ["resident_received", "resident_accepted", "resident_assigned"])
def test_other_messages_move_nothing(world: World, kind: str) -> None:
    row = world.opinion(State.FED_BACK)
    before = row.told_at
    services.mark_told(parked(row, kind).pk, actor=world.clerk, at=LATER)
    row.refresh_from_db()
    assert (calls(row), row.told_at) == ([], before)


def test_a_matter_that_went_on_is_left_alone(world: World) -> None:
    row = world.opinion(State.CLOSED)
    notice = parked(row, "resident_fed_back")
    services.mark_told(notice.pk, actor=world.clerk, at=LATER)
    notice.refresh_from_db()
    assert (notice.state, calls(row)) == (NoticeState.TOLD, [])


def test_only_the_matters_own_clerk_sees_and_tells(world: World) -> None:
    notice = parked(world.opinion(State.FED_BACK), "resident_fed_back")
    with pytest.raises(Notice.DoesNotExist):
        services.mark_told(notice.pk, actor=world.other_clerk, at=LATER)
    assert Notice.objects.parked_visible_to(world.clerk).count() == 1
    for nobody in (world.handler, world.rep, world.grid, world.leader, world.admin):
        assert not Notice.objects.parked_visible_to(nobody).exists()


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.sessions.AccountBackend")
    return client


def test_from_the_matter_to_the_call_and_back(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    client = browser(world.clerk)
    page = row.get_absolute_url()
    assert "消息没送到" not in client.get(page).content.decode()
    notice = parked(row, "resident_fed_back")
    assert "有 1 条给群众的消息没送到" in client.get(page).content.decode()
    text = client.get(PARKED).content.decode()
    assert "您说的事有结果了，我把结果念给您听" in text
    assert f'href="{page}#t-body"' in text
    assert "13800001234" not in text
    assert 'id="t-body"' in client.get(page).content.decode()
    client.post(f"{PARKED}{notice.pk}/told/")
    assert "消息没送到" not in client.get(page).content.decode()


def test_the_unit_is_not_told_of_the_residents_telephone(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    parked(row, "resident_fed_back")
    assert "消息没送到" not in browser(world.handler).get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", [kind.name for kind in kinds.known() if kind.name.startswith("resident_")])
def test_every_message_to_a_resident_has_its_script(world: World, kind: str) -> None:
    row = world.opinion(State.FED_BACK)
    notice = Notice(kind=kind, channel=Channel.SMS, context=Notice.objects.filter(
        subject=f"opinion:{row.pk}", kind="resident_assigned").get().context)  # fmt: skip
    said = texts.script(notice)
    assert said.startswith("您好，我是洺南街道融合站点的工作人员。")
    assert "{" not in said
    assert "None" not in said
    assert row.receipt not in said
    assert row.title not in said
