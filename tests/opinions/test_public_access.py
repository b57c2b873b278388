"""A receipt opens one matter; everything else gets one answer, and only wrong tries are counted."""

import itertools
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import limits
from core.codes import is_valid_receipt, new_receipt, spell
from opinions import public_access
from tests.world import World

WRONG = "没有找到这个码"
RECEIPT_PAGES = ("/t/{}/", "/t/{}/received/", "/t/{}/withdraw/", "/t/{}/qr.png", "/t/{}/picture.png")


def page(client: Client, address: str, **data: str) -> Any:
    return client.get(address, data)


@pytest.mark.django_db
def test_the_lookup_page_asks_for_the_code(client: Client) -> None:
    answer = page(client, "/t/")
    assert answer.status_code == 200
    assert "回执上的码" in answer.content.decode()


@pytest.mark.parametrize("typing", ["{}", " {} ", "lower", "spelled", "full width"])
def test_a_code_is_understood_however_it_is_typed(client: Client, world: World, typing: str) -> None:
    receipt = world.submit().receipt
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in receipt)
    typed = {"lower": receipt.lower(), "spelled": spell(receipt), "full width": wide}.get(
        typing, typing.format(receipt)
    )
    answer = page(client, "/t/", code=typed)
    assert answer.status_code == 302
    assert answer["Location"] == f"/t/{receipt}/"


def test_malformed_unknown_and_wrong_digits_get_the_same_answer(
    client: Client, world: World, django_assert_num_queries: Any
) -> None:
    receipt = world.submit(phone="13800001234").receipt
    bodies = []
    for typed, digits in (("XXXX", ""), (new_receipt(), ""), (receipt, "9999"), ("🌂" * 900, ""), (receipt + "Z", "")):
        with django_assert_num_queries(2):  # among the matters, then among the ideas for projects
            answer = page(client, "/t/", code=typed, digits=digits)
        assert answer.status_code == 404
        assert answer["Cache-Control"] == "private, no-store"
        bodies.append(answer.content.decode().replace(typed[:20], ""))
    assert len(set(bodies)) == 1
    assert WRONG in bodies[0]


def test_code_with_the_last_four_digits_opens(client: Client, world: World) -> None:
    receipt = world.submit(phone="13800001234").receipt
    assert page(client, "/t/", code=receipt, digits="1234").status_code == 302
    assert page(client, "/t/", code=receipt, digits="１２３４").status_code == 302


def test_digits_never_open_a_matter_without_a_phone(client: Client, world: World) -> None:
    receipt = world.submit(phone="").receipt
    for digits in ("1234", "--", "。"):
        assert page(client, "/t/", code=receipt, digits=digits).status_code == 404
    assert page(client, "/t/", code=receipt).status_code == 302


@pytest.mark.parametrize("address", RECEIPT_PAGES)
@pytest.mark.parametrize("code", ["ABC", "2222222222", "%00", "..%2F..", "x" * 300])
def test_every_page_of_a_wrong_receipt_says_the_same(client: Client, db: None, address: str, code: str) -> None:
    answer = client.get(address.format(code))
    assert answer.status_code == 404
    if "%2F" not in code:  # a slash makes another address, which no page has
        assert WRONG in answer.content.decode()


@pytest.mark.parametrize("verb", ["rate", "add", "withdraw"])
def test_posting_to_a_wrong_receipt_says_the_same(client: Client, db: None, verb: str) -> None:
    answer = client.post(f"/t/{new_receipt()}/{verb}/", {})
    assert answer.status_code == 404
    assert WRONG in answer.content.decode()


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40).filter(lambda text: text.strip() and not is_valid_receipt(text)))
def test_nothing_typed_breaks_the_lookup(client: Client, db: None, typed: str) -> None:
    assert page(client, "/t/", code=typed, digits=typed).status_code in (200, 404, 429)


@pytest.fixture
def small_room(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(public_access, "WRONG_A_CALLER", 5)
    return 5


def test_too_many_wrong_tries_hold_this_caller_only(client: Client, world: World, small_room: int) -> None:
    receipt = world.submit().receipt
    for _ in range(small_room):
        assert page(client, "/t/", code="XXXX").status_code == 404
    held = page(client, "/t/", code="XXXX")
    assert held.status_code == 429
    assert "过一小时再查" in held.content.decode()
    assert page(client, f"/t/{receipt}/").status_code == 429  # right and wrong alike
    assert page(Client(REMOTE_ADDR="10.1.1.9"), f"/t/{receipt}/").status_code == 200


def test_reading_ones_own_matter_is_never_counted(client: Client, world: World, small_room: int) -> None:
    receipt = world.submit().receipt
    for _ in range(small_room * 3):
        assert page(client, f"/t/{receipt}/").status_code == 200


def test_when_wrong_tries_pour_in_each_room_shrinks_and_the_town_still_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = world.submit().receipt
    monkeypatch.setattr(public_access, "WRONG_IN_ALL", 6)
    monkeypatch.setattr(public_access, "WRONG_UNDER_SIEGE", 2)
    for number in range(8):
        page(Client(REMOTE_ADDR=f"10.0.0.{number}"), "/t/", code="XXXX")
    townsman, guesser = Client(REMOTE_ADDR="10.9.9.9"), Client(REMOTE_ADDR="10.8.8.8")
    assert page(townsman, f"/t/{receipt}/").status_code == 200
    answers = [page(guesser, "/t/", code="XXXX").status_code for _ in range(4)]
    assert answers == [404, 404, 429, 429]


def test_without_the_cache_nobody_is_held(client: Client, world: World, settings: Any, small_room: int) -> None:
    receipt = world.submit().receipt
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    for _ in range(small_room + 2):
        assert page(client, "/t/", code="XXXX").status_code == 404
    assert page(client, f"/t/{receipt}/").status_code == 200


def test_limits_count_by_name_and_by_caller() -> None:
    counts = [limits.count(name, who, seconds=60) for name, who in itertools.product("ab", "xy") for _ in range(2)]
    assert counts == [1, 2] * 4
    assert limits.spent("a", "x", "z") == [2, 0]


def test_limits_say_when_something_is_seen_again() -> None:
    assert limits.is_first("once", "this", seconds=60)
    assert not limits.is_first("once", "this", seconds=60)
    assert limits.is_first("once", "that", seconds=60)


def test_a_limit_is_kept() -> None:
    assert [limits.is_allowed("n", "x", most=2, seconds=60) for _ in range(4)] == [True, True, False, False]


def test_receipt_pages_ask_not_to_be_indexed(client: Client, world: World) -> None:
    opinion = world.submit()
    for address in RECEIPT_PAGES:
        answer = client.get(address.format(opinion.receipt))
        assert answer.status_code == 200, address
        assert "noindex" in answer["X-Robots-Tag"]
        assert "private" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
