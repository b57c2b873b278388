"""A resident's page handed out again before the other layers: the same page, to the same question, to nobody else."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from opinions import public_access, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import State
from tests.opinions.test_public_message import CountedStatements
from tests.opinions.test_public_track import GOOD
from tests.world import START, World

LATER = START + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _two_hours_later() -> Any:
    with time_machine.travel(LATER, tick=True):
        yield


def closed(world: World) -> Opinion:
    opinion = world.opinion(State.FED_BACK)
    workflow.rate(opinion.pk, actor=RESIDENT, at=LATER, **GOOD)
    opinion.refresh_from_db()
    return opinion


def test_a_closed_matters_page_is_handed_out_again_for_one_statement_with_all_its_headers(world: World) -> None:
    address = f"/t/{closed(world).receipt}/"
    first = Client().get(address)
    with CountedStatements() as counted:
        again = Client().get(address)
    assert len(counted) == 1
    assert again.content == first.content
    assert dict(again.headers) == dict(first.headers)
    assert "Content-Security-Policy" in again.headers


@pytest.mark.parametrize("change", ["mode", "form", "message", "staff", "query", "head", "changed"])
def test_a_kept_page_is_for_the_same_question_only(world: World, change: str) -> None:
    opinion = closed(world)
    address, client = f"/t/{opinion.receipt}/", Client()
    client.get(address)
    if change in ("mode", "form", "message", "staff"):
        name = {"mode": "mode", "form": settings.CSRF_COOKIE_NAME, "message": "messages", "staff": "sessionid"}[change]
        client.cookies[name] = "elder"
    if change == "changed":
        workflow.reopen(opinion.pk, actor=world.county_staff, at=LATER, reason="又坏了，再办一次。")
    with CountedStatements() as counted:
        answer = (
            client.head(address) if change == "head" else client.get(address + ("?a=1" if change == "query" else ""))
        )
    assert answer.status_code == 200
    assert len(counted) > 1


def test_nothing_is_kept_for_who_tries_receipts_or_calls_a_strange_host(world: World) -> None:
    opinion = closed(world)
    address = f"/t/{opinion.receipt}/"
    Client().get(address)
    with patch.object(public_access, "WRONG_A_CALLER", 2):
        for _ in range(2):
            Client().get("/t/ZZZZZZZZZZ/")
        assert Client().get(address).status_code == 429
    assert Client().get(address, headers={"host": "elsewhere.example"}).status_code == 400
