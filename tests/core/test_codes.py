"""Codes: what a person mistypes is caught, what he types otherwise is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.codes import (
    ALPHABET,
    check_character,
    is_valid_receipt,
    new_code,
    new_entry_code,
    new_receipt,
    normalise,
    spell,
)

bodies = st.text(alphabet=ALPHABET, min_size=9, max_size=9)
receipts = bodies.map(lambda body: body + check_character(body))


def test_alphabet_has_31_characters_and_none_that_are_confused() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("0O1IL") & set(ALPHABET)


def test_check_character_of_a_known_code() -> None:
    # 2·0 + 3·0 + … + 10·1 = 10, and 10 + 21 ≡ 0 (mod 31); ALPHABET[21] is P.
    assert check_character("322222222") == ALPHABET[21]
    assert is_valid_receipt("322222222" + ALPHABET[21])


def test_new_receipts_are_valid_and_differ() -> None:
    made = {new_receipt() for _ in range(500)}
    assert len(made) == 500
    assert all(is_valid_receipt(receipt) and len(receipt) == 10 for receipt in made)


def test_new_code_has_the_asked_length() -> None:
    assert len(new_code()) == 9
    assert len(new_code((2, 3))) == 5
    assert len(new_entry_code()) == 8
    assert set(new_code((500,))) <= set(ALPHABET)


@given(receipts)
def test_every_wrong_character_is_caught(receipt: str) -> None:
    for position, right in enumerate(receipt):
        for wrong in ALPHABET:
            if wrong != right:
                assert not is_valid_receipt(receipt[:position] + wrong + receipt[position + 1 :])


@given(receipts)
def test_every_swap_of_two_characters_is_caught(receipt: str) -> None:
    for first in range(10):
        for second in range(first + 1, 10):
            letters = list(receipt)
            letters[first], letters[second] = letters[second], letters[first]
            if "".join(letters) != receipt:
                assert not is_valid_receipt("".join(letters))


@given(receipts, st.sampled_from("0O1IL"), st.integers(0, 9))
def test_a_character_outside_the_alphabet_is_not_valid(receipt: str, letter: str, position: int) -> None:
    assert not is_valid_receipt(receipt[:position] + letter + receipt[position + 1 :])


@given(receipts)
def test_a_missing_or_added_character_is_not_valid(receipt: str) -> None:
    assert not is_valid_receipt(receipt[:-1])
    assert not is_valid_receipt(receipt + "2")


@given(st.text(max_size=80))
def test_normalise_is_idempotent_and_plain(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == "" or (once.isascii() and once.isalnum() and once == once.upper())


@given(st.text(max_size=80))
def test_validity_never_raises(text: str) -> None:
    assert is_valid_receipt(text) in (True, False)


@given(receipts)
def test_spelled_receipt_reads_back(receipt: str) -> None:
    assert normalise(spell(receipt)) == receipt
    assert normalise(spell(receipt).lower().replace("-", "—")) == receipt


@pytest.mark.parametrize(
    "typed",
    [
        "K7QM4XWD3R",
        "k7qm-4xwd-3r",
        "Ｋ７ＱＭ－４ＸＷＤ－３Ｒ",
        " K7QM 4XWD 3R ",
        "K7QM–4XWD—3R。",
        "查询码：K7QM\u200b-4XWD\u00a0-3R",
    ],
)
def test_normalise_understands_how_people_type(typed: str) -> None:
    assert normalise(typed) == "K7QM4XWD3R"


def test_normalise_bounds_what_it_looks_at() -> None:
    assert len(normalise("A" * 1_000_000)) == 64
    assert not is_valid_receipt("A" * 1_000_000)


def test_spell_groups_by_four() -> None:
    assert spell("K7QM4XWD3R") == "K7QM-4XWD-3R"
    assert spell("k7qm4xwd") == "K7QM-4XWD"
    assert spell("") == ""


def test_check_character_refuses_foreign_characters() -> None:
    with pytest.raises(KeyError):
        check_character("O00000000")
