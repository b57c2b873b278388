"""Make the history table append-only in the database itself."""

from typing import ClassVar

from django.db import migrations

from core.appendonly import append_only


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies: ClassVar = [("opinions", "0001_initial")]
    operations: ClassVar = [append_only("opinions_historyentry")]
