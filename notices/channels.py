"""How a message leaves the house: the channel protocol, e-mail, and text messages through a spool.

The spool is a file of JSON lines that the gateway program (an operator's box, or in a demonstration nobody)
picks up. A failure is told in a fixed sentence without the address, since it is stored and shown.
"""

import fcntl
import json
import os
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage

from notices.quiet import OFFICE
from notices.states import Channel


class SendFailure(Exception):
    """The message did not leave; `sentence` says why without naming the address. Worth another try."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Undeliverable(SendFailure):
    """The message will never leave as it is, for instance a wrong address: parked at once."""


@dataclass(frozen=True)
class Outgoing:
    """What a channel needs. `key` stays the same when a message is sent again, so a gateway can drop the second."""

    key: str
    address: str = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)


class Sender(Protocol):
    """A channel: `send` returns when the message was handed over, or raises SendFailure."""

    def send(self, message: Outgoing, at: datetime) -> None:
        """Hand the message over."""


class Email:
    """E-mail by Django's mail settings."""

    def send(self, message: Outgoing, at: datetime) -> None:
        """Send one mail; `Message-ID` carries the key."""
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


SENDERS: dict[str, Callable[[], Sender]] = {Channel.EMAIL: Email, Channel.SMS: SmsSpool}


def sender_for(channel: str) -> Sender:
    """The sender of `channel`; raises Undeliverable for a channel that needs none or does not exist."""
    if channel not in SENDERS:
        raise Undeliverable("没有这个发送渠道。")
    return SENDERS[channel]()
