"""A scanned code: where it leads, what is counted, what is never kept."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stations import codes, public_views
from stations.models import EntryCode, ScanCount
from tests.world import START, World


def scans() -> int:
    return sum(ScanCount.objects.values_list("count", flat=True))


def test_leads_to_the_station_and_counts(client: Client, entry: EntryCode) -> None:
    answer = client.get(entry.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, f"/s/mingnan/?q={entry.code}")
    assert scans() == 1


def test_the_page_it_leads_to_is_there(client: Client, entry: EntryCode) -> None:
    assert "洺南街道融合站点" in client.get(entry.get_absolute_url(), follow=True).content.decode()


def test_a_place_leads_to_the_message_with_the_place_filled_in(client: Client, world: World) -> None:
    place = codes.create_code(
        world.station.pk, "PLACE", actor=world.clerk, at=START, label="", region=world.village, location="东街社区"
    )
    assert client.get(place.get_absolute_url())["Location"] == f"/s/mingnan/message/?q={place.code}"


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f"{code[:4]}-{code[4:]}", lambda code: f"{code[:4]} {code[4:]}"]
)
def test_typed_by_hand(client: Client, entry: EntryCode, change: object) -> None:
    assert client.get(f"/q/{change(entry.code)}/").status_code == 302  # type: ignore[operator]


def test_a_scan_costs_two_statements_and_leaves_nothing_about_who(client: Client, entry: EntryCode) -> None:
    with CaptureQueriesContext(connection) as made:
        answer = client.get(entry.get_absolute_url(), REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="MicroMessenger")
    assert len(made) == 2
    assert not answer.cookies
    assert not Session.objects.exists()
    assert "10.1.2.3" not in str(made.captured_queries)


def test_it_is_never_kept_by_a_cache(client: Client, entry: EntryCode) -> None:
    assert "no-store" in client.get(entry.get_absolute_url())["Cache-Control"]


def test_looking_without_opening_counts_nothing(client: Client, entry: EntryCode) -> None:
    assert client.head(entry.get_absolute_url()).status_code == 302
    assert scans() == 0


@pytest.mark.parametrize("header", [{"HTTP_SEC_PURPOSE": "prefetch;prerender"}, {"HTTP_PURPOSE": "prefetch"}])
def test_a_browser_that_reads_ahead_counts_nothing(client: Client, entry: EntryCode, header: dict[str, str]) -> None:
    assert client.get(f"/q/{entry.code}/", **header).status_code == 302
    assert scans() == 0


def test_sending_something_is_not_for_this_address(client: Client, entry: EntryCode) -> None:
    assert client.post(entry.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("code", ["ZZZZ9999", "x", "%00", "%E7%A0%81", "ZZZZ9999ZZZZ9999", "A" * 900])
def test_an_unknown_code_is_a_friendly_404_with_a_way_on(client: Client, entry: EntryCode, code: str) -> None:
    answer = client.get(f"/q/{code}/")
    assert answer.status_code == 404
    assert "没有这个码" in answer.content.decode()
    assert 'href="/"' in answer.content.decode()
    assert scans() == 0


def test_every_wrong_code_answers_alike(client: Client, entry: EntryCode) -> None:
    near = entry.code[:7] + ("3" if entry.code.endswith("2") else "2")
    pages = [client.get(f"/q/{code}/").content for code in ("ZZZZ9999", entry.code[:7], near)]
    assert len({page.replace(b"ZZZZ9999", b"").split(b"<main")[1] for page in pages}) == 1


def test_a_revoked_code_is_gone_and_names_its_station(client: Client, world: World, entry: EntryCode) -> None:
    codes.revoke_code(entry.pk, actor=world.clerk, at=START)
    answer = client.get(entry.get_absolute_url())
    assert answer.status_code == 410
    assert "这个码停用了" in answer.content.decode()
    assert 'href="/s/mingnan/"' in answer.content.decode()
    assert scans() == 0


def test_a_closed_station_s_code_leads_to_other_stations(client: Client, world: World, entry: EntryCode) -> None:
    world.station.is_active = False
    world.station.save()
    answer = client.get(entry.get_absolute_url())
    assert answer.status_code == 410
    assert "/s/mingnan/" not in answer.content.decode()
    assert "按乡镇、村找站点" in answer.content.decode()


def test_who_guesses_learns_nothing_any_more(client: Client, entry: EntryCode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "MISSES", 3)
    for number in range(4):
        assert client.get(f"/q/ZZZZ222{number + 2}/").status_code == 404
    assert client.get(entry.get_absolute_url()).status_code == 404
    assert Client(REMOTE_ADDR="10.9.9.9").get(entry.get_absolute_url()).status_code == 302, "others are not shut out"


def test_the_page_holds_no_script_and_no_other_host(client: Client, db: None) -> None:
    page = client.get("/q/ZZZZ9999/").content.decode()
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
