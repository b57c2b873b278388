"""The export of the ledger beside XlsxWriter: seconds and memory, each in a process of its own.

`EMBEDDED_DB=some_name python -m bench.export --fill [--rows 100000] [--rounds 3]`; `--fill` empties and fills that
database. Twelve columns. Ours reads the rows from PostgreSQL and writes them; XlsxWriter (constant memory) is given the
same cells ready in a list, so that only its writing counts.
Memory is what the process needed at its highest over what it held when it was ready to begin.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BAR, MEMORY_BAR = 0.4, 40  # × XlsxWriter, MiB
HEADINGS = (
    "收到日期", "从哪来", "站点", "村（社区）", "类别", "事情", "内容", "状态", "主办单位", "答复期限", "答复日期",
    "办理结果",
)  # fmt: skip


def _ready(rows: int) -> tuple[Any, Any]:
    """Start Django, and return the filter and the twelve columns."""
    import django  # noqa: PLC0415 - settings first

    from liaison.runtime.embedded import ensure  # noqa: PLC0415

    ensure()
    django.setup()
    from django.http import QueryDict  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from opinions.ledger import export  # noqa: PLC0415
    from opinions.ledger.columns import LEDGER  # noqa: PLC0415

    export.MOST = rows
    found = export.filtered(QueryDict("group=all"), User.objects.get(username="county"), timezone.now())
    found.qs.exists()  # the connection is open before the clock starts
    return found, tuple(column for column in LEDGER if column.heading in HEADINGS)


def _ours(found: Any, columns: Any, path: Path) -> int:
    from opinions.ledger import export  # noqa: PLC0415

    return export.write(path, found, columns)


def _cells(found: Any, columns: Any) -> list[list[Any]]:
    from opinions.ledger import export  # noqa: PLC0415

    rows = export._rows(found, columns, lambda done: True, [0])
    return [list(row.values()) for row in rows]


def _theirs(cells: list[list[Any]], path: Path) -> int:
    import xlsxwriter  # noqa: PLC0415 - only the process that measures it loads it

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"quote_prefix": True})
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading)
    for number, row in enumerate(cells, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value, text)
            elif value is not None:
                sheet.write_datetime(number, column, value, day)
    book.close()
    return len(cells)


def fill(rows: int) -> None:
    """Empty the database that EMBEDDED_DB names and put the demo county and so many matters into it."""
    import django  # noqa: PLC0415 - settings first

    from bench.runner import _empty  # noqa: PLC0415
    from liaison.runtime.embedded import ensure  # noqa: PLC0415

    _empty(ensure())
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from bench import county  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    county.prepare()
    county.grow(rows)


def once(side: str, rows: int) -> dict[str, float]:
    """Measure one side in this process."""
    found, columns = _ready(rows)
    cells = _cells(found, columns) if side == "theirs" else []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        before = _memory_now()
        start = time.perf_counter()
        count = _theirs(cells, path) if side == "theirs" else _ours(found, columns, path)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = path.stat().st_size / 2**20
    return {"rows": count, "seconds": seconds, "over_idle": peak - before, "file": size}


def _memory_now() -> float:
    """Resident memory of this process in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def measured(rows: int, rounds: int) -> dict[str, Any]:
    """Measure both sides in turn and return medians, as one row for the bench's table."""
    found: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
    for _ in range(rounds):
        for side, kept in found.items():
            command = [sys.executable, "-m", "bench.export", "--rows", str(rows), "--side", side]
            answer = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
            kept.append(json.loads(answer.stdout.splitlines()[-1]))

    def median(side: str, name: str) -> float:
        return statistics.median(one[name] for one in found[side])

    return {
        "rows": found["ours"][0]["rows"],
        "ours": round(median("ours", "seconds"), 2),
        "theirs": round(median("theirs", "seconds"), 2),
        "share": round(median("ours", "seconds") / median("theirs", "seconds"), 2),
        "over_idle": round(median("ours", "over_idle"), 1),
        "file": round(median("ours", "file"), 1),
    }


def line(row: dict[str, Any]) -> str:
    """Say the figures in one line."""
    return (
        f"export of {row['rows']:,.0f} rows × {len(HEADINGS)}: {row['ours']} s, XlsxWriter {row['theirs']} s, "
        f"{row['share']} of it (bar {BAR}); {row['over_idle']} MiB over idle (bar {MEMORY_BAR}); {row['file']} MiB file"
    )


def main() -> int:
    """Measure both sides, or one of them in this process."""
    parser = argparse.ArgumentParser(prog="python -m bench.export", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=("ours", "theirs"), default="")
    parser.add_argument("--fill", action="store_true", help="empty and fill the database first")
    options = parser.parse_args()
    os.environ.setdefault("EMBEDDED_DB", "liaison_bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    os.environ.update({"DEMO": "1", "DEBUG": ""})
    if options.fill:
        fill(options.rows)
    if options.side:
        print(json.dumps(once(options.side, options.rows)))
    else:
        print(line(measured(options.rows, options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
