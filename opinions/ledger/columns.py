"""The columns of the exported ledger: heading, what is read for it, how it becomes a cell, how wide it is.

Rows are plain values read from the database, not instances: a hundred thousand of them pass through here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Role
from core.codes import spell
from core.text import mask_name, mask_phone
from core.workdays import OFFICE
from opinions.filters import SEES_PHONES
from opinions.states import Channel, Kind, Outcome, Satisfaction, State

SEES_RECEIPTS = (*SEES_PHONES, Role.COUNTY_LEADER)  # whoever holds a receipt can rate: units do not get it
Cell = str | int | date | None


@dataclass(frozen=True)
class Column:
    """One column. `source` is a field's path; `make` turns its value into a cell, None where nothing has to be done."""

    heading: str
    source: str
    width: int
    make: Callable[[Any], Cell] | None = None
    is_day: bool = False


def _day(moment: datetime | None) -> date | None:
    """The day in Shanghai, as a date without time: spreadsheets know no zones."""
    return None if moment is None else moment.astimezone(OFFICE).date()


def _word(choices: Sequence[tuple[str, str]]) -> Callable[[str], str | None]:
    return {value: str(label) for value, label in choices}.get


RECEIPT = Column("编号", "receipt", 14, spell)
LEDGER = (
    Column("收到日期", "created_at", 12, _day, is_day=True),
    Column("从哪来", "channel", 10, _word(Channel.choices)),
    Column("站点", "station__name", 20),
    Column("村（社区）", "region__short_name", 14),
    Column("地点", "location", 20),
    Column("类别", "category__name", 12),
    Column("缓急", "kind", 6, _word(Kind.choices)),
    Column("事情", "title", 30),
    Column("内容", "body", 60),
    Column("状态", "state", 10, _word(State.choices)),
    Column("主办单位", "lead_unit__short_name", 14),
    Column("交办日期", "assigned_at", 12, _day, is_day=True),
    Column("答复期限", "reply_due_at", 12, _day, is_day=True),
    Column("答复日期", "replied_at", 12, _day, is_day=True),
    Column("办理结果", "outcome", 14, _word(Outcome.choices)),
    Column("承诺日期", "promised_on", 12, is_day=True),
    Column("评价", "satisfaction", 10, _word(Satisfaction.choices)),
    Column("第几轮", "round", 8),
    Column("办结日期", "closed_at", 12, _day, is_day=True),
    # Where it stands on paper, empty for everything else; the day on the paper is not the day the clock started.
    Column("民情收集簿", "book_line__page__book", 12),
    Column("页", "book_line__page__page", 6),
    Column("行", "book_line__line", 6),
    Column("簿上日期", "book_line__written_on", 12, is_day=True),
)
IDENTITY = (Column("称呼", "name", 10, mask_name), Column("电话", "phone", 16, mask_phone))


def columns_for(user: Any, *, with_identity: bool) -> tuple[Column, ...]:
    """Return the columns a user gets. Name and telephone are masked, and only for those who see them on the page."""
    receipt = (RECEIPT,) if user.has_role(*SEES_RECEIPTS) else ()
    identity = IDENTITY if with_identity and user.has_role(*SEES_PHONES) else ()
    return (*receipt, *LEDGER, *identity)


def cells_of(columns: Sequence[Column]) -> Callable[[Sequence[Any]], dict[str, Cell]]:
    """Return what makes a row of values into cells by heading. "" becomes an empty cell."""
    plan = [(column.heading, column.make) for column in columns]

    def make(values: Sequence[Any]) -> dict[str, Cell]:
        return {
            heading: (value if turn is None else turn(value)) or None
            for (heading, turn), value in zip(plan, values, strict=True)
        }

    return make


def widths(columns: Sequence[Column]) -> Mapping[str, float]:
    """Return the widths by heading, in characters."""
    return {column.heading: float(column.width) for column in columns}
