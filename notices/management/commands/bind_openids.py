"""`manage.py bind_openids < list`: who is who on the official WeChat account, as its own tools gave it out.

A line is `phone,<number>,<openid>` for a resident or `user,<user name>,<openid>` for a colleague. The list comes from
standard input, so that no number stands in a shell's history; nothing of it is printed.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from core.text import clean_phone
from notices import services


class Command(BaseCommand):
    """Prints how many were bound, and the numbers of the lines that could not be read."""

    help = "Binds telephone numbers and accounts to followers of the official WeChat account; reads standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        """Bind line by line; a bad line does not stop the others."""
        bound, bad, at = 0, [], timezone.now()
        for number, line in enumerate(sys.stdin, 1):
            if not line.strip():
                continue
            try:
                whose, openid = _read(line)
            except (ValueError, User.DoesNotExist):
                bad.append(number)
                continue
            services.bind_wechat(openid, at=at, **whose)
            bound += 1
        self.stdout.write(f"bound: {bound}")
        if bad:
            self.stderr.write(f"not understood, lines: {', '.join(map(str, bad))}")


def _read(line: str) -> tuple[dict[str, Any], str]:
    sort, who, openid = (part.strip() for part in line.split(","))
    if not openid or not openid.isascii() or not who:
        raise ValueError("no openid")
    if sort == "phone":
        return {"phone": clean_phone(who)}, openid
    if sort == "user":
        return {"user": User.objects.get(username__iexact=who)}, openid
    raise ValueError("neither phone nor user")
