"""Numbers about notices that other packages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import User
from core.fields import keyed_hash
from core.prepared import Prepared
from notices.drafts import PURPOSE
from notices.models import Channel, Gate, GroupRobot, Notice, State

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


@dataclass(frozen=True)
class Resting:
    """A channel, or one group, that takes nothing at the moment: since when and until when, why, how many wait."""

    label: str
    gate: Gate
    waiting: int


def resting(at: datetime) -> list[Resting]:
    """The channels that rest at `at`, with what waits behind them. Two queries, three when a group's robot rests."""
    gates = list(Gate.objects.filter(paused_until__gt=at).order_by("name"))
    if not gates:
        return []
    waiting = {
        (channel, address_hash if channel == Channel.WECOM else ""): count
        for channel, address_hash, count in _waiting_by_way(gates)
    }
    names = {f"group:{robot.pk}": robot.name for robot in GroupRobot.objects.defer("address")}
    return [_resting(gate, names, waiting) for gate in gates]


def _waiting_by_way(gates: Iterable[Gate]) -> Iterable[tuple[str, str, int]]:
    pending = Notice.objects.filter(state=State.PENDING)
    groups = [keyed_hash(gate.name.partition(":")[2], PURPOSE) for gate in gates if ":" in gate.name]
    channels = [gate.name for gate in gates if ":" not in gate.name]
    counts = pending.filter(channel__in=channels).values_list("channel").annotate(count=Count("pk")).order_by()
    yield from ((channel, "", count) for channel, count in counts)
    robots = pending.filter(channel=Channel.WECOM, address_hash__in=groups)
    yield from robots.values_list("channel", "address_hash").annotate(count=Count("pk")).order_by()


def _resting(gate: Gate, names: dict[str, str], waiting: dict[tuple[str, str], int]) -> Resting:
    channel, _, address = gate.name.partition(":")
    label = Channel(channel).label + (f"“{names.get(address, '已移除')}”" if address else "")
    return Resting(label, gate, waiting.get((channel, keyed_hash(address, PURPOSE)), 0))


def group_names(notices: Iterable[Notice]) -> dict[str, str]:
    """The names of the groups that some notices went to, by their address; no query when there is none."""
    wanted = {notice.address.partition(":")[2] for notice in notices if notice.channel == Channel.WECOM}
    numbers = [int(number) for number in wanted if number.isdecimal()]
    if not numbers:
        return {}
    return {f"group:{pk}": name for pk, name in GroupRobot.objects.filter(pk__in=numbers).values_list("pk", "name")}
