"""A representative with a telephone: he explains, presses and visits, with script and without."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opinions.models import HistoryEntry
from opinions.states import State
from stations.queries import forget
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


@pytest.mark.parametrize("script", [True, False])
def test_he_explains_presses_and_visits_from_his_cards(visit: Visit, world: World, script: bool) -> None:
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(days=30))
    page = visit("/desk/", user=world.rep, width=360, script=script)
    expect(page.get_by_role("heading", name="等您说句话")).to_be_visible()
    for word, button, text in (
        ("向群众说明", "写给群众看", "配件在路上，下周二换。"),
        ("催办", "催一催", "学校快开学了"),
        ("走访", "记下走访", "去看了，正在立杆。"),
    ):
        page.get_by_role("link", name=f"{word}：{row.title}").click()
        expect(page).to_have_url(re.compile(r"\?do=\w+#acts$"))
        form = page.locator("form[data-main]")
        form.locator("[name=note]").fill(text)
        form.get_by_role("button", name=button).click()
        expect(page.locator(".messages")).to_be_visible()
        expect(page.locator(".tl")).to_contain_text(text)
        page.get_by_role("link", name="今天", exact=True).first.click()
        expect(page.get_by_role("heading", name="群众说的事")).to_be_visible()
    expect(page.get_by_text("代表催办了 1 次")).to_be_visible()
    expect(page.locator(".deeds li")).to_have_count(3)
    assert list(HistoryEntry.objects.filter(actor=world.rep).values_list("verb", flat=True).order_by("id")) == [
        "explain", "press", "visit",
    ]  # fmt: skip


def test_fields_to_speak_into_are_large_and_a_thumb_finds_the_buttons(visit: Visit, world: World) -> None:
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(days=1))
    page = visit("/desk/", user=world.rep, width=360)
    for link in page.locator(".rep-acts a").all():
        box: Any = link.bounding_box()
        assert box["height"] >= 48
    page.goto(f"{page.url.split('/desk/')[0]}{row.get_absolute_url()}?do=explain")
    box = page.locator("form[data-main] [name=note]").bounding_box()
    assert box is not None
    assert box["height"] >= 160
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate("document.querySelector('form[data-main] [name=note]').value = ''")
    page.locator("form[data-main] button").click()
    expect(page.locator("[aria-invalid=true]")).to_be_focused()
    assert not HistoryEntry.objects.filter(verb="explain").exists()
