"""One-time codes: good once, for one thing, and of no use to whoever holds the table."""

import re
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.codes import ALPHABET, is_valid_receipt, spell
from core.fields import keyed_hash
from core.workflow import WrongState
from projects import onetime
from projects.onetime import OneTimeCode, OneTimePrint, WrongCode


def spent(code: str, box: str) -> bool:
    try:
        with transaction.atomic():
            onetime.spend(code, box)
    except WrongCode:
        return False
    return True


@pytest.mark.django_db
def test_as_many_as_asked_all_different_and_without_look_alikes() -> None:
    codes = onetime.make("poll:1", 60)
    assert len(set(codes)) == 60
    assert {letter for code in codes for letter in code} <= set(ALPHABET)
    assert not set("0O1IL") & set(ALPHABET)
    assert OneTimeCode.objects.count() == 60


@pytest.mark.django_db
def test_the_table_holds_no_code_and_nothing_else_that_could_be_matched() -> None:
    codes = onetime.make("poll:1", 5)
    rows = list(OneTimeCode.objects.values())
    assert {tuple(row) for row in rows} == {("code_hash", "box", "is_spent")}
    assert all(re.fullmatch("[0-9a-f]{64}", row["code_hash"]) for row in rows)
    assert not any(code in str(rows) or spell(code) in str(rows) for code in codes)
    assert {row["code_hash"] for row in rows} != {keyed_hash(code, "seconding") for code in codes}


@pytest.mark.django_db
def test_good_once() -> None:
    code = onetime.make("poll:1", 1)[0]
    assert onetime.box_of(code) == "poll:1"
    assert [spent(code, "poll:1") for _ in range(3)] == [True, False, False]
    assert onetime.box_of(code) == ""


@pytest.mark.django_db
def test_good_for_one_thing_alone() -> None:
    code = onetime.make("poll:1", 1)[0]
    assert not spent(code, "poll:2")
    assert not spent(code, "ballot:1")
    assert spent(code, "poll:1")


@pytest.mark.django_db
@pytest.mark.parametrize("form", [str.lower, spell, lambda code: f" {spell(code)} ", lambda code: " ".join(code)])
def test_typed_in_any_way(form: object) -> None:
    code = onetime.make("poll:1", 1)[0]
    assert spent(form(code), "poll:1")  # type: ignore[operator]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=30))
def test_whatever_else_is_typed_gets_the_one_answer(typed: str) -> None:
    with pytest.raises(WrongCode) as refused, transaction.atomic():
        onetime.spend(typed, "poll:1")
    assert refused.value.message == onetime.WRONG
    assert onetime.box_of(typed) == ""


@pytest.mark.django_db
def test_every_wrong_answer_costs_the_same_question() -> None:
    code, used = onetime.make("poll:1", 2)
    assert spent(used, "poll:1")
    asked = []
    for typed in ("", "不是码", "222222222", "2222222222", used, code, code * 9):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            onetime.box_of(typed)
        asked.append([re.sub("'[0-9a-f]{64}'", "?", row["sql"]) for row in seen])
    assert len(asked[0]) == 1
    assert all(one == asked[0] for one in asked)


@pytest.mark.django_db(transaction=True)
def test_a_code_is_not_spent_without_its_voice() -> None:
    code = onetime.make("poll:1", 1)[0]
    with pytest.raises(RuntimeError):
        onetime.spend(code, "poll:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        onetime.spend(code, "poll:1")
        raise IntegrityError
    assert onetime.count("poll:1") == (1, 0)


@pytest.mark.django_db
def test_counting_and_throwing_away() -> None:
    codes, others = onetime.make("poll:1", 4), onetime.make("poll:2", 1)
    assert spent(codes[0], "poll:1")
    assert onetime.count("poll:1") == (4, 1)
    assert onetime.burn("poll:1") == (4, 1)
    assert onetime.count("poll:1") == (0, 0)
    assert not any(spent(code, "poll:1") for code in codes)
    assert spent(others[0], "poll:2")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_it_at_once_one_does() -> None:
    code = onetime.make("poll:1", 1)[0]
    gate, came = Barrier(6), []

    def use() -> None:
        gate.wait()
        came.append(spent(code, "poll:1"))
        connection.close()

    threads = [Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [False] * 5 + [True]


@pytest.mark.django_db
def test_the_same_key_gives_the_same_codes_and_makes_none() -> None:
    key = uuid4()
    assert onetime.again("poll:1", 8, key) is None
    codes = onetime.make("poll:1", 8, key)
    assert onetime.again("poll:1", 8, key) == codes
    assert OneTimeCode.objects.count() == 8
    assert onetime.again("poll:1", 8, uuid4()) is None
    assert onetime.again("poll:2", 8, key) is None  # a key serves one box
    assert onetime.again("poll:1", 8, None) is None
    assert not set(onetime.make("poll:2", 8, key)) & set(codes)
    assert all(is_valid_receipt(code) for code in codes)


@pytest.mark.django_db
def test_a_batch_of_which_one_is_used_or_gone_is_not_given_again() -> None:
    used, gone = uuid4(), uuid4()
    spent(onetime.make("poll:1", 3, used)[0], "poll:1")
    with pytest.raises(WrongState, match="不会再印一遍"):
        onetime.again("poll:1", 3, used)
    onetime.make("poll:1", 3, gone)
    with pytest.raises(WrongState):
        onetime.again("poll:1", 4, gone)
    assert onetime.renew("poll:1") == 5
    assert onetime.count("poll:1") == (1, 1)
    with pytest.raises(WrongState):
        onetime.again("poll:1", 3, gone)


@pytest.mark.django_db
def test_what_was_printed_is_forgotten_with_the_box() -> None:
    key = uuid4()
    onetime.make("poll:1", 3, key)
    onetime.make("poll:2", 3, key)
    onetime.burn("poll:1")
    assert [str(row) for row in OneTimePrint.objects.all()] == ["poll:2"]
    assert str(key) not in str(list(OneTimePrint.objects.values()))


@pytest.mark.django_db
def test_without_the_portals_own_key_the_same_form_draws_others(settings: Any) -> None:
    key = uuid4()
    codes = onetime.make("poll:1", 5, key)
    OneTimePrint.objects.all().delete()
    settings.HASH_KEY = "another key of the same length, for this test"
    assert not set(onetime.make("poll:1", 5, key)) & set(codes)
