"""What must never happen on the desk: an identity where it does not belong, typed text that becomes markup, a page that
breaks on strange input, two people doing the same thing twice.
"""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, RoleGrant
from core.codes import spell
from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import World, make_world

NAME, PHONE = "田大山", "13800001234"
EVIL = "<script>alert('路灯')</script><img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget()


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def an_hour_ago() -> Any:
    return timezone.now() - timedelta(hours=1)


def pages_of(opinion: Opinion) -> list[str]:
    return [
        "/desk/", "/desk/?tab=mine", "/desk/opinions/", "/desk/opinions/?group=all", "/desk/opinions/new/",
        f"/desk/opinions/?q={opinion.receipt}", f"/desk/opinions/{opinion.pk}/",
        f"/desk/opinions/{opinion.pk}/?group=all", f"/desk/opinions/{opinion.pk}/slip/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "who",
    ["clerk", "town_staff", "county_staff", "leader", "rep", "handler", "co_handler", "other_clerk", "grid", "admin"],
)
@pytest.mark.parametrize("state", [State.HANDLING, State.FED_BACK])
def test_no_page_shows_name_or_number_in_full(world: World, who: str, state: str) -> None:
    opinion = world.opinion(state, at=an_hour_ago())
    client = signed_in(world, who)
    for address in pages_of(opinion):
        page = client.get(address).content.decode()
        assert NAME not in page, address
        assert PHONE not in page, address


def test_a_refused_page_shows_no_more_than_the_page(world: World) -> None:
    opinion = world.opinion(State.HANDLING, at=an_hour_ago())
    answer = signed_in(world, "handler").post(f"/desk/opinions/{opinion.pk}/accept/", {"title": "x"})
    assert answer.status_code == 409
    for secret in (NAME, PHONE, "138****1234", "田**"):
        assert secret not in answer.content.decode()


@pytest.mark.parametrize("query", ["q=13800001234", "q=138****1234", "q=田大山"])
@pytest.mark.parametrize("who", ["handler", "rep", "leader"])
def test_search_is_no_way_to_an_identity(world: World, who: str, query: str) -> None:
    opinion = world.opinion(State.HANDLING, at=an_hour_ago())
    page = signed_in(world, who).get(f"/desk/opinions/?{query}&group=all").content.decode()
    assert opinion.get_absolute_url() not in page


def test_typed_markup_stays_text_on_every_page(world: World) -> None:
    opinion = world.submit(at=an_hour_ago(), body=f"路灯{EVIL}", location=EVIL, name=EVIL)
    workflow.accept(opinion.pk, actor=world.clerk, at=an_hour_ago(), category=world.category, title=EVIL)
    workflow.assign(opinion.pk, actor=world.clerk, at=an_hour_ago(), lead=world.unit, demand=EVIL)
    workflow.sign(opinion.pk, actor=world.handler, at=an_hour_ago())
    workflow.reply(opinion.pk, actor=world.handler, at=an_hour_ago(), body=EVIL, outcome="A")
    client = signed_in(world, "clerk")
    for address in pages_of(opinion):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page, address
        assert "onerror=alert(1)>" not in page.replace("onerror=alert(1)&gt;", ""), address


def test_typed_markup_stays_text_when_a_form_comes_back(world: World) -> None:
    opinion = world.opinion(State.SUBMITTED, at=an_hour_ago())
    data = {"reason": EVIL, "where_to_go": ""}
    page = signed_in(world, "clerk").post(f"/desk/opinions/{opinion.pk}/decline/", data).content.decode()
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "body",
    [
        "路灯😀坏了🕯️",
        "塅里、溁湾、墈上的路灯\u3403坏了",
        "路\u200b灯\u00a0坏了\ufeff",
        "路灯" + "长" * 4990,
        "路灯\n\n\n坏了\t快来",
    ],
)
def test_strange_words_come_through_the_counter_and_back(world: World, body: str) -> None:
    client = signed_in(world, "clerk")
    data = {
        "channel": "PHONE", "station": world.station.pk, "body": body, "how": "later", "kind": "ORDINARY",
        "client_key": "8f14e45f-ceea-467f-a8c8-2f9d1a4f0001", "people": "1",
    }  # fmt: skip
    assert client.post("/desk/opinions/new/", data).status_code == 302
    row = Opinion.objects.get()
    assert row.body == body
    assert client.get(row.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=999999999999", "page=abc", "group=", "q=%00", "q=" + "长" * 100, "state=&state=",
     "since=2026-99-99", "sort=due&sort=new", "place=41162500100500000", "category=99999999999999999999"],
)  # fmt: skip
def test_strange_addresses_never_break_the_list(world: World, query: str) -> None:
    world.submit()
    assert signed_in(world, "clerk").get(f"/desk/opinions/?{query}").status_code == 200


@pytest.mark.parametrize("token", ["00000000-0000-0000-0000-000000000000", "not-a-token"])
def test_unknown_photo(world: World, token: str) -> None:
    opinion = world.submit()
    assert signed_in(world, "clerk").get(f"/desk/opinions/{opinion.pk}/photos/{token}/").status_code == 404


def test_pages_are_kept_by_no_cache(world: World) -> None:
    opinion = world.submit()
    client = signed_in(world, "clerk")
    for address in pages_of(opinion):
        assert "no-store" in client.get(address)["Cache-Control"], address


