"""Short messages over HTTP: what is sent, how it is signed, and what each sort of answer does to the message."""

import hashlib
import hmac
import logging
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from notices import delivery, senders, sms_gateway, web
from notices.channels import Outgoing, Refused, SendFailure, SmsSpool, Undeliverable
from notices.delivery import backoff, deliver_due
from notices.models import Channel, DeliveryRules, Gate, Notice, State
from notices.outbox import post
from notices.sms_gateway import Gateway
from tests.notices.servers import Fake, answer, closed_port, drip, half, hang, reset, slowly

PHONE = "13812341234"
MESSAGE = Outgoing("notice-7-1", PHONE, "有结果了", "您说的事有结果了。")


def write(noon: datetime, number: int = 1) -> Notice:
    context = {"title": "路灯", "receipt": "K7QM4XWD3R"}
    post("news", at=noon, dedupe=f"n:{number}", phone=PHONE, channel=Channel.SMS, context=context)
    return Notice.objects.latest("pk")


class TestSending:
    def test_the_message_and_its_signature(self, gateway: Fake, noon: datetime) -> None:
        Gateway().send(MESSAGE, noon)
        [asked] = gateway.asked
        assert (asked.method, asked.path) == ("POST", "/messages")
        assert asked.data == {
            "id": "notice-7-1", "to": PHONE, "text": "您说的事有结果了。", "sign": "代表联络站",
        }  # fmt: skip
        stamp = str(int(noon.timestamp()))
        said = b"send\n" + stamp.encode() + b"\n" + asked.body
        expected = hmac.new(b"a secret of thirty-two characters", said, hashlib.sha256).hexdigest()
        assert asked.headers["X-Liaison-Signature"] == expected
        assert asked.headers["X-Liaison-Timestamp"] == stamp
        assert asked.headers["X-Liaison-Key"] == "liaison"
        assert asked.headers["Content-Type"] == "application/json"

    def test_the_secret_does_not_travel(self, gateway: Fake, noon: datetime) -> None:
        Gateway().send(MESSAGE, noon)
        [asked] = gateway.asked
        assert "thirty-two" not in f"{asked.headers}{asked.body!r}{asked.path}"

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_accepted(self, gateway: Fake, noon: datetime, status: int) -> None:
        gateway.always = answer(status, b"" if status == 204 else b"ok")
        Gateway().send(MESSAGE, noon)

    def test_nothing_of_the_machine_enters(
        self, gateway: Fake, noon: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", closed_port())
        monkeypatch.setenv("http_proxy", closed_port())
        Gateway().send(MESSAGE, noon)
        assert len(gateway.asked) == 1

    def test_a_named_proxy_is_used(self, gateway: Fake, noon: datetime, settings: Any) -> None:
        settings.OUTGOING_PROXY = gateway.url
        settings.SMS_GATEWAY_URL = "http://sms.example.test/messages"
        Gateway().send(MESSAGE, noon)
        assert gateway.asked[0].path == "http://sms.example.test/messages"


class TestRefusal:
    @pytest.mark.parametrize("status", [400, 404, 409, 410, 422])
    def test_parked_with_the_reason(self, gateway: Fake, noon: datetime, status: int) -> None:
        gateway.always = answer(status, {"reason": "空号。"})
        with pytest.raises(Undeliverable) as failure:
            Gateway().send(MESSAGE, noon)
        assert failure.value.sentence == "短信网关拒收：空号。"

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"reason": 7}', b"[" * 60000])
    def test_a_refusal_without_a_reason_names_its_code(self, gateway: Fake, noon: datetime, body: bytes) -> None:
        gateway.always = answer(400, body)
        with pytest.raises(Undeliverable) as failure:
            Gateway().send(MESSAGE, noon)
        assert failure.value.sentence == "短信网关拒收：代码 400。"

    @pytest.mark.parametrize("status", [401, 403])
    def test_who_is_not_known_there_is_not_known_for_any_message(
        self, gateway: Fake, noon: datetime, status: int
    ) -> None:
        gateway.always = answer(status, {"reason": "签名不对"})
        with pytest.raises(Refused):
            Gateway().send(MESSAGE, noon)

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("号码 13812341234 停机", "号码 … 停机"),
            ("两\n行\x00字", "两 行字"),
            ("字" * 100, "字" * 60),
            (None, ""),
            ({"a": 1}, ""),
        ],
    )
    def test_reasons_are_short_and_hold_no_number(self, given: Any, kept: str) -> None:
        assert sms_gateway.reason(given) == kept


