"""Reading an uploaded spreadsheet: from a stranger's file to plain texts by row, within limits.

The file is never kept. A part that defines entities is refused, and XML is read with defusedxml, which openpyxl takes
by itself where it is installed. Only so many rows and columns are looked at; a formula gives the value stored with it.
"""

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from defusedxml import DefusedXmlException

from core.text import fold, tidy
from core.workflow import BadInput

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 5000
MAX_COLUMNS = 60
MAX_CELL = 10_000
_HEAD_ROWS = 10  # the headings stand in one of the first rows: old ledgers begin with a title
_BRACKETS = re.compile(r"[(（].*")
_BROKEN = (
    zipfile.BadZipFile, DefusedXmlException, SyntaxError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, OSError, EOFError, NotImplementedError, OverflowError, RuntimeError,
)  # fmt: skip
_NOT_READ = "这个文件打不开。请用 Excel 打开，另存为 .xlsx 再传。"


@dataclass(frozen=True)
class Table:
    """What was read: headings, and rows with their number in the sheet as people see it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(name: str, content: bytes, known: Iterable[str] = ()) -> Table:
    """Read an .xlsx or .csv file. `known` are folded headings, by which the row of headings is found.

    Raises BadInput with a sentence for the uploader.
    """
    if len(content) > MAX_BYTES:
        raise BadInput(f"文件最大 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件再传。", "file")
    if name.lower().endswith(".csv"):
        lines = _csv(content)
    elif content[:2] == b"PK":
        lines = _xlsx(content)
    else:
        raise BadInput("请传 .xlsx 或 .csv 文件。旧的 .xls 请先用 Excel 另存为 .xlsx。", "file")
    return _table(lines, frozenset(known))


def _csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        lines = list(
            itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), _HEAD_ROWS + MAX_ROWS + 1)
        )
    except csv.Error as error:
        raise BadInput(_NOT_READ, "file") from error
    return [[_text(cell) for cell in line[:MAX_COLUMNS]] for line in lines]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("认不出这个 CSV 的编码。请另存为 .xlsx 再传。", "file")


def _xlsx(content: bytes) -> list[list[str]]:
    import openpyxl  # noqa: PLC0415 - heavy, and most web workers never need it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return list(_lines(book))
        finally:
            book.close()
    except _BROKEN as error:
        raise BadInput(_NOT_READ, "file") from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks to too much, and any part that defines entities: not every reader below would."""
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise BadInput("这个文件展开以后太大了。请只留要导入的那一张表再传。", "file")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            data = archive.read(part)
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise BadInput(_NOT_READ, "file")


def _lines(book: Any) -> Iterator[list[str]]:
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise BadInput("文件里没有表。", "file")
    sheets[0].reset_dimensions()  # what a sheet says of its own size may be wrong
    rows = sheets[0].iter_rows(max_col=MAX_COLUMNS, values_only=True)
    for row in itertools.islice(rows, _HEAD_ROWS + MAX_ROWS + 1):
        yield [_text(cell) for cell in row]


def _text(value: Any) -> str:
    """Return a cell as text: days as 2026-03-25, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time(0) else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return tidy(str(value)).strip()[:MAX_CELL]


def _table(lines: Sequence[Sequence[str]], known: frozenset[str]) -> Table:
    head = _head_row(lines, known)
    headings = tuple(lines[head]) if lines else ()
    if lines[head + 1 :] and (under := _with_second_row(headings, lines[head + 1], known)):
        head, headings = head + 1, under
    while headings and not headings[-1]:
        headings = headings[:-1]
    if len([word for word in headings if word]) < 2:
        raise BadInput("找不到表头。请把各栏的名称写在最上面一行。", "file")
    width = len(headings)
    rows = tuple(
        (number, tuple(line[:width]) + ("",) * (width - len(line)))
        for number, line in enumerate(lines[head + 1 :], head + 2)
        if any(line[:width])
    )
    if not rows:
        raise BadInput("表头下面一行也没有。", "file")
    if len(rows) > MAX_ROWS:
        raise BadInput(f"一次最多 {MAX_ROWS} 行。请分成几个文件再传。", "file")
    return Table(headings, rows)


def _head_row(lines: Sequence[Sequence[str]], known: frozenset[str]) -> int:
    """Return which of the first rows holds the headings: the one with most known words, else the first full one."""
    found = [sum(heading(cell) in known for cell in line) for line in lines[:_HEAD_ROWS]]
    if found and max(found) >= 2:
        return found.index(max(found))
    return next((at for at, line in enumerate(lines[:_HEAD_ROWS]) if sum(map(bool, line)) > 1), 0)


def _with_second_row(above: Sequence[str], below: Sequence[str], known: frozenset[str]) -> tuple[str, ...]:
    """Return the headings of a head of two rows, such as 建设时间 over 开工 and 完工; nothing where the next is a row.

    Below a heading that spans several columns stand theirs; what it says in brackets, such as （元）, holds for each.
    """
    width = max(len(above), len(below))
    over, under = [[*line, *[""] * (width - len(line))] for line in (above, below)]
    own = {at for at in range(width) if under[at]}
    spans = {at for at in own if over[at] and at + 1 in own and not over[at + 1]}
    if not spans or {at for at in own if over[at]} != spans or not {heading(under[at]) for at in own} & known:
        return ()
    found, hint = [], ""
    for at in range(width):
        hint = "".join(_BRACKETS.findall(over[at])) if over[at] else hint
        is_plain = under[at] and not _BRACKETS.search(under[at])
        found.append(f"{under[at]}{hint}" if is_plain else under[at] or over[at])
    return tuple(found)


def heading(text: str) -> str:
    """Fold a heading for comparing: without blanks, star, colon and what stands in brackets."""
    word = fold(text).replace(" ", "").strip("*:：")
    return word.split("(", 1)[0]
