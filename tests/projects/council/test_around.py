"""What a meeting leaves on the pages around it: the pool's tabs, the public list, the desk, nobody's name."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from projects.council import preparing, scoring
from projects.council.models import Council, Score
from projects.models import ProjectIdea
from projects.states import State
from tests.projects.conftest import PHONE, TITLE
from tests.projects.council.conftest import CLOSED, OPENED, REASON, Table, marks

LATER = CLOSED + timedelta(days=1)


def signed_in(table: Table, who: str) -> Client:
    client = Client()
    client.force_login(table.users.get(who) or table.hall.world.users[who])
    return client


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("state", "stands"), [("POOLED", 0), ("SCREENED", 1), ("LISTED", 1), ("SHELVED", 0)])
def test_the_pool_has_a_tab_for_what_was_screened(table: Table, state: str, stands: int) -> None:
    idea = table.hall.idea(state)
    page = text(signed_in(table, "clerk").get("/desk/projects/?tab=screened"))
    assert page.count(f'href="/desk/projects/{idea.pk}/?tab=screened"') == stands


@pytest.mark.parametrize("state", ["POOLED", "SCREENED", "LISTED"])
def test_everybody_still_finds_what_was_screened(table: Table, state: str) -> None:
    idea = table.hall.idea(state)
    assert f'href="/projects/{idea.pk}/"' in text(Client().get("/projects/"))
    page = text(Client().get(f"/projects/{idea.pk}/"))
    assert TITLE in page
    assert "为什么暂缓" not in page


def test_a_screened_project_takes_no_more_voices(table: Table) -> None:
    idea = table.hall.idea(State.SCREENED)
    answer = Client().post(f"/projects/{idea.pk}/second/", {})
    assert answer.status_code == 409
    assert ProjectIdea.objects.get(pk=idea.pk).seconds == 0


def test_only_the_county_is_offered_to_put_a_listed_project_aside(table: Table) -> None:
    idea = table.hall.idea(State.LISTED)
    address = f"{idea.get_absolute_url()}shelve/"
    assert address not in text(signed_in(table, "clerk").get(idea.get_absolute_url()))
    assert signed_in(table, "clerk").post(address, {"reason": "钱不够"}).status_code == 403
    assert address in text(signed_in(table, "county_staff").get(idea.get_absolute_url()))
    signed_in(table, "county_staff").post(address, {"reason": "钱不够"})
    assert ProjectIdea.objects.get(pk=idea.pk).state == State.SHELVED


def test_the_history_says_who_decided_and_why(table: Table) -> None:
    council, (item,) = table.opened(of_county=True)
    table.close(council, "KEEP")
    lines = list(item.idea.history.order_by("-id")[:2])
    assert [line.verb for line in lines] == ["list", "screen"]
    assert all(line.actor == council.created_by and REASON in line.public_text for line in lines)
    assert [(line.from_state, line.to_state) for line in lines] == [("SCREENED", "LISTED"), ("POOLED", "SCREENED")]


@pytest.mark.parametrize("who", ["clerk", "county_staff", "leader", "rep", "second"])
def test_no_page_says_what_somebody_gave_nor_who_wished(table: Table, who: str) -> None:
    council, (item,) = table.opened(of_county=True)
    paper = table.people["paper"]
    scoring.enter(
        council.pk, actor=council.created_by, at=OPENED, representative_id=paper.pk, marks={item.pk: marks(1, 1, 1, 1)}
    )
    client, base = signed_in(table, who), council.get_absolute_url()
    for tail in ("", "score/", "paper/", "close/", "sheet/"):
        page = text(client.get(f"{base}{tail}", follow=True))
        assert " checked" not in page
        assert "需求 1" not in page
        for hidden in (PHONE, "田大山"):
            assert hidden not in page


def test_a_representative_who_left_office_does_not_score(table: Table) -> None:
    council, (item,) = table.opened()
    person = table.people["second"]
    person.is_active = False
    person.save()
    answer = signed_in(table, "second").post(f"{council.get_absolute_url()}score/", {f"need_{item.pk}": "5"})
    assert answer.status_code == 403
    assert not Score.objects.exists()


def test_two_meetings_of_one_day_keep_apart(table: Table) -> None:
    one, (first,) = table.opened()
    two, (second,) = table.opened()
    table.score(one, "rep", {first.pk: marks()})
    table.close(one, "NO")
    table.score(two, "rep", {second.pk: marks(1)})
    assert Council.objects.get(pk=two.pk).state == "OPEN"
    assert [row.item_id for row in Score.objects.order_by("item_id")] == [first.pk, second.pk]
    with pytest.raises(Exception, match="开完了"):
        preparing.change(one.pk, actor=one.created_by, at=LATER, plan=table.plan())
