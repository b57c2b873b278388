"""Questions of the service posts' pages: where somebody may write, who sits at a post today, what the month brought."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Role
from duties.models import Shift
from duties.querysets import serving_at
from duties.states import ShiftState
from opinions.models import PostRecord
from opinions.posts.models import Kind
from stations.models import Representative, Station

_IN_PUBLIC = {
    Kind.INFORMATION: "答复咨询、帮填表 {} 次",
    Kind.MEDIATION: "调解 {} 起",
    Kind.LEGAL: "解答法律问题 {} 次",
    Kind.PROJECT: "收到民生项目想法 {} 条",
}


def stations_to_write(user: Any) -> "QuerySet[Station]":
    """The open stations at whose posts this user writes: his own, those of his town, those where he serves."""
    inside = Q(code__in=user.station_codes)
    for prefix in user.prefixes(Role.TOWN_STAFF):
        inside |= Q(region__code__startswith=prefix)
    if user.has_role(Role.REPRESENTATIVE):
        inside |= Q(pk__in=serving_at(user))
    return Station.objects.filter(inside, is_active=True).select_related("region").order_by("region_id", "id")


def keeps_posts(user: Any) -> bool:
    """Whether he writes for others too, not for himself alone."""
    return bool(user.has_role(Role.STATION_STAFF, Role.TOWN_STAFF))


def people_at(stations: "QuerySet[Station]", user: Any) -> "QuerySet[Representative]":
    """Whom a record may name: the representatives of the stations; a representative names himself alone."""
    rows = Representative.objects.filter(
        services__station__in=stations.values("pk"), services__until=None, is_active=True
    )
    if not keeps_posts(user):
        rows = rows.filter(user_id=user.pk)
    return rows.distinct().order_by("name", "pk")


def sits_at(station: Station, kind: str, day: date) -> int | None:
    """The key of whoever the roster names for a post on a day; None when nobody or several sit there."""
    rows = Shift.objects.published().filter(station=station, day=day, post=kind).exclude(representative=None)
    keys = set(rows.exclude(state=ShiftState.ABSENT).values_list("representative_id", flat=True))
    return keys.pop() if len(keys) == 1 else None


def posts_today(user: Any, day: date) -> set[str]:
    """The posts at which this user's own representative sits today."""
    return set(Shift.objects.of(user).filter(day=day, post__in=Kind.values).values_list("post", flat=True))


def to_ask(user: Any, day: date, most: int) -> tuple[list[PostRecord], int]:
    """The mediations that this user should ask about by a day, longest due first, and how many there are in all."""
    due = PostRecord.objects.visible_to(user).due(day)
    rows = list(due.select_related("station").order_by("follow_up_on", "pk")[: most + 1])
    return rows[:most], due.count() if len(rows) > most else len(rows)


def month_words(station: Station, day: date) -> str:
    """What the posts did this month as anybody may read it, "" when nothing: numbers, no person and no subject."""
    rows = PostRecord.objects.standing().filter(station=station, day__range=(day.replace(day=1), day))
    found = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return "，".join(words.format(found[kind]) for kind, words in _IN_PUBLIC.items() if kind in found)


def counts_by_kind(rows: "QuerySet[PostRecord]") -> list[dict[str, Any]]:
    """How many records stand at each post, in the order of the posts; one statement."""
    counts = rows.aggregate(**{kind: Count("pk", filter=Q(kind=kind)) for kind in Kind.values})
    return [{"kind": kind.value, "label": kind.label, "count": counts[kind]} for kind in Kind]
