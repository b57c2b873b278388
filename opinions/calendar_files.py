"""Reading the State Council's yearly notice from a file: a CSV table, or a calendar (.ics) as people pass them on.

Reading only: text in, days and refused lines out. What a day changes is asked in `opinions.calendar_import`.

CSV: a day, 上班 or 休息, a name, a source; the first line may be a heading. Calendar: all-day entries whose title says
休/假 or 班, or that carry the mark X-APPLE-SPECIAL-DAY; an entry may last several days.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.workdays import MAKE_UP
from core.workflow import BadInput

MOST_BYTES = 1_000_000
MOST_DAYS = 400  # a year and a little: a longer file is not the notice
LONGEST_ENTRY = 31
_DAY = re.compile(r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*$")
_WORKS = {"上班", "班", "补班", "调休上班", "工作日", "是", "1", "workday", "work"}
_RESTS = {"休息", "休", "放假", "假", "节假日", "否", "0", "holiday", "rest"}
_TAIL = re.compile(r"\s*[（(]?(第\s*\d+\s*天\s*/\s*共\s*\d+\s*天|放假|假期|休|补班|调休|班)[)）]?\s*$")


@dataclass(frozen=True)
class Day:
    """One day of the notice."""

    date: date
    is_workday: bool
    name: str
    source: str = ""


@dataclass(frozen=True)
class Reading:
    """What a file says: its days in order, and the lines that could not be used, each with the reason."""

    days: tuple[Day, ...]
    refused: tuple[tuple[str, str], ...]


def read(name: str, content: bytes) -> Reading:
    """Read a file by its name's ending. Raises BadInput where it is no such file or holds no day."""
    if len(content) > MOST_BYTES:
        raise BadInput("文件太大了，放假安排用不了这么大。", "file")
    if name.lower().endswith(".ics"):
        found = list(_from_calendar(content))
    elif name.lower().endswith(".csv"):
        found = list(_from_table(content))
    else:
        raise BadInput("请选 .csv 或 .ics 文件。", "file")
    reading = _once_each(found)
    if not reading.days and not reading.refused:
        raise BadInput("文件里没有找到日子，请换一个文件。", "file")
    if len(reading.days) > MOST_DAYS:
        raise BadInput(f"文件里有 {len(reading.days)} 天，一年的安排用不了这么多，请分开。", "file")
    return reading


def _once_each(found: Sequence[Day | tuple[str, str]]) -> Reading:
    """Keep each date once; a second line that says something else of the same date is refused."""
    days: dict[date, Day] = {}
    refused = [item for item in found if isinstance(item, tuple)]
    for item in found:
        if isinstance(item, tuple):
            continue
        first = days.setdefault(item.date, item)
        if first.is_workday != item.is_workday:
            refused.append((f"{item.date} {item.name}", "同一天前面写过，说法相反，没有采用这一行。"))
    return Reading(tuple(days[day] for day in sorted(days)), tuple(refused))


def decoded(content: bytes) -> str:
    """Return the text of a table written by Excel: UTF-8, or the Chinese code page."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("读不出文字，请另存为“CSV UTF-8”再传。", "file")


def _from_table(content: bytes) -> Iterator[Day | tuple[str, str]]:
    text = decoded(content)
    if "\0" in text:
        raise BadInput("这不是 CSV 文件，请在表格软件里另存为 CSV。", "file")
    for number, cells in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (number == 1 and not any(character.isdigit() for character in cells[0])):
            continue
        yield _row(number, cells)


def _row(number: int, cells: list[str]) -> Day | tuple[str, str]:
    line = f"第 {number} 行：{'，'.join(cells)[:60]}"
    cells = [*cells, "", "", ""]
    found = _DAY.match(cells[0])
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        return line, "第一格不是日期，要写成 2027-01-01。"
    word = cells[1].lower()
    if word not in _WORKS and word not in _RESTS:
        return line, "第二格要写“上班”或“休息”。"
    works = word in _WORKS
    return Day(day, works, cells[2][:40] or (MAKE_UP if works else "放假"), cells[3][:120])


def _from_calendar(content: bytes) -> Iterator[Day | tuple[str, str]]:
    from icalendar import Calendar  # noqa: PLC0415 - heavy, and most web workers never need it

    try:
        entries = Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, IndexError, KeyError) as error:
        raise BadInput("这不是日历文件，请换一个 .ics 文件。", "file") from error
    for entry in entries:
        yield from _entry(entry)


def _entry(entry: Any) -> Iterator[Day | tuple[str, str]]:
    title = str(entry.get("SUMMARY", "")).strip()
    start, end = _span(entry)
    if start is None or end is None:
        yield title or "（没有标题）", "没有日期。"
        return
    works = _says_work(title, entry)
    if works is None:
        yield f"{start} {title}", "看不出是放假还是上班，没有采用。"
        return
    if not 0 < (end - start).days <= LONGEST_ENTRY:
        yield f"{start} {title}", f"起止日子不对，或者超过 {LONGEST_ENTRY} 天。"
        return
    name = MAKE_UP if works else (_TAIL.sub("", title).strip() or "放假")[:40]
    for offset in range((end - start).days):
        yield Day(start + timedelta(days=offset), works, name)


def _span(entry: Any) -> tuple[date | None, date | None]:
    """Return first day and the day after the last; an entry without an end is one day."""
    start, end = (_plain_day(entry.get(name)) for name in ("DTSTART", "DTEND"))
    if start is not None and (end is None or end == start):
        end = start + timedelta(days=1)
    return start, end


def _plain_day(value: Any) -> date | None:
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return moment.date()
    return moment if isinstance(moment, date) else None


def _says_work(title: str, entry: Any) -> bool | None:
    """Tell whether an entry means work or rest; None when neither is said."""
    mark = str(entry.get("X-APPLE-SPECIAL-DAY", "")).upper()
    if mark in ("ALTERNATE-WORKDAY", "WORK-HOLIDAY"):
        return mark == "ALTERNATE-WORKDAY"
    words = f"{title} {entry.get('DESCRIPTION', '')}"
    if re.search(r"[补上]班|[（( ]班[)）]?|班$", title):
        return True
    if re.search(r"休|假", title) or "放假" in words:
        return False
    return None
