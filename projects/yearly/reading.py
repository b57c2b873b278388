"""A yearly list, row by row: what each cell means and what the row would become. Nothing is written."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.workflow import BadInput
from opinions.ledger.fields import BadCell
from opinions.ledger.lines import Line, ShownCell, Verdict
from opinions.ledger.reading import Table
from projects.models import ProjectIdea
from projects.states import ON_THE_LIST, State
from projects.works import planning
from projects.works.enrolling import TITLE, key_of, same_name
from projects.works.planning import Plan, Step, whole_day
from projects.yearly import cells
from projects.yearly.columns import BY_KEY
from projects.yearly.places import Places, Units
from stations.models import Region

Understood = tuple[Any, str]  # the meaning, and its words where they differ from what was typed
NO_ROW = "分类标题或者合计，不是项目"
_SUM = re.compile(r"(?:合计|总计|小计|共计|总合计)(?:[:(共\d].*)?")
_LENGTHS = {"scope": 400, "leader": 60, "fund_source": 60, "place": 200}
_FIELDS = {
    "leader_post": "leader",
    "starts_on": "starts",
    "scope": "scope",
    "funds": "funds",
    "ends_on": "ends",
    "steps": "steps",
}


class Row:
    """One row that can be put on the list."""

    def __init__(self, region: Region, title: str, plan: Plan, key: UUID, texts: tuple[str, ...]) -> None:
        self.region, self.title, self.plan, self.key, self.texts = region, title, plan, key, texts


class Reader:
    """Understands the rows of one list; asks the database once, not for every row."""

    def __init__(self, county: Region, year: int, table: Table, columns: Mapping[str, int]) -> None:
        self.county, self.year, self.table, self.columns = county, year, table, columns
        self.units, self.places = Units(county), Places(county)

    def lines(self) -> list[Line]:
        """Return the preview of every row."""
        read = [self._line(number, texts) for number, texts in self.table.rows]
        keys = [line.ready.key for line in read if line.ready]
        kept = set(ProjectIdea.objects.filter(client_key__in=keys).values_list("client_key", flat=True))
        earlier: dict[UUID, Line] = {}
        namesakes = self._namesakes()
        return [self._judged(line, kept, namesakes, earlier) for line in read]

    def _line(self, number: int, texts: Sequence[str]) -> Line:
        given = {key: texts[at] for key, at in self.columns.items() if at < len(texts)}
        if _is_no_row(given, texts):
            shown = tuple(ShownCell("这一行", text) for text in texts if text)[:1]
            return Line(number, shown, Verdict.BLANK, NO_ROW)
        values, shown_cells = {}, {}
        for key in BY_KEY:
            text = given.get(key, "")
            try:
                values[key], seen = self._meaning(key, text)
                shown_cells[key] = _seen(key, text, seen)
            except BadCell as error:
                shown_cells[key] = ShownCell(BY_KEY[key].label, text, str(error))
        if not any(cell.error for cell in shown_cells.values()):
            return self._whole(number, given, values, shown_cells)
        return Line(number, tuple(shown_cells.values()), Verdict.BAD)

    def _whole(
        self, number: int, given: Mapping[str, str], values: Mapping[str, Any], shown: dict[str, ShownCell]
    ) -> Line:
        """Put the cells together, and say beside a cell what the plan would be refused for."""
        region = values["town"] or self.places.named_in(given.get("place", "")) or self.county
        shown["town"] = _seen("town", given.get("town", ""), _place_words(region))
        plan = self._plan(values)
        try:
            planning.look(plan)
        except BadInput as error:
            key = _FIELDS.get(error.field, "title")
            shown[key] = ShownCell(shown[key].label, shown[key].text, error.message.rstrip("。"))
            return Line(number, tuple(shown.values()), Verdict.BAD)
        key_ = key_of(self.county.pk, self.year, values["title"])
        row = Row(region, values["title"], plan, key_, tuple(given.values()))
        return Line(number, tuple(shown.values()), Verdict.READY, ready=row)

    def _plan(self, values: Mapping[str, Any]) -> Plan:
        steps = [Step(title, day) for title, day in values["steps"]] or [Step("完工", values["ends"])]
        return Plan(
            unit=values["unit"], leader_post=values["leader"], scope=values["scope"], funds=values["funds"],
            starts_on=values["starts"], ends_on=values["ends"], steps=steps, funds_source=values["fund_source"],
            beneficiaries=values["people"], place=values["place"],
        )  # fmt: skip

    def _meaning(self, key: str, text: str) -> Understood:
        if not text and BY_KEY[key].is_required:
            raise BadCell("是空的，不花钱的写 0" if key == "funds" else "是空的；合并过的单元格请拆开，每一行都写")
        if len(text) > _LENGTHS.get(key, 10_000):
            raise BadCell(f"有 {len(text)} 个字，最多 {_LENGTHS[key]} 个字")
        return _READERS[key](self, text)

    def _title(self, text: str) -> Understood:
        if len(text) > TITLE:
            raise BadCell(f"有 {len(text)} 个字，最多 {TITLE} 个字")
        return text, ""

    def _unit(self, text: str) -> Understood:
        unit = self.units.found(text)
        return unit, unit.name if unit.name != text else ""

    def _funds(self, text: str) -> Understood:
        head = self.table.headings[self.columns["funds"]]
        amount = cells.funds(text, head)
        if amount > planning.MOST_FUNDS:
            raise BadCell(f"“{text[:20]}”是 {amount:f} 万元，太多了，请看看单位是元还是万元")
        return amount, f"{planning.money(Decimal(amount))} 万元"

    def _people(self, text: str) -> Understood:
        return (cells.people(text), f"{cells.people(text)} 人") if text else (None, "")

    def _day(self, text: str, *, is_end: bool) -> Understood:
        if not text:
            day = date(self.year, 12, 31) if is_end else date(self.year, 1, 1)
            return day, f"没写，按 {whole_day(day)}"
        day = cells.span(text, self.year)[is_end]
        return day, whole_day(day)

    def _steps(self, text: str) -> Understood:
        found = cells.steps(text, self.year)
        said = "；".join(f"{whole_day(day)}前{title}" for title, day in found)
        return found, said or "没写，只有“完工”一个"

    def _namesakes(self) -> dict[str, str]:
        """Return the states of what the county calls by a name this year, by the folded name."""
        rows = ProjectIdea.objects.filter(region__code__startswith=self.county.pk, year=self.year).exclude(title="")
        gone = (State.WITHDRAWN, State.MERGED)
        named = rows.exclude(state__in=gone).order_by("pk").values_list("title", "state")
        return {same_name(title): state for title, state in named}

    def _judged(
        self, line: Line, kept: set[UUID | None], namesakes: Mapping[str, str], earlier: dict[UUID, Line]
    ) -> Line:
        row = line.ready
        if row is None:
            return line
        if row.key in kept:
            return Line(line.number, line.cells, Verdict.ALREADY, "以前导入过，没有改动；要改，打开它点“改计划”")
        state = namesakes.get(same_name(row.title))
        if state in ON_THE_LIST:
            return Line(line.number, line.cells, Verdict.ALREADY, f"{self.year} 年的清单上已经有同名的")
        if state is not None:
            word = State(state).label
            return _refused(line, f"储备库里有同名的（{word}），请打开那一件去办，不要导入第二件")
        if twin := earlier.get(row.key):
            if twin.ready.texts == row.texts:
                return Line(line.number, line.cells, Verdict.ALREADY, f"和第 {twin.number} 行一样")
            return _refused(line, f"和第 {twin.number} 行同名，内容不一样，请在名称里写明是哪里的")
        earlier[row.key] = line
        return line


def _seen(key: str, text: str, seen: str) -> ShownCell:
    """Return a cell with what it was understood as, unless that is what stands there."""
    return ShownCell(BY_KEY[key].label, text, seen="" if cells.plain(seen) == cells.plain(text) else seen)


def _refused(line: Line, sentence: str) -> Line:
    label = BY_KEY["title"].label
    wrong = tuple(ShownCell(cell.label, cell.text, sentence if cell.label == label else "") for cell in line.cells)
    return Line(line.number, wrong, Verdict.BAD)


def _is_no_row(given: Mapping[str, str], texts: Sequence[str]) -> bool:
    """Tell a heading between rows, or a sum below them, from a project."""
    title, scope = given.get("title", ""), given.get("scope", "")
    is_anybodys = bool(given.get("unit") or given.get("leader"))
    is_sum = any(_SUM.fullmatch(cells.plain(text)) for text in texts)
    return sum(map(bool, texts)) == 1 or (not is_anybodys and (is_sum or not (title or scope)))


def _place_words(region: Region) -> str:
    return "全县" if region.level == Region.Level.COUNTY else region.short_name


_READERS: Mapping[str, Callable[[Reader, str], Understood]] = {
    "title": Reader._title,
    "scope": lambda reader, text: (text, ""),
    "unit": Reader._unit,
    "leader": lambda reader, text: (cells.post(text), ""),
    "funds": Reader._funds,
    "fund_source": lambda reader, text: (text, ""),
    "town": lambda reader, text: (reader.places.found(text), ""),
    "place": lambda reader, text: (text, ""),
    "people": Reader._people,
    "starts": lambda reader, text: reader._day(text, is_end=False),
    "ends": lambda reader, text: reader._day(text, is_end=True),
    "steps": Reader._steps,
}