def test_a_role_taken_back_closes_the_desk_at_once(world: World) -> None:
    opinion = world.submit()
    client = signed_in(world, "clerk")
    assert client.get(opinion.get_absolute_url()).status_code == 200
    RoleGrant.objects.filter(user=world.clerk).update(revoked_at=timezone.now())
    assert client.get(opinion.get_absolute_url()).status_code == 404
    assert client.get("/desk/").status_code == 403


def test_a_disabled_account_is_out_at_once(world: World) -> None:
    opinion = world.submit()
    client = signed_in(world, "clerk")
    world.clerk.is_active = False
    world.clerk.save()
    assert client.get(opinion.get_absolute_url()).status_code == 302


def test_a_representative_who_left_the_station_sees_its_matters_no_more(world: World) -> None:
    opinion = world.submit()
    client = signed_in(world, "rep")
    assert client.get(opinion.get_absolute_url()).status_code == 200
    world.station.services.update(until=timezone.localdate())
    assert client.get(opinion.get_absolute_url()).status_code == 404
    assert opinion.title not in client.get("/desk/").content.decode()


def test_a_handler_of_two_units_answers_for_the_lead_only(world: World) -> None:
    RoleGrant.objects.create(
        user=world.other_handler, role=Role.UNIT_HANDLER, unit_code="gongdian", granted_at=timezone.now()
    )
    opinion = world.opinion(State.ASSIGNED, at=an_hour_ago())
    assert signed_in(world, "other_handler").get(opinion.get_absolute_url()).status_code == 404


def test_matter_page_costs_the_same_with_a_long_history(world: World) -> None:
    opinion = world.opinion(State.HANDLING, at=an_hour_ago())
    client, address = signed_in(world, "clerk"), opinion.get_absolute_url()

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    one = cost()
    for number in range(30):
        workflow.add_words(opinion.pk, actor=world.clerk, at=timezone.now(), words=f"第 {number} 次补充")
    assert cost() == one


def test_neighbours_follow_the_list_and_step_on_when_a_matter_has_left_it(world: World) -> None:
    first, second, third = (world.submit(at=an_hour_ago() + timedelta(minutes=n)) for n in range(3))
    client = signed_in(world, "clerk")
    seen = client.get(f"{second.get_absolute_url()}?state=SUBMITTED").context
    assert (seen["place"], seen["total"]) == (2, 3)
    assert seen["previous_url"] == f"{first.get_absolute_url()}?state=SUBMITTED"
    assert seen["next_url"] == f"{third.get_absolute_url()}?state=SUBMITTED"
    workflow.accept(second.pk, actor=world.clerk, at=timezone.now(), category=world.category)
    moved = client.get(f"{second.get_absolute_url()}?state=SUBMITTED").context
    assert moved["place"] is None
    assert moved["next_url"] == f"{first.get_absolute_url()}?state=SUBMITTED"
    assert "next_url" not in client.get(second.get_absolute_url()).context


def test_way_back_keeps_only_what_the_list_knows(world: World) -> None:
    opinion = world.submit()
    page = signed_in(world, "clerk").get(f"{opinion.get_absolute_url()}?group=all&next=//evil.example&x=1")
    assert page.context["list_url"] == "/desk/opinions/?group=all"
    assert "evil.example" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_the_same_moment_one_wins() -> None:
    world = make_world()
    opinion = world.opinion(State.ACCEPTED, at=an_hour_ago())
    start, answers = threading.Barrier(2), []

    def assign(who: str) -> None:
        client = signed_in(world, who)
        start.wait()
        data = {"lead": str(world.unit.pk), "demand": "修好", "kind": "ORDINARY"}
        answers.append(client.post(reverse("opinions:assign", args=[opinion.pk]), data).status_code)
        connection.close()

    threads = [threading.Thread(target=assign, args=(who,)) for who in ("clerk", "town_staff")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [302, 409]
    assert opinion.assignments.count() == 1
    assert opinion.history.filter(verb="assign").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_visit_sent_twice_at_the_same_moment_is_one_matter() -> None:
    world = make_world()
    start, answers = threading.Barrier(2), []
    data = {
        "channel": "WINDOW", "station": world.station.pk, "body": "东街路灯不亮", "how": "unit", "kind": "ORDINARY",
        "client_key": "8f14e45f-ceea-467f-a8c8-2f9d1a4f0002", "people": "1",
    }  # fmt: skip

    def send() -> None:
        client = signed_in(world, "clerk")
        start.wait()
        answers.append(client.post("/desk/opinions/new/", data).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [302, 302]
    assert Opinion.objects.get().history.count() == 3


@pytest.mark.parametrize(
    ("who", "is_shown"), [("clerk", True), ("handler", False), ("co_handler", False), ("rep", False)]
)
def test_who_is_rated_does_not_read_the_code_that_rates(world: World, who: str, is_shown: bool) -> None:
    opinion = world.opinion(State.HANDLING, at=an_hour_ago())
    page = signed_in(world, who).get(f"/desk/opinions/{opinion.pk}/").content.decode()
    assert (spell(opinion.receipt) in page) is is_shown
    assert (opinion.receipt in page) is False or is_shown
