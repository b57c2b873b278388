"""Console way back in for an administrator: new first password, second factor and lock-out forgotten."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import services
from accounts.models import User


class Command(BaseCommand):
    """Only somebody on the server's console can do this; the audit log shows it as done by the system."""

    help = "Gives an account a new first password and forgets its second factor and lock-out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user name."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the new password once. Raises CommandError for an unknown name."""
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("No such account.")
        now = timezone.now()
        password = services.reset_password(user, actor=None, at=now)
        services.reset_second_factor(user, actor=None, at=now)
        services.unlock(user, actor=None, at=now)
        self.stdout.write(password)
