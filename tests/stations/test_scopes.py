"""Regions, stations and units offered to the grant form."""

from accounts import scopes
from tests.world import World, make_world


def test_the_grant_form_is_offered_what_exists(db: None) -> None:
    world: World = make_world()
    offered = {field: {scope.code: scope for scope in scopes.choices(field) or ()} for field in
               ("region_code", "station_code", "unit_code")}  # fmt: skip
    assert world.town.code in offered["region_code"]
    assert offered["station_code"][world.station.code].region_code == world.station.region_id
    assert offered["unit_code"][world.unit.code].region_code == world.unit.region_id


def test_closed_stations_and_units_are_not_offered(db: None) -> None:
    world: World = make_world()
    world.station.is_active = world.unit.is_active = False
    world.station.save()
    world.unit.save()
    assert world.station.code not in {scope.code for scope in scopes.choices("station_code") or ()}
    assert world.unit.code not in {scope.code for scope in scopes.choices("unit_code") or ()}
