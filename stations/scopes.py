"""Regions, stations and units as the choices of a role: what the grant form of `accounts` offers."""

from collections.abc import Iterator

from accounts import scopes
from accounts.scopes import Scope
from stations.models import Region, Station, Unit


def regions() -> Iterator[Scope]:
    """Every region by code, so that a village stands under its town."""
    for code, name in Region.objects.order_by("code").values_list("code", "name"):
        yield Scope(code, f"{code} {name}", code)


def stations() -> Iterator[Scope]:
    """Active stations; each brings its region along."""
    rows = Station.objects.filter(is_active=True).order_by("region_id", "pk")
    for code, name, region in rows.values_list("code", "name", "region_id"):
        yield Scope(code, name, region)


def units() -> Iterator[Scope]:
    """Active units; each brings its region along."""
    rows = Unit.objects.filter(is_active=True).order_by("region_id", "name")
    for code, name, region in rows.values_list("code", "name", "region_id"):
        yield Scope(code, name, region)


scopes.register("region_code", regions)
scopes.register("station_code", stations)
scopes.register("unit_code", units)
