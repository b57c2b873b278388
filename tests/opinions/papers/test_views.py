"""Papers of a matter as they leave the portal: who gets which, and what they say of the person."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import HistoryEntry, Opinion, PaperTemplate
from opinions.papers import contexts
from opinions.papers.kinds import PAPERS
from opinions.papers.store import original, template_of
from opinions.states import State
from tests.opinions.papers.test_filling import template, words
from tests.world import START, World

pytestmark = pytest.mark.django_db
NAME, PHONE, MASKED = "田大山", "13800001234", "138****1234"


@pytest.fixture
def signed_in(world: World) -> Callable[[str], Client]:
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return sign_in


def paper(client: Client, opinion: Opinion, kind: str) -> Any:
    return client.get(f"/desk/opinions/{opinion.pk}/papers/{kind}/")


def text(client: Client, opinion: Opinion, kind: str) -> str:
    answer = paper(client, opinion, kind)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return words(answer.content)


def test_the_reception_form_holds_the_matter_masked(world: World, signed_in: Any) -> None:
    shown = text(signed_in("clerk"), world.opinion(State.HANDLING), "reception")
    for expected in ("田**", MASKED, "东街社区", "市容环卫", "查明原因并修复", "县城管局", "2026年3月25日 9:41"):
        assert expected in shown
    assert NAME not in shown
    assert PHONE not in shown


def test_an_answer_on_the_spot_stands_in_its_own_place(world: World, signed_in: Any) -> None:
    opinion = world.submit()
    workflow.answer_on_spot(
        opinion.pk, actor=world.clerk, at=START + timedelta(minutes=5), body="当面说清了", outcome="A"
    )
    texts = contexts.reception(Opinion.objects.get(), contexts.Person(), "", START)
    assert (texts["spot_answer"], texts["result"], texts["unit"]) == ("当面说清了", "", "")


def test_the_charge_names_units_demand_and_dates_but_no_receipt(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.ACCEPTED)
    workflow.assign(
        opinion.pk, actor=world.county_staff, at=START + timedelta(hours=1), lead=world.unit,
        co_units=[world.co_unit], demand="查明原因",
    )  # fmt: skip
    shown = text(signed_in("handler"), opinion, "assignment")
    for expected in ("郸城县人大常委会", "县城管局", "县供电公司", "查明原因", "2026年3月25日", "交〔2026〕"):
        assert expected in shown
    assert opinion.receipt not in shown.replace("-", "")


@pytest.mark.parametrize("who", ["clerk", "county_staff", "handler"])
def test_the_unit_s_paper_hides_who_wished_to_be_hidden_from_everybody(world: World, signed_in: Any, who: str) -> None:
    shown = text(signed_in(who), world.opinion(State.ASSIGNED), "assignment")
    assert "不向承办单位透露身份" in shown
    for secret in (NAME, PHONE, "田**", MASKED):
        assert secret not in shown


def test_the_unit_s_paper_is_masked_even_with_consent(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.ASSIGNED)
    Opinion.objects.filter(pk=opinion.pk).update(hide_identity=False)
    shown = text(signed_in("handler"), opinion, "assignment")
    assert "田**" in shown
    assert MASKED in shown
    assert NAME not in shown


def test_the_letter_of_the_unit_greets_a_hidden_person_without_a_name(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.FED_BACK)
    shown = text(signed_in("handler"), opinion, "letter")
    assert "尊敬的群众：" in shown
    assert "田" not in shown.replace("田大山", "!")
    assert NAME not in shown
    assert "已修好" in shown


def test_a_letter_says_the_last_answer_that_was_not_sent_back(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.REPLIED)
    workflow.reject_reply(opinion.pk, actor=world.clerk, at=START + timedelta(hours=1), missing="没写日期")
    assert paper(signed_in("clerk"), opinion, "letter").status_code == 404
    workflow.reply(
        opinion.pk, actor=world.handler, at=START + timedelta(hours=2), body="一、已修。\n二、谢谢。", outcome="B",
        promised_on=date(2026, 4, 20),
    )  # fmt: skip
    shown = text(signed_in("clerk"), opinion, "letter")
    assert "一、已修。\n二、谢谢。" in shown
    assert "我们承诺在2026年4月20日前办到。" in shown


def test_a_letter_in_a_second_round_stays_with_the_answer_that_stands(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.FED_BACK)
    later = START + timedelta(days=1)
    workflow.rate(opinion.pk, actor=RESIDENT, at=later, solved="NO", satisfaction="DISSATISFIED")
    workflow.sign(opinion.pk, actor=world.handler, at=later)
    workflow.reply(opinion.pk, actor=world.handler, at=later, body="还没写全", outcome="A")
    workflow.reject_reply(opinion.pk, actor=world.clerk, at=later, missing="没写日期")
    shown = text(signed_in("clerk"), opinion, "letter")
    assert "已修好" in shown
    assert "还没写全" not in shown


def test_the_survey_has_boxes_to_tick_and_the_code_to_record_it_by(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.FED_BACK)
    shown = text(signed_in("clerk"), opinion, "survey")
    assert "□ 满意　　□ 基本满意　　□ 不满意" in shown
    assert opinion.receipt in shown.replace("-", "").replace(" ", "")


WHO = {
    "reception": {"clerk", "town_staff", "county_staff"},
    "assignment": {"clerk", "town_staff", "county_staff", "handler"},
    "letter": {"clerk", "town_staff", "county_staff", "handler"},
    "survey": {"clerk", "town_staff", "county_staff"},
}


@pytest.mark.parametrize("kind", WHO)
def test_each_paper_is_for_its_people(world: World, signed_in: Any, kind: str) -> None:
    opinion = world.opinion(State.FED_BACK)
    allowed = {who for who in world.users if paper(signed_in(who), opinion, kind).status_code == 200}
    assert allowed == WHO[kind]


def test_out_of_sight_is_404_and_a_reader_without_right_403(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.FED_BACK)
    assert paper(signed_in("other_clerk"), opinion, "reception").status_code == 404
    assert paper(signed_in("leader"), opinion, "reception").status_code == 403
    assert paper(signed_in("clerk"), opinion, "supervision").status_code == 404
    assert paper(signed_in("clerk"), opinion, "nothing").status_code == 404
    assert paper(Client(), opinion, "reception").status_code == 302


def test_what_is_not_there_yet_is_404_and_has_no_button(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.SUBMITTED)
    client = signed_in("clerk")
    page = client.get(opinion.get_absolute_url()).content.decode()
    assert f"/desk/opinions/{opinion.pk}/papers/reception/" in page
    for kind in ("assignment", "letter", "survey"):
        assert paper(client, opinion, kind).status_code == 404
        assert f"/papers/{kind}/" not in page


def test_name_and_phone_need_a_reason_which_stays_in_history_and_audit(world: World, signed_in: Any) -> None:
    opinion = world.opinion(State.FED_BACK)
    client, address = signed_in("clerk"), f"/desk/opinions/{opinion.pk}/papers/letter/"
    assert client.post(address, {"reason": ""}).status_code == 302
    assert not AuditEntry.objects.filter(action="identity_revealed").exists()
    answer = client.post(address, {"reason": "要邮寄答复"})
    assert NAME in words(answer.content)
    assert answer["Cache-Control"] == "no-store, private"
    line = AuditEntry.objects.get(action="identity_revealed")
    assert line.detail == {"reason": "要邮寄答复", "what": "答复函"}
    assert HistoryEntry.objects.filter(opinion=opinion, verb="reveal").count() == 1
    assert NAME not in str(line.detail)


@pytest.mark.parametrize(("who", "kind"), [("clerk", "assignment"), ("handler", "letter"), ("handler", "assignment")])
def test_no_reason_brings_a_name_onto_a_unit_s_paper(world: World, signed_in: Any, who: str, kind: str) -> None:
    opinion = world.opinion(State.FED_BACK)
    answer = signed_in(who).post(f"/desk/opinions/{opinion.pk}/papers/{kind}/", {"reason": "想看看"})
    assert answer.status_code == 403
    assert not AuditEntry.objects.filter(action="identity_revealed").exists()


def test_a_paper_is_a_download_and_never_a_page(world: World, signed_in: Any) -> None:
    answer = paper(signed_in("clerk"), world.opinion(State.SUBMITTED), "reception")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"].endswith("wordprocessingml.document")


def test_every_context_fills_exactly_the_places_of_its_paper(world: World) -> None:
    opinion = world.opinion(State.FED_BACK)
    for kind, context in (
        ("reception", contexts.reception), ("assignment", contexts.assignment), ("letter", contexts.letter),
        ("survey", contexts.survey),
    ):  # fmt: skip
        assert set(context(opinion, contexts.Person(), "", START)) == set(PAPERS[kind].places), kind


def test_a_supervision_order_takes_plain_values() -> None:
    texts = contexts.supervision(
        number="督〔2026〕00003号",
        level="红色督办",
        reasons=["超期 3 个工作日", "第二次不满意"],
        title="路灯",
        unit="县城管局",
        assigned_on=date(2026, 3, 25),
        due_on=date(2026, 4, 9),
        demand="请抓紧",
        reply_by=None,
        issuer="郸城县人大常委会",
        issued_on=date(2026, 4, 14),
    )
    assert set(texts) == set(PAPERS["supervision"].places)
    assert texts["reasons"] == "超期 3 个工作日\n第二次不满意"
    assert (texts["earlier_dates"], texts["reply_by"], texts["due_on"]) == ("无", "", "2026年4月9日")


# --- templates of one's own


def upload(client: Client, kind: str, content: bytes, name: str = "新.docx") -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post(f"/desk/papers/{kind}/replace/", {"file": file})


def test_the_county_replaces_a_template_and_takes_it_back(world: World, signed_in: Any) -> None:
    county, opinion = signed_in("county_staff"), world.opinion(State.ASSIGNED)
    assert upload(county, "assignment", template("自己的交办单 {{ unit }}")).status_code == 302
    assert text(signed_in("handler"), opinion, "assignment") == "自己的交办单 县城管局"
    assert "用的是county_staff" in county.get("/desk/papers/").content.decode()
    assert upload(county, "assignment", template("又换了 {{ unit }}")).status_code == 302
    assert PaperTemplate.objects.filter(ended_at=None).count() == 1
    assert county.post("/desk/papers/assignment/reset/").status_code == 302
    assert template_of("assignment") == original("assignment")
    lines = AuditEntry.objects.filter(subject="paper:assignment").order_by("pk")
    assert [line.action for line in lines] == ["paper_replaced", "paper_replaced", "paper_reset"]
    assert county.post("/desk/papers/assignment/reset/").status_code == 422


def test_a_refused_template_changes_nothing_and_says_why_beside_it(world: World, signed_in: Any) -> None:
    county = signed_in("county_staff")
    answer = upload(county, "letter", template("{{ phone_hash }}"))
    assert answer.status_code == 422
    assert "“phone_hash”不是答复函的名称" in answer.content.decode()
    assert upload(county, "letter", b"x", "新.doc").status_code == 422
    assert upload(county, "letter", b"0" * 1_100_000).status_code == 422
    assert county.post("/desk/papers/letter/replace/").status_code == 422
    assert not PaperTemplate.objects.exists()
    assert not AuditEntry.objects.filter(subject="paper:letter").exists()


@pytest.mark.parametrize("who", ["clerk", "town_staff", "leader", "handler", "rep", "grid", "admin"])
def test_templates_are_the_county_s(world: World, signed_in: Any, who: str) -> None:
    client = signed_in(who)
    assert client.get("/desk/papers/").status_code == 403
    assert client.get("/desk/papers/letter/").status_code == 403
    assert upload(client, "letter", template("{{ body }}")).status_code == 403
    assert client.post("/desk/papers/letter/reset/").status_code == 403
    assert not PaperTemplate.objects.exists()


def test_the_template_and_a_filled_example_can_be_fetched(world: World, signed_in: Any) -> None:
    county = signed_in("county_staff")
    assert county.get("/desk/papers/letter/").content == original("letter")
    assert "田**" in words(county.get("/desk/papers/letter/?look=1").content)
    assert county.get("/desk/papers/nothing/").status_code == 404
    upload(county, "letter", template("{{ body }}"))
    assert county.get("/desk/papers/letter/?original=1").content == original("letter")
