"""Whose turn it is: acts that must run one after another, across every process, whatever rows they touch."""

from django.db import connection


def wait_turn(name: str) -> None:
    """Wait until nobody else is within the turn `name`; it ends with the caller's transaction.

    Raises nothing of its own: a statement time-out of the database passes through.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
