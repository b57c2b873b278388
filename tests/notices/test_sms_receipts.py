"""What the gateway says about delivery: believed when signed and fresh, and done once."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client

from notices.models import Channel, Notice, State
from notices.outbox import post
from tests.notices.servers import Fake

HOOK = "/hooks/sms-receipt/"
SECRET = b"a secret of thirty-two characters"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _connected(gateway: Fake) -> None:
    """The gateway is configured."""


@pytest.fixture
def sent(noon: datetime) -> Notice:
    post("news", at=noon, dedupe="r", phone="13812341234", channel=Channel.SMS, region_code="411625001")
    Notice.objects.update(state=State.SENT, sent_at=noon, attempts=1)
    return Notice.objects.get()


def signed(body: bytes, at: datetime, *, purpose: bytes = b"receipt", key: str = "liaison") -> dict[str, str]:
    """The three headers as the gateway makes them."""
    stamp = str(int(at.timestamp()))
    said = purpose + b"\n" + stamp.encode() + b"\n" + body
    return {
        "X-Liaison-Key": key,
        "X-Liaison-Timestamp": stamp,
        "X-Liaison-Signature": hmac.new(SECRET, said, hashlib.sha256).hexdigest(),
    }


def call(body: Any, noon: datetime, headers: dict[str, str] | None = None) -> Any:
    """One receipt, arriving at noon; with a check of forms as a browser would have it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with time_machine.travel(noon, tick=False):
        return Client(enforce_csrf_checks=True).post(
            HOOK, raw, content_type="application/json", headers=signed(raw, noon) if headers is None else headers
        )


def test_delivered(sent: Notice, noon: datetime) -> None:
    answer = call({"id": sent.key, "status": "delivered"}, noon)
    assert (answer.status_code, answer.json()) == (200, {"changed": True})
    sent.refresh_from_db()
    assert (sent.state, sent.delivered_at, sent.bounced_at) == (State.SENT, noon, None)


def test_failed_is_parked_with_the_reason(sent: Notice, noon: datetime) -> None:
    call({"id": sent.key, "status": "failed", "reason": "空号"}, noon)
    sent.refresh_from_db()
    assert (sent.state, sent.bounced_at) == (State.PARKED, noon)
    assert sent.last_error == "手机没收到：空号。"
    assert sent.address  # the clerk must be able to send it to a corrected end, or call


def test_failed_without_a_reason(sent: Notice, noon: datetime) -> None:
    call({"id": sent.key, "status": "failed"}, noon)
    sent.refresh_from_db()
    assert sent.last_error == "手机没收到：没说原因。"


@pytest.mark.parametrize("status", ["delivered", "failed"])
def test_the_same_receipt_twice_changes_once(sent: Notice, noon: datetime, status: str) -> None:
    body = {"id": sent.key, "status": status}
    assert call(body, noon).json() == {"changed": True}
    sent.refresh_from_db()
    before = sent.__dict__.copy()
    assert call(body, noon + timedelta(seconds=9)).json() == {"changed": False}
    sent.refresh_from_db()
    assert {k: v for k, v in sent.__dict__.items() if k != "_state"} == {
        k: v for k, v in before.items() if k != "_state"
    }


def test_the_first_final_word_holds(sent: Notice, noon: datetime) -> None:
    call({"id": sent.key, "status": "delivered"}, noon)
    assert call({"id": sent.key, "status": "failed"}, noon).json() == {"changed": False}
    sent.refresh_from_db()
    assert sent.state == State.SENT


def test_a_word_about_an_earlier_round_changes_nothing(sent: Notice, noon: datetime) -> None:
    old = sent.key
    Notice.objects.update(round=2)
    assert call({"id": old, "status": "failed"}, noon).json() == {"changed": False}
    assert Notice.objects.get().bounced_at is None


def test_what_we_took_for_unsent_has_arrived_and_is_not_sent_again(sent: Notice, noon: datetime) -> None:
    Notice.objects.update(state=State.PENDING, sent_at=None)
    assert call({"id": sent.key, "status": "delivered"}, noon).json() == {"changed": True}
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at) == (State.SENT, noon)


def test_while_it_is_being_sent_the_gateway_comes_again(sent: Notice, noon: datetime) -> None:
    token = "00000000-0000-4000-8000-000000000001"
    Notice.objects.update(state=State.CLAIMED, claim=token, claimed_at=noon, sent_at=None)
    answer = call({"id": sent.key, "status": "delivered"}, noon)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert Notice.objects.get().delivered_at is None


def test_who_was_told_by_telephone_stays_told(sent: Notice, noon: datetime, person: Callable[..., Any]) -> None:
    Notice.objects.update(state=State.TOLD, told_at=noon, told_by=person("clerk"))
    assert call({"id": sent.key, "status": "failed"}, noon).json() == {"changed": False}
    assert Notice.objects.get().state == State.TOLD


