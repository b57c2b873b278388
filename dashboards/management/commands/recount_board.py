"""`manage.py recount_board`: count the county board anew from the matters, while everybody works."""

from typing import Any

from django.core.management.base import BaseCommand

from dashboards.rollup import recount


class Command(BaseCommand):
    """Needed only after matters were written with triggers switched off; running it otherwise changes nothing."""

    help = "Count the county board anew from the matters. Safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and say in how many places the sums were wrong."""
        self.stdout.write(f"{recount()} sums were wrong and are right now")
