"""`manage.py seed_demo`: the demo county, once; running it again changes nothing but the demo accounts' password."""

import os
import time
from datetime import date, datetime
from datetime import time as clock
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services import new_password
from core.workdays import OFFICE
from dashboards.demo.county import seed_demo


class Command(BaseCommand):
    """Fill an empty database with the demo county."""

    help = "Fill the database with the demo county (invented people and matters in real towns)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day that counts as today."""
        parser.add_argument("--at", type=date.fromisoformat, help="the day that counts as today, 2026-03-25")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and say what was done. Refuses where the portal is not a demo."""
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is off): nothing was written.")
        password = os.environ.get("DEMO_PASSWORD") or new_password()
        started = time.monotonic()
        is_new = seed_demo(_moment(options["at"]), password)
        words = "written" if is_new else "was there already; nothing changed but the password"
        self.stdout.write(f"demo county {words} ({time.monotonic() - started:.1f} s)")
        if "DEMO_PASSWORD" not in os.environ:
            self.stdout.write(f"password of the demo accounts: {password}")


def _moment(day: date | None) -> datetime:
    """The demo's now: the present, or ten in the morning of the day given."""
    return datetime.combine(day, clock(10), tzinfo=OFFICE) if day else timezone.now()
