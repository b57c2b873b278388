"""The sheet for the wall, opened by an independent reader: its size, its words, its code, and how often it is drawn."""

from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from projects.board import views
from projects.board.wall import PAGE, SHAPES
from projects.states import State
from projects.works.measure import Light
from tests.projects.works.heap import LATE, build
from tests.world import World

POINTS = 72 / 25.4


def fetch(query: str = "") -> pypdfium2.PdfDocument:
    answer = Client().get(f"/projects/print/?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return pypdfium2.PdfDocument(answer.content)


def picture(query: str = "", dpi: int = 100) -> Image.Image:
    return fetch(query)[0].render(scale=dpi / 72).to_pil()


@pytest.mark.parametrize("number", [0, 1, PAGE, PAGE + 1])
def test_it_is_a3_across_and_has_as_many_pages_as_it_needs(world: World, number: int) -> None:
    for _ in range(number):
        build(world)
    document = fetch()
    assert len(document) == (2 if number > PAGE else 1)
    for page in document:
        width, height = page.get_size()
        assert (round(width / POINTS), round(height / POINTS)) == (420, 297)


@pytest.mark.parametrize("dpi", [72, 150])
def test_its_code_leads_to_the_list(world: World, settings: Any, dpi: int) -> None:
    settings.SITE_URL = "https://lianluozhan.dancheng.gov.cn"
    build(world)
    assert [found.text for found in zxingcpp.read_barcodes(picture(dpi=dpi))] == [f"{settings.SITE_URL}/projects/"]


def test_every_light_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == set(Light)
    assert len({shape for shape, _ in SHAPES.values()}) == len(Light)


def ink(image: Image.Image) -> int:
    """Count the dark points."""
    return sum(image.convert("L").point(lambda tone: 255 if tone < 128 else 0).histogram()[255:])


def test_long_names_stay_inside_their_column(world: World) -> None:
    """A title of eighty signs leaves the unit's column as it was with a short one."""
    column = (round(176 / 25.4 * 100), round(55 / 25.4 * 100), round(210 / 25.4 * 100), round(75 / 25.4 * 100))
    work = build(world, title="短")
    short = ink(picture().crop(column))
    views.cache.delete_pattern("*")
    work.idea.title = "很" * 80
    work.idea.save()
    assert ink(picture().crop(column)) == short


def test_a_town_has_its_own_sheet_and_an_unknown_one_counts_as_not_asked(world: World) -> None:
    build(world)
    build(world, region=world.other_town, due=LATE)
    whole, town = picture(), picture("town=411625101")
    assert ink(whole) > ink(town)
    for query in ("town=999999999", "town=%00", "town=x'", "year=1", "year=%00"):
        assert ink(picture(query)) == ink(whole), query


def test_it_is_drawn_once_and_kept(world: World, monkeypatch: Any) -> None:
    build(world, State.ADOPTED, plan={"funds": Decimal("0")})
    fetch()

    def again(*given: Any) -> bytes:
        raise AssertionError("drawn twice")

    monkeypatch.setattr(views, "_drawn", again)
    fetch()
    fetch("town=nowhere")


def test_whoever_fetches_far_too_many_reads_a_sentence(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "DRAWN_FOR_AN_ADDRESS", 1)
    build(world)
    client = Client()
    assert client.get("/projects/print/").status_code == 200
    answer = client.get("/projects/print/?town=411625001")
    assert (answer.status_code, answer.content.decode()) == (429, views.TOO_OFTEN)
    assert client.get("/projects/print/").status_code == 200  # the one that is kept costs nothing


def test_it_is_only_read(world: World) -> None:
    answer = Client().post("/projects/print/")
    assert answer.status_code == 405
    assert "max-age=60" in Client().get("/projects/print/")["Cache-Control"]
