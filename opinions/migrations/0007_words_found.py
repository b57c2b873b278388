"""Copy the words of the rows there are, in small transactions, and build the index beside running work.

Every step may be cut off and run again: the copy leaves out what is there, and an index left half-built is dropped.
"""

from typing import Any, ClassVar

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_ROWS = 5000
_COPY = """
INSERT INTO opinions_opinionwords (opinion_id, region_code, station_id, folded)
SELECT id, region_id, station_id, body_folded FROM opinions_opinion WHERE id > %s AND id <= %s
ON CONFLICT (opinion_id) DO NOTHING
"""


def copy_words(apps: Any, editor: Any) -> None:
    """Copy by ranges of ids, each in a transaction of its own, so that nobody waits long for a row."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1) - 1, coalesce(max(id), 0) FROM opinions_opinion")
        first, last = cursor.fetchone()
        for start in range(first, last, _ROWS):
            cursor.execute(_COPY, [start, start + _ROWS])


class Migration(migrations.Migration):
    """Copy, index, count."""

    atomic = False
    dependencies: ClassVar = [("opinions", "0006_words_apart")]
    operations: ClassVar = [
        migrations.RunPython(copy_words, migrations.RunPython.noop),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS opinion_words_grams", migrations.RunSQL.noop),
        migrations.RunSQL("SET maintenance_work_mem = '256MB'", "RESET maintenance_work_mem"),
        AddIndexConcurrently(
            model_name="opinionwords",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("folded"),
                    models.F("region_code"),
                    models.F("station_id"),
                    function="opinion_grams",
                    output_field=django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None),
                ),
                gin_pending_list_limit=32768,
                name="opinion_words_grams",
            ),
        ),
        migrations.RunSQL("RESET maintenance_work_mem", migrations.RunSQL.noop),
        # So many frequent characters and pairs are counted that what is left occurs in less than one matter of 200.
        migrations.RunSQL(
            "ALTER INDEX opinion_words_grams ALTER COLUMN 1 SET STATISTICS 1000", migrations.RunSQL.noop
        ),
        migrations.RunSQL("ANALYZE opinions_opinionwords", migrations.RunSQL.noop),
    ]
