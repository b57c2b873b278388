"""A station's running matters by limit, without the ended ones: the count of what runs passed all of them."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, OrderBy, Q


class Migration(migrations.Migration):
    """May be cut off and run again: an index left half-built is dropped."""

    atomic = False
    dependencies: ClassVar = [("opinions", "0020_service_posts")]
    operations: ClassVar = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS opinion_station_open", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="opinion",
            index=models.Index(
                "station",
                OrderBy(F("step_due_at"), nulls_last=True),
                "id",
                name="opinion_station_open",
                condition=Q(closed_at=None),
            ),
        ),
        RemoveIndexConcurrently(model_name="opinion", name="opinion_station_due"),
    ]
