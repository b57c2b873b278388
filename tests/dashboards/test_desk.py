"""The home of each role: the right page, numbers that their lists confirm, and a cost that does not grow."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, RoleGrant
from core.workdays import WorkCalendar
from opinions import deadlines, workflow
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import World, make_user, make_world

STATES = [state for state in State if state != State.MERGED]


@pytest.fixture
def world(db: None) -> World:
    WorkCalendar.forget()
    deadlines.forget()
    forget()
    return make_world()


@pytest.fixture
def home(world: World) -> Any:
    """Return a function that opens the desk of somebody."""

    def _open(who: str, query: str = "") -> Any:
        client = Client()
        client.force_login(world.users[who])
        return client.get(f"/desk/{query}")

    return _open


def recent(world: World, state: str, days: int = 0, **kwargs: Any) -> Opinion:
    return world.opinion(state, at=timezone.now() - timedelta(days=days, hours=1), **kwargs)


@pytest.mark.parametrize(
    ("who", "heading"),
    [
        ("clerk", "今天"), ("town_staff", "今天"), ("handler", "我单位要办的"), ("co_handler", "我单位要办的"),
        ("rep", "群众说的事"), ("grid", "我记下的"), ("county_staff", "等县里办的"), ("leader", "全县现在"),
        ("admin", "管理"), ("security", "管理"), ("audit", "管理"),
    ],
)  # fmt: skip
def test_everybody_has_a_home(home: Any, who: str, heading: str) -> None:
    answer = home(who)
    assert answer.status_code == 200
    assert f"<h1>{heading}</h1>" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_an_account_without_a_role_is_told_so(world: World) -> None:
    client = Client()
    client.force_login(make_user("nobody"))
    assert client.get("/desk/").status_code == 403


def test_tiles_agree_with_the_lists_behind_them(world: World, home: Any) -> None:
    for days in (0, 3, 12):
        for state in STATES:
            recent(world, state, days, outcome="B" if state == State.TRACKING else "A")
    for who in ("clerk", "handler"):
        page = home(who).content.decode()
        tiles = re.findall(r'class="tile" href="([^"]+)".*?class="v">(\d+)<', page)
        assert len(tiles) >= 5
        client = Client()
        client.force_login(world.users[who])
        for address, number in tiles:
            listed = client.get(address.replace("&amp;", "&"))
            assert listed.context["page"].total == int(number), address


def test_counts_of_county_agree_with_their_lists(world: World, home: Any) -> None:
    for state in STATES:
        recent(world, state, 5)
    page = home("leader").content.decode()
    client = Client()
    client.force_login(world.leader)
    for address, number in re.findall(r'class="tile" href="([^"]+)".*?class="v">(\d+)<', page):
        assert client.get(address).context["page"].total == int(number)


def test_table_is_grouped_by_urgency_late_first(world: World, home: Any) -> None:
    late, fresh = recent(world, State.SUBMITTED, 20), recent(world, State.SUBMITTED)
    groups = dict(home("clerk").context["to_do"].groups)
    assert [row.pk for row in groups["已超期"]] == [late.pk]
    assert fresh.pk not in [row.pk for row in groups["已超期"]]


def test_table_shows_what_waits_for_the_station_only(world: World, home: Any) -> None:
    rows = {state: recent(world, state, outcome="B" if state == State.TRACKING else "A") for state in STATES}
    shown = {row.pk for _word, group in home("clerk").context["to_do"].groups for row in group}
    waiting = {State.SUBMITTED, State.ACCEPTED, State.RETURN_REQUESTED, State.REPLIED, State.TRACKING}
    assert shown == {row.pk for state, row in rows.items() if state in waiting}


def test_referred_matter_leaves_the_station_and_waits_for_the_county(world: World, home: Any) -> None:
    row = recent(world, State.ACCEPTED)
    workflow.refer(row.pk, actor=world.clerk, at=timezone.now(), reason="跨镇")
    assert home("clerk").context["to_do"].total == 0
    parts = {part["key"]: part for part in home("county_staff").context["parts"]}
    assert [found.pk for found in parts["hand_out"]["rows"]] == [row.pk]
    assert parts["returned"]["total"] == 0


def test_return_of_a_county_assignment_waits_for_the_county(world: World, home: Any) -> None:
    row = recent(world, State.ACCEPTED)
    now = timezone.now()
    workflow.assign(row.pk, actor=world.county_staff, at=now, lead=world.unit, demand="修路")
    workflow.request_return(row.pk, actor=world.handler, at=now, legal_basis="第三条")
    of_station = recent(world, State.RETURN_REQUESTED)
    parts = {part["key"]: part for part in home("county_staff").context["parts"]}
    assert [found.pk for found in parts["returned"]["rows"]] == [row.pk]
    assert of_station.pk not in [found.pk for found in parts["returned"]["rows"]]


def test_tabs_cut_the_table(world: World, home: Any) -> None:
    recent(world, State.SUBMITTED)
    handling = recent(world, State.HANDLING)
    mine = home("town_staff", "?tab=mine").context["to_do"]
    assert mine.total == 0
    with_unit = home("clerk", "?tab=unit").context["to_do"]
    assert [row.pk for _word, group in with_unit.groups for row in group] == [handling.pk]
    assert home("clerk", "?tab=nonsense").context["tab"] == "all"


def test_call_sheet_masks_and_puts_the_untold_first(world: World, home: Any) -> None:
    told, untold = recent(world, State.FED_BACK, 2), recent(world, State.FED_BACK)
    Opinion.objects.filter(pk=untold.pk).update(told_at=None)
    answer = home("clerk")
    page = answer.content.decode()
    assert [call.url for call in answer.context["calls"].rows] == [untold.get_absolute_url(), told.get_absolute_url()]
    assert "尾号 1234" in page
    for secret in ("13800001234", "田大山"):
        assert secret not in page


def test_nobody_without_a_telephone_is_to_be_rung(world: World, home: Any) -> None:
    silent = world.submit(at=timezone.now() - timedelta(hours=1), phone="", name="李大娘", body="低保年审要什么材料")
    workflow.answer_on_spot(silent.pk, actor=world.clerk, at=timezone.now(), body="带身份证。", outcome="A")
    answer = home("clerk")
    calls, page = answer.context["calls"], answer.content.decode()
    assert (list(calls.rows), calls.total, calls.without_phone) == ([], 1, 1)
    ring = page[page.index("打电话问一声") :]
    assert '<span class="num">1</span> 位没留电话</a>，上门或者托人问。' in ring
    assert "答复过的都评了" not in ring
    recent(world, State.FED_BACK)
    calls = home("clerk").context["calls"]
    assert (len(calls.rows), calls.total, calls.without_phone) == (1, 2, 1)


def test_more_calls_than_fit_are_all_counted(world: World, home: Any) -> None:
    assert "答复过的都评了" in home("clerk").content.decode()
    for _ in range(8):
        recent(world, State.FED_BACK)
    calls = home("clerk").context["calls"]
    assert (len(calls.rows), calls.total, calls.without_phone) == (6, 8, 0)


def test_month_counts_silence_apart(world: World, home: Any) -> None:
    recent(world, State.CLOSED)
    recent(world, State.FED_BACK)
    bad = recent(world, State.FED_BACK)
    workflow.rate(bad.pk, actor=world.clerk, at=timezone.now(), solved="NO", satisfaction="DISSATISFIED")
    month = home("clerk").context["month"]
    assert (month.told, month.satisfied, month.dissatisfied, month.silent, month.reopened) == (3, 1, 1, 1, 1)
    assert month.in_time_rate == "3 件里 3 件按期"


def test_representative_reads_no_telephone_anywhere(world: World, home: Any) -> None:
    row = recent(world, State.HANDLING)
    page = home("rep").content.decode()
    assert row.title in page
    assert "向群众说明" in page
    client = Client()
    client.force_login(world.rep)
    detail = client.get(row.get_absolute_url()).content.decode()
    for secret in ("13800001234", "138****1234", "田大山"):
        assert secret not in page + detail


def test_unit_reads_no_identity_unless_agreed(world: World) -> None:
    hidden, agreed = recent(world, State.HANDLING), recent(world, State.HANDLING)
    Opinion.objects.filter(pk=agreed.pk).update(hide_identity=False)
    client = Client()
    client.force_login(world.handler)
    page = client.get(hidden.get_absolute_url()).content.decode()
    for secret in ("田大山", "田**", "1234"):
        assert secret not in page
    assert "田**" in client.get(agreed.get_absolute_url()).content.decode()


def test_grid_worker_sees_what_he_recorded(world: World, home: Any) -> None:
    message = workflow.Message(body="二巷积水，老人出门不便", channel="VISIT", region=world.village)
    workflow.submit(station=world.station, actor=world.grid, at=timezone.now(), message=message)
    world.submit(body="别人说的事情在这里")
    page = home("grid").content.decode()
    assert "二巷积水" in page
    assert "别人说的事情" not in page


def test_a_grid_workers_empty_list_speaks_to_him(world: World) -> None:
    world.submit()
    client = Client()
    client.force_login(world.grid)
    page = client.get("/desk/opinions/").content.decode()
    assert "还没有您记下的事" in page
    assert 'href="/desk/opinions/new/?channel=VISIT"' in page
    assert "少写几个条件" not in page
    assert "少写几个条件" in client.get("/desk/opinions/?q=路灯").content.decode(), "he looked for something"
    client.force_login(world.other_clerk)
    assert "还没有您记下的事" not in client.get("/desk/opinions/").content.decode()


@pytest.mark.parametrize(
    ("who", "office"),
    [("clerk", "station"), ("handler", "unit"), ("county_staff", "县人大工作人员"), ("town_staff", "")],
)
def test_the_rail_says_on_every_page_where_one_works(world: World, who: str, office: str) -> None:
    names = {"station": world.station.name, "unit": world.unit.short_name}
    role = world.users[who].grants[0].get_role_display()
    client = Client()
    client.force_login(world.users[who])
    for address in ("/desk/", "/desk/opinions/", "/desk/notices/", "/accounts/"):
        page = client.get(address).content.decode()
        assert f"<small>{names.get(office, role)}</small></span></a>" in page, address


def test_a_page_of_the_desk_costs_no_more_for_the_name_of_the_office(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(world.handler)
    client.get("/accounts/")
    with django_assert_max_num_queries(6):
        client.get("/accounts/")


def test_administrators_are_led_to_their_own_pages(home: Any) -> None:
    assert "/accounts/users/" in home("security").content.decode()
    audit = home("audit").content.decode()
    assert "/accounts/audit/" in audit
    assert "/desk/opinions/" not in audit


def test_two_offices_can_be_switched(world: World, home: Any) -> None:
    RoleGrant.objects.create(
        user=world.clerk, role=Role.GRID_WORKER, region_code="411625001005", granted_at=timezone.now()
    )
    assert "?as=grid" in home("clerk").content.decode()
    assert "<h1>我记下的</h1>" in home("clerk", "?as=grid").content.decode()
    assert "<h1>今天</h1>" in home("clerk", "?as=leader").content.decode()


@pytest.mark.parametrize("who", ["clerk", "handler", "rep", "county_staff", "leader", "grid"])
def test_home_costs_the_same_for_one_and_thirty(world: World, who: str) -> None:
    client = Client()
    client.force_login(world.users[who])

    def cost() -> int:
        client.get("/desk/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/")
        return len(captured)

    for state in (State.SUBMITTED, State.ASSIGNED, State.FED_BACK):
        recent(world, state)
    one = cost()
    for state in (State.SUBMITTED, State.ASSIGNED, State.HANDLING) * 10:
        recent(world, state)
    assert cost() == one
    assert one <= 17  # a representative's asks one more: which meeting waits for his marks
