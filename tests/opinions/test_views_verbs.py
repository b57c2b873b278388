"""Every verb through HTTP, as its person would do it, and what a refusal looks like."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import World

NOW = timezone.now()


@pytest.fixture
def desk(world: World, settings: Any) -> Any:
    """Return a function that posts a verb as somebody and gives back the answer."""
    settings.SECOND_FACTOR_REQUIRED = False
    forget()

    def _post(who: str, verb: str, opinion: Opinion, **data: Any) -> Any:
        client = Client()
        client.force_login(world.users[who])
        return client.post(reverse(f"opinions:{verb}", args=[opinion.pk]) + "?group=open&page=2", data)

    return _post


def at_state(world: World, state: str, **kwargs: Any) -> Opinion:
    return world.opinion(state, at=timezone.now() - timedelta(hours=1), **kwargs)


def fresh(opinion: Opinion) -> Opinion:
    return Opinion.objects.get(pk=opinion.pk)


def test_accept_keeps_the_way_back(world: World, desk: Any) -> None:
    opinion = at_state(world, State.SUBMITTED)
    answer = desk(
        "clerk",
        "accept",
        opinion,
        category=world.category.pk,
        kind="ORDINARY",
        title="东街三盏路灯不亮",
        is_public="on",
    )
    assert answer.status_code == 302
    assert answer["Location"] == f"/desk/opinions/{opinion.pk}/?group=open&page=2"
    now = fresh(opinion)
    assert (now.state, now.title, now.is_public, now.category) == (
        State.ACCEPTED, "东街三盏路灯不亮", True, world.category,
    )  # fmt: skip


def test_accept_without_publishing(world: World, desk: Any) -> None:
    opinion = at_state(world, State.SUBMITTED)
    desk("town_staff", "accept", opinion, category=world.category.pk, kind="URGENT", title="路灯")
    assert fresh(opinion).is_public is False


def test_decline_needs_reason_and_place_and_loses_nothing(world: World, desk: Any) -> None:
    opinion = at_state(world, State.SUBMITTED)
    answer = desk("clerk", "decline", opinion, reason="已经起诉到法院。", where_to_go=" ")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已经起诉到法院。" in page
    assert 'aria-invalid="true"' in page
    assert fresh(opinion).state == State.SUBMITTED
    assert desk("clerk", "decline", opinion, reason="已经起诉。", where_to_go="县人民法院").status_code == 302
    assert fresh(opinion).state == State.DECLINED


def test_answer_on_spot(world: World, desk: Any) -> None:
    opinion = at_state(world, State.SUBMITTED)
    answer = desk(
        "clerk", "answer_on_spot", opinion, body="带身份证和户口本来就行。", outcome="A", promised_on="2020-01-01"
    )
    assert answer.status_code == 302
    assert fresh(opinion).state == State.FED_BACK


def test_answer_with_promise_needs_a_day(world: World, desk: Any) -> None:
    opinion = at_state(world, State.SUBMITTED)
    answer = desk("clerk", "answer_on_spot", opinion, body="正在修。", outcome="B")
    assert answer.status_code == 422
    assert "要写承诺日期" in answer.content.decode()
    assert "正在修。" in answer.content.decode()


def test_refer_then_only_the_county_assigns(world: World, desk: Any) -> None:
    opinion = at_state(world, State.ACCEPTED)
    assert desk("clerk", "refer", opinion, reason="要两个单位一起办").status_code == 302
    form = {"lead": str(world.unit.pk), "demand": "查明并修好", "kind": "ORDINARY"}
    assert desk("clerk", "assign", opinion, **form).status_code == 403
    answer = desk("county_staff", "assign", opinion, **form, co_units=[world.co_unit.pk])
    assert answer.status_code == 302
    assert set(fresh(opinion).assignments.values_list("unit__code", "role")) == {
        ("chengguan", "LEAD"),
        ("gongdian", "CO"),
    }


def test_assign_to_a_unit_that_was_not_suggested(world: World, desk: Any) -> None:
    opinion = at_state(world, State.ACCEPTED)
    form = {"lead": "other", "other_lead": world.other_unit.pk, "demand": "查明", "kind": "URGENT"}
    assert desk("clerk", "assign", opinion, **form).status_code == 302
    now = fresh(opinion)
    assert (now.lead_unit, now.kind, now.state) == (world.other_unit, "URGENT", State.ASSIGNED)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lead": ""}, "请填写这一项"),
        ({"lead": "other", "other_lead": ""}, "请选一个单位"),
        ({"lead": "99999"}, "请从列表里选择"),
        ({"kind": "SOMEDAY"}, "请从列表里选择"),
        ({"demand": "  "}, "请填写这一项"),
    ],
)
def test_assign_says_what_is_missing(world: World, desk: Any, change: dict[str, str], words: str) -> None:
    opinion = at_state(world, State.ACCEPTED)
    form = {"lead": str(world.unit.pk), "demand": "查明三盏路灯不亮的原因", "kind": "ORDINARY"} | change
    answer = desk("clerk", "assign", opinion, **form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert fresh(opinion).state == State.ACCEPTED


def test_two_clerks_second_reads_a_sentence_and_keeps_his_words(world: World, desk: Any) -> None:
    opinion = at_state(world, State.ACCEPTED)
    form = {"lead": str(world.unit.pk), "demand": "先看东侧那一盏，学生九点放学。", "kind": "ORDINARY"}
    assert desk("clerk", "assign", opinion, **form).status_code == 302
    second = desk("town_staff", "assign", opinion, **form)
    page = second.content.decode()
    assert second.status_code == 409
    assert "可能刚刚有人办理过" in page
    assert "先看东侧那一盏，学生九点放学。" in page
    assert fresh(opinion).assignments.count() == 1


def test_unit_signs_reports_and_replies(world: World, desk: Any) -> None:
    opinion = at_state(world, State.ASSIGNED)
    assert desk("handler", "sign", opinion).status_code == 302
    assert desk("handler", "report_progress", opinion, note="电工已到现场", is_public="on").status_code == 302
    assert desk("handler", "report_progress", opinion, note="配件要等三天").status_code == 302
    lines = list(
        opinion.history.filter(verb="report_progress").order_by("id").values_list("public_text", "internal_text")
    )
    assert lines == [("县城管局：电工已到现场", ""), ("", "县城管局：配件要等三天")]
    day = (timezone.localdate() + timedelta(days=20)).isoformat()
    assert desk("handler", "reply", opinion, body="已换线。", outcome="B", promised_on=day).status_code == 302
    assert fresh(opinion).state == State.REPLIED


@pytest.mark.parametrize("verb", ["sign", "request_return"])
@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("rep", 403), ("leader", 403), ("other_handler", 404)])
def test_nobody_acts_for_the_unit(world: World, desk: Any, verb: str, who: str, status: int) -> None:
    opinion = at_state(world, State.ASSIGNED)
    assert desk(who, verb, opinion, legal_basis="第三条").status_code == status
    assert fresh(opinion).state == State.ASSIGNED


def test_return_asked_granted_and_not_asked_twice(world: World, desk: Any) -> None:
    opinion = at_state(world, State.ASSIGNED)
    assert desk("handler", "request_return", opinion, legal_basis="职责清单第三条").status_code == 302
    assert desk("clerk", "refuse_return", opinion, reason="路灯归城管").status_code == 302
    assert fresh(opinion).state == State.HANDLING
    again = at_state(world, State.RETURN_REQUESTED)
    assert desk("clerk", "grant_return", again).status_code == 302
    assert fresh(again).state == State.ACCEPTED


def test_review_rejects_then_approves(world: World, desk: Any) -> None:
    opinion = at_state(world, State.REPLIED)
    assert desk("clerk", "reject_reply", opinion, missing="").status_code == 422
    assert desk("clerk", "reject_reply", opinion, missing="哪天修好的").status_code == 302
    assert fresh(opinion).state == State.HANDLING
    assert desk("handler", "reply", opinion, body="3 月 26 日修好。", outcome="A").status_code == 302
    assert desk("clerk", "approve_reply", opinion, note="打过电话").status_code == 302
    assert fresh(opinion).state == State.FED_BACK


def test_told_by_telephone_then_rated_on_behalf(world: World, desk: Any) -> None:
    opinion = world.submit(at=timezone.now() - timedelta(hours=1), phone="")
    workflow.answer_on_spot(opinion.pk, actor=world.clerk, at=timezone.now(), body="带身份证来。", outcome="A")
    assert desk("clerk", "feed_back", opinion, how="打电话").status_code == 302
    assert fresh(opinion).told_at is not None
    assert desk("clerk", "rate", opinion, solved="YES").status_code == 422
    assert desk("clerk", "rate", opinion, solved="YES", satisfaction="SATISFIED").status_code == 302
    now = fresh(opinion)
    assert now.state == State.CLOSED
    assert now.ratings.get().recorded_by == world.clerk


def test_promise_reported_and_confirmed(world: World, desk: Any) -> None:
    opinion = at_state(world, State.TRACKING, outcome="B")
    assert desk("handler", "report_fulfilment", opinion, note="新灯已装").status_code == 302
    assert desk("clerk", "fulfil", opinion, finding="去看过，亮了。").status_code == 302
    assert fresh(opinion).state == State.FED_BACK


def test_second_dissatisfaction_ends_in_a_look_back(world: World, desk: Any) -> None:
    opinion = at_state(world, State.FED_BACK)
    bad = {"solved": "NO", "satisfaction": "DISSATISFIED", "comment": "第二天又灭了"}
    assert desk("clerk", "rate", opinion, **bad).status_code == 302
    assert fresh(opinion).state == State.ASSIGNED
    for who, verb, data in (
        ("handler", "sign", {}),
        ("handler", "reply", {"body": "又修了。", "outcome": "A"}),
        ("clerk", "approve_reply", {}),
        ("clerk", "rate", bad),
    ):
        assert desk(who, verb, opinion, **data).status_code == 302
    assert fresh(opinion).state == State.TRACKING
    assert desk("clerk", "look_back", opinion, finding="上门看过，灯亮着。").status_code == 302
    assert fresh(opinion).state == State.CLOSED


def test_words_added_at_the_counter(world: World, desk: Any) -> None:
    opinion = at_state(world, State.HANDLING)
    assert desk("clerk", "add_words", opinion, words="前天又摔了一个人。").status_code == 302
    assert opinion.history.filter(verb="add_words", public_text__contains="前天又摔了一个人").exists()


def test_only_the_county_reopens(world: World, desk: Any) -> None:
    opinion = at_state(world, State.CLOSED)
    assert desk("clerk", "reopen", opinion, reason="没修好").status_code == 403
    assert desk("county_staff", "reopen", opinion, reason="回访说又坏了").status_code == 302
    now = fresh(opinion)
    assert (now.state, now.round) == (State.ASSIGNED, 2)


def test_representative_explains_in_public_and_decides_nothing(world: World, desk: Any) -> None:
    opinion = at_state(world, State.HANDLING)
    assert desk("rep", "explain", opinion, note="我去看过，周五前修。").status_code == 302
    entry = opinion.history.get(verb="explain")
    assert entry.public_text == "代表rep：我去看过，周五前修。"
    assert desk("rep", "reply", opinion, body="修好了", outcome="A").status_code == 403
    assert desk("rep", "report_progress", opinion, note="在修").status_code == 403


def test_get_of_a_verb_leads_back(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    opinion = at_state(world, State.SUBMITTED)
    client = Client()
    client.force_login(world.clerk)
    answer = client.get(reverse("opinions:decline", args=[opinion.pk]))
    assert (answer.status_code, answer["Location"]) == (302, opinion.get_absolute_url())
    assert fresh(opinion).state == State.SUBMITTED


def test_reveal_needs_a_reason_and_leaves_an_audit_line(world: World, desk: Any) -> None:
    opinion = at_state(world, State.SUBMITTED)
    refused = desk("clerk", "reveal", opinion, reason="")
    assert refused.status_code == 422
    assert "13800001234" not in refused.content.decode()
    answer = desk("clerk", "reveal", opinion, reason="回电核实地点")
    assert "13800001234" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="identity_revealed")
    assert (entry.actor, entry.subject) == (world.clerk, f"opinion:{opinion.pk}")
    assert entry.detail == {"reason": "回电核实地点"}


def test_the_unit_looks_with_a_reason_where_the_resident_agreed_and_he_reads_of_it(world: World, desk: Any) -> None:
    opinion = at_state(world, State.HANDLING)
    Opinion.objects.filter(pk=opinion.pk).update(hide_identity=False)
    masked = desk("handler", "reveal", opinion, reason="").content.decode()
    assert "138****1234" in masked
    assert "看电话（要写理由）" in masked
    assert "13800001234" not in masked
    assert "田大山" not in masked
    shown = desk("handler", "reveal", opinion, reason="约时间上门看灯").content.decode()
    assert "13800001234" in shown
    assert "田大山" in shown
    assert AuditEntry.objects.get(action="identity_revealed").actor == world.handler
    page = Client().get(f"/t/{opinion.receipt}/").content.decode()
    assert "县城管局的经办人看过您留的电话" in page
    assert "约时间上门看灯" not in page
    assert "田大山" not in page


def test_who_left_only_a_name_is_asked_by_name(world: World, desk: Any) -> None:
    opinion = world.submit(phone="", hide_identity=False)
    page = desk("clerk", "reveal", opinion, reason="上门找本人")
    assert "田大山" in page.content.decode()
    assert opinion.history.first().public_text == "洺南街道融合站点的工作人员看过您留的称呼"


@pytest.mark.parametrize("who", ["rep", "leader", "handler"])
def test_others_do_not_get_the_telephone(world: World, desk: Any, who: str) -> None:
    opinion = at_state(world, State.HANDLING)
    answer = desk(who, "reveal", opinion, reason="想打电话")
    assert answer.status_code == 403
    assert "13800001234" not in answer.content.decode()
    assert not AuditEntry.objects.filter(action="identity_revealed").exists()
