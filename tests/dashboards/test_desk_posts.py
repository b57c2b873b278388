"""The service posts on the home pages: one tap to write, whom to ask again, and the post one sits at today."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.workdays import WorkCalendar
from opinions import deadlines
from opinions.posts import workflow
from opinions.posts.queries import to_ask
from stations.queries import forget
from tests.opinions.posts.world import KINDS, mate, shift, write
from tests.opinions.receptions.world import opened
from tests.world import START, World, make_world

FORMS = [f"/desk/posts/new/{kind.lower()}/" for kind in KINDS]


@pytest.fixture
def world(db: None) -> World:
    WorkCalendar.forget()
    deadlines.forget()
    forget()
    return make_world()


def page(world: World, who: str, address: str = "/desk/") -> str:
    client = Client()
    client.force_login(world.users[who])
    return client.get(address).content.decode()


def offered(text: str) -> list[str]:
    return [address for address in FORMS if f'href="{address}"' in text]


@pytest.mark.parametrize(("who", "forms"), [("clerk", FORMS), ("town_staff", FORMS), ("rep", []), ("county_staff", [])])
def test_the_four_forms_are_one_tap_from_the_clerks_day(world: World, who: str, forms: list[str]) -> None:
    assert offered(page(world, who)) == forms


def test_a_representative_is_led_to_the_post_he_sits_at(world: World) -> None:
    shift(world, "LEGAL", timezone.localtime())
    shift(world, "WINDOW", timezone.localtime(), person=mate(world))
    assert offered(page(world, "rep")) == ["/desk/posts/new/legal/"]
    assert "今天您在这个岗" in page(world, "rep", "/desk/posts/")
    assert offered(page(world, "mate")) == []


def test_tomorrows_post_waits_for_tomorrow(world: World) -> None:
    tomorrow = timezone.localtime() + timedelta(days=1)
    shift(world, "LEGAL", tomorrow)
    assert offered(page(world, "rep")) == []


def test_an_open_reception_leads_to_the_posts(world: World) -> None:
    row = opened(world, timezone.now())
    address = f"/desk/receptions/{row.pk}/"
    for who, forms in (("clerk", FORMS), ("rep", FORMS), ("county_staff", []), ("leader", [])):
        assert offered(page(world, who, address)) == forms, who


def told(world: World, days: int, **more: Any) -> Any:
    at = timezone.localtime() - timedelta(days=days)
    return write(world, "MEDIATION", at=at, **more)


def test_whom_to_ask_stands_on_the_clerks_day_until_it_was_done(world: World) -> None:
    row = told(world, 20)
    told(world, 3, subject="还早的一件")
    text = page(world, "clerk")
    assert "两家为滴水檐争地界" in text
    assert "该回访了，晚了 6 天" in text
    assert f'href="{row.get_absolute_url()}"' in text
    assert "还早的一件" not in text
    assert "欧" not in text
    workflow.follow_up(row.pk, actor=world.clerk, at=timezone.now(), found="HOLDS")
    assert "问问还管不管用" not in page(world, "clerk")


def test_another_stations_quarrels_are_not_ours(world: World) -> None:
    told(world, 20)
    assert "问问还管不管用" not in page(world, "other_clerk")
    assert "问问还管不管用" in page(world, "town_staff")


def test_the_longest_due_come_first_and_the_rest_is_counted(world: World) -> None:
    for number in range(8):
        told(world, 20 + number, subject=f"第 {number} 件")
    rows, total = to_ask(world.clerk, timezone.localdate(), 6)
    assert [row.subject for row in rows] == [f"第 {number} 件" for number in (7, 6, 5, 4, 3, 2)]
    assert total == 8
    text = page(world, "clerk")
    assert '<a class="push" href="/desk/posts/?state=asked">一共 8 件</a>' in text
    assert "第 1 件" not in text


def test_few_are_counted_without_another_statement(world: World, django_assert_num_queries: Any) -> None:
    told(world, 20)
    clerk = world.clerk
    to_ask(clerk, timezone.localdate(), 6)  # the keys of his stations are read once
    with django_assert_num_queries(1):
        assert to_ask(clerk, timezone.localdate(), 6)[1] == 1


def test_the_matter_names_the_record_it_came_from(world: World) -> None:
    row = write(world, "PROJECT")
    opinion = workflow.turn(
        row.pk, actor=world.clerk, at=START + timedelta(minutes=1), make=lambda record: world.submit()
    )
    words = '的<a href="' + row.get_absolute_url()
    for who in ("clerk", "town_staff", "county_staff", "rep"):
        assert words in page(world, who, opinion.get_absolute_url()), who
    assert words not in page(world, "grid", opinion.get_absolute_url())
