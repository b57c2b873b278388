"""Short messages over the county's HTTP gateway, and its word whether the telephone took them: docs/sms-gateway.md."""

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core.text import tidy
from notices import kinds, web
from notices.channels import Outgoing, Refused, SendFailure, Undeliverable
from notices.lost import report_lost
from notices.models import Notice
from notices.states import Channel, State

WHO = "短信网关"
# A receipt that is older, or of the future, is refused even when it is signed.
WINDOW = timedelta(minutes=5)
SHORTEST_SECRET = 16
_KEY = re.compile(r"notice-([0-9]{1,18})-([0-9]{1,4})")
_NUMBER = re.compile(r"[0-9]{5,}")


class Forged(Exception):
    """A receipt that nobody with the secret sent now. It is never said what was wrong with it."""


class ComeAgain(Exception):
    """The receipt is good, but the message is being sent at this moment."""


def is_wanted() -> bool:
    """Is anything of the gateway configured?"""
    return any(_settings())


def is_ready() -> bool:
    """Is all of it?"""
    return all(_settings()) and len(settings.SMS_GATEWAY_SECRET) >= SHORTEST_SECRET


def _settings() -> tuple[str, str, str]:
    return settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_KEY_ID, settings.SMS_GATEWAY_SECRET


def signature(purpose: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 in hex over purpose, time and body. The purpose keeps what we sent from coming back as a receipt."""
    said = f"{purpose}\n{stamp}\n".encode() + body
    return hmac.new(settings.SMS_GATEWAY_SECRET.encode(), said, hashlib.sha256).hexdigest()


class Gateway:
    """Sends one message; the gateway drops a second one of the same id."""

    def send(self, message: Outgoing, at: datetime) -> None:
        """Hand it over. 4xx parks it with the reason, anything else that is not 2xx is tried again."""
        if not is_ready():
            raise SendFailure("短信网关没有配置完整，先不发。")
        what = {"id": message.key, "to": message.address, "text": message.text, "sign": settings.SMS_GATEWAY_SIGN}
        body, stamp = web.as_json(what), str(int(at.timestamp()))
        headers = {
            "X-Liaison-Key": settings.SMS_GATEWAY_KEY_ID,
            "X-Liaison-Timestamp": stamp,
            "X-Liaison-Signature": signature("send", stamp, body),
        }
        answer = web.post(settings.SMS_GATEWAY_URL, body, WHO, headers)
        if answer.is_accepted:
            return
        if answer.is_refused:
            fault = Refused if answer.status in (401, 403) else Undeliverable
            raise fault(f"短信网关拒收：{reason(answer.data.get('reason')) or f'代码 {answer.status}'}。")
        raise SendFailure(f"短信网关出错（代码 {answer.status}）。", answer.wait)


def reason(given: object) -> str:
    """The other side's words, short, on one line, and without anything that could be a telephone number."""
    words = " ".join(tidy(given).split()) if isinstance(given, str) else ""
    return _NUMBER.sub("…", words)[:60].rstrip("。.")


def check(key: str, stamp: str, signed: str, body: bytes, at: datetime) -> None:
    """Raise Forged unless key, time and signature of a receipt are all right; all are looked at every time."""
    said_at = int(stamp) if stamp.isdecimal() and stamp.isascii() and len(stamp) < 12 else 0
    answers = (
        hmac.compare_digest(signature("receipt", stamp, body).encode(), signed.encode()),
        hmac.compare_digest(key.encode(), settings.SMS_GATEWAY_KEY_ID.encode()),
        abs(at.timestamp() - said_at) <= WINDOW.total_seconds(),
        is_ready(),
    )
    if not all(answers):
        raise Forged


@transaction.atomic
def take_receipt(body: bytes, at: datetime) -> bool:
    """Write down what a checked receipt says; returns whether it changed anything. The first final word holds.

    Raises ValueError for a body that is no receipt, Notice.DoesNotExist for an unknown id, ComeAgain.
    """
    key, is_delivered, why = _understood(body)
    found = _KEY.fullmatch(key)
    if found is None:
        raise Notice.DoesNotExist
    notice = Notice.objects.select_for_update().get(pk=int(found[1]), channel=Channel.SMS)
    if notice.round != int(found[2]) or notice.delivered_at or notice.bounced_at or notice.state == State.TOLD:
        return False
    if notice.state == State.CLAIMED:
        raise ComeAgain
    _write(notice, is_delivered, why, at)
    return True


def _understood(body: bytes) -> tuple[str, bool, str]:
    try:
        given = json.loads(body)
    except RecursionError as error:
        raise ValueError("no receipt") from error
    if not isinstance(given, dict) or given.get("status") not in ("delivered", "failed"):
        raise ValueError("no receipt")
    return str(given.get("id", "")), given["status"] == "delivered", reason(given.get("reason"))


def _write(notice: Notice, is_delivered: bool, why: str, at: datetime) -> None:
    """A message that we take for unsent may have arrived all the same: then it is not sent again."""
    notice.sent_at = notice.sent_at or at
    if is_delivered:
        notice.state, notice.delivered_at, notice.last_error = State.SENT, at, ""
    else:
        notice.state, notice.bounced_at, notice.last_error = State.PARKED, at, f"手机没收到：{why or '没说原因'}。"
    notice.save(update_fields=["state", "sent_at", "delivered_at", "bounced_at", "last_error"])
    if is_delivered:
        kinds.arrive(notice.subject, notice.kind, notice.created_at, at)
    else:
        report_lost(notice, at)
