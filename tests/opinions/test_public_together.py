"""What residents see of merging, more time and seconding: their own road, nobody else, an old date struck through."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from opinions import workflow
from opinions.models import Opinion, Seconding
from opinions.public_matter_views import FROM_AN_ADDRESS
from opinions.states import State
from stations.queries import forget
from tests.world import World


@pytest.fixture
def ago(world: World) -> Any:
    """Return the moment the matters of these tests begin; the words' subject is guessed anew."""
    forget()
    return timezone.now() - timedelta(hours=2)


def address(row: Opinion) -> str:
    return f"/s/{row.station.code}/board/{row.pk}/"


def track(row: Opinion) -> str:
    return Client().get(f"/t/{row.receipt}/").content.decode()


def merged(world: World, ago: Any, state: str = State.HANDLING) -> tuple[Opinion, Opinion]:
    lead = world.opinion(state, at=ago)
    row = world.submit(at=ago, body="我家门口也黑，名叫麦小满", name="麦小满", phone="13900005678")
    workflow.merge(row.pk, actor=world.clerk, at=timezone.now(), lead_id=lead.pk)
    return lead, Opinion.objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("SUBMITTED", "站点正在找该办的单位"),
        ("ASSIGNED", "<b>县城管局</b>在办"),
        ("HANDLING", "<b>县城管局</b>在办"),
        ("RETURN_REQUESTED", "站点正在找该办的单位"),
        ("REPLIED", "<b>县城管局</b>答复了"),
    ],
)
def test_a_merged_receipt_tells_of_the_common_road(world: World, ago: Any, state: str, words: str) -> None:
    lead, row = merged(world, ago, state)
    html = track(row)
    assert "和别人反映的同一件事一起办" in html
    assert words in html
    for secret in (lead.receipt, "田", "1234", f"/{lead.pk}/"):
        assert secret not in html
    for secret in ("麦小满", "5678", row.receipt):
        assert secret not in track(lead)


