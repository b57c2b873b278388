"""Keeping the county board's sums: adding up what the triggers appended, and counting anew from the matters.

Both are functions of the database (`dashboards/migrations/0001_counted_as_it_happens.py`). Neither changes what the
board shows while the sums are right, so they may run at any time, twice or never.
"""

from django.db import connection

AT_ONCE = 20_000


def fold(at_once: int = AT_ONCE) -> int:
    """Add all appended changes to the sums, so many in one transaction; returns how many there were."""
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT board_fold(%s)", [at_once])
            (number,) = cursor.fetchone()
            total += number
            if number < at_once:
                return total


def recount() -> int:
    """Count every matter and append what the sums lack; returns in how many places they were wrong, 0 as a rule.

    Whoever writes or reads meanwhile is not hindered. Needed after matters were loaded with triggers switched off.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT board_recount()")
        (wrong,) = cursor.fetchone()
    fold()
    return int(wrong)
