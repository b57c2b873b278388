"""The list of records as a spreadsheet. People have no place in it, and the county gets what they are about."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from accounts import audit
from accounts.models import Role
from opinions.ledger.columns import Cell, Column, cells_of
from opinions.ledger.export import filter_words, put
from opinions.posts.filters import RecordFilter
from opinions.posts.models import Kind
from opinions.posts.states import FollowUp, Referral, Result, State

MOST = 20_000  # rows that a request writes itself in about a second


def _word(choices: Any) -> Any:
    return {value: str(label) for value, label in choices}.get


ABOUT = (
    Column("日期", "day", 12, is_day=True),
    Column("站点", "station__name", 22),
    Column("哪个岗", "kind", 14, _word(Kind.choices)),
    Column("什么事", "subject", 50),
    Column("在岗代表", "representative__name", 12),
    Column("谈得怎么样", "result", 12, _word(Result.choices)),
    Column("哪天回访", "follow_up_on", 12, is_day=True),
    Column("回访结果", "follow_up", 12, _word(FollowUp.choices)),
    Column("村（社区）", "region__short_name", 14),
    Column("具体在哪里", "place", 24),
    Column("谁能受益", "beneficiaries", 24),
    Column("想听结果", "wants_word", 10, lambda wants: "想" if wants else None),
    Column("转成意见", "opinion__state", 12, lambda state: "转了" if state else None),
    Column("状态", "state", 10, _word(State.choices)),
)
SAID = (
    Column("怎么说的", "answer", 60),
    Column("帮填几张表", "forms_filled", 12),
    Column("哪几张表", "form_names", 24),
    Column("哪位律师", "answered_by", 12),
    Column("让他再去", "referral", 18, _word(Referral.choices)),
    Column("具体去哪里", "referred_to", 30),
)


def columns_for(user: Any) -> tuple[Column, ...]:
    """What a user's sheet holds: the county's ends where the station's own words begin."""
    return ABOUT if user.has_role(Role.COUNTY_STAFF, Role.COUNTY_LEADER) else (*ABOUT, *SAID)


def write(path: Path, found: RecordFilter, user: Any, at: datetime, ip: str) -> int:
    """Write the filtered list to `path`, leave the audit line, and return the number of rows."""
    columns = columns_for(user)
    rows = list(_rows(found.shown, columns))
    put(path, iter(rows), columns, "服务岗")
    detail = {"filters": filter_words(found), "rows": len(rows)}
    audit.record("posts_exported", actor=user, at=at, subject="posts", detail=detail, ip=ip)
    return len(rows)


def _rows(found: "QuerySet[Any]", columns: tuple[Column, ...]) -> Iterator[dict[str, Cell]]:
    make = cells_of(columns)
    for values in found.order_by("-day", "-pk").values_list(*(column.source for column in columns))[:MOST]:
        yield make(values)
