"""The towns in which projects lie, as lists and boards let one choose them; 全县 is what belongs to no single town."""

from collections.abc import Iterable

from django.db.models import Q

from stations.models import Region

COUNTY_CODE = 6
WHOLE = "全县"


def town_of(code: str) -> str:
    """Return the code of the town a place is or lies in; of the county's own, the county's."""
    return code[:9]


def own_town(code: str) -> str:
    """Return the code of the town a place is or lies in, "" for what belongs to the county as a whole."""
    return town_of(code) if len(code) > COUNTY_CODE else ""


def towns_of(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return code and name of the towns some places lie in, the county as a whole first."""
    rows = Region.objects.filter(code__in={town_of(code) for code in codes}).order_by("code")
    return [(row.code, WHOLE if len(row.code) == COUNTY_CODE else row.short_name) for row in rows]


def lies_in(code: str, field: str = "region") -> Q:
    """Keep what lies in a town; for the county's code, what is for the county as a whole and for no single town."""
    return Q(**{f"{field}_id": code}) if len(code) == COUNTY_CODE else Q(**{f"{field}__code__startswith": code})
