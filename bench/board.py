"""`python -m bench.board [--rows 1000000 5000000] [--rounds 5]`: the county board beside its own statements run raw.

For each size and filter: the board counted anew, and the floor (`bench.floor.board`: the same statements on the same
sums, in the same server, with nothing drawn), interleaved, medians of the time of one request on one connection. Then
the board kept from a moment ago. The database is `liaison_bench_board`, dropped at the next run.
"""

import argparse
import os
import statistics
import sys
import time

os.environ.setdefault("EMBEDDED_DB", "liaison_bench_board")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ.update({"DEMO": "1", "DEBUG": "", "BEHIND_PROXY": "1"})

WARM = 5
AT_ONCE = 20


def main() -> int:
    """Prepare, measure at each size, print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.board", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="go on with what the last run left")
    options = parser.parse_args()
    _prepare(is_new=not options.keep)
    from bench import county  # noqa: PLC0415 - after setup

    print("| opinions | filter | floor, ms | exact, ms | exact ÷ floor | kept, ms |\n|---|---|---|---|---|---|")
    for size in sorted(options.rows):
        started = time.monotonic()
        rows = county.grow(size)
        print(f"{rows:,} opinions, counted, after {time.monotonic() - started:.0f} s", file=sys.stderr)
        _measure(rows, options.rounds)
    return 0


def _prepare(*, is_new: bool) -> None:
    from liaison.runtime.embedded import ensure  # noqa: PLC0415

    spots = ensure()
    from bench import runner  # noqa: PLC0415

    if is_new:
        runner._empty(spots)
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from bench import county  # noqa: PLC0415
    from liaison.runtime.prepare import collect  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    collect()
    if is_new:
        county.prepare()


def _filters() -> list[str]:
    from stations.models import Category, Region  # noqa: PLC0415

    town = Region.objects.townships().order_by("code")[0].code
    subject = Category.objects.filter(parent=None).order_by("position", "id")[0].pk
    return ["", "period=month", "period=12m", "period=all", f"town={town}", f"category={subject}",
            f"period=12m&town={town}&category={subject}"]  # fmt: skip


def _measure(rows: int, rounds: int) -> None:
    from bench import county, runner  # noqa: PLC0415
    from bench.load import Wire, get  # noqa: PLC0415

    cookie = f"Cookie: sessionid={county.session_of('county')}"
    with runner._server(runner.PORTAL, "liaison.settings"), runner._server(runner.FLOOR, "bench.floor_settings"):
        portal, floor = Wire(runner.PORTAL), Wire(runner.FLOOR)
        for query in _filters():
            asked = {
                "floor": (floor, get(f"/board/?{query}")),
                "exact": (portal, get(f"/county/?fresh=1&{query}", cookie)),
                "kept": (portal, get(f"/county/?{query}", cookie)),
            }
            found = _interleaved(asked, rounds)
            shown = " | ".join(f"{found[name]:.1f}" for name in ("floor", "exact"))
            ratio = found["exact"] / found["floor"]
            print(f"| {rows:,} | {query or 'none'} | {shown} | {ratio:.2f} | {found['kept']:.1f} |", flush=True)


def _interleaved(asked: dict[str, tuple[object, bytes]], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of one request of each kind."""
    for wire, request in asked.values():
        for _ in range(WARM):
            _timed(wire, request)
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds * AT_ONCE):
        for name, (wire, request) in asked.items():
            times[name].append(_timed(wire, request))
    return {name: statistics.median(values) for name, values in times.items()}


def _timed(wire: object, request: bytes) -> float:
    started = time.perf_counter()
    status, head, _ = wire.ask(request)  # type: ignore[attr-defined]
    if status != 200:
        raise SystemExit(f"unexpected answer: {head[:200]!r}")
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
