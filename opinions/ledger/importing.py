"""An older ledger, row by row: what each cell means, what the row would become, and its replay through the verbs.

The replay is `opinions.imports`: the same steps, at the row's own times, told to nobody. A ledger says more than a
message list: who came, which unit, what outcome. What it does not say stays open for the clerk.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from accounts.models import Role, User
from core import codes
from core.text import clean_phone, fold, headline
from core.workflow import VerbError
from notices.models import Notice
from notices.states import Channel as By
from opinions import imports, workflow
from opinions.actors import SYSTEM
from opinions.ledger import fields
from opinions.ledger.fields import AFTERNOON, BY_KEY, BadCell
from opinions.ledger.lines import Line, ShownCell, Verdict
from opinions.ledger.reading import heading
from opinions.models import Opinion
from opinions.states import PROMISES, Channel, Kind, Satisfaction, Solved, State
from opinions.workflow.intake import MAX_BODY
from stations.models import Category, Region, Station, Unit
from stations.queries import guess_category

LAST_TITLE = 80


@dataclass(frozen=True)
class LedgerRow(imports.Row):
    """One row that can be imported: a message with everything else that the ledger knew of it."""

    place: Region | None = None
    location: str = ""
    name: str = ""
    phone: str = ""
    channel: str = Channel.BOOK
    category: Category | None = None
    kind: str = Kind.ORDINARY
    unit: Unit | None = None
    outcome: str = ""
    promised: date | None = None
    satisfaction: str = ""


class Reader:
    """Understands the rows of one ledger for one station; asks the database once, not for every row."""

    def __init__(self, station: Station, columns: Mapping[str, int], now: datetime) -> None:
        self.station, self.columns, self.now = station, columns, now
        self.villages = {
            heading(name): region
            for region in Region.objects.inside(station.region_id).order_by("-code")
            for name in (region.name, region.short_name)
        }
        self.categories: dict[str, Category] = {}
        for category in Category.objects.filter(children=None).select_related("parent", "usual_unit"):
            self.categories[heading(category.name)] = self.categories[heading(category.path)] = category
        places = [station.region_id[:length] for length in (4, 6, 9, 12)]
        units = Unit.objects.filter(is_active=True, region_id__in=places)
        self.units = {heading(name): unit for unit in units for name in (unit.name, unit.short_name)}
        self.handlers = imports.handlers()

    def lines(self, rows: Sequence[tuple[int, Sequence[str]]]) -> list[Line]:
        """Return the preview of every row. Nothing is written."""
        read = [self._line(number, cells) for number, cells in rows]
        known = dict(
            Opinion.objects.filter(client_key__in=[line.ready.key for line in read if line.ready]).values_list(
                "client_key", "body"
            )
        )
        receipts = self._receipts(rows)
        earlier: dict[UUID, Line] = {}
        return [self._judged(line, known, receipts, earlier) for line in read]

    def _line(self, number: int, cells: Sequence[str]) -> Line:
        shown, values = [], {}
        for key, at in sorted(self.columns.items(), key=lambda item: item[1]):
            text = cells[at]
            try:
                values[key] = self._meaning(key, text)
                shown.append(ShownCell(BY_KEY[key].label, text))
            except (BadCell, ValueError) as error:
                shown.append(ShownCell(BY_KEY[key].label, text, str(error)))
        shown = self._together(shown, values)
        if any(cell.error for cell in shown):
            return Line(number, tuple(shown), Verdict.BAD)
        return Line(number, tuple(shown), Verdict.READY, ready=self._row(values))

    def _meaning(self, key: str, text: str) -> Any:
        """Return what a cell means. Raises BadCell (or the telephone's ValueError) with its sentence."""
        if not text:
            if BY_KEY[key].is_required:
                raise BadCell("是空的")
            return None if key in ("village", "category", "unit", "replied", "promised") else ""
        return _READERS[key](self, text)

    def _body(self, text: str) -> str:
        if not fold(text):
            raise BadCell("是空的")
        if len(text) > MAX_BODY:
            raise BadCell(f"有 {len(text)} 个字，最多 {MAX_BODY} 个字")
        return text

    def _past(self, text: str) -> datetime:
        found = fields.moment(text)
        if found > self.now:
            raise BadCell(f"“{text[:30]}”在将来")
        return found

    def _answered(self, text: str) -> datetime:
        found = fields.moment(text, AFTERNOON)
        if found.date() > self.now.astimezone(found.tzinfo).date():
            raise BadCell(f"“{text[:30]}”在将来")
        return min(found, self.now)

    def _village(self, text: str) -> Region:
        return _named(self.villages, text, f"{self.station.region.short_name}没有“{text[:20]}”这个村（社区）")

    def _category(self, text: str) -> Category:
        return _named(self.categories, text, f"没有“{text[:20]}”这个类别")

    def _unit(self, text: str) -> Unit:
        found = _named(self.units, text, f"没有“{text[:20]}”这个单位")
        if found.pk not in self.handlers:
            raise BadCell(f"{found.short_name}还没有经办人的账号，先给它授权一个")
        return found

    def _together(self, shown: list[ShownCell], values: Mapping[str, Any]) -> list[ShownCell]:
        """Add what is wrong between cells: an answer before the message, a promise without a date."""
        wrong: dict[str, str] = {}
        created, replied = values.get("created"), values.get("replied")
        if created and replied and replied < created:
            wrong["replied"] = "早于收到日期"
        if values.get("outcome") in PROMISES and not values.get("promised") and values.get("reply"):
            wrong["outcome"] = "正在解决、列入计划的要写承诺日期"
        for later in ("outcome", "satisfaction", "replied"):
            if values.get(later) and not values.get("reply"):
                wrong.setdefault(later, "没有答复，就没有这一项")
        labels = {BY_KEY[key].label: sentence for key, sentence in wrong.items()}
        return [ShownCell(cell.label, cell.text, cell.error or labels.get(cell.label, "")) for cell in shown]

    def _row(self, values: Mapping[str, Any]) -> LedgerRow:
        body, reply = values["body"], values.get("reply") or ""
        title = (values.get("title") or headline(body))[:LAST_TITLE]
        given = {key: values[key] for key in _GIVEN if values.get(key)}
        return LedgerRow(
            self._key(values),
            title,
            body,
            values["created"],
            reply,
            (values.get("replied") or values["created"]) if reply else None,
            place=values.get("village"),
            outcome=(values.get("outcome") or imports.outcome_of(title, reply)) if reply else "",
            **given,
        )

    def _key(self, values: Mapping[str, Any]) -> UUID:
        """Return what makes a row the same row: its number where it has one, else day, words and person."""
        mark = values.get("number")
        if not mark:
            who = (values.get("name") or "", values.get("phone") or "")
            mark = "|".join((values["created"].isoformat(), fold(values["body"]), *who))
        return uuid5(NAMESPACE_URL, f"ledger:{self.station.code}:{mark}")

    def _receipts(self, rows: Sequence[tuple[int, Sequence[str]]]) -> frozenset[str]:
        """Return those numbers of the ledger that are receipts of this very portal: such a row is here already."""
        at = self.columns.get("number")
        if at is None:
            return frozenset()
        receipts = {codes.normalise(cells[at]) for _number, cells in rows if cells[at]}
        valid = [receipt for receipt in receipts if codes.is_valid_receipt(receipt)]
        return frozenset(
            Opinion.objects.filter(receipt__in=valid, station=self.station).values_list("receipt", flat=True)
        )

    def _judged(
        self, line: Line, known: Mapping[UUID | None, str], receipts: frozenset[str], earlier: dict[UUID, Line]
    ) -> Line:
        if line.ready is None:
            return line
        number = next((cell.text for cell in line.cells if cell.label == BY_KEY["number"].label), "")
        if codes.normalise(number) in receipts:
            return Line(line.number, line.cells, Verdict.ALREADY, "这一件本来就在系统里")
        key, body = line.ready.key, line.ready.body
        if key in known:
            if known[key] == body:
                return Line(line.number, line.cells, Verdict.ALREADY, "以前导入过")
            return Line(line.number, line.cells, Verdict.BAD, "这个编号以前导入过，内容却不一样")
        if twin := earlier.get(key):
            if twin.ready.body == body:
                return Line(line.number, line.cells, Verdict.ALREADY, f"和第 {twin.number} 行一样")
            return Line(line.number, line.cells, Verdict.BAD, f"编号和第 {twin.number} 行一样，内容却不一样")
        earlier[key] = line
        return line


_GIVEN = ("location", "name", "phone", "channel", "category", "kind", "unit", "promised", "satisfaction")
_READERS: Mapping[str, Callable[[Reader, str], Any]] = {
    "created": Reader._past,
    "body": Reader._body,
    "number": lambda reader, text: text[:100],
    "title": lambda reader, text: text[:LAST_TITLE],
    "name": lambda reader, text: text[:30],
    "phone": lambda reader, text: clean_phone(text),
    "village": Reader._village,
    "location": lambda reader, text: text[:200],
    "channel": lambda reader, text: fields.channel_of(text),
    "category": Reader._category,
    "kind": lambda reader, text: fields.kind_of(text),
    "unit": Reader._unit,
    "reply": lambda reader, text: text,
    "replied": Reader._answered,
    "outcome": lambda reader, text: fields.outcome_of(text),
    "promised": lambda reader, text: fields.moment(text).date(),
    "satisfaction": lambda reader, text: fields.satisfaction_of(text),
}


def _named(known: Mapping[str, Any], text: str, sentence: str) -> Any:
    found = known.get(heading(text))
    if found is None:
        raise BadCell(sentence)
    return found


class LedgerImporter(imports.Importer):
    """Replays ledger rows at their station, in the name of whoever brings them where he works there."""

    def __init__(self, station: Station, actor: User, now: datetime) -> None:
        super().__init__([station], now)
        self.station = station
        if station.code in actor.station_codes or station.region_id.startswith(actor.prefixes(Role.TOWN_STAFF)):
            self.clerks[station.pk] = actor

    def run_rows(self, rows: Sequence[tuple[int, LedgerRow]]) -> Iterator[imports.Report]:
        """Import rows, a batch in one transaction; yields the running report after each batch."""
        report = imports.Report()
        for start in range(0, len(rows), imports.BATCH):
            self._import(rows[start : start + imports.BATCH], report)
            yield report

    def _settle(self, made: Sequence[int]) -> None:
        """Tell nobody of the past: also the messages to those whose telephone the ledger held are not sent."""
        super()._settle(made)
        subjects = [f"opinion:{pk}" for pk in made]
        Notice.objects.filter(subject__in=subjects, sent_at=None).exclude(channel=By.IN_SITE).delete()

    def _replay(self, row: imports.Row) -> Opinion:
        assert isinstance(row, LedgerRow)
        clerk = self.clerks[self.station.pk]
        message = workflow.Message(
            body=row.body, title=row.title, channel=row.channel, region=row.place or self.station.region,
            location=row.location, name=row.name, phone=row.phone,
        )  # fmt: skip
        opinion = workflow.submit(
            station=self.station, actor=clerk, at=row.created, message=message, client_key=row.key
        )
        times = imports.steps_between(row.created, row.replied or self.now, self.now)
        category = row.category or guess_category(f"{row.title} {row.body}")
        if category is None and not (row.unit or row.reply):
            return opinion  # nobody can say yet what it is: it waits at the counter
        workflow.accept(
            opinion.pk, actor=clerk, at=times[0], category=category or self.fallback, kind=row.kind, is_public=False
        )
        if row.unit is not None:
            self._handled(opinion, row, row.unit, times)
        elif row.reply:
            workflow.answer_on_spot(
                opinion.pk, actor=clerk, at=times[3], body=row.reply, outcome=row.outcome, promised_on=row.promised
            )
        if row.reply:
            self._rated(opinion, row, times[3])
        return opinion

    def _handled(self, opinion: Opinion, row: LedgerRow, unit: Unit, times: Sequence[datetime]) -> None:
        clerk, handler = self.clerks[self.station.pk], self.handlers.get(unit.pk)
        workflow.assign(opinion.pk, actor=clerk, at=times[1], lead=unit, demand=imports.DEMAND)
        if handler is None:
            if row.reply:
                raise VerbError(f"{unit.short_name}还没有经办人的账号，答复记不进去。")
            return
        workflow.sign(opinion.pk, actor=handler, at=times[2])
        if row.reply:
            workflow.reply(
                opinion.pk, actor=handler, at=times[3], body=row.reply, outcome=row.outcome, promised_on=row.promised
            )
            workflow.approve_reply(opinion.pk, actor=clerk, at=times[3])

    def _rated(self, opinion: Opinion, row: LedgerRow, at: datetime) -> None:
        """Write down the rating that the ledger holds; without one the days to rate run, or ran out.

        不满意 opens a second round, and a unit that hears of it today has its days from today.
        """
        fresh = Opinion.objects.get(pk=opinion.pk)
        if row.satisfaction:
            solved = Solved.YES if row.outcome == "A" else Solved.ANSWER_ONLY
            clerk = self.clerks[self.station.pk]
            when = self.now if row.satisfaction == Satisfaction.DISSATISFIED else at
            workflow.rate(opinion.pk, actor=clerk, at=when, solved=solved, satisfaction=row.satisfaction)
        elif fresh.state == State.FED_BACK and fresh.step_due_at and fresh.step_due_at < self.now:
            workflow.close_unrated(opinion.pk, actor=SYSTEM, at=fresh.step_due_at)
