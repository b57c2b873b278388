"""How a message leaves the house: what every channel is like, e-mail, and text messages through a spool.

The spool is a file of JSON lines that the gateway program (an operator's box, or in a demonstration nobody)
picks up. A failure is told in a fixed sentence without the address, since it is stored and shown.
"""

import fcntl
import json
import os
import smtplib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage

from notices.quiet import OFFICE


class SendFailure(Exception):
    """The message did not leave; `sentence` says why without naming the address. Worth another try.

    `wait` is the least time until then where the other side named one.
    """

    def __init__(self, sentence: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(sentence)
        self.sentence, self.wait = sentence, wait


class Undeliverable(SendFailure):
    """The message will never leave as it is, for instance a wrong address: parked at once."""


class Refused(Undeliverable):
    """The other side refuses us and so would every message: this one is parked, and the channel counts a failure."""


class TooFast(SendFailure):
    """The channel takes no more for `wait`: the message keeps its place and loses no attempt."""


@dataclass(frozen=True)
class Outgoing:
    """What a channel needs. `key` stays the same when a message is sent again, so a gateway can drop the second."""

    key: str
    address: str = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)
    link: str = field(default="", repr=False)


class Sender(Protocol):
    """A channel: `send` returns when the message was handed over, or raises SendFailure."""

    def send(self, message: Outgoing, at: datetime) -> None:
        """Hand the message over."""


class Email:
    """E-mail by Django's mail settings."""

    def send(self, message: Outgoing, at: datetime) -> None:
        """Send one mail; a header carries the key."""
        mail = EmailMessage(
            subject=" ".join(message.title.split()),
            body=message.text,
            to=[message.address],
            headers={"X-Notice-Key": message.key},
        )
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, ValueError) as error:
            raise Undeliverable("邮箱地址不被接受。") from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendFailure("邮件服务器没有接收。") from error


class SmsSpool:
    """Text messages as lines of `SMS_SPOOL_DIR/sms-<day>.jsonl`, each written whole or not at all."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.SMS_SPOOL_DIR)

    def send(self, message: Outgoing, at: datetime) -> None:
        """Append one line and make it durable."""
        local = at.astimezone(OFFICE)
        record = {
            "key": message.key,
            "at": local.isoformat(timespec="seconds"),
            "phone": message.address,
            "text": message.text,
        }
        line = (json.dumps(record, ensure_ascii=False) + "\n").encode()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _append(self.folder / f"sms-{local:%Y-%m-%d}.jsonl", line)
        except OSError as error:
            raise SendFailure("短信网关没有接收。") from error


def _append(path: Path, line: bytes) -> None:
    """Add `line` at the end under a lock; a line cut short by a full disk is taken back. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        before = os.fstat(handle).st_size
        try:
            written = os.write(handle, line)
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
        if written != len(line):
            os.ftruncate(handle, before)
            raise OSError("short write")
    finally:
        os.close(handle)
