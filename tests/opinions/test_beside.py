"""What other packages put on a matter's page: links under the words, buttons on top, nothing for nobody."""

from typing import Any

import pytest
from django.test import Client

from opinions import beside
from opinions.models import Opinion
from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's links in these tests."""
    monkeypatch.setattr(beside, "_ASKED", {})


def links(user: Any, opinion: Opinion) -> list[beside.Link]:
    return [beside.Link("/one/", "看这一件", "还在看"), beside.Link("/two/", "做成那一件", is_act=True)]


def page_of(world: World, opinion: Opinion) -> str:
    client = Client()
    client.force_login(world.clerk)
    return client.get(opinion.get_absolute_url()).content.decode()


def test_a_page_nobody_adds_to_stays_as_it_is(world: World) -> None:
    opinion = world.opinion()
    assert beside.links(world.clerk, opinion) == []
    assert "#i-road" not in page_of(world, opinion).partition("<main")[2]


def test_a_link_stands_beside_and_a_button_on_top(world: World) -> None:
    beside.register(Opinion, links)
    page = page_of(world, world.opinion())
    assert '<a href="/one/">看这一件</a>，还在看。' in page
    assert '<a class="btn btn-sm" href="/two/">' in page
    assert "做成那一件" in page


def test_the_same_one_is_asked_once(world: World) -> None:
    beside.register(Opinion, links)
    beside.register(Opinion, links)
    assert len(beside.links(world.clerk, world.opinion())) == 2


def test_what_stands_there_cannot_bring_its_own_markup(world: World) -> None:
    beside.register(Opinion, lambda user, opinion: [beside.Link("/x/", "<b>粗</b>", "<i>斜</i>")])
    page = page_of(world, world.opinion())
    assert "<b>粗</b>" not in page
    assert "&lt;i&gt;斜" in page


def test_each_is_asked_with_user_and_matter(world: World) -> None:
    asked: list[tuple[Any, int]] = []

    def ask(user: Any, opinion: Opinion) -> list[beside.Link]:
        asked.append((user, opinion.pk))
        return []

    beside.register(Opinion, ask)
    opinion = world.opinion()
    page_of(world, opinion)
    assert asked == [(world.clerk, opinion.pk)]
