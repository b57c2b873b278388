"""Numbers about notices that other packages show."""

from accounts.models import User
from core.prepared import Prepared
from notices.models import Notice

# Above this the badge says "99+": nobody reads the exact number, and counting stops early.
CAP = 100
_unread = Prepared(
    lambda pk: Notice.objects.inbox_of(User(pk=pk)).unread().values_list("pk")[:CAP], 8_888_888
)  # every page of the desk shows it


def unread_count(user: User) -> int:
    """Unread in-site notices of `user`, at most `CAP`; one indexed query."""
    return len(_unread(user.pk))


def parked_count(user: User) -> int:
    """Parked notices that `user` looks after, at most `CAP`."""
    return Notice.objects.parked_visible_to(user)[:CAP].count()
