"""Write the county of the public lists: regions, units, categories, stations."""

from typing import Any

from django.core.management.base import BaseCommand

from stations.models import Category, Region, Station, Unit
from stations.seeding import seed_county


class Command(BaseCommand):
    """Safe to run again: what is there stays as the county edited it."""

    help = "Write what is missing of the county's regions, units, categories and stations."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and count."""
        seed_county()
        counted = (Region, Unit, Category, Station)
        words = "，".join(f"{model._meta.verbose_name} {model.objects.count()}" for model in counted)
        self.stdout.write(self.style.SUCCESS(words))
