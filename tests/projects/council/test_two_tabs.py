"""A meeting open in two tabs, or at two clerks' desks: what the slower one reads is true, and leads him on."""

import pytest

from core.workflow import BadInput
from projects.council import preparing
from projects.council.models import Council
from projects.states import State
from tests.projects.council.conftest import HOUR, OPENED, REASON, Table
from tests.projects.council.test_pages import BASE, PLAN, signed_in, text


def test_who_publishes_second_is_led_to_what_was_published(table: Table) -> None:
    council, (item,) = table.opened()
    table.close(council, "KEEP")
    sent = {f"result_{item.pk}": "NO", f"reason_{item.pk}": "写晚了"}
    answer = signed_in(table, "clerk").post(f"{council.get_absolute_url()}close/", sent, follow=True)
    assert answer.redirect_chain == [(council.get_absolute_url(), 302)]
    assert "您刚才写的没有公布" in text(answer)
    assert "一件也没有公布" not in text(answer)
    assert REASON in text(answer)
    assert "写晚了" not in text(answer)


@pytest.mark.parametrize("tail", ["paper/", "change/", "close/"])
def test_no_form_is_offered_that_would_be_refused(table: Table, tail: str) -> None:
    council, _ = table.opened()
    client, address = signed_in(table, "clerk"), f"{council.get_absolute_url()}{tail}"
    assert client.get(address).status_code == 200
    table.close(council, "KEEP")
    assert client.get(address)["Location"] == council.get_absolute_url()


def test_papers_wait_until_the_meeting_is_open(table: Table) -> None:
    council = table.council()
    table.item(council)
    address = f"{council.get_absolute_url()}paper/"
    assert signed_in(table, "clerk").get(address)["Location"] == council.get_absolute_url()


def test_what_a_colleague_put_on_the_agenda_is_said_to_stand_there(table: Table) -> None:
    council, idea = table.council(), table.hall.idea(State.POOLED)
    preparing.add(council.pk, actor=council.created_by, at=OPENED + HOUR, idea_id=idea.pk)
    answer = signed_in(table, "clerk").post(f"{council.get_absolute_url()}add/", {"idea": idea.pk})
    assert answer.status_code == 422
    assert "这一件刚刚排上了" in text(answer)


@pytest.mark.parametrize("day", ["0026-05-08", "9999-05-08"])
def test_a_year_that_nobody_can_mean_is_refused(table: Table, day: str) -> None:
    answer = signed_in(table, "clerk").post(f"{BASE}new/", PLAN | {"day": day, "station": table.hall.world.station.pk})
    assert answer.status_code == 422
    assert "年份没有写对" in text(answer)
    assert not Council.objects.exists()
    with pytest.raises(BadInput) as refused:
        table.council(day=preparing.date.fromisoformat(day))
    assert refused.value.field == "day"
