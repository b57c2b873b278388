"""The desk's side of merging, more time, helpers and moved promises: what is offered, shown, refused, and to whom."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import World


@pytest.fixture
def ago(world: World) -> Any:
    """Return the moment the matters of these tests begin; the words' subject is guessed anew."""
    forget()
    return timezone.now() - timedelta(hours=2)


def page(world: World, who: str, row: Opinion) -> str:
    client = Client()
    client.force_login(world.users[who])
    return client.get(row.get_absolute_url()).content.decode()


def post(world: World, who: str, row: Opinion, verb: str, **data: Any) -> Any:
    client = Client()
    client.force_login(world.users[who])
    return client.post(reverse(f"opinions:{verb}", args=[row.pk]), data, follow=True)


def offers(html: str, row: Opinion) -> set[str]:
    return set(re.findall(rf'action="/desk/opinions/{row.pk}/([a-z_]+)/', html)) - {"papers"}


def test_similar_open_matters_are_offered_as_leads(world: World, ago: Any) -> None:
    open_one, done = world.opinion(State.HANDLING, at=ago), world.opinion(State.CLOSED, at=ago)
    far = world.submit(at=ago, region=world.town)
    row = world.submit(at=ago)
    html = page(world, "clerk", row)
    choices = set(re.findall(r'name="lead" value="(\w+)"', html))
    assert str(open_one.pk) in choices
    assert not {str(done.pk), str(far.pk), str(row.pk)} & choices
    assert "县城管局在办" in html


def test_a_clerk_merges_with_one_of_the_list(world: World, ago: Any) -> None:
    lead, row = world.opinion(State.HANDLING, at=ago), world.submit(at=ago)
    answer = post(world, "clerk", row, "merge", lead=lead.pk)
    assert "并过去了" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.merged_into_id) == (State.MERGED, lead.pk)
    assert f'href="/desk/opinions/{lead.pk}/"' in page(world, "clerk", row)
    assert "一起办的还有 1 件" in page(world, "clerk", lead)


def test_a_clerk_merges_by_receipt_as_it_is_read_aloud(world: World, ago: Any) -> None:
    lead, row = world.opinion(State.ASSIGNED, at=ago), world.submit(at=ago)
    spoken = f"{lead.receipt[:4].lower()}-{lead.receipt[4:8]} {lead.receipt[8:]}"
    post(world, "clerk", row, "merge", lead="other", receipt=spoken)
    row.refresh_from_db()
    assert row.merged_into_id == lead.pk


@pytest.mark.parametrize("receipt", ["", "QQQQQQQQQQ"])
def test_a_receipt_nobody_sees_is_said_at_the_field(world: World, ago: Any, receipt: str) -> None:
    row = world.submit(at=ago)
    answer = post(world, "clerk", row, "merge", lead="other", receipt=receipt)
    assert answer.status_code == 422
    assert "没有找到这个回执码的事" in answer.content.decode()


def test_another_stations_receipt_answers_like_a_wrong_one(world: World, ago: Any) -> None:
    foreign = world.submit(at=ago, station=world.other_station, region=world.other_town)
    answer = post(world, "clerk", world.submit(at=ago), "merge", lead="other", receipt=foreign.receipt)
    assert answer.status_code == 422
    assert "没有找到这个回执码的事" in answer.content.decode()


def test_an_id_that_is_not_in_the_list_is_refused(world: World, ago: Any) -> None:
    foreign = world.submit(at=ago, station=world.other_station, region=world.other_town)
    assert post(world, "clerk", world.submit(at=ago), "merge", lead=foreign.pk).status_code == 422


def test_a_merged_matter_waits_and_is_taken_apart(world: World, ago: Any) -> None:
    row = world.opinion(State.MERGED, at=ago)
    html = page(world, "clerk", row)
    assert offers(html, row) - {"reveal"} == {"unmerge"}
    assert "并到另一件里一起办" in html
    answer = post(world, "clerk", row, "unmerge", reason="不是一处")
    assert "回到并案以前" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == State.SUBMITTED


def test_a_lead_with_others_under_it_is_not_offered_to_be_merged(world: World, ago: Any) -> None:
    lead = world.submit(at=ago)
    assert "merge" in offers(page(world, "clerk", lead), lead)
    workflow.merge(world.submit(at=ago).pk, actor=world.clerk, at=ago, lead_id=lead.pk)
    assert "merge" not in offers(page(world, "clerk", lead), lead)


def test_the_unit_reads_the_words_of_the_others_and_no_person(world: World, ago: Any) -> None:
    lead = world.opinion(State.HANDLING, at=ago)
    row = world.submit(at=ago, body="我家门口的路灯也不亮，老人摔了一跤", name="麦小满", phone="13900005678")
    workflow.merge(row.pk, actor=world.clerk, at=ago, lead_id=lead.pk)
    html = page(world, "handler", lead)
    assert "老人摔了一跤" in html
    for secret in ("麦", "5678", row.receipt, row.get_absolute_url()):
        assert secret not in html.replace(lead.receipt, "")


