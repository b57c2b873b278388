"""Count the matters there are. Whatever is written meanwhile is counted too; may be cut off and run again."""

from typing import Any, ClassVar

from django.db import migrations

_AT_ONCE = 100_000


def count_older(apps: Any, editor: Any) -> None:
    """Append what is missing, then add it up in pieces, each in a transaction of its own."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT board_recount()")
        while True:
            cursor.execute("SELECT board_fold(%s)", [_AT_ONCE])
            if cursor.fetchone()[0] < _AT_ONCE:
                break
        for table in ("daycount", "monthcount", "dayanswers", "monthanswers", "boardchange"):
            cursor.execute(f"ANALYZE dashboards_{table}")


class Migration(migrations.Migration):
    """Rows only."""

    atomic = False
    dependencies: ClassVar = [("dashboards", "0001_counted_as_it_happens")]
    operations: ClassVar = [migrations.RunPython(count_older, migrations.RunPython.noop)]
