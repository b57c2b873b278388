"""Delivery: each once, later when it failed, parked when it never works, never in quiet hours."""

import json
import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import AuditEntry, Role, User
from core.workflow import WrongState
from notices import delivery, kinds, senders
from notices.channels import Outgoing, SendFailure, Undeliverable
from notices.delivery import LEASE, backoff, deliver_due, purge, try_again
from notices.gates import Gates
from notices.kinds import Kind
from notices.models import Channel, DeliveryRules, Notice, State
from notices.outbox import post

PHONE = "13812341234"


class Gateway:
    """A gateway that does what it is told."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.failures: list[Exception] = []

    def send(self, message: Outgoing, at: datetime) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, db: Any) -> Gateway:
    built = Gateway()
    monkeypatch.setitem(senders.SENDERS, Channel.SMS, lambda: built)
    return built


def write(noon: datetime, count: int = 1, kind: str = "news", **fields: Any) -> None:
    for number in range(count):
        post(kind, at=noon, dedupe=f"{kind}:{number}", phone=f"1381234{number:04}", channel=Channel.SMS, **fields)


def test_sends_what_is_due_once(gateway: Gateway, noon: datetime) -> None:
    write(noon, 3, context={"title": "路灯", "receipt": "K7QM4XWD3R"})
    assert deliver_due(noon).sent == 3
    assert deliver_due(noon).is_idle
    assert [message.address for message in gateway.sent] == ["13812340000", "13812340001", "13812340002"]
    assert gateway.sent[0].text == "您说的事路灯有结果了。\nhttps://example.test/t/K7QM4XWD3R/"
    notice = Notice.objects.first()
    assert notice is not None
    assert (notice.state, notice.sent_at, notice.attempts, notice.claim) == (State.SENT, noon, 1, None)


def test_a_late_run_catches_up(gateway: Gateway, noon: datetime) -> None:
    write(noon)
    assert deliver_due(noon + timedelta(days=9)).sent == 1


def test_nothing_leaves_before_its_time(gateway: Gateway, noon: datetime) -> None:
    write(noon.replace(hour=22))
    assert deliver_due(noon.replace(hour=20)).is_idle
    assert deliver_due(noon.replace(hour=23)).is_idle
    assert deliver_due(noon.replace(hour=7, minute=59) + timedelta(days=1)).is_idle
    assert gateway.sent == []
    assert deliver_due(noon.replace(hour=8) + timedelta(days=1)).sent == 1


def test_a_retry_that_falls_into_the_night_waits(gateway: Gateway, noon: datetime) -> None:
    gateway.failures = [SendFailure("忙")]
    evening = noon.replace(hour=20, minute=59)
    write(evening)
    assert deliver_due(evening).retried == 1
    assert deliver_due(noon.replace(hour=21, minute=1)).is_idle
    assert deliver_due(noon.replace(hour=8) + timedelta(days=1)).sent == 1


def test_rules_changed_after_writing_hold_at_sending(gateway: Gateway, noon: datetime) -> None:
    write(noon)
    DeliveryRules.objects.create(quiet_from=time(11), quiet_until=time(13))
    assert deliver_due(noon).is_idle
    assert deliver_due(noon.replace(hour=13)).sent == 1


def test_a_slow_gateway_is_stopped_before_the_quiet_hours(gateway: Gateway, noon: datetime) -> None:
    evening = noon.replace(hour=20, minute=59)
    write(evening, 4)
    ticks = iter([0.0, 0.0, 20.0, 40.0, 60.0])  # 60 s are left, 30 s of them usable
    assert deliver_due(evening, clock=lambda: next(ticks)).sent == 2
    waiting = Notice.objects.filter(state=State.PENDING)
    assert waiting.count() == 2
    assert {notice.attempts for notice in waiting} == {0}


def test_the_very_edge_of_the_night_sends_nothing(gateway: Gateway, noon: datetime) -> None:
    write(noon)
    assert deliver_due(noon.replace(hour=20, minute=59, second=40)).is_idle


def test_failure_waits_longer_each_time_and_parks_at_last(gateway: Gateway, noon: datetime) -> None:
    gateway.failures = [SendFailure("短信网关没有接收。") for _ in range(6)]
    DeliveryRules.objects.create(quiet_from=time(0), quiet_until=time(0))
    write(noon)
    moment = noon
    for attempt in range(1, 6):
        assert deliver_due(moment).retried == 1
        notice = Notice.objects.get()
        assert notice.next_try_at - moment == backoff(attempt)
        assert deliver_due(notice.next_try_at - timedelta(seconds=1)).is_idle
        moment = notice.next_try_at
    assert deliver_due(moment).parked == 1
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.last_error) == (State.PARKED, 6, "短信网关没有接收。")
    assert deliver_due(moment + timedelta(days=9)).is_idle


def test_back_off_grows_to_a_limit() -> None:
    waits = [backoff(attempt) for attempt in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=30)
    assert waits[1] == timedelta(minutes=2)
    assert waits[-1] == timedelta(hours=2)
    assert backoff(0) == waits[0]


def test_a_wrong_address_is_parked_at_once(gateway: Gateway, noon: datetime) -> None:
    gateway.failures = [Undeliverable("空号。")]
    write(noon)
    assert deliver_due(noon).parked == 1
    assert Notice.objects.get().attempts == 1


def test_one_bad_message_does_not_stop_the_others(
    gateway: Gateway, noon: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.failures = [RuntimeError(f"cannot reach {PHONE}")]
    write(noon, 3)
    with caplog.at_level(logging.DEBUG):
        done = deliver_due(noon)
    assert (done.sent, done.retried) == (2, 1)
    stored = "".join(Notice.objects.values_list("last_error", flat=True))
    assert "1381234" not in caplog.text + stored
    assert "RuntimeError" in stored


@pytest.mark.parametrize("prefix", ["probe/nothing", "probe/broken"])
def test_a_kind_without_usable_text_is_parked(gateway: Gateway, noon: datetime, prefix: str) -> None:
    kinds.register(Kind("odd", "怪", prefix, (Channel.SMS,)))
    write(noon, kind="odd")
    assert deliver_due(noon).parked == 1
    assert "模板" in Notice.objects.get().last_error


def test_a_kind_that_no_app_registers_any_more_is_parked(
    gateway: Gateway, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(noon)
    monkeypatch.setattr(kinds, "_KINDS", {})
    assert deliver_due(noon).parked == 1


def test_urgent_kinds_go_first(gateway: Gateway, noon: datetime) -> None:
    write(noon, 2)
    write(noon + timedelta(minutes=1), 1, kind="urgent")
    deliver_due(noon + timedelta(minutes=2), limit=2)
    assert [message.text for message in gateway.sent][0] == "停水通知"
    assert len(gateway.sent) == 2


def test_urgent_kinds_keep_the_quiet_hours_too(gateway: Gateway, noon: datetime) -> None:
    write(noon.replace(hour=22), kind="urgent")
    assert deliver_due(noon.replace(hour=22)).is_idle


def test_limit_is_kept(gateway: Gateway, noon: datetime) -> None:
    write(noon, 5)
    assert [deliver_due(noon, limit=2).sent for _ in range(4)] == [2, 2, 1, 0]


def test_a_worker_that_died_between_claim_and_send(
    gateway: Gateway, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(noon, 2)
    with monkeypatch.context() as patch:

        def die(*_: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(delivery, "_send", die)
        with pytest.raises(KeyboardInterrupt):
            deliver_due(noon)
    assert Notice.objects.filter(state=State.CLAIMED).count() == 2
    assert deliver_due(noon + LEASE - timedelta(seconds=1)).is_idle
    assert deliver_due(noon + LEASE).sent == 2
    assert len(gateway.sent) == 2


def test_a_message_that_kills_its_worker_is_parked(gateway: Gateway, noon: datetime) -> None:
    write(noon)
    moment = noon
    for _ in range(6):
        assert [notice.pk for notice in delivery._claim(moment, 5, Gates.load())]
        moment += LEASE
        done = deliver_due(moment, limit=0)
    assert done.parked == 1
    assert Notice.objects.get().state == State.PARKED


def test_who_lost_the_claim_writes_nothing(gateway: Gateway, noon: datetime) -> None:
    write(noon)
    [mine] = delivery._claim(noon, 5, Gates.load())
    later = noon + LEASE
    deliver_due(later)
    delivery._mark(mine, state=State.PARKED, last_error="zu spät")
    notice = Notice.objects.get()
    assert (notice.state, notice.sent_at) == (State.SENT, later)


def test_in_site_notices_are_never_claimed(gateway: Gateway, person: Callable[..., User], noon: datetime) -> None:
    post("news", at=noon, dedupe="a", user=person("clerk"))
    assert deliver_due(noon).is_idle


def test_a_bad_context_value_changes_nothing_else(gateway: Gateway, noon: datetime) -> None:
    write(noon, context={"title": "<b>{{ secret }}</b>\n第二行", "receipt": "K7QM4XWD3R"})
    deliver_due(noon)
    assert gateway.sent[0].text.splitlines()[0] == "您说的事<b>{{ secret }}</b> 第二行有结果了。"


class TestTryAgain:
    @pytest.fixture
    def parked(self, gateway: Gateway, noon: datetime) -> Notice:
        write(noon, region_code="411625001003")
        gateway.failures = [Undeliverable("空号。")]
        deliver_due(noon)
        return Notice.objects.get()

    @pytest.mark.parametrize(
        ("role", "region"),
        [
            (Role.STATION_STAFF, "411625001"),
            (Role.TOWN_STAFF, "411625001"),
            (Role.COUNTY_STAFF, "411625"),
        ],
    )
    def test_clerk_and_county_of_the_region(
        self, parked: Notice, gateway: Gateway, person: Callable[..., User], role: str, region: str, noon: datetime
    ) -> None:
        actor = person("actor", role, region)
        try_again(parked.pk, actor=actor, at=noon + timedelta(hours=1))
        assert deliver_due(noon + timedelta(hours=1)).sent == 1
        assert AuditEntry.objects.filter(action="notice_retried", actor=actor, subject=f"notice:{parked.pk}").exists()

    @pytest.mark.parametrize(
        ("role", "region"),
        [
            (Role.STATION_STAFF, "411625002"),
            (Role.COUNTY_STAFF, "411626"),
            (Role.COUNTY_LEADER, "411625"),
            (Role.SYSTEM_ADMIN, "411625"),
            (Role.REPRESENTATIVE, "411625001"),
            (Role.UNIT_HANDLER, "411625001"),
        ],
    )
    def test_nobody_else(
        self, parked: Notice, person: Callable[..., User], role: str, region: str, noon: datetime
    ) -> None:
        with pytest.raises(Notice.DoesNotExist):
            try_again(parked.pk, actor=person("actor", role, region), at=noon)
        assert Notice.objects.get().state == State.PARKED

    def test_twice(self, parked: Notice, person: Callable[..., User], noon: datetime) -> None:
        actor = person("actor", Role.COUNTY_STAFF, "411625")
        try_again(parked.pk, actor=actor, at=noon)
        with pytest.raises(WrongState):
            try_again(parked.pk, actor=actor, at=noon)

    def test_at_night_it_waits(self, parked: Notice, person: Callable[..., User], noon: datetime) -> None:
        actor = person("actor", Role.COUNTY_STAFF, "411625")
        again = try_again(parked.pk, actor=actor, at=noon.replace(hour=22))
        assert again.not_before == noon.replace(hour=8) + timedelta(days=1)

    def test_after_erasing_it_is_too_late(self, parked: Notice, person: Callable[..., User], noon: datetime) -> None:
        purge(noon + timedelta(days=91))
        with pytest.raises(WrongState, match="抹去"):
            try_again(parked.pk, actor=person("actor", Role.COUNTY_STAFF, "411625"), at=noon + timedelta(days=91))


class TestPurge:
    def test_erases_address_and_content_but_keeps_the_row(self, gateway: Gateway, noon: datetime) -> None:
        write(noon, context={"title": "路灯"})
        deliver_due(noon)
        assert purge(noon + timedelta(days=89)) == 0
        assert purge(noon + timedelta(days=91)) == 1
        notice = Notice.objects.get()
        assert (notice.address, notice.context, notice.state) == ("", {}, State.SENT)
        write(noon + timedelta(days=91))
        assert Notice.objects.count() == 1

    def test_leaves_what_still_waits(self, db: None, noon: datetime) -> None:
        write(noon)
        assert purge(noon + timedelta(days=91)) == 0
        assert Notice.objects.get().address

    def test_removes_rows_after_two_years(self, gateway: Gateway, noon: datetime) -> None:
        write(noon)
        deliver_due(noon)
        purge(noon + timedelta(days=731))
        assert not Notice.objects.exists()

    def test_is_bounded(self, gateway: Gateway, noon: datetime) -> None:
        write(noon, 3)
        deliver_due(noon)
        assert purge(noon + timedelta(days=91), limit=2) == 2
        assert purge(noon + timedelta(days=91), limit=2) == 1


def test_the_spool_is_the_gateway_of_a_demonstration(db: None, noon: datetime, settings: Any) -> None:
    write(noon, 2, context={"title": "路灯"})
    deliver_due(noon)
    [spool] = Path(settings.SMS_SPOOL_DIR).iterdir()
    lines = [json.loads(line) for line in spool.read_text().splitlines()]
    assert [line["phone"] for line in lines] == ["13812340000", "13812340001"]
    assert spool.name == "sms-2026-03-25.jsonl"
