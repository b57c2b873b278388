"""Small spreadsheets for the tests, written and read by a program that is not the one under test."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]


def book(rows: Rows, *, hidden: Rows = ()) -> bytes:
    """Return an .xlsx with these rows; `hidden` is a hidden sheet before them."""
    made = openpyxl.Workbook()
    sheet = made.active
    if hidden:
        sheet.title = "隐藏"
        sheet.sheet_state = "hidden"
        for row in hidden:
            sheet.append(list(row))
        sheet = made.create_sheet("台账")
    for row in rows:
        sheet.append(list(row))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def cells(content: bytes) -> list[list[Any]]:
    """Return the values of the first sheet."""
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return the file with its parts rewritten."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return made.getvalue()