class TestForgery:
    """Whatever is wrong, the answer is one and the same, and nothing changes."""

    def refused(self, answer: Any, sent: Notice) -> None:
        assert (answer.status_code, answer.content) == (403, b'{"error": "refused"}')
        again = Notice.objects.get(pk=sent.pk)
        assert (again.state, again.delivered_at, again.bounced_at) == (State.SENT, None, None)

    @pytest.fixture
    def body(self, sent: Notice) -> bytes:
        return json.dumps({"id": sent.key, "status": "failed"}).encode()

    @pytest.mark.parametrize("missing", ["X-Liaison-Key", "X-Liaison-Timestamp", "X-Liaison-Signature"])
    def test_a_header_is_missing(self, sent: Notice, body: bytes, noon: datetime, missing: str) -> None:
        headers = signed(body, noon)
        del headers[missing]
        self.refused(call(body, noon, headers), sent)

    @pytest.mark.parametrize("wrong", ["", "0" * 64, "é", "A" * 5000, "\u6c49"])
    def test_a_wrong_signature(self, sent: Notice, body: bytes, noon: datetime, wrong: str) -> None:
        headers = signed(body, noon) | {"X-Liaison-Signature": wrong}
        self.refused(call(body, noon, headers), sent)

    def test_another_key(self, sent: Notice, body: bytes, noon: datetime) -> None:
        self.refused(call(body, noon, signed(body, noon, key="stranger")), sent)

    def test_a_changed_body(self, sent: Notice, body: bytes, noon: datetime) -> None:
        self.refused(call(body.replace(b"failed", b"delivered"), noon, signed(body, noon)), sent)

    def test_a_moved_timestamp(self, sent: Notice, body: bytes, noon: datetime) -> None:
        later = str(int(noon.timestamp()) + 1)
        self.refused(call(body, noon, signed(body, noon) | {"X-Liaison-Timestamp": later}), sent)

    def test_what_we_sent_does_not_come_back_as_a_receipt(self, sent: Notice, body: bytes, noon: datetime) -> None:
        self.refused(call(body, noon, signed(body, noon, purpose=b"send")), sent)

    @pytest.mark.parametrize("seconds", [-301, 301, -86400, 86400])
    def test_outside_the_window(self, sent: Notice, body: bytes, noon: datetime, seconds: int) -> None:
        self.refused(call(body, noon, signed(body, noon + timedelta(seconds=seconds))), sent)

    @pytest.mark.parametrize("seconds", [-300, 300])
    def test_the_edges_of_the_window_are_inside(self, sent: Notice, body: bytes, noon: datetime, seconds: int) -> None:
        assert call(body, noon, signed(body, noon + timedelta(seconds=seconds))).status_code == 200

    @pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "9" * 400, "１７７４４１１２００"])
    def test_a_timestamp_that_is_none(self, sent: Notice, body: bytes, noon: datetime, stamp: str) -> None:
        self.refused(call(body, noon, signed(body, noon) | {"X-Liaison-Timestamp": stamp}), sent)

    def test_too_long(self, sent: Notice, noon: datetime) -> None:
        body = json.dumps({"id": sent.key, "status": "failed", "reason": "x" * 5000}).encode()
        self.refused(call(body, noon), sent)

    @pytest.mark.parametrize("missing", ["SMS_GATEWAY_URL", "SMS_GATEWAY_KEY_ID", "SMS_GATEWAY_SECRET"])
    def test_a_gateway_that_is_not_configured(
        self, sent: Notice, body: bytes, noon: datetime, settings: Any, missing: str
    ) -> None:
        setattr(settings, missing, "")
        self.refused(call(body, noon), sent)

    def test_an_empty_secret_signs_nothing(self, sent: Notice, body: bytes, noon: datetime, settings: Any) -> None:
        settings.SMS_GATEWAY_SECRET = ""
        stamp = str(int(noon.timestamp()))
        said = b"receipt\n" + stamp.encode() + b"\n" + body
        headers = signed(body, noon) | {"X-Liaison-Signature": hmac.new(b"", said, hashlib.sha256).hexdigest()}
        self.refused(call(body, noon, headers), sent)


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"[]", b"7", b"\xff\xfe", b'{"id": "notice-1-1"}', b'{"id": "x", "status": "lost"}',
     b"[" * 4000],
)  # fmt: skip
def test_signed_nonsense_is_said_to_be_no_receipt(sent: Notice, noon: datetime, body: bytes) -> None:
    assert call(body, noon).status_code == 422


@pytest.mark.parametrize("key", ["", "notice-0-1", "notice-9999999-1", "notice-1", "notice-1-1-1", "x", None, 7,
                                 "notice-99999999999999999999-1"])  # fmt: skip
def test_signed_words_about_nothing(sent: Notice, noon: datetime, key: Any) -> None:
    answer = call({"id": key, "status": "delivered"}, noon)
    assert (answer.status_code, answer.json()) == (404, {"error": "unknown id"})


def test_another_channels_notice_is_unknown(sent: Notice, noon: datetime) -> None:
    Notice.objects.update(channel=Channel.EMAIL)
    assert call({"id": sent.key, "status": "delivered"}, noon).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_only_post(method: str) -> None:
    assert getattr(Client(), method)(HOOK).status_code == 405


def test_reading_it_shows_nothing(sent: Notice) -> None:
    assert Client().get(HOOK).content == b""


def test_no_cookie_and_no_session(sent: Notice, noon: datetime) -> None:
    answer = call({"id": sent.key, "status": "delivered"}, noon)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_at_one_moment_from_two_sides_it_changes_once(noon: datetime) -> None:
    post("news", at=noon, dedupe="r", phone="13812341234", channel=Channel.SMS)
    Notice.objects.update(state=State.SENT, sent_at=noon)
    raw = json.dumps({"id": Notice.objects.get().key, "status": "failed"}).encode()
    now = datetime.now(noon.tzinfo)
    answers: list[bool] = []

    def once() -> None:
        answers.append(Client().post(
            HOOK, raw, content_type="application/json", headers=signed(raw, now)).json()["changed"])  # fmt: skip
        connections.close_all()

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == [False, False, False, True]
