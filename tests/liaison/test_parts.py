"""The live page of parts shows everything there is; the rail knows where one stands; faults say what to do."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, page_not_found, permission_denied

from core.portraits import NAMES
from liaison import context, parts
from tests.world import World, make_world

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TAG = re.compile(r'{% (glyph|icon) "([^"]+)"')
RESIDENT_BYTES = 60 * 1024
LINKS = [context.Link(address, "home", "x") for address in ("/desk/", "/desk/opinions/", "/desk/opinions/new/")]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def used() -> Iterator[tuple[str, str, str]]:
    """Every shape and icon that a template names: file, family, name."""
    for path in TEMPLATES:
        for tag, name in TAG.findall(path.read_text(encoding="utf-8")):
            yield path.name, "g" if tag == "glyph" else "i", name


def test_every_shape_a_page_names_is_in_the_sprite() -> None:
    missing = [(where, name) for where, family, name in used() if name not in parts.symbols()[family]]
    assert missing == []


def test_every_icon_of_the_rail_is_in_the_sprite() -> None:
    links = [link for link in vars(context).values() if isinstance(link, context.Link)]
    assert links
    assert {link.icon for link in links} <= set(parts.symbols()["i"])


def test_the_sprite_has_each_name_once() -> None:
    for names in parts.symbols().values():
        assert len(names) == len(set(names))


def test_the_sprite_is_drawing_only() -> None:
    sprite = (ROOT / "static" / "img" / "sprite.svg").read_text(encoding="utf-8")
    assert not re.search(r"<script|<style|\son\w+=|href=", sprite)


def test_the_page_of_parts_shows_every_shape_state_and_face(world: World, client: Client) -> None:
    client.force_login(world.clerk)
    html = client.get("/desk/parts/").content.decode()
    for family, names in parts.symbols().items():
        for name in names:
            assert f"#{family}-{name}" in html
    for _, _, label in parts.STATES + parts.VITALITY:
        assert label in html
    for due in parts.DUES:
        assert due.words in html


def test_the_states_shown_are_the_states_there_are() -> None:
    from_source = (ROOT / "opinions" / "states.py").read_text(encoding="utf-8")
    for _, _, label in parts.STATES:
        assert label in from_source


def test_sample_faces_exist() -> None:
    for face in parts.parts_context()["faces"]:
        assert face.portrait in ("", *NAMES)


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/desk/", "/desk/"),
        ("/desk/opinions/", "/desk/opinions/"),
        ("/desk/opinions/17/", "/desk/opinions/"),
        ("/desk/opinions/new/", "/desk/opinions/new/"),
        ("/desk/parts/", ""),
        ("/county/", ""),
    ],
)
def test_the_rail_marks_the_line_one_stands_in(path: str, where: str) -> None:
    assert context.here(path, LINKS) == where


@pytest.mark.parametrize(
    ("role", "path", "where"),
    [
        ("handler", "/desk/projects/works/", "/desk/projects/works/"),
        ("handler", "/desk/projects/17/work/", "/desk/projects/works/"),
        ("county_staff", "/desk/projects/works/", "/desk/projects/"),
        ("handler", "/desk/notices/", "/desk/notices/"),
    ],
)
def test_a_unit_stands_in_its_projects_wherever_their_pages_lie(world: World, role: str, path: str, where: str) -> None:
    assert context.here(path, context.links_for(world.users[role])) == where


def test_who_has_both_lines_stands_in_the_nearer() -> None:
    both = (context.PROJECTS, context.WORKS)
    ways = {"/desk/projects/17/work/": context.PROJECTS, "/desk/projects/works/": context.WORKS}
    assert {path: context.here(path, both) for path in ways} == {path: link.address for path, link in ways.items()}


def test_the_rail_marks_it_once_for_reading_aloud(world: World, client: Client) -> None:
    client.force_login(world.clerk)
    html = client.get("/desk/opinions/").content.decode()
    rail = html[html.index('<nav class="rail"') : html.index("</nav>", html.index('<nav class="rail"'))]
    assert rail.count('aria-current="page"') == 1
    assert "更多" in rail


def test_what_does_not_fit_under_the_thumb_is_in_the_sheet(world: World, client: Client) -> None:
    for user in (world.clerk, world.county_staff, world.rep, world.handler, world.admin):
        client.force_login(user)
        html = client.get("/desk/opinions/new/" if user == world.clerk else "/desk/notices/").content.decode()
        sheet = html[html.index('<div class="sheet">') : html.index("</details>")]
        for link in context.links_for(user)[4:]:
            assert link.address in sheet
        assert "/accounts/logout/" in sheet


def test_a_page_nobody_serves_is_not_on_the_rail() -> None:
    assert not context._is_served("/desk/moon/")
    assert context._is_served("/desk/notices/")


@pytest.fixture
def asked(rf: RequestFactory, world: World) -> HttpRequest:
    request = rf.get("/somewhere/")
    request.user = world.clerk
    return request


def test_a_page_that_is_not_there_names_the_next_step(client: Client, db: None) -> None:
    answer = client.get("/nothing-here/")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "没有这一页" in html
    assert 'href="/t/"' in html
    assert "工作台" not in html  # a resident never hears of it


def test_a_signed_in_person_is_led_back_to_his_desk(asked: HttpRequest) -> None:
    html = page_not_found(asked, Exception("x")).content.decode()
    assert 'href="/desk/"' in html


def test_a_refusal_says_whose_account_it_is_and_why(asked: HttpRequest) -> None:
    answer = permission_denied(asked, Exception("这个页面不在您的职责范围内。"))
    html = answer.content.decode()
    assert answer.status_code == 403
    assert asked.user.name in html  # type: ignore[union-attr]
    assert "这个页面不在您的职责范围内。" in html


def test_an_unreadable_request_says_that_nothing_was_kept(asked: HttpRequest) -> None:
    answer = bad_request(asked, Exception("x"))
    assert answer.status_code == 400
    assert "没有存下任何东西" in answer.content.decode()


def test_an_expired_page_says_that_nothing_is_lost(asked: HttpRequest) -> None:
    answer = csrf_failure(asked, reason="CSRF token missing.")
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "您写的没有丢" in html
    assert "CSRF" not in html


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"])
def test_every_fault_has_a_page_that_asks_nobody(name: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        html = render_to_string(name, {"site_name": "码上找代表"})
    assert '<h1 class="h1">' in html
    assert html.count("btn-act") == 1


@pytest.mark.parametrize("script", ["", "resident.js", "message.js"])
def test_a_residents_page_weighs_little(world: World, client: Client, script: str) -> None:
    files = ["css/tokens.css", "css/look.css", "img/sprite.svg", "img/mark.svg", *([f"js/{script}"] if script else [])]
    page = client.get(f"/s/{world.station.code}/").content
    weight = sum(len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in files)
    assert weight + len(gzip.compress(page)) <= RESIDENT_BYTES
    assert 1 + len(files) <= 8


def test_a_residents_page_names_no_other_file(world: World, client: Client) -> None:
    html = client.get(f"/s/{world.station.code}/").content.decode()
    linked = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    assert len(linked) <= 7
    assert not [name for name in linked if "vendor" in name]