@pytest.mark.usefixtures("impatient")
class TestTrouble:
    @pytest.mark.parametrize("status", [301, 302, 307, 408, 425, 429, 500, 502, 503, 504])
    def test_worth_another_try(self, gateway: Fake, noon: datetime, status: int) -> None:
        gateway.always = answer(status, {"reason": "忙"}, Location=f"{gateway.url}/elsewhere")
        with pytest.raises(SendFailure) as failure:
            Gateway().send(MESSAGE, noon)
        assert not isinstance(failure.value, Undeliverable)
        assert failure.value.sentence == f"短信网关出错（代码 {status}）。"
        assert [asked.path for asked in gateway.asked] == ["/messages"]  # a redirect is not followed

    @pytest.mark.parametrize(
        ("trouble", "sentence"),
        [
            (hang, "短信网关没有及时回答。"),
            (slowly(1.0, answer(200)), "短信网关没有及时回答。"),
            (reset, "短信网关连不上，或者中途断了。"),
            (half, "短信网关连不上，或者中途断了。"),
        ],
    )
    def test_a_server_that_hangs_dawdles_or_hangs_up(
        self, gateway: Fake, noon: datetime, trouble: Any, sentence: str
    ) -> None:
        gateway.always = trouble
        with pytest.raises(SendFailure) as failure:
            Gateway().send(MESSAGE, noon)
        assert type(failure.value) is SendFailure
        assert failure.value.sentence == sentence

    def test_a_server_that_drips_does_not_hold_the_worker(self, gateway: Fake, noon: datetime) -> None:
        gateway.always = drip
        began = time.monotonic()
        with pytest.raises(SendFailure, match="及时"):
            Gateway().send(MESSAGE, noon)
        assert time.monotonic() - began < 3

    def test_an_endless_answer_is_cut(self, gateway: Fake, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(web, "MOST_BYTES", 900)
        gateway.always = answer(200, b"x" * (web.MOST_BYTES + 1))
        with pytest.raises(SendFailure, match="太长"):
            Gateway().send(MESSAGE, noon)

    def test_nobody_there(self, gateway: Fake, noon: datetime, settings: Any) -> None:
        settings.SMS_GATEWAY_URL = closed_port()
        with pytest.raises(SendFailure, match="连不上"):
            Gateway().send(MESSAGE, noon)

    @pytest.mark.parametrize("address", ["nonsense", "ftp://example.test/", "http://", "http://[::1"])
    def test_an_address_that_is_none(self, gateway: Fake, noon: datetime, settings: Any, address: str) -> None:
        settings.SMS_GATEWAY_URL = address
        with pytest.raises(SendFailure):
            Gateway().send(MESSAGE, noon)

    @pytest.mark.parametrize(
        ("named", "seconds"), [("120", 120), ("999999", 3600), ("-5", 0), ("soon", 0), ("9" * 30, 0), ("٣", 0)]
    )
    def test_how_long_to_wait(self, gateway: Fake, noon: datetime, named: str, seconds: int) -> None:
        gateway.always = answer(503, {}, Retry_After=named.encode().decode("latin-1"))
        with pytest.raises(SendFailure) as failure:
            Gateway().send(MESSAGE, noon)
        assert failure.value.wait == timedelta(seconds=seconds)


@pytest.mark.django_db
@pytest.mark.usefixtures("impatient")
class TestOverTheOutbox:
    @pytest.fixture(autouse=True)
    def _by_day_and_night(self, db: None) -> None:
        DeliveryRules.objects.create(quiet_from="00:00", quiet_until="00:00")

    def test_slow_then_broken_then_hung_up_then_sent_once(self, gateway: Fake, noon: datetime) -> None:
        notice = write(noon)
        gateway.acts = [hang, answer(500), reset, slowly(0.1, answer(200))]
        moment = noon
        for attempt in (1, 2, 3):
            assert deliver_due(moment).retried == 1
            notice.refresh_from_db()
            assert notice.next_try_at == moment + backoff(attempt)
            moment = notice.next_try_at
        assert deliver_due(moment).sent == 1
        assert deliver_due(moment + timedelta(days=1)).is_idle
        assert {asked.data["id"] for asked in gateway.asked} == {notice.key}
        assert len(gateway.asked) == 4

    def test_a_longer_wait_is_kept(self, gateway: Fake, noon: datetime) -> None:
        notice = write(noon)
        gateway.always = answer(429, {}, Retry_After="600")
        assert deliver_due(noon).retried == 1
        notice.refresh_from_db()
        assert notice.next_try_at == noon + timedelta(minutes=10)

    def test_refused_is_parked_at_the_first_try(self, gateway: Fake, noon: datetime) -> None:
        notice = write(noon)
        gateway.always = answer(422, {"reason": "号码在黑名单里"})
        assert deliver_due(noon).parked == 1
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == (State.PARKED, 1)
        assert notice.last_error == "短信网关拒收：号码在黑名单里。"

    def test_a_wrong_key_parks_few_and_then_rests(self, gateway: Fake, noon: datetime) -> None:
        for number in range(12):
            write(noon, number)
        gateway.always = answer(401, {"reason": "钥匙不对"})
        deliver_due(noon)
        assert Notice.objects.parked().count() == 5
        assert Notice.objects.filter(state=State.PENDING, attempts=0).count() == 7
        assert Gate.objects.get().paused_until is not None

    def test_the_log_holds_no_number_and_no_text(
        self, gateway: Fake, noon: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        write(noon)
        gateway.always = answer(422, {"reason": PHONE})
        with caplog.at_level(logging.DEBUG, logger="notices"):
            deliver_due(noon)
        assert caplog.text
        assert PHONE not in caplog.text
        assert "路灯" not in caplog.text
        assert PHONE not in Notice.objects.get().last_error

    def test_sent_anew_after_a_bounce_has_a_new_id(self, gateway: Fake, noon: datetime, person: Any) -> None:
        notice = write(noon)
        deliver_due(noon)
        Notice.objects.update(state=State.PARKED, bounced_at=noon, region_code="411625001")
        delivery.try_again(notice.pk, actor=person("clerk", "STATION_STAFF"), at=noon)
        assert deliver_due(noon).sent == 1
        assert [asked.data["id"] for asked in gateway.asked] == [f"notice-{notice.pk}-1", f"notice-{notice.pk}-2"]

    def test_sent_anew_after_a_time_out_keeps_its_id(self, gateway: Fake, noon: datetime, person: Any) -> None:
        notice = write(noon)
        Notice.objects.update(state=State.PARKED, region_code="411625001")
        delivery.try_again(notice.pk, actor=person("clerk", "STATION_STAFF"), at=noon)
        assert deliver_due(noon).sent == 1
        assert [asked.data["id"] for asked in gateway.asked] == [f"notice-{notice.pk}-1"]


class TestConfiguration:
    def test_nothing_configured_is_the_spool(self, settings: Any) -> None:
        settings.SMS_GATEWAY_URL = settings.SMS_GATEWAY_KEY_ID = settings.SMS_GATEWAY_SECRET = ""
        assert isinstance(senders.sender_for(Channel.SMS), SmsSpool)

    @pytest.mark.parametrize("missing", ["SMS_GATEWAY_URL", "SMS_GATEWAY_KEY_ID", "SMS_GATEWAY_SECRET"])
    def test_half_configured_sends_nothing_and_spools_nothing(
        self, gateway: Fake, noon: datetime, settings: Any, missing: str, tmp_path: Any
    ) -> None:
        setattr(settings, missing, "")
        settings.SMS_SPOOL_DIR = tmp_path
        with pytest.raises(SendFailure, match="没有配置完整"):
            senders.sender_for(Channel.SMS).send(MESSAGE, noon)
        assert gateway.asked == []
        assert list(tmp_path.iterdir()) == []

    def test_a_short_secret_is_none(self, gateway: Fake, noon: datetime, settings: Any) -> None:
        settings.SMS_GATEWAY_SECRET = "too short"
        with pytest.raises(SendFailure, match="没有配置完整"):
            Gateway().send(MESSAGE, noon)
