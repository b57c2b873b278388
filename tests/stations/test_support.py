"""The support screens of the stations: the system administrator looks, and changes nothing."""

from collections.abc import Callable

import pytest
from django.test import Client

from stations.models import Station
from tests.world import World

PAGES = ["region", "station", "unit", "category"]


@pytest.mark.parametrize("page", PAGES)
def test_the_system_administrator_reads_a_register(signed_in: Callable[[str], Client], page: str) -> None:
    assert signed_in("admin").get(f"/admin/stations/{page}/").status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["county_staff", "clerk", "audit", "security"])
def test_nobody_else_does(signed_in: Callable[[str], Client], page: str, name: str) -> None:
    assert signed_in(name).get(f"/admin/stations/{page}/").status_code == 302


def test_nothing_is_added_changed_or_removed_there(signed_in: Callable[[str], Client], world: World) -> None:
    client, address = signed_in("admin"), f"/admin/stations/station/{world.station.pk}"
    for page in ("change", "delete"):
        assert client.post(f"{address}/{page}/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/stations/station/add/").status_code == 403
    assert Station.objects.filter(pk=world.station.pk).exists()


def test_names_of_people_are_not_listed(signed_in: Callable[[str], Client], world: World) -> None:
    Station.objects.filter(pk=world.station.pk).update(head="安可期")
    assert "安可期" not in signed_in("admin").get("/admin/stations/station/").content.decode()
    assert signed_in("admin").get("/admin/stations/representative/").status_code == 404
