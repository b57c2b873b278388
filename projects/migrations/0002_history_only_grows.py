"""Nobody rewrites what happened to an idea: a trigger refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

from core.appendonly import append_only


class Migration(migrations.Migration):

    dependencies = [("projects", "0001_initial")]

    operations = [append_only("projects_idealine")]
