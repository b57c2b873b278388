"""The audit log as a CSV file that opens safely in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry

# A cell that begins like this would run as a formula; full-width forms are folded by some programs.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_HEAD = ("时间", "操作人", "用户名", "操作", "对象", "说明", "来源地址")


class _Echo:
    """A file that returns what is written, so that the writer can stream."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: Any) -> str:
    """`value` as text that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS) else text


def audit_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Lines of a CSV file, with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(_HEAD)
    for entry in entries:
        yield writer.writerow([safe_cell(cell) for cell in _cells(entry)])


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return (
        timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
        entry.actor.label if entry.actor else "系统",
        entry.actor.username if entry.actor else "",
        audit.ACTIONS.get(entry.action, entry.action),
        entry.subject,
        "；".join(f"{name}：{value}" for name, value in audit.in_words(entry)),
        entry.ip,
    )
