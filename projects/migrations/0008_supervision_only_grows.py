"""What was reported, changed or found is never rewritten: a trigger refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

from core.appendonly import append_only


class Migration(migrations.Migration):

    dependencies = [("projects", "0007_supervision")]

    operations = [
        append_only("projects_progressreport"),
        append_only("projects_progressline"),
        append_only("projects_workchange"),
        append_only("projects_inspection"),
        append_only("projects_finding"),
    ]