def test_a_merged_page_is_made_anew_when_the_lead_moves(world: World, ago: Any) -> None:
    lead, row = merged(world, ago)
    first = Client().get(f"/t/{row.receipt}/")
    workflow.reply(lead.pk, actor=world.handler, at=timezone.now(), body="修好了", outcome="A")
    again = Client().get(f"/t/{row.receipt}/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "答复了，站点先替您看一遍" in again.content.decode()


def test_a_merged_resident_can_neither_withdraw_nor_add_and_is_told_so(world: World, ago: Any) -> None:
    _lead, row = merged(world, ago)
    answer = Client().post(f"/t/{row.receipt}/add/", {"words": "又黑了"})
    assert answer.status_code == 409
    assert "又黑了" in answer.content.decode()
    assert Client().get(f"/t/{row.receipt}/withdraw/").status_code == 302


def test_each_rates_on_his_own_page(world: World, ago: Any) -> None:
    lead, row = merged(world, ago)
    workflow.reply(lead.pk, actor=world.handler, at=timezone.now(), body="三盏都换了新的", outcome="A")
    workflow.approve_reply(lead.pk, actor=world.clerk, at=timezone.now())
    html = track(row)
    assert "三盏都换了新的" in html
    assert 'name="satisfaction"' in html
    Client().post(f"/t/{row.receipt}/rate/", {"solved": "YES", "satisfaction": "SATISFIED"})
    assert Opinion.objects.get(pk=row.pk).state == State.CLOSED
    assert Opinion.objects.get(pk=lead.pk).state == State.FED_BACK


def test_the_old_date_is_struck_with_its_reason(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    assert "<s " not in track(row)
    workflow.request_extension(row.pk, actor=world.handler, at=timezone.now(), working_days=3, reason="等配件到货")
    assert "还没定" in track(row)
    assert "等配件到货" not in track(row), "what is not granted yet may still be thought over"
    workflow.grant_extension(row.pk, actor=world.clerk, at=timezone.now())
    html = track(row)
    wish = row.extensions.get()
    old, new = timezone.localdate(wish.old_due_at), timezone.localdate(wish.new_due_at)
    assert f'原定 <s class="num">{old.month} 月 {old.day} 日</s>' in html
    assert f"{new.month} 月 {new.day} 日</b>。原因：等配件到货" in html


def test_a_moved_promise_is_struck_too(world: World, ago: Any) -> None:
    row = world.opinion(State.TRACKING, at=ago, outcome="B")
    row.refresh_from_db()
    later = date(row.promised_on.year + 1, 3, 1)
    workflow.move_promise(row.pk, actor=world.clerk, at=timezone.now(), promised_on=later, reason="雨季不能施工")
    html = track(row)
    assert '<s class="num">12 月 1 日</s>' in html
    assert "雨季不能施工" in html


def test_the_board_leads_to_the_matter_and_shows_no_words_of_the_person(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    assert f'href="{address(row)}"' in Client().get("/s/mingnan/board/").content.decode()
    html = Client().get(address(row)).content.decode()
    assert "<b>县城管局</b>在办" in html
    for secret in (row.body[:12], row.receipt, "田大山", "1234", "王寨去的路口，"):
        assert secret not in html.replace(row.title, "")


@pytest.mark.parametrize("state", ["SUBMITTED", "DECLINED", "WITHDRAWN"])
def test_what_is_not_published_has_no_page(world: World, ago: Any, state: str) -> None:
    row = world.opinion(state, at=ago)
    assert Client().get(address(row)).status_code == 404
    assert Client().post(f"{address(row)}second/").status_code == 404


def test_a_page_belongs_to_its_station(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    assert Client().get(f"/s/wutai/board/{row.pk}/").status_code == 404


def test_the_page_of_a_merged_matter_leads_to_the_common_one(world: World, ago: Any) -> None:
    lead, row = world.opinion(State.HANDLING, at=ago), world.opinion(State.ACCEPTED, at=ago)
    workflow.merge(row.pk, actor=world.clerk, at=timezone.now(), lead_id=lead.pk)
    answer = Client().get(address(row))
    assert (answer.status_code, answer["Location"]) == (302, address(lead))
    Opinion.objects.filter(pk=lead.pk).update(is_public=False)
    assert Client().get(address(row)).status_code == 404


def test_one_tap_counts_once_a_device(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    phone = Client()
    answer = phone.post(f"{address(row)}second/", follow=True)
    assert answer.redirect_chain == [(f"{address(row)}?said=1", 303)]
    html = answer.content.decode()
    assert "记下了，您也遇到" in html
    assert "记下了" not in Client().get(f"{address(row)}?said=1").content.decode()
    assert '<span class="num">1</span> 人也遇到' in html
    assert "已经附议过" in phone.post(f"{address(row)}second/", follow=True).content.decode()
    Client().post(f"{address(row)}second/")
    row.refresh_from_db()
    assert row.seconds == 2


def test_a_forged_mark_of_a_device_is_replaced(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    client = Client()
    client.cookies["device"] = "x" * 4000
    answer = client.post(f"{address(row)}second/")
    assert len(answer.cookies["device"].value) == 32
    assert answer.cookies["device"]["httponly"]


def test_a_wrong_number_is_said_at_its_field_and_counts_nothing(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    answer = Client().post(f"{address(row)}second/", {"phone": "12"})
    assert answer.status_code == 422
    assert 'value="12"' in answer.content.decode()
    assert not Seconding.objects.exists()


def test_too_many_from_one_address_wait(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    for _ in range(FROM_AN_ADDRESS):
        Client().post(f"{address(row)}second/")
    answer = Client().post(f"{address(row)}second/")
    assert answer.status_code == 429
    row.refresh_from_db()
    assert row.seconds == FROM_AN_ADDRESS


def test_an_answered_matter_offers_no_button(world: World, ago: Any) -> None:
    row = world.opinion(State.FED_BACK, at=ago)
    assert "不用再附议" in Client().get(address(row)).content.decode()
    assert Client().post(f"{address(row)}second/").status_code == 409


def test_a_token_is_needed(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    assert Client(enforce_csrf_checks=True).post(f"{address(row)}second/").status_code == 403


def test_staff_and_board_show_the_number(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    for _ in range(3):
        Client().post(f"{address(row)}second/")
    client = Client()
    client.force_login(world.clerk)
    assert "另有 3 人附议" in client.get(row.get_absolute_url()).content.decode()
    assert "还有 3 人也遇到" in Client().get("/s/mingnan/board/").content.decode()


def test_the_receipt_names_the_like_nearby_and_leads_there(world: World, ago: Any) -> None:
    same, done = world.opinion(State.HANDLING, at=ago), world.opinion(State.CLOSED, at=ago)
    row = world.submit(at=timezone.now())
    html = Client().get(f"/t/{row.receipt}/received/").content.decode()
    assert "附近有人说过同类的事" in html
    assert f'href="{address(same)}"' in html
    assert f'href="{address(done)}"' not in html


def test_the_receipt_is_silent_where_nothing_is_alike(world: World, ago: Any) -> None:
    world.opinion(State.HANDLING, at=ago)
    for changes in ({"body": "想问问医保怎么办"}, {"region": world.town}):
        row = world.submit(at=timezone.now(), **changes)
        assert "附近有人" not in Client().get(f"/t/{row.receipt}/received/").content.decode()
