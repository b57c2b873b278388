"""Proposing a month for 60 stations with 1,400 representatives: the planner alone, and through the verb with its rows.

`python -m bench.rosters` makes a database of its own. Every station has three rhythms and a year of served duties.
"""

import os
import subprocess
import sys
import time as clock
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("EMBEDDED_DB", "liaison_bench_rosters")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ.update({"DEMO": "1", "DEBUG": "", "BEHIND_PROXY": "1"})

ROOT = Path(__file__).resolve().parents[1]
STATIONS, PEOPLE = 60, 1_400
MONTH = date(2026, 9, 1)


def section() -> None:
    """Measure in a process and a database of its own, and print; the hook of `python -m bench`."""
    environ = os.environ | {"EMBEDDED_DB": "liaison_bench_rosters"}
    subprocess.run([sys.executable, "-m", "bench.rosters"], cwd=ROOT, env=environ, check=False)


def prepare() -> list[Any]:
    """Write the county, its representatives and a year of rosters; returns the stations."""
    from accounts.models import User  # noqa: PLC0415 - only after setup
    from core.workdays import OFFICE  # noqa: PLC0415
    from duties.models import Rhythm, Roster, Shift  # noqa: PLC0415
    from stations.models import Region, Representative, Service, Station  # noqa: PLC0415

    county = Region.objects.create(code="411625", name="县", short_name="县", level="county")
    stations = Station.objects.bulk_create(
        Station(code=f"s{number}", name=f"站点 {number}", region=county) for number in range(STATIONS)
    )
    people = Representative.objects.bulk_create(
        Representative(name=f"代表 {number}", occupation="律师" if number % 7 == 0 else "教师")
        for number in range(PEOPLE)
    )
    Service.objects.bulk_create(
        Service(station=stations[number % STATIONS], representative=person, since=date(2020, 1, 1))
        for number, person in enumerate(people)
    )
    morning = {"start": time(8, 30), "end": time(12)}
    for station in stations:
        Rhythm.objects.create(station=station, post="WINDOW", pattern="WEEKLY", weekday=3, people=3, **morning)
        Rhythm.objects.create(station=station, post="RECEPTION", pattern="MONTHLY", month_day=15, people=4, **morning)
        Rhythm.objects.create(station=station, post="LEGAL", pattern="NTH", weekday=1, weeks=[1, 3], **morning)
    at = datetime(2026, 8, 20, 9, tzinfo=OFFICE)
    for back in range(1, 13):
        month = date(2026 if back < 9 else 2025, (8 - back) % 12 + 1, 1)
        rosters = Roster.objects.bulk_create(
            Roster(station=station, month=month, state="PUBLISHED", created_at=at, published_at=at, changed_at=at)
            for station in stations
        )
        Shift.objects.bulk_create(
            Shift(
                roster=roster, station_id=roster.station_id, day=month + timedelta(days=day), post="WINDOW",
                representative=people[(place + STATIONS * ((back * 20 + day) % 23)) % PEOPLE], state="HELD",
                changed_at=at, **morning,
            )
            for place, roster in enumerate(rosters)
            for day in range(20)
        )  # fmt: skip
    User.objects.create(username="bench", name="bench")
    return stations


def main() -> int:
    """Prepare, measure the whole county three times, print the medians."""
    from liaison.runtime.embedded import ensure  # noqa: PLC0415

    spots = ensure()
    from bench.runner import _empty  # noqa: PLC0415

    _empty(spots)
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    print(measured(prepare()))
    return 0


def measured(stations: list[Any]) -> str:
    """One line: seconds of the planner alone and of the verb for every station, and how even the months are."""
    from core.workdays import OFFICE, WorkCalendar  # noqa: PLC0415
    from duties import gathering, planning, workflow  # noqa: PLC0415
    from duties.models import Shift  # noqa: PLC0415

    clerk, at = _clerk(), datetime(2026, 8, 20, 9, tzinfo=OFFICE)
    work = [(gathering.rules_of(station), gathering.people_of(station, MONTH)) for station in stations]
    pure, through = [], []
    for _ in range(3):
        began = clock.perf_counter()
        for rules, people in work:
            planning.propose(planning.slots(rules, MONTH, WorkCalendar.load()), people)
        pure.append(clock.perf_counter() - began)
        began = clock.perf_counter()
        for station in stations:
            workflow.propose(station.pk, MONTH, actor=clerk, at=at)
        through.append(clock.perf_counter() - began)
    count, gaps = Shift.objects.filter(day__gte=MONTH).count(), Shift.objects.filter(day__gte=MONTH).gaps().count()
    return (
        f"rosters: {len(stations)} stations, {PEOPLE:,} representatives, {count:,} duties, {gaps} gaps: "
        f"planner {sorted(pure)[1]:.2f} s, with reading and writing {sorted(through)[1]:.2f} s"
    )


def _clerk() -> Any:
    """Somebody who looks after every station."""
    from accounts.models import Role, RoleGrant, User  # noqa: PLC0415
    from core.workdays import OFFICE  # noqa: PLC0415

    user = User.objects.get(username="bench")
    RoleGrant.objects.create(
        user=user, role=Role.TOWN_STAFF, region_code="411625", granted_at=datetime(2026, 1, 1, tzinfo=OFFICE)
    )
    return user


if __name__ == "__main__":
    sys.exit(main())
