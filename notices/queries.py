"""Numbers about notices that other packages show."""

from accounts.models import User
from notices.models import Notice

# Above this the badge says "99+": nobody reads the exact number, and counting stops early.
CAP = 100


def unread_count(user: User) -> int:
    """Unread in-site notices of `user`, at most `CAP`; one indexed query."""
    return Notice.objects.inbox_of(user).unread()[:CAP].count()


def parked_count(user: User) -> int:
    """Parked notices that `user` looks after, at most `CAP`."""
    return Notice.objects.parked_visible_to(user)[:CAP].count()
