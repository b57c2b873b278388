"""`manage.py seed_demo`: the demo county, once; running it again changes nothing but the demo accounts' password."""

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import new_password
from dashboards.demo.county import seed_demo


class Command(BaseCommand):
    """Fill an empty database with the demo county."""

    help = "Fill the database with the demo county (invented people and matters in real towns)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and say what was done. Refuses where the portal is not a demo."""
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is off): nothing was written.")
        password = os.environ.get("DEMO_PASSWORD") or new_password()
        started = time.monotonic()
        is_new = seed_demo(timezone.now(), password)
        words = "written" if is_new else "was there already; nothing changed but the password"
        self.stdout.write(f"demo county {words} ({time.monotonic() - started:.1f} s)")
        if "DEMO_PASSWORD" not in os.environ:
            self.stdout.write(f"password of the demo accounts: {password}")
