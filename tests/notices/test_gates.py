"""A channel that is down rests, loses nothing, and comes back by itself."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import Role
from notices import gates
from notices.delivery import deliver_due
from notices.gates import LONGEST_PAUSE, PAUSE, TRIP, Gates, name_of, pause
from notices.models import Channel, DeliveryRules, Gate, Notice, State
from notices.outbox import post
from notices.queries import resting
from tests.notices.servers import Fake, answer, hang

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_night(db: None) -> None:
    DeliveryRules.objects.create(quiet_from=time(0), quiet_until=time(0))


def write(noon: datetime, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        post("news", at=noon, dedupe=f"g:{number}", phone=f"1381234{number:04}", channel=Channel.SMS)


def pending() -> list[int]:
    """The attempts of everything that waits."""
    return list(Notice.objects.filter(state=State.PENDING).order_by("pk").values_list("attempts", flat=True))


def test_after_several_failures_in_a_row_the_channel_rests(gateway: Fake, noon: datetime) -> None:
    gateway.always = answer(500)
    write(noon, 12)
    deliver_due(noon)
    assert len(gateway.asked) == TRIP
    gate = Gate.objects.get(name="SMS")
    assert gate.failures == TRIP
    assert gate.paused_until is not None
    assert noon + PAUSE <= gate.paused_until < noon + PAUSE + timedelta(seconds=20)
    assert gate.last_error == "短信网关出错（代码 500）。"


def test_what_waits_loses_no_attempt(gateway: Fake, noon: datetime) -> None:
    gateway.always = answer(500)
    write(noon, 12)
    deliver_due(noon)
    assert pending() == [1] * (TRIP - 1) + [0] * (12 - TRIP + 1)


def test_while_it_rests_nobody_is_asked(gateway: Fake, noon: datetime) -> None:
    gateway.always = answer(500)
    write(noon, 8)
    deliver_due(noon)
    asked = len(gateway.asked)
    for minute in (1, 2, 3, 4):
        assert deliver_due(noon + timedelta(minutes=minute)).is_idle
    assert len(gateway.asked) == asked


def test_one_message_is_the_test_and_the_rest_grows(gateway: Fake, noon: datetime) -> None:
    gateway.always = answer(500)
    write(noon, 8)
    deliver_due(noon)
    moment = Gate.objects.get().paused_until
    rests = []
    for _ in range(4):
        before = len(gateway.asked)
        deliver_due(moment + timedelta(seconds=1))
        assert len(gateway.asked) == before + 1
        until = Gate.objects.get().paused_until
        rests.append(round((until - moment) / timedelta(minutes=1)))
        moment = until
    assert rests == [10, 20, 30, 30]


def test_a_day_without_the_gateway_loses_nothing_and_ends_by_itself(gateway: Fake, noon: datetime) -> None:
    gateway.always = answer(503)
    write(noon, 30)
    for quarter in range(96):
        deliver_due(noon + timedelta(minutes=15 * quarter))
    assert Notice.objects.filter(state=State.PENDING).count() == 30
    assert max(pending()) < 6
    gateway.always = answer(200)
    moment = noon + timedelta(days=1, hours=1)
    sent = sum(deliver_due(moment).sent for _ in range(3))
    late = sum(deliver_due(moment + timedelta(hours=3)).sent for _ in range(3))
    assert sent + late == 30
    assert not Notice.objects.exclude(state=State.SENT).exists()
    gate = Gate.objects.get()
    assert (gate.failures, gate.paused_until) == (0, None)


def test_one_bad_message_alone_does_not_stop_the_channel(gateway: Fake, noon: datetime) -> None:
    gateway.always = answer(500)
    write(noon, 1)
    moment = noon
    for _ in range(6):
        deliver_due(moment)
        moment += timedelta(hours=3)
    assert Notice.objects.get().state == State.PARKED
    assert Gate.objects.get().paused_until is None


def test_a_success_between_forgets_the_failures(gateway: Fake, noon: datetime) -> None:
    write(noon, 9)
    gateway.acts = [answer(500)] * 4 + [answer(200)] + [answer(500)] * 4
    deliver_due(noon)
    assert Gate.objects.get().failures == 4
    assert Gate.objects.get().paused_until is None


@pytest.mark.usefixtures("impatient")
def test_a_gateway_that_hangs_rests_as_well(gateway: Fake, noon: datetime) -> None:
    gateway.always = hang
    write(noon, 7)
    deliver_due(noon)
    assert len(gateway.asked) == TRIP
    assert Gate.objects.get().last_error == "短信网关没有及时回答。"


def test_a_refused_number_is_no_fault_of_the_channel(gateway: Fake, noon: datetime) -> None:
    gateway.always = answer(422, {"reason": "空号"})
    write(noon, 12)
    assert deliver_due(noon).parked == 12
    assert not Gate.objects.exists()


def test_the_others_go_on(gateway: Fake, noon: datetime, mailoutbox: Any) -> None:
    gateway.always = answer(500)
    write(noon, 30)
    deliver_due(noon)
    post("plain", at=noon, dedupe="m", email="a@example.test", channel=Channel.EMAIL)
    assert deliver_due(noon + timedelta(minutes=1)).sent == 1
    assert len(mailoutbox) == 1


def test_a_long_queue_behind_a_closed_gate_stands_in_nobodys_way(
    gateway: Fake, noon: datetime, mailoutbox: Any
) -> None:
    Gate.objects.create(name="SMS", failures=5, paused_until=noon + timedelta(minutes=5))
    write(noon - timedelta(hours=1), 50)
    post("plain", at=noon, dedupe="m", email="a@example.test", channel=Channel.EMAIL)
    assert deliver_due(noon, 5).sent == 1
    assert gateway.asked == []


def test_each_group_is_a_way_of_its_own(noon: datetime) -> None:
    one = Notice(channel=Channel.WECOM, address="group:1")
    other = Notice(channel=Channel.WECOM, address="group:2")
    assert name_of(one) != name_of(other)
    assert name_of(Notice(channel=Channel.SMS, address="13812341234")) == "SMS"
    assert "1381234" not in name_of(Notice(channel=Channel.EMAIL, address="13812341234@example.test"))


def test_a_resting_group_holds_back_its_own_rows_only(noon: datetime) -> None:
    for number in (1, 2):
        Notice.objects.create(
            kind="news", channel=Channel.WECOM, address=f"group:{number}", dedupe=str(number), not_before=noon,
            next_try_at=noon, created_at=noon, address_hash=gates.keyed_hash(f"group:{number}", gates.PURPOSE),
        )  # fmt: skip
    Gate.objects.create(name="WECOM:group:1", failures=5, paused_until=noon + timedelta(minutes=5))
    rows = Gates.load().open_rows(Notice.objects.due(noon), noon)
    assert [row.address for row in rows] == ["group:2"]


def test_how_long_it_rests() -> None:
    assert [pause(failures) for failures in (TRIP, TRIP + 1, TRIP + 2)] == [PAUSE, PAUSE * 2, PAUSE * 4]
    assert pause(1000) == LONGEST_PAUSE


def test_a_channel_that_always_worked_costs_no_statement(
    gateway: Fake, noon: datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    write(noon, 1)
    loaded = Gates.load()
    with django_assert_num_queries(0):
        loaded.worked(Notice.objects.model(channel=Channel.SMS, pk=1))


class TestShown:
    def test_what_rests_with_what_waits(self, gateway: Fake, noon: datetime) -> None:
        gateway.always = answer(500)
        write(noon, 8)
        deliver_due(noon)
        [found] = resting(noon + timedelta(minutes=1))
        assert (found.label, found.waiting) == ("短信", 8)
        assert resting(noon + timedelta(minutes=10)) == []

    def test_on_the_page_and_gone_when_it_works(self, client: Any, person: Callable[..., Any], noon: datetime) -> None:
        later = datetime.now(noon.tzinfo) + timedelta(minutes=4)
        Gate.objects.create(name="SMS", failures=7, paused_until=later, last_error="短信网关没有及时回答。")
        client.force_login(person("clerk", Role.STATION_STAFF), backend="accounts.sessions.AccountBackend")
        text = client.get("/desk/notices/parked/").content.decode()
        assert "短信暂停到" in text
        assert "连续 7 次没接通：短信网关没有及时回答。" in text
        Gate.objects.update(paused_until=None)
        assert "暂停到" not in client.get("/desk/notices/parked/").content.decode()

    def test_on_the_support_screen(self, client: Any, person: Callable[..., Any], noon: datetime) -> None:
        Gate.objects.create(name="SMS", failures=7, paused_until=noon)
        client.force_login(person("root1", Role.SYSTEM_ADMIN), backend="accounts.sessions.AccountBackend")
        assert "SMS" in client.get("/admin/notices/gate/").content.decode()
