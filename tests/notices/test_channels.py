"""The ways out of the house: the spool file and e-mail."""

import json
import os
import smtplib
import stat
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from notices import channels
from notices.channels import Email, Outgoing, SendFailure, SmsSpool, Undeliverable
from notices.models import Channel
from notices.senders import sender_for


def message(number: int = 1, text: str = "您说的事有结果了。") -> Outgoing:
    return Outgoing(f"notice-{number}", f"1381234{number:04}", "有结果了", text)


def test_a_line_holds_what_a_gateway_needs(tmp_path: Path, noon: datetime) -> None:
    SmsSpool(tmp_path / "sms").send(message(text="洺南街道\n第二行"), noon)
    [file] = (tmp_path / "sms").iterdir()
    assert json.loads(file.read_text()) == {
        "key": "notice-1",
        "at": "2026-03-25T12:00:00+08:00",
        "phone": "13812340001",
        "text": "洺南街道\n第二行",
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_lines_from_many_threads_never_mix(tmp_path: Path, noon: datetime) -> None:
    spool = SmsSpool(tmp_path)
    text = "长" * 3000

    def write(start: int) -> None:
        for number in range(start, start + 25):
            spool.send(message(number, text), noon)

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    [file] = tmp_path.iterdir()
    records = [json.loads(line) for line in file.read_text().splitlines()]
    assert len({record["key"] for record in records}) == 100
    assert {record["text"] for record in records} == {text}


def test_a_line_cut_short_by_a_full_disk_is_taken_back(
    tmp_path: Path, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = SmsSpool(tmp_path)
    spool.send(message(1), noon)
    [file] = tmp_path.iterdir()
    before = file.read_bytes()
    whole = os.write
    with monkeypatch.context() as patch:
        patch.setattr(channels.os, "write", lambda handle, line: whole(handle, line[:20]))
        with pytest.raises(SendFailure):
            spool.send(message(2), noon)
    assert file.read_bytes() == before
    spool.send(message(2), noon)
    assert len(file.read_text().splitlines()) == 2


def test_a_disk_error_is_a_failure_without_the_number(
    tmp_path: Path, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(channels.os, "fsync", full)
    with pytest.raises(SendFailure) as failure:
        SmsSpool(tmp_path).send(message(1), noon)
    assert "13812340001" not in str(failure.value)
    assert (next(tmp_path.iterdir())).read_bytes() == b""


def test_a_folder_that_cannot_be_made(tmp_path: Path, noon: datetime) -> None:
    (tmp_path / "sms").write_text("a file stands here")
    with pytest.raises(SendFailure):
        SmsSpool(tmp_path / "sms").send(message(), noon)


def test_mail(noon: datetime, settings: Any) -> None:
    Email().send(Outgoing("notice-1", "a@example.test", "有结果了\nBcc: x@example.test", "正文<b>"), noon)
    [sent] = mail.outbox
    assert sent.to == ["a@example.test"]
    assert sent.subject == "有结果了 Bcc: x@example.test"
    assert sent.body == "正文<b>"
    assert sent.extra_headers["X-Notice-Key"] == "notice-1"


def _raising(error: Exception) -> Callable[..., None]:
    def send(*_: Any, **__: Any) -> None:
        raise error

    return send


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.test": (550, b"no such user a@example.test")}), Undeliverable),
        (smtplib.SMTPServerDisconnected("gone"), SendFailure),
        (TimeoutError(), SendFailure),
        (ConnectionRefusedError(), SendFailure),
    ],
)
def test_mail_failures_are_told_without_the_address(
    monkeypatch: pytest.MonkeyPatch, noon: datetime, error: Exception, expected: type[SendFailure]
) -> None:
    monkeypatch.setattr(EmailMessage, "send", _raising(error))
    with pytest.raises(expected) as failure:
        Email().send(Outgoing("notice-1", "a@example.test", "有结果了", "正文"), noon)
    assert "example.test" not in failure.value.sentence
    assert type(failure.value) is expected


def test_senders_by_channel() -> None:
    assert isinstance(sender_for(Channel.EMAIL), Email)
    with pytest.raises(Undeliverable):
        sender_for(Channel.IN_SITE)
    with pytest.raises(Undeliverable):
        sender_for("PIGEON")


def test_an_outgoing_message_shows_nothing_but_its_key() -> None:
    assert repr(message()) == "Outgoing(key='notice-1')"
