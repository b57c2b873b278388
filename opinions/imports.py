"""Replays messages written elsewhere through the verbs, at their own times: JSON lines in, matters with history out.

A line is `{"id", "title", "body", "created"}`, perhaps with `reply` and `replied`. Nothing here writes state: every
step is a verb, done by the people who would have done it. What the file does not say is guessed and documented in
`docs/import.md`: category by keywords, unit by category, kind and outcome by a few words. Nobody is told of the past:
staff notices count as read, and a message without a telephone sends none.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import Role, RoleGrant, User
from core.text import fold, tidy
from core.workdays import OFFICE
from core.workflow import VerbError
from notices.models import Notice
from notices.states import Channel as By
from opinions import workflow
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import Deadline, Opinion
from opinions.states import Channel, Kind, Outcome, State
from opinions.workflow.intake import MAX_BODY
from stations.models import Category, Region, Station, Unit
from stations.queries import guess_category

BATCH = 50
FALLBACK_CATEGORY = "qt-qita"
DEMAND = "请按职责核实办理，并答复群众。"
LAST_TITLE = 80
_ASKING = ("咨询", "请问", "如何", "怎么", "什么时候", "何时", "吗", "?", "？")
_DONE = ("已完成", "已修复", "已整改", "整改到位", "已处理", "已解决", "已清理", "已拆除", "已安装", "已更换", "已恢复")


class BadLine(Exception):
    """A line that cannot be imported; `str()` is the sentence for the person who reads the report."""


@dataclass(frozen=True)
class Row:
    """One message of the file. Times are aware; without an answer `reply` is empty."""

    key: UUID
    title: str
    body: str
    created: datetime
    reply: str = ""
    replied: datetime | None = None


@dataclass
class Report:
    """What an import did: numbers of lines, and the bad ones with their sentence."""

    imported: int = 0
    already: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file of JSON lines, packed with gzip or not."""
    with path.open("rb") as raw:
        if raw.read(2) != b"\x1f\x8b":
            raw.seek(0)
            yield raw
            return
        raw.seek(0)
        with gzip.open(raw) as lines:
            yield lines  # type: ignore[misc]


def parse(line: bytes, source: str, now: datetime) -> Row:
    """Read one line. Raises BadLine with a sentence."""
    try:
        data = json.loads(line.decode("utf-8"))
    except ValueError as error:
        raise BadLine("不是一行 JSON，或者不是 UTF-8。") from error
    if not isinstance(data, dict):
        raise BadLine("不是一个对象。")
    number, title, body = (_text(data, name) for name in ("id", "title", "body"))
    if not number:
        raise BadLine("没有编号 id。")
    if not fold(body) and not fold(title):
        raise BadLine("标题和内容都是空的。")
    created = _moment(data, "created")
    if created is None:
        raise BadLine("没有时间 created。")
    if created > now:
        raise BadLine("时间 created 在将来。")
    replied = _moment(data, "replied")
    if replied is not None and not created <= replied <= now:
        raise BadLine("答复的时间早于留言，或者在将来。")
    key = uuid5(NAMESPACE_URL, f"{source}#{number}")
    return Row(key, title, body if fold(body) else title, created, _text(data, "reply"), replied)


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise BadLine(f"{name} 不是文字。")
    return tidy(str(value)).strip()


