"""The county as it stands in public lists: regions, units, categories, and a station for every town.

Safe to run again: rows are found by their code and left as the county edited them.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from stations.models import Category, Region, ServicePost, Station, Unit, Venue

DATA = Path(__file__).resolve().parent / "data"
HOURS = "8:30–12:00 14:30–17:30"
TOWN_SLUGS = {
    "411625001": "mingnan", "411625002": "mingbei", "411625003": "xincheng", "411625101": "wutai",
    "411625102": "nanfeng", "411625103": "baima", "411625104": "ningping", "411625105": "yilu",
    "411625106": "qiandian", "411625107": "jizhong", "411625108": "shicao", "411625109": "jishui",
    "411625200": "chengjiao", "411625201": "hugang", "411625203": "zhangwanji", "411625204": "dingcun",
    "411625205": "shuanglou", "411625206": "qiuqu", "411625207": "dongfeng", "411625208": "baji",
    "411625209": "lilou", "411625210": "huji",
}  # fmt: skip
VILLAGES_WITH_STATION = 6
_LONG_ENDINGS = (
    ("社区居民委员会", "社区"),
    ("居民委员会", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("居委会", "社区"),
)


# Nobody's names: each town writes its own over them on the station's page.
_FAMILY, _GIVEN = (
    "麦田安程陆苗白顾",
    ("知秋", "有声", "可期", "守田", "长河", "清和", "明礼", "如磐", "谷雨", "新禾", "慎行"),
)


def invented_name(number: int) -> str:
    """A name for the head of station `number`, always the same and no two alike within 88."""
    return _FAMILY[number % len(_FAMILY)] + _GIVEN[number % len(_GIVEN)]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def short_name(name: str) -> str:
    """Return what people call a region: 友谊社区居民委员会 → 友谊社区, 王寨村民委员会 → 王寨村."""
    for ending, short in _LONG_ENDINGS:
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return stem if stem.endswith(short) else stem + short
    return name


@transaction.atomic
def seed_county() -> None:
    """Write what is missing of the county's regions, units, categories and stations."""
    seed_regions()
    seed_units()
    seed_categories()
    seed_stations()


def seed_regions() -> None:
    """Write the county, its towns and streets, its villages and communities."""
    rows = [
        Region(code=r["code"], name=r["name"], short_name=short_name(r["name"]), level=r["level"])
        for r in _rows("regions_411625.csv")
    ]
    Region.objects.bulk_create(rows, ignore_conflicts=True)


def seed_units() -> None:
    """Write the county's bureaus and the towns' governments."""
    county = Region.objects.get(level=Region.Level.COUNTY)
    units = [
        Unit(code=r["code"], name=r["name"], short_name=r["short_name"], region=county) for r in _rows("units.csv")
    ]
    for town in Region.objects.townships():
        office = "办事处" if town.name.endswith("街道") else "政府"
        slug = TOWN_SLUGS[town.code]
        units.append(
            Unit(code=f"{slug}-zf", name=f"{town.name}{office}", short_name=f"{town.name}{office}", region=town)
        )
    Unit.objects.bulk_create(units, ignore_conflicts=True)


def seed_categories() -> None:
    """Write the subject tree; each leaf names its usual unit."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    for position, row in enumerate(_rows("categories.csv")):
        parent = Category.objects.get(code=row["parent"]) if row["parent"] else None
        Category.objects.get_or_create(
            code=row["code"],
            defaults={
                "parent": parent,
                "name": row["name"],
                "usual_unit": units.get(row["unit"]),
                "keywords": row["keywords"],
                "position": position,
            },
        )


def seed_stations() -> None:
    """Write a station for every town and for a few villages, with venues and the four service posts."""
    towns = list(Region.objects.townships())
    villages = list(Region.objects.inside("411625001").villages()[:VILLAGES_WITH_STATION])
    for number, region in enumerate([*towns, *villages], 1):
        slug = TOWN_SLUGS.get(region.code) or f"{TOWN_SLUGS[region.town_code]}-{int(region.code[-3:])}"
        station, is_new = Station.objects.get_or_create(
            code=slug,
            defaults={
                "name": f"{region.short_name}融合站点",
                "region": region,
                "service_center": f"{region.short_name}党群服务中心",
                "address": f"{region.short_name}党群服务中心一楼",
                "phone": f"0394-555 {number:04d}",
                "opening_hours": HOURS,
                "first_responsible": "党（工）委书记"
                if region.level == Region.Level.TOWNSHIP
                else "村（社区）党支部书记",
                "head": invented_name(number),
                "deputy_head": "党群服务中心主任",
            },
        )
        if is_new:
            Venue.objects.bulk_create(Venue(station=station, kind=kind, place="一楼") for kind in Venue.Kind.values)
            ServicePost.objects.bulk_create(ServicePost(station=station, kind=k) for k in ServicePost.Kind.values)
