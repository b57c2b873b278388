"""An index for the last movement of each station, built beside running work."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """May be cut off and run again: an index left half-built is dropped."""

    atomic = False
    dependencies: ClassVar = [("opinions", "0007_words_found")]
    operations: ClassVar = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS opinion_station_moved", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="opinion",
            index=models.Index(fields=["station", "-changed_at"], name="opinion_station_moved"),
        ),
    ]
