"""No log line holds a whole receipt or entry code, whoever wrote the line."""

import io
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from liaison.logs import PlainLine, without_codes
from opinions import public_access

RECEIPT, CODE = "K7QM4XWD3R", "K7QM4XWD"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"Internal Server Error: /t/{RECEIPT}/", "Internal Server Error: /t/K7…/"),
        (f"Not Found: /t/{RECEIPT}/rate/", "Not Found: /t/K7…/rate/"),
        (f"/t/{RECEIPT}/photos/9b2f/small/", "/t/K7…/photos/9b2f/small/"),
        ("/t/K7QM-4XWD-3R/", "/t/K7…/"),
        ("/t/%EF%BC%AB7/", "/t/%E…/"),
        (f"/q/{CODE}/", "/q/K7…/"),
        (f"/desk/stations/codes/{CODE}/a4.pdf", "/desk/stations/codes/K7…/a4.pdf"),
        (f'"GET /t/?code={RECEIPT}&digits=1234 HTTP/1.1" 302', '"GET /t/?code=K7…&digits=12… HTTP/1.1" 302'),
        (f"/s/mingnan/message/?q={CODE}", "/s/mingnan/message/?q=K7…"),
        (f"/t/{RECEIPT}/ and /q/{CODE}/ and /t/{RECEIPT}/", "/t/K7…/ and /q/K7…/ and /t/K7…/"),
        ("/t/", "/t/"),
        ("/t/K7/", "/t/K7/"),
        ("/s/mingnan/board/", "/s/mingnan/board/"),
        ("/desk/opinions/12/accept/", "/desk/opinions/12/accept/"),
    ],
)
def test_a_code_in_an_address_is_cut(line: str, left: str) -> None:
    assert without_codes(line) == left


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the portal's own handler writes, as the settings configure it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    made = dict(settings.LOGGING["formatters"]["line"])
    handler.setFormatter(PlainLine(made["format"]) if made.get("()") == "liaison.logs.PlainLine" else None)
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security")]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)


def test_an_unexpected_error_is_logged_without_the_receipt(
    db: None, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"no page for /t/{RECEIPT}/")

    monkeypatch.setattr(public_access.limits, "spent", broken)
    answer = Client(raise_request_exception=False).get(f"/t/{RECEIPT}/")
    assert answer.status_code == 500
    line = written.getvalue()
    assert "/t/K7…/" in line
    assert "Traceback" in line
    assert RECEIPT not in line


def test_every_handler_of_the_settings_writes_such_lines() -> None:
    used = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}
    assert {settings.LOGGING["formatters"][name]["()"] for name in used} == {"liaison.logs.PlainLine"}


def test_the_servers_own_log_of_requests_goes_the_same_way() -> None:
    assert settings.LOGGING["loggers"]["granian.access"]["handlers"] == ["stderr"]
    assert settings.LOGGING["loggers"]["granian.access"]["propagate"] is False


def test_a_body_that_is_too_big_is_one_line_without_a_word_of_it(db: None, written: io.StringIO, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(f"/t/{RECEIPT}/add/", {"body": "田大山 13812341234 " * 40})
    assert answer.status_code == 400
    assert "一次送得太多" in answer.content.decode()
    [line] = [line for line in written.getvalue().splitlines() if "RequestDataTooBig" in line]
    assert "(POST '/t/K7…/add/')" in line
    assert "Traceback" not in written.getvalue()
    for word in ("田大山", "13812341234", RECEIPT):
        assert word not in written.getvalue()


def test_too_many_fields_and_a_wrong_host_are_one_line_each(db: None, written: io.StringIO, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    client = Client(raise_request_exception=False)
    assert client.post("/accounts/login/", {f"f{number}": "x" for number in range(20)}).status_code == 400
    settings.ALLOWED_HOSTS = ["liaison.example"]
    assert client.get("/t/", headers={"host": "evil.example"}).status_code == 400
    assert "Traceback" not in written.getvalue()
    assert [line for line in written.getvalue().splitlines() if "django.security.TooManyFieldsSent" in line]
    assert [line for line in written.getvalue().splitlines() if "django.security.DisallowedHost" in line]


def test_an_address_with_a_line_break_makes_no_second_line(written: io.StringIO) -> None:
    name, trace = "django.security.DisallowedHost", (None, None, None)
    record = logging.LogRecord(name, logging.ERROR, "", 0, "a\nb %s", ("c\r\nd",), trace)
    line = PlainLine("%(message)s").format(record)
    assert line == "a b c d"
    assert record.msg == "a\nb %s", "other handlers keep the record"
