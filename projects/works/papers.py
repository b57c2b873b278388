"""The yearly list as Excel and as Word. The sheet begins with the columns in which a list is read in again."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from core.workdays import day_words
from projects import sheets
from projects.works.models import Work
from projects.works.planning import money
from projects.works.queries import Summary

ORIGINAL = Path(__file__).resolve().parent / "yearly_list.docx"


@dataclass(frozen=True)
class Listed:
    """One row: the building in short, and the name of its town."""

    summary: Summary
    town: str

    @property
    def work(self) -> Work:
        """The building."""
        return self.summary.work

    @property
    def funds(self) -> Decimal:
        """Return the planned sum in 万元."""
        return self.work.funds

    @property
    def days(self) -> str:
        """Say from when to when it is to be built, each day on a line of its own."""
        first, last = self.work.starts_on, self.work.ends_on
        return f"{day_words(first, unless_in=0)}至\a{day_words(last, unless_in=first.year)}"


# What a list is read in by stands first and under exactly these headings.
SHEET: sheets.Columns = (
    ("项目名称", 28, lambda row: row.work.idea.title),
    ("建设内容", 40, lambda row: row.work.scope),
    ("建设地点", 22, lambda row: row.work.place),
    ("乡镇", 14, lambda row: row.town),
    ("责任单位", 20, lambda row: row.work.unit.name),
    ("责任领导职务", 16, lambda row: row.work.leader_post),
    ("资金（万元）", 12, lambda row: row.funds),
    ("资金来源", 16, lambda row: row.work.funds_source),
    ("受益人数", 10, lambda row: row.work.beneficiaries),
    ("计划开工", 12, lambda row: row.work.starts_on),
    ("计划完工", 12, lambda row: row.work.ends_on),
    ("阶段", 10, lambda row: row.work.idea.get_state_display()),
    ("进度", 8, lambda row: f"{row.summary.percent}%"),
    ("灯号", 8, lambda row: row.summary.light.label),
    ("下一节点", 20, lambda row: row.summary.next_step.title if row.summary.next_step else ""),
    ("节点日期", 12, lambda row: row.summary.next_step.due_on if row.summary.next_step else None),
    ("实际开工", 12, lambda row: row.work.begun_on),
    ("实际完工", 12, lambda row: row.work.finished_on),
    ("年度", 8, lambda row: row.work.idea.year),
    ("编号", 8, lambda row: row.work.pk),
)
# Heading, name of the place in the template, millimetres across; together as wide as the paper between its margins.
TABLE = (
    ("序号", "number", 13), ("项目名称", "title", 42), ("建设内容和地点", "scope", 52), ("责任单位", "unit", 28),
    ("责任领导", "leader", 26), ("资金（万元）", "funds", 22), ("资金来源", "source", 20), ("受益人数", "people", 20),
    ("计划工期", "days", 46),
)  # fmt: skip


def write_excel(buffer: BytesIO, rows: Sequence[Listed], title: str) -> None:
    """Write the rows as a spreadsheet."""
    sheets.write(buffer, rows, SHEET, "民生实事")


def _cells(number: int, row: Listed) -> dict[str, str]:
    work = row.work
    place = work.place or row.town
    people = "" if work.beneficiaries is None else f"{work.beneficiaries}"
    return {
        "number": f"{number}", "title": work.idea.title, "scope": f"{work.scope}（{place}）" if place else work.scope,
        "unit": work.unit.name, "leader": work.leader_post, "funds": money(work.funds), "source": work.funds_source,
        "people": people, "days": row.days,
    }  # fmt: skip


def write_word(buffer: BytesIO, rows: Sequence[Listed], title: str) -> None:
    """Write the rows as the Word list."""
    from projects.word import write_list  # noqa: PLC0415 - heavy, and most web workers never need it

    total = money(sum((row.funds for row in rows), Decimal(0)))
    filled = [_cells(number, row) for number, row in enumerate(rows, 1)]
    write_list(buffer, ORIGINAL, filled, title=title, count=f"{len(rows)}", total=total)


def draw_original(path: Path = ORIGINAL) -> None:
    """Draw the Word template."""
    from projects.word import draw_list  # noqa: PLC0415 - as above

    intro = "共 {{ count }} 件，计划资金 {{ total }} 万元。"
    draw_list(path, "年度民生实事项目清单", intro, TABLE, ("title", "scope", "unit", "leader", "source"))
