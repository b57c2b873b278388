"""An administrator makes accounts and grants roles inside his own region, each role at the level it is meant for."""

from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import Role, User
from core.workflow import BadInput
from stations.models import Region, Station, Unit
from tests.world import START, World, make_user, make_world

NEW = "/accounts/users/new/"
TYPED = {"username": "lihua", "name": "李华", "region_code": "", "phone": "", "email": ""}


@pytest.fixture
def world(db: None) -> World:
    """Our county and, beside it, another with a town, a station and a unit."""
    made = make_world()
    for code, name, level in (("411626", "淮阳区", "county"), ("411626101", "四通镇", "township")):
        Region.objects.create(code=code, name=name, short_name=name, level=level)
    Station.objects.create(code="sitong", name="四通镇融合站点", region_id="411626101")
    Unit.objects.create(code="huaiyang", name="淮阳城管局", short_name="淮阳城管", region_id="411626")
    return made


def offered(client: Client, address: str, field: str) -> set[str]:
    page = client.get(address)
    form = page.context["form"] if "form" in page.context else page.context["grant_form"]
    return {str(code) for code, _ in form.fields[field].widget.choices} - {""}


def test_a_new_account_is_offered_the_administrators_own_regions(client: Client, world: World) -> None:
    client.force_login(world.admin)
    assert offered(client, NEW, "region_code") == {"411625", "411625001", "411625001005", "411625101"}


@pytest.mark.parametrize(("typed", "sentence"), [("411626", "不归您管"), ("411625999", "没有找到"), ("41", "不归您管")])
def test_another_region_is_refused_even_when_it_is_sent(
    client: Client, world: World, typed: str, sentence: str
) -> None:
    client.force_login(world.admin)
    page = client.post(NEW, TYPED | {"region_code": typed})
    assert page.status_code == 422
    assert sentence in page.context["form"].errors["region_code"][0]
    assert 'value="lihua"' in page.content.decode()
    assert not User.objects.filter(username="lihua").exists()


@pytest.mark.parametrize(("typed", "kept"), [("411625001", "411625001"), ("", "411625")])
def test_an_account_belongs_to_the_chosen_region_else_to_the_administrators(
    client: Client, world: World, typed: str, kept: str
) -> None:
    client.force_login(world.admin)
    assert client.post(NEW, TYPED | {"region_code": typed}).status_code == 200
    assert User.objects.get(username="lihua").region_code == kept


def test_the_installation_itself_may_name_any_region(world: World) -> None:
    person, _ = services.create_user("first", "第一人", actor=None, at=START, region_code="4116")
    assert person.region_code == "4116"


@pytest.mark.parametrize(
    ("field", "ours", "theirs"),
    [
        ("region_code", "411625001", "411626"),
        ("station_code", "mingnan", "sitong"),
        ("unit_code", "chengguan", "huaiyang"),
    ],
)
def test_roles_are_offered_inside_the_own_region(
    client: Client, world: World, field: str, ours: str, theirs: str
) -> None:
    client.force_login(world.security)
    codes = offered(client, f"/accounts/users/{make_user('lihua').pk}/", field)
    assert ours in codes
    assert theirs not in codes


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.TOWN_STAFF, {"region_code": "411626101"}),
        (Role.STATION_STAFF, {"station_code": "sitong"}),
        (Role.STATION_STAFF, {"station_code": "sitong", "region_code": "411625001"}),
        (Role.UNIT_HANDLER, {"unit_code": "huaiyang"}),
    ],
)
def test_a_role_in_another_region_is_refused(world: World, role: Role, scope: dict[str, str]) -> None:
    person = make_user("lihua")
    with pytest.raises(BadInput, match="不归您管"):
        services.grant_role(person, role, actor=world.security, at=START, **scope)
    assert not person.grants_set.exists()


@pytest.mark.parametrize(
    ("role", "code", "sentence"),
    [
        (Role.TOWN_STAFF, "411625", "乡镇工作人员要选一个乡镇、街道"),
        (Role.TOWN_STAFF, "411625001005", "乡镇工作人员要选一个乡镇、街道"),
        (Role.COUNTY_STAFF, "411625001", "县人大工作人员要选一个县"),
        (Role.GRID_WORKER, "411625", "网格员要选一个乡镇、街道或一个村、社区"),
    ],
)
def test_a_role_needs_a_region_of_its_level(world: World, role: Role, code: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        services.grant_role(make_user("lihua"), role, actor=world.security, at=START, region_code=code)


@pytest.mark.parametrize(
    ("role", "scope", "region"),
    [
        (Role.TOWN_STAFF, {"region_code": "411625001"}, "411625001"),
        (Role.GRID_WORKER, {"region_code": "411625001005"}, "411625001005"),
        (Role.REPRESENTATIVE, {"region_code": "411625001"}, "411625001"),
        (Role.STATION_STAFF, {"station_code": "mingnan"}, "411625001"),
        (Role.STATION_STAFF, {"station_code": "mingnan", "region_code": "411625"}, "411625001"),
        (Role.UNIT_HANDLER, {"unit_code": "chengguan"}, "411625"),
    ],
)
def test_what_fits_is_granted_and_a_station_brings_its_own_region(
    world: World, role: Role, scope: dict[str, Any], region: str
) -> None:
    grant = services.grant_role(make_user("lihua"), role, actor=world.security, at=START, **scope)
    assert grant.region_code == region


def test_a_station_clerk_without_a_station_is_refused_with_a_sentence(client: Client, world: World) -> None:
    client.force_login(world.security)
    person = make_user("lihua")
    page = client.post(f"/accounts/users/{person.pk}/grants/new/", {"role": "STATION_STAFF", "region_code": "411625"})
    assert page.status_code == 422
    assert "请选择站点。" in page.content.decode()