def _moment(data: dict[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadLine(f"时间 {name} 认不出来。") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE)


class Importer:
    """Imports rows into some stations; the same row always comes to the same village."""

    def __init__(self, stations: Sequence[Station], now: datetime) -> None:
        self.now = now
        self.places = _places(stations)
        self.clerks = {station.pk: _clerk(station) for station in stations}
        self.handlers = handlers()
        self.town_units = {
            unit.region_id: unit for unit in Unit.objects.filter(is_active=True, region__level="township")
        }
        self.fallback = _fallback_category()

    def run(self, lines: Iterable[bytes], source: str) -> Iterator[Report]:
        """Import all lines, a batch in one transaction; yields the running report after each batch."""
        report, batch = Report(), []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                batch.append((number, parse(line, source, self.now)))
            except BadLine as error:
                report.bad.append((number, str(error)))
            if len(batch) == BATCH:
                self._import(batch, report)
                batch = []
                yield report
        self._import(batch, report)
        audit.record(
            "messages_imported",
            actor=None,
            at=self.now,
            subject=f"import:{source}"[:120],
            detail={"imported": report.imported, "already": report.already, "bad": len(report.bad)},
        )
        yield report

    @transaction.atomic
    def _import(self, batch: Sequence[tuple[int, Row]], report: Report) -> None:
        known = dict(
            Opinion.objects.filter(client_key__in=[row.key for _, row in batch]).values_list("client_key", "body")
        )
        made: list[int] = []
        for number, row in batch:
            first = row.body[:MAX_BODY]
            if row.key in known:
                if known[row.key] == first:
                    report.already += 1
                else:
                    report.bad.append((number, "编号以前导入过，内容却不同。"))
                continue
            try:
                with transaction.atomic():
                    made.append(self._replay(row).pk)
            except VerbError as error:
                report.bad.append((number, error.message))
                continue
            known[row.key] = first
            report.imported += 1
        self._settle(made)

    def _settle(self, made: Sequence[int]) -> None:
        """Tell nobody of the past: older notices of these matters count as read, passed limits as told."""
        subjects = [f"opinion:{pk}" for pk in made]
        past = Notice.objects.filter(channel=By.IN_SITE, created_at__lt=self.now)
        past.filter(read_at=None, subject__in=subjects).update(read_at=self.now)
        passed = Deadline.objects.filter(opinion_id__in=made, ended_at=None, due_at__lte=self.now)
        passed.update(soon_told_at=self.now, late_told_at=self.now, red_told_at=self.now)

    def _replay(self, row: Row) -> Opinion:
        """Walk one message as far as the file tells."""
        station, village = self.places[_spread(row.key, len(self.places))]
        message = workflow.Message(
            body=row.body[:MAX_BODY], title=row.title[:LAST_TITLE], channel=Channel.WEB, region=village
        )
        opinion = workflow.submit(station=station, actor=RESIDENT, at=row.created, message=message, client_key=row.key)
        for start in range(MAX_BODY, len(row.body), MAX_BODY):
            more = row.body[start : start + MAX_BODY]
            workflow.add_words(opinion.pk, actor=RESIDENT, at=row.created, words=more)
        times = steps_between(row.created, row.replied or self.now, self.now)
        unit = self._handed_out(opinion, row, times)
        if row.reply and unit.pk in self.handlers:
            self._answered(opinion, row, unit, times[3])
        return opinion

    def _handed_out(self, opinion: Opinion, row: Row, times: Sequence[datetime]) -> Unit:
        clerk = self.clerks[opinion.station_id]
        category = guess_category(f"{row.title} {row.body}") or self.fallback
        unit = category.usual_unit if category.usual_unit and category.usual_unit.is_active else None
        if unit is None or unit.pk not in self.handlers:
            unit = self.town_units.get(opinion.region_id[:9])
        if unit is None:
            raise VerbError("这一类没有通常由谁办的单位，乡镇也没有单位可交。")
        workflow.accept(opinion.pk, actor=clerk, at=times[0], category=category, kind=kind_of(row.title))
        workflow.assign(opinion.pk, actor=clerk, at=times[1], lead=unit, demand=DEMAND)
        if unit.pk in self.handlers:
            workflow.sign(opinion.pk, actor=self.handlers[unit.pk], at=times[2])
        return unit

    def _answered(self, opinion: Opinion, row: Row, unit: Unit, at: datetime) -> None:
        outcome = outcome_of(row.title, row.reply)
        workflow.reply(opinion.pk, actor=self.handlers[unit.pk], at=at, body=row.reply, outcome=outcome)
        done = workflow.approve_reply(opinion.pk, actor=self.clerks[opinion.station_id], at=at + timedelta(hours=1))
        if done.state == State.FED_BACK and done.step_due_at and done.step_due_at < self.now:
            workflow.close_unrated(opinion.pk, actor=SYSTEM, at=done.step_due_at + timedelta(minutes=1))


def steps_between(created: datetime, replied: datetime, now: datetime) -> tuple[datetime, datetime, datetime, datetime]:
    """Return when a message was accepted, assigned, signed and answered: early in the time there was, at most
    two, four and six hours after it came, never after the answer or after now.
    """
    span = max(min(replied, now) - created, timedelta(0))
    step = min(timedelta(hours=2), span / 4)
    return created + step, created + 2 * step, created + 3 * step, max(created + 3 * step, min(replied, now))


def kind_of(title: str) -> str:
    """Guess the kind: a question in the title is a consultation, anything else ordinary."""
    return Kind.CONSULTATION if any(word in title for word in _ASKING) else Kind.ORDINARY


def outcome_of(title: str, reply: str) -> str:
    """Guess the outcome of an answer: what says that it is done, or answers a question, counts as solved; the rest as
    noted, because a promise without a date is none.
    """
    if kind_of(title) == Kind.CONSULTATION or any(word in reply for word in _DONE):
        return Outcome.A
    return Outcome.D


def _spread(key: UUID, places: int) -> int:
    return int.from_bytes(hashlib.sha256(key.bytes).digest()[:8], "big") % places


def _places(stations: Sequence[Station]) -> list[tuple[Station, Region]]:
    """Return every village with the station it belongs to: its own where it has one, else its town's."""
    nearest: dict[str, tuple[Station, Region]] = {}
    for station in sorted(stations, key=lambda row: (len(row.region_id), row.pk)):
        villages = list(Region.objects.inside(station.region_id).villages().order_by("code"))
        for village in villages or [station.region]:
            nearest[village.code] = (station, village)
    if not nearest:
        raise VerbError("这个范围里没有启用的站点。")
    return [nearest[code] for code in sorted(nearest)]


def _clerk(station: Station) -> User:
    """Return who accepts and assigns at a station: its staff, else the town's. Raises VerbError without any."""
    own = Q(role=Role.STATION_STAFF, station_code=station.code)
    town = Q(role=Role.TOWN_STAFF, region_code__in=[station.region_id[:length] for length in (6, 9, 12)])
    held = RoleGrant.objects.filter(own | town, revoked_at=None, user__is_active=True).select_related("user")
    grant = held.order_by("role", "id").first()
    if grant is None:
        raise VerbError(f"{station.name}还没有工作人员，先给它授权一个账号再导入。")
    return grant.user


def handlers() -> dict[int, User]:
    """Return who answers for each unit: the first of its handlers, by the unit's id."""
    units = dict(Unit.objects.filter(is_active=True).values_list("code", "pk"))
    held = RoleGrant.objects.filter(role=Role.UNIT_HANDLER, revoked_at=None, user__is_active=True)
    found: dict[int, User] = {}
    for grant in held.select_related("user").order_by("id"):
        if grant.unit_code in units:
            found.setdefault(units[grant.unit_code], grant.user)
    return found


def _fallback_category() -> Category:
    category = Category.objects.select_related("parent", "usual_unit").filter(code=FALLBACK_CATEGORY).first()
    category = category or Category.objects.select_related("parent", "usual_unit").order_by("-position").first()
    if category is None:
        raise VerbError("还没有类别，先建好类别再导入。")
    return category


def chosen_stations(station: str = "", town: str = "") -> list[Station]:
    """Return the active stations to import into: one by its code, those of a town by its code, or all."""
    rows = Station.objects.active().select_related("region", "contact")
    if station:
        rows = rows.filter(code=station)
    if town:
        rows = rows.filter(region__code__startswith=town)
    return list(rows)