def test_the_unit_asks_and_whoever_handed_out_decides(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    assert "request_extension" in offers(page(world, "handler", row), row)
    assert "grant_extension" not in offers(page(world, "clerk", row), row)
    answer = post(world, "handler", row, "request_extension", working_days=5, reason="等配件到货")
    assert "等交办的人定" in answer.content.decode()
    assert "request_extension" not in offers(page(world, "handler", row), row)
    html = page(world, "clerk", row)
    assert {"grant_extension", "refuse_extension"} <= offers(html, row)
    assert "等配件到货" in html
    assert html.count("btn-act") == 1
    post(world, "clerk", row, "grant_extension")
    assert "<s>" in page(world, "handler", row)
    row.refresh_from_db()
    assert row.extensions.get().verdict == "GRANTED"


def test_too_many_days_are_refused_and_what_was_typed_stays(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    answer = post(world, "handler", row, "request_extension", working_days=11, reason="等配件到货")
    assert answer.status_code == 422
    assert "最多再要 10 个工作日" in answer.content.decode()
    assert "等配件到货" in answer.content.decode()


def test_the_leaf_says_how_many_days_there_are(world: World, ago: Any) -> None:
    assert "最多 10 个" in page(world, "handler", world.opinion(State.HANDLING, at=ago))


def test_a_refusal_is_read_by_the_unit(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    workflow.request_extension(row.pk, actor=world.handler, at=ago + timedelta(hours=1), working_days=5, reason="等")
    post(world, "clerk", row, "refuse_extension", reason="配件县里有")
    assert "配件县里有" in page(world, "handler", row)


def test_helpers_have_their_own_front_act(world: World, ago: Any) -> None:
    row = world.shared(at=ago, is_signed=False)
    html = page(world, "co_handler", row)
    assert offers(html, row) == {"co_sign", "give_part"}
    assert html.count("btn-act") == 1
    post(world, "co_handler", row, "co_sign")
    workflow.sign(row.pk, actor=world.handler, at=timezone.now())
    html = page(world, "co_handler", row)
    assert offers(html, row) == {"give_part", "report_progress"}
    assert "还没有交协办意见：县供电公司" in page(world, "handler", row)
    post(world, "co_handler", row, "give_part", part="线路查过，没有断")
    lead_page = page(world, "handler", row)
    assert "线路查过，没有断" in lead_page
    assert "还没有交协办意见" not in lead_page
    assert offers(page(world, "co_handler", row), row) == {"report_progress"}


def test_the_reviewer_sees_who_did_not_speak(world: World, ago: Any) -> None:
    row = world.shared(at=ago)
    workflow.reply(row.pk, actor=world.handler, at=timezone.now(), body="修好了", outcome="A")
    assert "还没有交协办意见：县供电公司" in page(world, "clerk", row)


def test_the_part_is_not_for_the_representative_or_the_resident(world: World, ago: Any) -> None:
    row = world.shared(at=ago)
    workflow.give_part(row.pk, actor=world.co_handler, at=timezone.now(), part="线路查过，没有断")
    history = page(world, "rep", row)
    assert "县供电公司的协办意见" not in history
    assert "线路查过" not in Client().get(f"/t/{row.receipt}/").content.decode()


def test_a_promise_is_moved_by_the_station(world: World, ago: Any) -> None:
    row = world.opinion(State.TRACKING, at=ago, outcome="B")
    row.refresh_from_db()
    later = row.promised_on + timedelta(days=60)
    answer = post(world, "clerk", row, "move_promise", promised_on=later.isoformat(), reason="雨季不能施工")
    assert "日期改了" in answer.content.decode()
    row.refresh_from_db()
    assert row.promised_on == later
    assert "move_promise" not in offers(page(world, "clerk", row), row)
    assert "雨季不能施工" in page(world, "clerk", row)


def test_a_return_shows_its_legal_basis_to_whoever_decides(world: World, ago: Any) -> None:
    row = world.opinion(State.RETURN_REQUESTED, at=ago)
    html = page(world, "clerk", row)
    assert "依据：职责清单第三条" in html
    assert "等核" in html


def test_looking_at_a_number_leaves_a_line_the_resident_reads(world: World, ago: Any) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    client = Client()
    client.force_login(world.clerk)
    address = reverse("opinions:reveal", args=[row.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    track = f"/t/{row.receipt}/"
    assert "看过您留的电话" not in Client().get(track).content.decode()
    assert "13800001234" in client.post(address, {"reason": "回电核实地点"}).content.decode()
    seen = Client().get(track).content.decode()
    assert "洺南街道融合站点的工作人员看过您留的电话" in seen
    assert "核实" not in seen
