"""A kept connection is asked whether it lives when it was silent, and not while it answers."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection

from core.database import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Count how often the connection is asked, as a server keeps it: with checks on and open between requests."""
    found: list[bool] = []
    real = connection.is_usable
    monkeypatch.setattr(connection, "is_usable", lambda: found.append(real()) or found[-1])
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    connection.close()
    yield found
    connection.close()


def request() -> None:
    """What a request does with the connection: check at the start, one statement, check at the end."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close_if_unusable_or_obsolete()


def test_requests_close_together_do_not_ask(asked: list[bool]) -> None:
    for _ in range(4):
        request()
    assert asked == []


def test_after_a_silence_it_is_asked_once(asked: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    request()
    monkeypatch.setattr(base, "TRUSTED_FOR", 0.0)
    request()
    assert asked == [True]


def test_a_connection_that_died_in_the_silence_is_replaced(asked: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    request()
    _kill(connection.connection)
    monkeypatch.setattr(base, "TRUSTED_FOR", 0.0)
    request()
    assert asked == [False]


def test_an_error_ends_the_trust(asked: list[bool]) -> None:
    request()
    _kill(connection.connection)
    with pytest.raises(Exception, match="terminat|closed|connection"):
        request()
    request()
    assert asked[-1:] == [False]


def _kill(link: Any) -> None:
    """Let the server end the connection behind our back, as a restart does."""
    with psycopg2.connect(link.dsn, password=connection.settings_dict["PASSWORD"] or None) as other:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [link.get_backend_pid()])
    other.close()
