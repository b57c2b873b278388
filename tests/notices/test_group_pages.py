"""The county connects its WeCom groups: the address goes in and never comes out again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import scopes
from accounts.models import AuditEntry, Role, User
from accounts.scopes import Scope
from notices.models import GroupRobot
from tests.notices.servers import Fake, answer, reset

GROUPS = "/desk/notices/groups/"
KEY = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hook(server: Fake, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a robot; places come from three short lists."""
    settings.WECOM_API_BASE = server.url
    server.always = answer(200, {"errcode": 0})
    lists = {
        "region_code": [Scope("411625", "411625 郸城县", "411625"), Scope("411625001", "411625001 洺南", "411625001"),
                        Scope("411626", "411626 别县", "411626")],
        "station_code": [Scope("mingnan", "洺南站", "411625001"), Scope("far", "别县站", "411626001")],
        "unit_code": [Scope("chengguan", "县城管局", "411625")],
    }  # fmt: skip
    monkeypatch.setattr(scopes, "_PROVIDERS", {name: lambda rows=rows: rows for name, rows in lists.items()})
    return f"{server.url}/cgi-bin/webhook/send?key={KEY}"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.sessions.AccountBackend")
    return client


@pytest.fixture
def county(person: Callable[..., User]) -> Client:
    return browser(person("county", Role.COUNTY_STAFF, "411625"))


@pytest.fixture
def form(hook: str) -> dict[str, str]:
    return {"place": "station:mingnan", "name": "洺南站群", "address": hook, "is_active": "on"}


@pytest.fixture
def robot(county: Client, form: dict[str, str]) -> GroupRobot:
    county.post(f"{GROUPS}new/", form)
    return GroupRobot.objects.get()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COUNTY_STAFF])
def test_closed_to_everybody_else(
    person: Callable[..., User], role: str, robot: GroupRobot, form: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scopes, "_PROVIDERS", {})
    client = browser(person("someone", role, "411625"))
    for page in ("", "new/", f"{robot.pk}/"):
        assert client.get(GROUPS + page).status_code == 403
    for page in ("new/", f"{robot.pk}/", f"{robot.pk}/try/", f"{robot.pk}/remove/"):
        assert client.post(GROUPS + page, form).status_code == 403
    assert GroupRobot.objects.count() == 1


def test_added_encrypted_with_an_audit_line(robot: GroupRobot, hook: str) -> None:
    assert (robot.place, robot.region_code, robot.is_active) == ("station:mingnan", "411625001", True)
    assert robot.address == hook
    entry = AuditEntry.objects.get(action="group_robot_added")
    assert entry.detail == {"group": "station:mingnan"}
    assert KEY not in str(entry.detail)


def test_the_address_is_never_shown_again(county: Client, robot: GroupRobot, form: dict[str, str]) -> None:
    for page in ("", f"{robot.pk}/", "new/"):
        assert KEY not in county.get(GROUPS + page).content.decode()
    assert "…6789" in county.get(GROUPS).content.decode()
    refused = county.post(f"{GROUPS}{robot.pk}/", form | {"name": "", "address": ""})
    assert KEY not in refused.content.decode()


def test_left_empty_it_stays(county: Client, robot: GroupRobot, form: dict[str, str], hook: str) -> None:
    county.post(f"{GROUPS}{robot.pk}/", form | {"address": "", "name": "新名字", "is_active": ""})
    robot.refresh_from_db()
    assert (robot.name, robot.address, robot.is_active) == ("新名字", hook, False)
    assert AuditEntry.objects.filter(action="group_robot_changed").count() == 1


def test_a_new_one_takes_its_place(county: Client, robot: GroupRobot, form: dict[str, str], hook: str) -> None:
    county.post(f"{GROUPS}{robot.pk}/", form | {"address": hook.replace("6789", "0000")})
    robot.refresh_from_db()
    assert robot.address == hook.replace("6789", "0000")


@pytest.mark.parametrize(
    "address", ["", "http://127.0.0.1:6379/", "https://evil.test/cgi-bin/webhook/send?key=abcdefgh1", "file:///etc/x"]
)
def test_another_address_is_refused(county: Client, form: dict[str, str], address: str) -> None:
    page = county.post(f"{GROUPS}new/", form | {"address": address})
    assert "这不是群机器人的 Webhook 地址" in page.context["form"].errors["address"][0]
    assert not GroupRobot.objects.exists()


@pytest.mark.parametrize("place", ["", "station:far", "county:411626", "county:411625001", "unit:x", "x"])
def test_only_places_of_ones_own_county(county: Client, form: dict[str, str], place: str) -> None:
    page = county.post(f"{GROUPS}new/", form | {"place": place})
    assert page.context["form"].errors["place"]
    assert not GroupRobot.objects.exists()


def test_the_places_on_offer(county: Client) -> None:
    text = county.get(f"{GROUPS}new/").content.decode()
    for place in ("county:411625", "station:mingnan", "unit:chengguan"):
        assert f'value="{place}"' in text
    assert ">郸城县<" in text
    assert "别县" not in text


def test_another_countys_groups_are_out_of_sight(
    person: Callable[..., User], robot: GroupRobot, form: dict[str, str]
) -> None:
    stranger = browser(person("stranger", Role.COUNTY_STAFF, "411626"))
    assert "洺南站群" not in stranger.get(GROUPS).content.decode()
    assert stranger.get(f"{GROUPS}{robot.pk}/").status_code == 404
    for act in ("", "try/", "remove/"):
        assert stranger.post(f"{GROUPS}{robot.pk}/{act}", form).status_code == 404
    assert GroupRobot.objects.get().name == "洺南站群"


def test_trying_it(county: Client, robot: GroupRobot, server: Fake) -> None:
    page = county.post(f"{GROUPS}{robot.pk}/try/", follow=True)
    assert "请到群里看一眼" in page.content.decode()
    assert "试一试" in server.asked[0].data["markdown"]["content"]


@pytest.mark.parametrize("act", [reset, answer(200, {"errcode": 93000}), answer(500)])
def test_trying_in_vain_says_why(county: Client, robot: GroupRobot, server: Fake, act: Any) -> None:
    server.always = act
    page = county.post(f"{GROUPS}{robot.pk}/try/")
    assert page.status_code == 409
    assert "没有发成" in page.content.decode()
    assert KEY not in page.content.decode()


def test_trying_counts_in_the_minute(county: Client, robot: GroupRobot, server: Fake) -> None:
    codes = [county.post(f"{GROUPS}{robot.pk}/try/").status_code for _ in range(21)]
    assert codes == [302] * 20 + [409]
    assert len(server.asked) == 20


def test_removed_with_its_address(county: Client, robot: GroupRobot) -> None:
    assert "地址一并抹去" in county.get(f"{GROUPS}{robot.pk}/").content.decode()
    county.post(f"{GROUPS}{robot.pk}/remove/")
    assert not GroupRobot.objects.exists()
    assert AuditEntry.objects.filter(action="group_robot_removed").count() == 1
    assert county.post(f"{GROUPS}{robot.pk}/remove/").status_code == 404


def test_an_empty_page_says_what_to_do(county: Client) -> None:
    text = county.get(GROUPS).content.decode()
    assert "还没有接群" in text
    assert text.count(f"{GROUPS}new/") == 1
