"""Whose turn it is, between real connections."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from core.turns import wait_turn

pytestmark = pytest.mark.django_db(transaction=True)


def comes_in(name: str) -> bool:
    """Whether another connection gets the turn within a moment."""
    got = []

    def ask() -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '300ms'")
                wait_turn(name)
                got.append(True)
        except OperationalError:
            got.append(False)
        finally:
            connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(timeout=30)
    return got == [True]


def test_one_after_another() -> None:
    with transaction.atomic():
        wait_turn("a")
        assert not comes_in("a")
        assert comes_in("b")
    assert comes_in("a")


def test_it_ends_with_a_transaction_that_failed() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        wait_turn("a")
        raise ZeroDivisionError
    assert comes_in("a")


def test_who_has_it_may_ask_again() -> None:
    with transaction.atomic():
        wait_turn("a")
        wait_turn("a")
    assert comes_in("a")
