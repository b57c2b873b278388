"""/desk/stations/: who gets in, what the pages say, what staff change, and that long lists cost no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, Role
from core.workdays import local_date
from core.workflow import BadInput
from stations import services
from stations.models import EntryCode, Region, Representative, ScanCount, Service, Station, Venue
from tests.world import START, World, make_user

SignIn = Callable[[str], Client]
LIST, DETAIL = "/desk/stations/", "/desk/stations/mingnan/"


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize("address", [LIST, DETAIL, f"{DETAIL}edit/", "/desk/stations/prints/1/"])
def test_visitors_are_led_to_the_door(client: Client, world: World, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", ["rep", "grid", "handler", "admin", "security", "audit"])
def test_other_roles_get_403(signed_in: SignIn, name: str) -> None:
    assert signed_in(name).get(LIST).status_code == 403
    assert signed_in(name).get(DETAIL).status_code == 403


@pytest.mark.parametrize(("name", "sees", "hidden"), [
    ("clerk", ["洺南"], ["吴台"]),
    ("other_clerk", ["吴台"], ["洺南"]),
    ("town_staff", ["洺南"], ["吴台"]),
    ("county_staff", ["洺南", "吴台"], []),
    ("leader", ["洺南", "吴台"], []),
])  # fmt: skip
def test_the_list_shows_what_is_in_sight(signed_in: SignIn, name: str, sees: list[str], hidden: list[str]) -> None:
    shown = page(signed_in(name), LIST).split("<main")[1]
    assert all(word in shown for word in sees)
    assert not any(word in shown for word in hidden), "not in rows, and not in the filter's choices either"


def test_a_station_out_of_sight_is_404_for_every_address(signed_in: SignIn, entry: EntryCode) -> None:
    client = signed_in("other_clerk")
    for address in (DETAIL, f"{DETAIL}edit/", f"/desk/stations/codes/{entry.code}/a4.pdf"):
        assert client.get(address).status_code == 404
    for address in (f"{DETAIL}codes/", f"{DETAIL}people/", f"/desk/stations/codes/{entry.code}/revoke/"):
        assert client.post(address, {"kind": "STATION", "name": "某某"}).status_code == 404
    entry.refresh_from_db()
    assert entry.revoked_at is None


def test_a_leader_looks_and_changes_nothing(signed_in: SignIn, entry: EntryCode) -> None:
    client = signed_in("leader")
    shown = page(client, DETAIL)
    assert "新建一个码" not in shown
    assert "作废" not in shown
    assert client.get(f"{DETAIL}edit/").status_code == 403
    assert client.post(f"{DETAIL}edit/", {"name": "别名"}).status_code == 403
    assert client.post(f"{DETAIL}codes/", {"kind": "STATION"}).status_code == 403
    assert client.post(f"{DETAIL}people/", {"name": "某某"}).status_code == 403
    assert client.get(f"/desk/stations/codes/{entry.code}/a4.pdf").status_code == 403
    assert EntryCode.objects.count() == 1
    assert not Representative.objects.filter(name="某某").exists(), "nothing is half done"


def test_a_shell_says_what_is_missing(signed_in: SignIn, world: World) -> None:
    shown = page(signed_in("clerk"), LIST)
    assert "空壳" in shown
    assert "没有站长" in shown
    assert "没有代表进站" not in shown.replace("或没有代表进站", ""), "one serves at this station"
    Station.objects.filter(code="mingnan").update(head="安可期")
    assert "没有站长" not in page(signed_in("clerk"), LIST)


def test_the_search_lives_in_the_address(signed_in: SignIn, world: World) -> None:
    client = signed_in("county_staff")
    assert "洺南街道融合站点" in page(client, f"{LIST}?q=洺南")
    assert "吴台镇融合站点" not in page(client, f"{LIST}?q=洺南")
    assert "洺南街道融合站点" not in page(client, f"{LIST}?town=411625101")
    assert "没有找到站点" in page(client, f"{LIST}?q=没有这个")
    assert "没有找到站点" in page(client, f"{LIST}?town=%27%3B--")


def test_codes_and_their_scans_of_thirty_days(signed_in: SignIn, entry: EntryCode) -> None:
    today = local_date(timezone.now())
    for back, count in ((0, 5), (29, 2), (30, 100)):
        ScanCount.objects.create(entry_code=entry, day=today - timedelta(days=back), count=count)
    shown = page(signed_in("clerk"), DETAIL)
    assert "近 30 天扫了 7 次" in shown
    assert "7 次" in page(signed_in("clerk"), LIST)
    assert f"{entry.code[:4]} {entry.code[4:]}" in shown


def test_an_empty_station_says_what_to_do_next(signed_in: SignIn, world: World) -> None:
    assert "还没有能用的码" in page(signed_in("clerk"), DETAIL)
    assert "还没有代表进站" in page(signed_in("other_clerk"), "/desk/stations/wutai/")


def test_a_new_code_through_the_page(signed_in: SignIn, world: World) -> None:
    answer = signed_in("clerk").post(
        f"{DETAIL}codes/", {"kind": "PLACE", "region": world.village.pk, "label": ""}, follow=True
    )
    assert "新码建好了" in answer.content.decode()
    made = EntryCode.objects.get()
    assert (made.kind, made.label, made.location, made.created_by) == (
        "PLACE",
        "东街社区公示栏",
        "东街社区",
        world.clerk,
    )


def test_what_the_kind_does_not_ask_for_is_left_out(signed_in: SignIn, world: World) -> None:
    person = Representative.objects.get()
    signed_in("clerk").post(
        f"{DETAIL}codes/", {"kind": "STATION", "region": world.village.pk, "representative": person.pk}
    )
    made = EntryCode.objects.get()
    assert (made.region, made.representative, made.location) == (None, None, "")


@pytest.mark.parametrize("data", [{}, {"kind": "NOTHING"}, {"kind": "REPRESENTATIVE"}, {"kind": "PLACE"}])
def test_a_code_that_lacks_something_is_refused_with_words(signed_in: SignIn, data: dict[str, str]) -> None:
    answer = signed_in("clerk").post(f"{DETAIL}codes/", data)
    assert answer.status_code == 422
    assert not EntryCode.objects.exists()


def test_revoking_asks_once_and_names_the_thing(signed_in: SignIn, entry: EntryCode) -> None:
    client = signed_in("clerk")
    asked = page(client, f"/desk/stations/codes/{entry.code}/revoke/")
    assert "作废“站点门口”的码？" in asked
    entry.refresh_from_db()
    assert entry.revoked_at is None, "asking changes nothing"
    answer = client.post(f"/desk/stations/codes/{entry.code}/revoke/", follow=True)
    assert "把挂着的纸取下来" in answer.content.decode()
    assert "已作废 1 个" in answer.content.decode()
    assert client.post(f"/desk/stations/codes/{entry.code}/revoke/").status_code == 409


def form_data(**changes: str) -> dict[str, str]:
    return {
        "name": "洺南街道融合站点", "service_center": "党群服务中心", "address": "二楼", "phone": "0394-555 0101",
        "opening_hours": "8:30–12:00 14:30–17:30", "first_responsible": "", "head": "安可期", "deputy_head": "",
        "is_active": "on", "venue_EXPRESS_WINDOW": "一楼大厅", "post_LEGAL": "on", "hours_LEGAL": "周三上午",
    } | changes  # fmt: skip


def test_facts_venues_and_posts_are_changed_together(signed_in: SignIn, world: World) -> None:
    Venue.objects.create(station=world.station, kind="PIONEER_POST", place="门口")
    answer = signed_in("clerk").post(f"{DETAIL}edit/", form_data(), follow=True)
    shown = answer.content.decode()
    assert answer.redirect_chain == [(DETAIL, 302)]
    assert all(word in shown for word in ("安可期", "二楼", "一楼大厅", "周三上午"))
    assert "党员先锋岗" not in shown, "an empty place means that there is none"
    station = Station.objects.get(code="mingnan")
    assert [(post.kind, post.hours) for post in station.posts.filter(is_active=True)] == [("LEGAL", "周三上午")]
    assert AuditEntry.objects.filter(action="station_changed", actor=world.clerk).count() == 2


def test_saving_the_same_again_leaves_no_line(signed_in: SignIn, world: World) -> None:
    client = signed_in("clerk")
    client.post(f"{DETAIL}edit/", form_data())
    before = AuditEntry.objects.count()
    client.post(f"{DETAIL}edit/", form_data())
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("phone", "12345"), ("phone", "打不通"), ("opening_hours", "上午"), ("opening_hours", "17:30–8:30"),
    ("opening_hours", "8:30–12:00 11:00–17:30"), ("opening_hours", "8:30–25:00"),
])  # fmt: skip
def test_bad_input_is_said_and_nothing_typed_is_lost(signed_in: SignIn, world: World, field: str, value: str) -> None:
    answer = signed_in("clerk").post(f"{DETAIL}edit/", form_data(**{field: value, "head": "正在填的名字"}))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "还差 1 处" in shown
    assert "正在填的名字" in shown
    assert f'aria-describedby="id_{field}' in shown
    assert Station.objects.get(code="mingnan").head == ""


def test_a_closed_station_is_no_longer_public(signed_in: SignIn, client: Client, world: World) -> None:
    data = form_data()
    data.pop("is_active")
    signed_in("clerk").post(f"{DETAIL}edit/", data)
    assert client.get("/s/mingnan/").status_code == 404


def test_a_new_representative_comes_and_leaves(signed_in: SignIn, world: World) -> None:
    client = signed_in("clerk")
    shown = client.post(f"{DETAIL}people/", {"name": "田有声"}, follow=True).content.decode()
    assert "田有声" in shown
    service = Service.objects.get(representative__name="田有声")
    client.post(f"{DETAIL}people/{service.pk}/end/")
    service.refresh_from_db()
    assert service.until is not None
    assert client.post(f"{DETAIL}people/{service.pk}/end/").status_code == 409


def test_one_or_the_other_not_both_and_not_none(signed_in: SignIn, world: World) -> None:
    assert signed_in("clerk").post(f"{DETAIL}people/", {}).status_code == 422
    assert Representative.objects.count() == 1


def test_a_service_of_another_station_is_not_found(signed_in: SignIn, world: World) -> None:
    service = Service.objects.create(
        station=world.other_station, representative=Representative.objects.get(), since=START.date()
    )
    assert signed_in("clerk").post(f"{DETAIL}people/{service.pk}/end/").status_code == 404


def grow(world: World, rows: int) -> None:
    """Stations, each with a code, a scan and a representative."""
    today = local_date(timezone.now())
    for number in range(rows):
        region = Region.objects.create(
            code=f"411625001{100 + number}", name=f"第{number}村", short_name=f"第{number}村", level="village"
        )
        station = Station.objects.create(code=f"s-{number}", name=f"第{number}站", region=region)
        person = Representative.objects.create(name=f"代表{number}")
        Service.objects.create(station=station, representative=person, since=START.date())
        code = EntryCode.objects.create(
            code=f"AAAA{100 + number}", kind="STATION", station=station, label="门口", created_at=START
        )
        ScanCount.objects.create(entry_code=code, day=today, count=number)


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    return len(made)


@pytest.mark.parametrize("name", ["town_staff", "county_staff", "leader"])
def test_the_list_costs_the_same_for_one_row_and_for_thirty(signed_in: SignIn, world: World, name: str) -> None:
    client = signed_in(name)
    before = statements(client, LIST)
    grow(world, 30)
    assert statements(client, LIST) == before


def test_a_station_costs_the_same_for_one_code_and_for_thirty(
    signed_in: SignIn, world: World, entry: EntryCode
) -> None:
    client = signed_in("clerk")
    before = statements(client, DETAIL)
    for number in range(30):
        person = Representative.objects.create(name=f"代表{number}")
        Service.objects.create(station=world.station, representative=person, since=START.date())
        EntryCode.objects.create(code=f"AAAA{100 + number}", kind="REPRESENTATIVE", representative=person,
                                 station=world.station, label=person.name, created_at=START)  # fmt: skip
    assert statements(client, DETAIL) == before


def test_pages_hold_no_inline_script_or_style(signed_in: SignIn, entry: EntryCode) -> None:
    for address in (LIST, DETAIL, f"{DETAIL}edit/", f"/desk/stations/codes/{entry.code}/revoke/"):
        shown: Any = page(signed_in("clerk"), address)
        assert " style=" not in shown
        assert " onclick=" not in shown
        assert "<script>" not in shown


def test_staff_choose_who_answers_first(signed_in: SignIn, world: World) -> None:
    second = make_user("second", Role.STATION_STAFF, name="尚在岗", station_code="mingnan")
    client = signed_in("clerk")
    shown = page(client, f"{DETAIL}edit/")
    for name in ("尚在岗", world.clerk.label, world.town_staff.label, "不指定"):
        assert name in shown
    assert world.other_clerk.label not in shown
    client.post(f"{DETAIL}edit/", form_data(contact=str(second.pk)))
    station = Station.objects.get(code="mingnan")
    assert station.contact == second
    assert services.first_contact_for(station) == second
    noted = [entry.detail["what"] for entry in AuditEntry.objects.filter(action="station_changed")]
    assert any("默认首问人" in what for what in noted)
    assert "尚在岗" in page(client, DETAIL)


@pytest.mark.parametrize("who", ["other_clerk", "handler", "leader", "gone"])
def test_somebody_who_does_not_work_there_cannot_answer_first(signed_in: SignIn, world: World, who: str) -> None:
    gone = make_user("gone", Role.STATION_STAFF, station_code="mingnan")
    gone.is_active = False
    gone.save()
    user = world.users.get(who, gone)
    answer = signed_in("clerk").post(f"{DETAIL}edit/", form_data(contact=str(user.pk)))
    assert answer.status_code == 422
    assert Station.objects.get(code="mingnan").contact == world.clerk
    with pytest.raises(BadInput, match="首问人要从"):
        services.change_station(world.station.pk, actor=world.clerk, at=START, facts={"contact": user})


def test_nobody_named_leaves_it_to_the_stations_staff(signed_in: SignIn, world: World) -> None:
    signed_in("county_staff").post(f"{DETAIL}edit/", form_data(contact=""))
    station = Station.objects.get(code="mingnan")
    assert station.contact is None
    assert services.first_contact_for(station) == world.clerk
