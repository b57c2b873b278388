"""成批办理: the preview says what will happen, the confirmation does it once, and nobody's work is overwritten."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opinions import bulk, workflow
from opinions.models import BulkRun, Opinion
from opinions.states import Kind, State
from stations.models import Category, Unit
from stations.queries import forget
from tests.world import World

LIST, BULK, PRINT = "/desk/opinions/", "/desk/opinions/bulk/", "/desk/opinions/bulk/print/"
ACCEPT, ASSIGN = "/desk/opinions/bulk/accept/", "/desk/opinions/bulk/assign/"


@pytest.fixture
def enter(world: World) -> Any:
    forget()

    def _enter(who: str) -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return _enter


def made(world: World, state: str = State.SUBMITTED, many: int = 1) -> list[Opinion]:
    at = timezone.now() - timedelta(hours=1)
    return [world.opinion(state, at=at) for _ in range(many)]


def confirmed(client: Client, address: str, rows: list[Opinion], **data: Any) -> Any:
    """Open the preview, press its button with what it holds, and follow to the result."""
    page = client.get(address, {"row": [row.pk for row in rows]})
    sent = typed(page) | data
    return client.post(address, sent, follow=True)


def typed(page: Any) -> dict[str, Any]:
    """Return what a browser would send of a preview just opened."""
    sent: dict[str, Any] = {"key": str(page.context["key"]), "list": "", "choice_all": "", "row": [], "shown": []}
    for line in page.context["preview"].able:
        pk = line.opinion.pk
        sent["row"].append(pk)
        sent["shown"].append(pk)
        sent |= {f"seen_{pk}": line.seen, f"choice_{pk}": line.choice, f"kind_{pk}": line.kind}
    return sent


def state_of(row: Opinion) -> str:
    return Opinion.objects.values_list("state", flat=True).get(pk=row.pk)


# ---------------------------------------------------------------- the list


@pytest.mark.parametrize(("who", "may"), [("clerk", True), ("town_staff", True), ("county_staff", True),
                                          ("leader", False), ("rep", False), ("handler", False)])  # fmt: skip
def test_only_who_accepts_and_assigns_has_ticks(world: World, enter: Any, who: str, may: bool) -> None:
    row = made(world, State.ASSIGNED)[0]
    html = enter(who).get(LIST).content.decode()
    assert row.title in html
    assert (f'name="row" value="{row.pk}" form="bulk" aria-label="选中：{row.title}"' in html) is may
    assert ('id="bulk"' in html) is may
    for address in (ACCEPT, PRINT, f"{BULK}done/{uuid4()}/"):
        assert enter(who).get(address).status_code == (403 if not may else 200 if "done" not in address else 404)


def test_the_list_costs_the_same_with_ticks_and_no_more_than_seven(world: World, enter: Any) -> None:
    client, counted = enter("clerk"), []
    for many in (1, 29):
        made(world, many=many)
        client.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LIST).content.decode().count('class="rowtick"') in (1, 30)
        counted.append(len(seen) - 2)  # session and account
    assert counted[0] == counted[1] <= 7


def test_the_bar_leads_to_an_address_without_the_token(world: World, enter: Any) -> None:
    rows = made(world, many=2)
    answer = enter("clerk").post(BULK, {"act": "accept", "row": [row.pk for row in rows], "list": "group=todo"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{ACCEPT}?row={rows[0].pk}&row={rows[1].pk}&list=group%3Dtodo"
    answer = enter("clerk").post(BULK, {"act": "print", "row": rows[0].pk, "list": ""})
    assert answer["Location"].startswith(f"{PRINT}?row=")


@pytest.mark.parametrize(("rows", "words"), [([], "一件也没有选"), (["x", "-1", "²"], "一件也没有选"),
                                             (list(range(1, 52)), "一次最多办 50 件")])  # fmt: skip
def test_none_or_too_many_lead_back_with_a_sentence(world: World, enter: Any, rows: list[Any], words: str) -> None:
    answer = enter("clerk").post(BULK, {"act": "accept", "row": rows, "list": "group=todo&evil=1"}, follow=True)
    assert answer.redirect_chain[0][0] == f"{LIST}?group=todo"
    assert words in answer.content.decode()


def test_no_other_act_can_be_named(world: World, enter: Any) -> None:
    row = made(world)[0]
    client = enter("clerk")
    assert client.post(BULK, {"act": "decline", "row": row.pk}).status_code == 404
    assert client.get(f"{BULK}decline/?row={row.pk}").status_code == 404
    assert client.post(f"{BULK}decline/", {"row": row.pk}).status_code == 404
    assert state_of(row) == State.SUBMITTED
    assert client.get(f"{BULK}?list=group%3Dlate")["Location"] == f"{LIST}?group=late"


@pytest.mark.parametrize(("values", "keys"), [(["3", "1", "3"], [3, 1]), (["", "a", "１", "9" * 19], []),
                                              (["9" * 18], [int("9" * 18)])])  # fmt: skip
def test_ids_are_read_strictly(values: list[str], keys: list[int]) -> None:
    assert bulk.keys_of(values) == keys


# ---------------------------------------------------------------- accepting


def test_preview_says_what_will_happen_and_changes_nothing(world: World, enter: Any) -> None:
    todo, done = made(world)[0], made(world, State.ASSIGNED)[0]
    other = world.submit(station=world.other_station, region=world.other_town, at=timezone.now())
    page = enter("clerk").get(ACCEPT, {"row": [todo.pk, done.pk, other.pk], "list": "group=open"})
    html = page.content.decode()
    able, unable = page.context["preview"].able, page.context["preview"].unable
    assert [(line.opinion.pk, line.choice, line.kind) for line in able] == [
        (todo.pk, str(world.category.pk), Kind.ORDINARY)
    ]
    assert [(line.opinion.pk, line.why_not) for line in unable] == [(done.pk, "现在是“已交办”，不用再受理。")]
    assert "有 1 件找不到，或者已经不归您看" in html
    assert other.title in html, "the words are the same in this world"
    assert f"/desk/opinions/{other.pk}/" not in html
    assert 'href="/desk/opinions/?group=open"' in html
    assert "前交办" in html
    assert state_of(todo) == State.SUBMITTED


def test_accepting_many_goes_through_the_verb(world: World, enter: Any) -> None:
    rows = made(world, many=3)
    answer = confirmed(enter("clerk"), ACCEPT, rows)
    assert "受理了 3 件" in answer.content.decode()
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.category, row.kind) == (State.ACCEPTED, world.category, Kind.ORDINARY)
        assert row.history.first().verb == "accept"
        assert row.history.first().actor == world.clerk


def test_what_is_chosen_for_all_stands_before_each_ones_own(world: World, enter: Any) -> None:
    rows = made(world, many=2)
    other = Category.objects.create(code="jingbao", name="井盖", parent=world.category.parent, position=9)
    confirmed(enter("clerk"), ACCEPT, rows, choice_all=str(other.pk), kind_all=Kind.URGENT)
    for row in rows:
        row.refresh_from_db()
        assert (row.category, row.kind) == (other, Kind.URGENT)


def test_each_row_may_have_its_own(world: World, enter: Any) -> None:
    first, second = made(world, many=2)
    other = Category.objects.create(code="jingbao", name="井盖", parent=world.category.parent, position=9)
    own = {f"choice_{second.pk}": str(other.pk), f"kind_{second.pk}": Kind.COMPLEX}
    confirmed(enter("clerk"), ACCEPT, [first, second], **own)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.category, first.kind) == (world.category, Kind.ORDINARY)
    assert (second.category, second.kind) == (other, Kind.COMPLEX)


def test_what_lacks_something_is_said_beside_it_and_nothing_is_done(world: World, enter: Any) -> None:
    plain = world.submit(body="有件事想问问", at=timezone.now() - timedelta(hours=1))
    rows = [*made(world), plain]
    answer = confirmed(enter("clerk"), ACCEPT, rows, kind_all=Kind.URGENT)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "还有 1 件没有填好" in html
    assert "请选归入哪一类。" in html
    assert [line.kind for line in answer.context["preview"].able] == [Kind.URGENT] * 2, "what was typed is kept"
    assert {state_of(row) for row in rows} == {State.SUBMITTED}
    assert not BulkRun.objects.exists()


def test_a_row_whose_tick_was_taken_away_is_left(world: World, enter: Any) -> None:
    first, second = made(world, many=2)
    confirmed(enter("clerk"), ACCEPT, [first, second], row=[first.pk])
    assert (state_of(first), state_of(second)) == (State.ACCEPTED, State.SUBMITTED)
    answer = confirmed(enter("clerk"), ACCEPT, [second], row=[])
    assert answer.status_code == 422
    assert "一件也没有勾" in answer.content.decode()


def test_sent_twice_does_nothing_twice(world: World, enter: Any) -> None:
    client, rows = enter("clerk"), made(world, many=2)
    sent = typed(client.get(ACCEPT, {"row": [row.pk for row in rows]}))
    first, second = client.post(ACCEPT, sent), client.post(ACCEPT, sent)
    assert first["Location"] == second["Location"]
    assert BulkRun.objects.get().results == [[row.pk, True, ""] for row in rows]
    assert [row.history.filter(verb="accept").count() for row in rows] == [1, 1]


def test_a_broken_key_is_no_way_round(world: World, enter: Any) -> None:
    client, rows = enter("clerk"), made(world)
    sent = typed(client.get(ACCEPT, {"row": [row.pk for row in rows]})) | {"key": "x"}
    client.post(ACCEPT, sent)
    answer = client.post(ACCEPT, sent, follow=True)
    assert "一件也没有受理" in answer.content.decode()
    assert rows[0].history.filter(verb="accept").count() == 1


def test_what_a_colleague_changed_in_between_is_left_with_a_sentence(world: World, enter: Any) -> None:
    client, rows = enter("clerk"), made(world, many=3)
    sent = typed(client.get(ACCEPT, {"row": [row.pk for row in rows]}))
    workflow.accept(rows[0].pk, actor=world.town_staff, at=timezone.now(), category=world.category, kind=Kind.URGENT)
    workflow.add_words(rows[1].pk, actor=world.town_staff, at=timezone.now(), words="又灭了一盏")
    html = client.post(ACCEPT, sent, follow=True).content.decode()
    assert "受理了 1 件" in html
    assert "没有办的 2 件" in html
    assert "town_staff刚刚办过（受理），这件没有动" in html
    assert "town_staff刚刚办过（补充情况），这件没有动" in html
    rows[0].refresh_from_db()
    assert rows[0].kind == Kind.URGENT
    assert [state_of(row) for row in rows] == [State.ACCEPTED, State.SUBMITTED, State.ACCEPTED]


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-01-01T00:00:00+08:00"])
def test_without_the_moment_of_the_preview_nothing_is_done(world: World, enter: Any, seen: str) -> None:
    rows = made(world)
    html = confirmed(enter("clerk"), ACCEPT, rows, **{f"seen_{rows[0].pk}": seen}).content.decode()
    assert "这件没有动" in html
    assert state_of(rows[0]) == State.SUBMITTED


def test_a_row_out_of_sight_is_never_touched(world: World, enter: Any) -> None:
    row = made(world)[0]
    client = enter("other_clerk")
    page = client.get(ACCEPT, {"row": row.pk})
    assert row.title not in page.content.decode()
    forged = {"key": str(uuid4()), "row": row.pk, f"choice_{row.pk}": world.category.pk, "kind_all": "ORDINARY",
              f"seen_{row.pk}": row.changed_at.isoformat()}  # fmt: skip
    html = client.post(ACCEPT, forged, follow=True).content.decode()
    assert bulk.GONE in html
    assert row.title not in html
    assert state_of(row) == State.SUBMITTED


def test_a_row_one_sees_but_may_not_accept_is_refused_by_the_verb(world: World, enter: Any) -> None:
    row = made(world)[0]
    client = enter("county_staff")
    page = client.get(ACCEPT, {"row": row.pk})
    assert page.context["preview"].unable[0].why_not == "这一步不归您办。"
    forged = {"key": str(uuid4()), "row": row.pk, f"choice_{row.pk}": world.category.pk, "kind_all": "ORDINARY",
              f"seen_{row.pk}": row.changed_at.isoformat()}  # fmt: skip
    assert "这一步不归您办。" in client.post(ACCEPT, forged, follow=True).content.decode()
    assert state_of(row) == State.SUBMITTED


def test_the_result_is_only_for_who_pressed_the_button(world: World, enter: Any) -> None:
    answer = confirmed(enter("clerk"), ACCEPT, made(world))
    address = answer.redirect_chain[-1][0]
    assert enter("clerk").get(address).status_code == 200
    assert enter("town_staff").get(address).status_code == 404


def test_old_runs_go(world: World, enter: Any) -> None:
    confirmed(enter("clerk"), ACCEPT, made(world))
    BulkRun.objects.update(created_at=timezone.now() - timedelta(days=31))
    confirmed(enter("clerk"), ACCEPT, made(world))
    assert BulkRun.objects.count() == 1


# ---------------------------------------------------------------- assigning


def test_assigning_many_to_the_usual_unit(world: World, enter: Any) -> None:
    rows = made(world, State.ACCEPTED, 2)
    client = enter("clerk")
    page = client.get(ASSIGN, {"row": [row.pk for row in rows]})
    assert [line.choice for line in page.context["preview"].able] == [str(world.unit.pk)] * 2
    assert "前答复" in page.content.decode()
    sent = typed(page) | {"demand": "查明原因并修好", f"demand_{rows[1].pk}": "先围起来"}
    html = client.post(ASSIGN, sent, follow=True).content.decode()
    assert "交办了 2 件" in html
    assert "交给县城管局" in html
    assert [row.assignments.get().demand for row in rows] == ["查明原因并修好", "先围起来"]
    assert {row.assignments.get().unit for row in rows} == {world.unit}


def test_another_unit_for_all_or_for_one(world: World, enter: Any) -> None:
    first, second = made(world, State.ACCEPTED, 2)
    confirmed(enter("clerk"), ASSIGN, [first], demand="修", choice_all=str(world.co_unit.pk))
    confirmed(enter("clerk"), ASSIGN, [second], demand="修", **{f"choice_{second.pk}": str(world.other_unit.pk)})
    assert first.assignments.get().unit == world.co_unit
    assert second.assignments.get().unit == world.other_unit


@pytest.mark.parametrize(("data", "words"), [({"demand": " "}, "请写明请单位办什么。"),
                                             ({"demand": "修", "choice_all": "999"}, "请选交给哪个单位。"),
                                             ({"demand": "修" * 2001}, "请办什么最多 2000 个字。")])  # fmt: skip
def test_a_charge_that_lacks_something(world: World, enter: Any, data: dict[str, str], words: str) -> None:
    rows = made(world, State.ACCEPTED)
    answer = confirmed(enter("clerk"), ASSIGN, rows, **data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert state_of(rows[0]) == State.ACCEPTED


def test_a_towns_unit_is_offered_in_its_own_town_only(world: World, enter: Any) -> None:
    rows = made(world, State.ACCEPTED)
    of_town = {"code": "chengjian", "name": "城建办", "short_name": "城建办"}
    here = Unit.objects.create(region=world.town, **of_town)
    there = Unit.objects.create(region=world.other_town, **(of_town | {"code": "b", "short_name": "吴台城建"}))
    page = enter("clerk").get(ASSIGN, {"row": rows[0].pk})
    offered = dict(page.context["preview"].able[0].choices)
    assert str(here.pk) in offered
    assert str(there.pk) not in offered
    answer = confirmed(enter("clerk"), ASSIGN, rows, demand="修", choice_all=str(there.pk))
    assert answer.status_code == 422


def test_what_waits_for_the_county_is_the_countys(world: World, enter: Any) -> None:
    row = made(world, State.ACCEPTED)[0]
    workflow.refer(row.pk, actor=world.clerk, at=timezone.now(), reason="跨单位")
    page = enter("clerk").get(ASSIGN, {"row": row.pk})
    assert page.context["preview"].unable[0].why_not == "已经提请县里交办，等县里交。"
    assert "交办了 1 件" in confirmed(enter("county_staff"), ASSIGN, [row], demand="修").content.decode()


@pytest.mark.parametrize(("address", "state"), [(ACCEPT, State.SUBMITTED), (ASSIGN, State.ACCEPTED)])
def test_the_preview_costs_the_same_for_one_row_and_for_thirty(
    world: World, enter: Any, address: str, state: str
) -> None:
    rows, client, counted = made(world, state, 30), enter("clerk"), []
    for many in (1, 30):
        asked = {"row": [row.pk for row in rows[:many]]}
        client.get(address, asked)
        with CaptureQueriesContext(connection) as seen:
            assert len(client.get(address, asked).context["preview"].able) == many
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 9


def test_nothing_typed_becomes_part_of_the_page(world: World, enter: Any) -> None:
    row = world.submit(body="<script>x</script> 路灯", title="<b>路灯", at=timezone.now() - timedelta(hours=1))
    client = enter("clerk")
    for html in (
        client.get(LIST).content.decode(),
        client.get(ACCEPT, {"row": row.pk, "list": '"><script>'}).content.decode(),
        confirmed(client, ACCEPT, [row]).content.decode(),
    ):
        assert "<b>路灯" not in html
        assert "<script>" not in html
