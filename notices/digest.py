"""One message instead of ten: in-site notices that nobody read in time become one, and go out by other channels.

An in-site notice is there at once; what is here runs in the worker when its `pass_on_at` has come. Only notices to
colleagues pass here. A resident's messages are never put together: each is written for its own telephone and matter.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from django.db import transaction

from accounts.models import Role, RoleGrant
from core.turns import wait_turn
from notices import kinds, texts, words
from notices.drafts import Draft, openid_of, write
from notices.kinds import Family, UnknownKind
from notices.models import GroupRobot, Notice
from notices.states import Channel, State

BATCH = 2000
# Fewer stay as they are on the page: each leads straight to its matter.
FOLD_FROM = 3
LISTED = 20
GROUP_ADDRESS = "group:"
Places = dict[int, list[tuple[str, str]]]


@transaction.atomic
def gather(at: datetime, limit: int = BATCH) -> int:
    """Fold and pass on what is due at `at`; returns how many in-site notices were dealt with.

    One worker at a time: two would each lock some of one person's rows and send two messages instead of one. Rows are
    locked and marked in the same transaction, so that a second run passes nothing on twice.
    """
    wait_turn("digest")
    due = Notice.objects.to_pass_on(at).select_for_update(skip_locked=True, of=("self",))
    rows = list(due.select_related("user").order_by("user_id", "pk")[:limit])
    if not rows:
        return 0
    unread = [row for row in rows if row.read_at is None and row.user is not None and row.user.is_active]
    write([*_personal(unread, at), *_for_groups(unread, at)])
    for family, members in _families(unread):
        if family is not None and len(members) >= FOLD_FROM:
            _fold(family, members, at)
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(pass_on_at=None)
    return len(rows)


def _families(rows: list[Notice]) -> Iterator[tuple[Family | None, list[Notice]]]:
    """The notices of each person by family; one that has none stands alone."""

    def place(row: Notice) -> tuple[int, str]:
        family = kinds.family_of(row.kind)
        return (row.user_id or 0, family.name if family else f"#{row.pk}")

    for _, members in groupby(sorted(rows, key=lambda row: (*place(row), row.pk)), key=place):
        found = list(members)
        yield kinds.family_of(found[0].kind), found


def _fold(family: Family, rows: list[Notice], at: datetime) -> None:
    """Put one notice in the place of several on the page; they stay below it, each with its way to its matter."""
    head = Notice.objects.create(
        kind=family.kind, channel=Channel.IN_SITE, user=rows[0].user, subject=family.subject,
        region_code=rows[0].region_code, context=_counted(rows), dedupe=f"fold:{rows[0].pk}:{rows[-1].pk}",
        state=State.SENT, not_before=at, next_try_at=at, sent_at=at, created_at=at,
    )  # fmt: skip
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(merged_into=head, read_at=at)


def _counted(rows: list[Notice]) -> dict[str, object]:
    tally = Counter(texts.title(row) for row in rows)
    words = "，".join(f"{title} {count} 件" for title, count in tally.most_common())
    return {"count": len(rows), "tally": words, "items": _lines(rows)}


def _personal(rows: list[Notice], at: datetime) -> Iterator[Draft]:
    """E-mail and WeChat, to everybody himself: one message for each family."""
    for family, members in _families(rows):
        for channel in _channels(members[0]):
            address = _own_address(members[0], channel)
            if address:
                yield _draft(family, members, at, channel, address)


def _channels(row: Notice) -> tuple[str, ...]:
    try:
        return kinds.get(row.kind).pass_on
    except UnknownKind:
        return ()


def _own_address(row: Notice, channel: str) -> str:
    if channel == Channel.EMAIL:
        return row.user.email if row.user else ""
    return openid_of(row.user_id, "") if channel == Channel.WECHAT else ""


def _draft(family: Family | None, rows: list[Notice], at: datetime, channel: str, address: str) -> Draft:
    """One message about one notice, or about all of them."""
    first, is_group = rows[0], channel == Channel.WECOM
    if family is None or len(rows) == 1:
        kind, subject, context = first.kind, first.subject, dict(first.context)
        dedupe = _occasion(first) if is_group else first.dedupe
    else:
        kind, subject, context = family.kind, family.subject, _counted(rows)
        dedupe = "digest:" + hashlib.sha256("\n".join(sorted(map(_occasion, rows))).encode()).hexdigest()[:40]
    if words.is_guarded(channel):
        # What many eyes may read: not even the row holds more.
        context = words.guarded(context | {"receipt2": str(first.context.get("receipt") or "")[:2]})
    return Draft(
        kind=kind, at=at, dedupe=dedupe, user_id=None if is_group else first.user_id, channel=channel,
        address=address, region_code=first.region_code, station_code=first.station_code, subject=subject,
        context=context,
    )  # fmt: skip


def _occasion(row: Notice) -> str:
    """What was told, whoever it was told to: several handlers of one unit share a group."""
    tag = row.context.get("tag")
    return f"{row.kind}:{row.subject}:{tag}" if tag else row.dedupe


def _lines(rows: list[Notice]) -> list[str]:
    lines = [texts.preview(row) for row in rows[:LISTED]]
    more = len(rows) - len(lines)
    return [*lines, f"还有 {more} 件，请到工作台看。"] if more else lines


def _for_groups(rows: list[Notice], at: datetime) -> Iterator[Draft]:
    """One message for each group and family, however many of its people were told of the same."""
    robots = defaultdict(list)
    for robot in GroupRobot.objects.filter(is_active=True):
        robots[robot.place].append(robot)
    if not robots:
        return
    places = _places({row.user_id for row in rows if row.user_id})
    found: dict[int, dict[str, Notice]] = defaultdict(dict)
    for row in rows:
        if Channel.WECOM in _channels(row):
            for robot in (robot for place in _groups_of(row, places) for robot in robots[place]):
                found[robot.pk].setdefault(_occasion(row), row)
    for pk, occasions in sorted(found.items()):
        yield from _group_drafts(pk, occasions.values(), at)


def _group_drafts(robot_id: int, rows: Iterable[Notice], at: datetime) -> Iterator[Draft]:
    by_family: dict[str, list[Notice]] = defaultdict(list)
    for row in rows:
        family = kinds.family_of(row.kind)
        by_family[family.name if family else f"#{row.pk}"].append(row)
    for members in by_family.values():
        family = kinds.family_of(members[0].kind)
        yield _draft(family, members, at, Channel.WECOM, f"{GROUP_ADDRESS}{robot_id}")


def _places(user_ids: set[int]) -> Places:
    """The stations, units and counties that people work for."""
    held: Places = defaultdict(list)
    grants = RoleGrant.objects.filter(user_id__in=user_ids, revoked_at=None)
    for user_id, role, region, station, unit in grants.values_list(
        "user_id", "role", "region_code", "station_code", "unit_code"
    ):
        if role == Role.STATION_STAFF:
            held[user_id].append((GroupRobot.Scope.STATION, station))
        elif role == Role.UNIT_HANDLER:
            held[user_id].append((GroupRobot.Scope.UNIT, unit))
        elif role == Role.COUNTY_STAFF:
            held[user_id].append((GroupRobot.Scope.COUNTY, region))
    return held


def _groups_of(row: Notice, places: Places) -> list[str]:
    """Of the groups that the matter concerns, those that the person who was told belongs to."""
    mine = places.get(row.user_id or 0, [])
    return [str(group) for group in row.context.get("groups") or () if _is_of(str(group), mine)]


def _is_of(group: str, mine: list[tuple[str, str]]) -> bool:
    scope, _, code = group.partition(":")
    if scope == GroupRobot.Scope.COUNTY:  # a city's staff belong to each of its counties
        return any(kind == scope and code.startswith(region) for kind, region in mine)
    return (scope, code) in mine
