"""常用筛选: a filter under a name holds known filters only, is one's own, and says when it is of no use."""

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opinions.models import SavedFilter
from opinions.states import State
from opinions.views.saved import MOST, kept_query
from stations.models import Unit
from stations.queries import forget
from tests.world import World

LIST, SAVED = "/desk/opinions/", "/desk/opinions/filters/"


@pytest.fixture
def enter(world: World) -> Any:
    forget()

    def _enter(who: str) -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return _enter


def save(client: Client, query: str, name: str) -> str:
    """Press the button of the list and return the page that follows."""
    return client.post(f"{SAVED}?{query}", {"name": name}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("group=late&sort=new", "group=late&sort=new"),
        ("state=CLOSED&state=MERGED&page=4", "state=CLOSED&state=MERGED"),
        ("group=all&q=13800001234", "group=all"),
        ("evil=1&csrfmiddlewaretoken=x&next=//evil", ""),
        ("unit=&kind=URGENT", "kind=URGENT"),
        ("", ""),
    ],
)
def test_only_known_filters_are_kept(query: str, kept: str) -> None:
    assert kept_query(QueryDict(query)) == kept


def test_it_stands_above_the_list_and_opens_it(world: World, enter: Any) -> None:
    urgent, plain = world.opinion(State.SUBMITTED), world.opinion(State.ACCEPTED)
    client = enter("clerk")
    html = save(client, "group=open&state=ACCEPTED&evil=1", "等着交办的")
    assert "存好了“等着交办的”" in html
    assert f'href="{LIST}?group=open&amp;state=ACCEPTED" aria-current="true">等着交办的</a>' in html
    one = SavedFilter.objects.get()
    assert (one.user, one.query) == (world.clerk, "group=open&state=ACCEPTED")
    page = client.get(f"{LIST}?{one.query}").content.decode()
    assert f"/desk/opinions/{plain.pk}/" in page
    assert f"/desk/opinions/{urgent.pk}/" not in page


def test_words_are_not_kept_and_it_says_so(world: World, enter: Any) -> None:
    html = save(enter("clerk"), "group=all&q=田大山", "找人")
    assert "查找的字不存。" in html
    assert SavedFilter.objects.get().query == "group=all"


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("group=late", "  ", "请给它起个名字"),
        ("group=late", "\u200b", "请给它起个名字"),
        ("q=路灯", "灯", "现在没有可以存的条件"),
        ("group=nothing", "坏的", "地址里有一项条件用不了"),
        ("unit=999999", "坏的", "地址里有一项条件用不了"),
        ("&".join(["state=SUBMITTED"] * 40), "长的", "条件太多了"),
    ],
)
def test_what_cannot_be_kept_is_said(world: World, enter: Any, query: str, name: str, words: str) -> None:
    assert words in save(enter("clerk"), query, name)
    assert not SavedFilter.objects.exists()


def test_a_name_is_once_for_each_person(world: World, enter: Any) -> None:
    client = enter("clerk")
    save(client, "group=late", "急的")
    assert "您已经有一个叫“急的”的" in save(client, "group=soon", "急的")
    assert "存好了" in save(enter("town_staff"), "group=soon", "急的")
    assert SavedFilter.objects.count() == 2


def test_twenty_and_no_more(world: World, enter: Any) -> None:
    SavedFilter.objects.bulk_create(
        SavedFilter(user=world.clerk, name=str(number), query="group=late", created_at=timezone.now())
        for number in range(MOST)
    )
    assert "最多存 20 个" in save(enter("clerk"), "group=soon", "多的")
    assert SavedFilter.objects.count() == MOST


def test_a_long_name_is_cut(world: World, enter: Any) -> None:
    save(enter("clerk"), "group=late", "长" * 30)
    assert SavedFilter.objects.get().name == "长" * 20


def test_renaming_and_removing_ones_own(world: World, enter: Any) -> None:
    client = enter("clerk")
    save(client, "group=late", "一")
    save(client, "group=soon", "二")
    one, two = SavedFilter.objects.order_by("pk")
    address = f"{SAVED}{one.pk}/"
    assert "改名为“新的”" in client.post(address, {"name": " 新的 "}, follow=True).content.decode()
    assert "您已经有一个叫“二”的" in client.post(address, {"name": "二"}, follow=True).content.decode()
    assert "名字不能空着" in client.post(address, {"name": ""}, follow=True).content.decode()
    one.refresh_from_db()
    assert one.name == "新的"
    assert "删掉了“新的”" in client.post(address, {"remove": "1", "name": "x"}, follow=True).content.decode()
    assert list(SavedFilter.objects.all()) == [two]


def test_nobody_reaches_anothers(world: World, enter: Any) -> None:
    save(enter("clerk"), "group=late", "我的筛选")
    one, client = SavedFilter.objects.get(), enter("town_staff")
    for data in ({"remove": "1"}, {"name": "偷的"}):
        assert client.post(f"{SAVED}{one.pk}/", data).status_code == 404
    assert "我的筛选" not in client.get(SAVED).content.decode()
    assert "我的筛选" not in client.get(LIST).content.decode()
    assert SavedFilter.objects.get().name == "我的筛选"


def test_one_that_became_invalid_says_so(world: World, enter: Any) -> None:
    gone = Unit.objects.create(code="gone", name="撤了的", short_name="撤了的", region=world.county)
    client = enter("clerk")
    SavedFilter.objects.create(user=world.clerk, name="老的", query=f"unit={gone.pk}", created_at=timezone.now())
    SavedFilter.objects.create(user=world.clerk, name="好的", query="group=late", created_at=timezone.now())
    gone.delete()
    html = client.get(SAVED).content.decode()
    assert html.count("里面有一项条件现在用不了") == 1
    assert "范围：已超期" in html
    assert "地址里有一项条件用不了" in client.get(f"{LIST}?unit={gone.pk}").content.decode()


def test_names_are_shown_as_text(world: World, enter: Any) -> None:
    client = enter("clerk")
    save(client, "group=late", "<b>x</b>")
    for address in (LIST, SAVED):
        assert "<b>x</b>" not in client.get(address).content.decode()


def test_the_list_asks_the_same_for_none_and_for_twenty(world: World, enter: Any) -> None:
    client, counted = enter("clerk"), []
    for many in (0, MOST):
        SavedFilter.objects.bulk_create(
            SavedFilter(user=world.clerk, name=str(number), query="group=late", created_at=timezone.now())
            for number in range(many)
        )
        client.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            client.get(LIST)
        counted.append(len(seen))
    assert counted[0] == counted[1]


@pytest.mark.parametrize(("who", "status"), [("clerk", 200), ("handler", 200), ("leader", 200), ("admin", 403)])
def test_who_may_keep_filters(world: World, enter: Any, who: str, status: int) -> None:
    assert enter(who).get(SAVED).status_code == status
    assert Client().get(SAVED).status_code == 302
