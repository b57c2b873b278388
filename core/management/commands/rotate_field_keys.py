"""`manage.py rotate_field_keys`: encrypt every personal value anew with the first of FIELD_KEYS.

Run it after putting a new key in front, and before removing the old one. Works in batches on a running portal and may
be stopped and run again at any time.
"""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction

from core.fields import EncryptedTextField

BATCH = 500  # rows locked at a time


class Command(BaseCommand):
    """Prints the number of rows per table, never a value."""

    help = "Encrypt all personal data anew with the newest key of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through every table that has an encrypted column."""
        for model in apps.get_models():
            names = encrypted_columns(model)
            if names and not model._meta.proxy:
                self.stdout.write(f"{model._meta.label}: {rotate_rows(model, names)}")


def encrypted_columns(model: type[models.Model]) -> list[str]:
    """Names of the encrypted columns that the model's own table has."""
    return [field.name for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]


def rotate_rows(model: type[models.Model], names: list[str], batch: int = BATCH) -> int:
    """Encrypt the columns of every row anew; returns the number of rows.

    Rows are locked while they are rewritten, so a change made at the same moment is not overwritten with the old value.
    """
    rows, last, count = model._base_manager.order_by("pk"), None, 0
    while True:
        with transaction.atomic():
            further = rows if last is None else rows.filter(pk__gt=last)
            found = list(further.select_for_update().only("pk", *names)[:batch])
            if not found:
                return count
            # Reading decrypts with whichever key fits, writing encrypts with the newest.
            model._base_manager.bulk_update(found, names)
            last, count = found[-1].pk, count + len(found)
