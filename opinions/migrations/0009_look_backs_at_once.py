"""An index for the few look-backs that have no card yet, so that the sweep need not read every running limit."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """May be cut off and run again: an index left half-built is dropped."""

    atomic = False
    dependencies: ClassVar = [("opinions", "0008_newest_movement")]
    operations: ClassVar = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS deadline_looking_back", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="deadline",
            index=models.Index(
                "due_at",
                name="deadline_looking_back",
                condition=models.Q(ended_at=None, red_told_at=None, step="LOOK_BACK"),
            ),
        ),
    ]
