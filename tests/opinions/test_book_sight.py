"""Who sees a page of the paper book: its photo shows everybody who wrote there."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, RoleGrant
from core.codes import spell
from opinions.models import BookLine, BookPage, Opinion
from opinions.states import State
from tests.opinions.paper import BOOK, page_of, typed
from tests.world import World


def sees(client: Client, page: BookPage) -> tuple[int, int, bool]:
    photo = reverse("opinions:book_photo", args=[page.pk, page.photos.get().token])
    listed = page.get_absolute_url() in client.get(BOOK).content.decode()
    return client.get(page.get_absolute_url()).status_code, client.get(photo).status_code, listed


@pytest.mark.parametrize("who", ["clerk", "town_staff"])
def test_the_station_and_its_town_see_the_page(world: World, at_desk: Any, who: str) -> None:
    assert sees(at_desk(who), page_of(world)) == (200, 200, True)


@pytest.mark.parametrize("who", ["other_clerk", "county_staff", "rep", "grid"])
def test_others_who_record_see_neither_page_nor_photo(world: World, at_desk: Any, who: str) -> None:
    assert sees(at_desk(who), page_of(world)) == (404, 404, False)


@pytest.mark.parametrize("who", ["handler", "co_handler", "leader", "admin", "security", "audit"])
def test_who_records_nothing_is_kept_out(world: World, at_desk: Any, who: str) -> None:
    page, client = page_of(world), at_desk(who)
    assert client.get(BOOK).status_code == 403
    assert client.get(page.get_absolute_url()).status_code in (403, 404)
    photo = reverse("opinions:book_photo", args=[page.pk, page.photos.get().token])
    assert client.get(photo).status_code in (403, 404)


def test_a_visitor_is_sent_to_sign_in(world: World, client: Client) -> None:
    page = page_of(world)
    photo = reverse("opinions:book_photo", args=[page.pk, page.photos.get().token])
    for address in (BOOK, page.get_absolute_url(), photo):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("who", ["grid", "rep", "county_staff"])
def test_who_photographed_a_page_copies_it_himself(world: World, at_desk: Any, who: str) -> None:
    page = page_of(world, who)
    assert sees(at_desk(who), page) == (200, 200, True)
    answer = at_desk(who).post(page.get_absolute_url(), typed(world, how=""))
    assert answer.status_code == 302
    assert BookLine.objects.get().copied_by == world.users[who]
    assert Opinion.objects.get().state == State.SUBMITTED


def test_with_the_office_goes_the_page(world: World, at_desk: Any) -> None:
    page = page_of(world, "grid")
    RoleGrant.objects.filter(user=world.grid).update(region_code="411625101001")
    assert sees(at_desk("grid"), page) == (404, 404, False)


def test_a_grid_worker_reads_nothing_of_lines_that_others_copied(world: World, at_desk: Any) -> None:
    page = page_of(world, "grid")
    at_desk().post(page.get_absolute_url(), typed(world))
    at_desk("grid").post(page.get_absolute_url(), typed(world, line=2, body="南街垃圾桶太少。", how=""))
    html = at_desk("grid").get(page.get_absolute_url()).content.decode()
    first, second = [row.opinion for row in page.lines.select_related("opinion")]
    assert "站点抄了这一行" in html
    assert first.title not in html
    assert spell(first.receipt) not in html
    assert spell(second.receipt) in html


def test_the_photo_is_a_picture_that_no_cache_keeps(world: World, at_desk: Any) -> None:
    page = page_of(world)
    answer = at_desk().get(reverse("opinions:book_photo", args=[page.pk, page.photos.get().token]))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    other = page_of(world, number=4)
    assert at_desk().get(reverse("opinions:book_photo", args=[other.pk, page.photos.get().token])).status_code == 404


def test_a_photo_whose_file_is_gone_is_404(world: World, at_desk: Any) -> None:
    page = page_of(world)
    photo = page.photos.get()
    photo.image.storage.delete(photo.image.name)
    assert at_desk().get(reverse("opinions:book_photo", args=[page.pk, photo.token])).status_code == 404


def test_looking_at_the_photo_of_a_finished_page_is_written_down(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    photo = reverse("opinions:book_photo", args=[page.pk, page.photos.get().token])
    client.get(photo)
    assert not AuditEntry.objects.filter(action="book_photo_seen").exists()
    client.post(reverse("opinions:book_finish", args=[page.pk]))
    assert photo not in re.findall(r'<img src="([^"]+)"', client.get(page.get_absolute_url()).content.decode())
    client.get(photo)
    entry = AuditEntry.objects.get(action="book_photo_seen")
    assert (entry.actor, entry.subject) == (world.clerk, f"book_page:{page.pk}")
