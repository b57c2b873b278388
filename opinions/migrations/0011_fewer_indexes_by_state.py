"""One index for a station's matters by state; four go whose columns other indexes begin with: each message wrote them.

The indexes are dropped by name: altering the fields would also check every foreign key anew under a lock.
"""

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


def _without(name: str, *columns: str) -> migrations.RunSQL:
    lost = [f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {name} ({column})" for index, column in columns]
    return migrations.RunSQL([f"DROP INDEX CONCURRENTLY IF EXISTS {index}" for index, _ in columns], lost)


class Migration(migrations.Migration):
    """May be cut off and run again: an index left half-built is dropped."""

    atomic = False
    dependencies: ClassVar = [("opinions", "0010_bulk_runs")]
    operations: ClassVar = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS opinion_station_state", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="opinion",
            index=models.Index(
                "station",
                "state",
                models.OrderBy(models.F("step_due_at"), nulls_last=True),
                "id",
                name="opinion_station_state",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _without(
                    "opinions_opinion",
                    ("opinions_opinion_station_id_45ebf2ff", "station_id"),
                    ("opinions_opinion_region_id_16152789", "region_id"),
                    ("opinions_opinion_region_id_16152789_like", "region_id varchar_pattern_ops"),
                ),
                _without("opinions_historyentry", ("opinions_historyentry_opinion_id_6763e505", "opinion_id")),
            ],
            state_operations=[
                migrations.AlterField(
                    "historyentry",
                    "opinion",
                    models.ForeignKey("opinions.opinion", PROTECT, related_name="history", db_index=False),
                ),
                migrations.AlterField(
                    "opinion",
                    "region",
                    models.ForeignKey(
                        "stations.region", PROTECT, related_name="+", verbose_name="地点", db_index=False
                    ),
                ),
                migrations.AlterField(
                    "opinion",
                    "station",
                    models.ForeignKey(
                        "stations.station",
                        PROTECT,
                        related_name="opinions",
                        verbose_name="融合站点",
                        db_index=False,
                    ),
                ),
            ],
        ),
    ]
