"""What each verb does beside moving the state: numbers, co-signers, evidence, rounds, lines for residents."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction

from core.workflow import BadInput, NotAllowed, VerbError
from opinions import workflow as matters_flow
from opinions.models import FormalSuggestion, Opinion, Verdict
from opinions.suggestions import workflow
from opinions.suggestions.models import CoSigner, SuggestionCharge, SuggestionEntry
from opinions.suggestions.states import Consent, State
from stations.models import Representative, Service
from tests.opinions.suggestions.world import MINUTE, TEXTS, make, person
from tests.world import START, World

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=2)


def fresh(row: FormalSuggestion) -> FormalSuggestion:
    return FormalSuggestion.objects.get(pk=row.pk)


def last_line(row: FormalSuggestion) -> SuggestionEntry:
    return row.history.order_by("-id")[0]


def public_lines(opinion: Opinion) -> list[str]:
    return list(opinion.history.filter(verb="suggest").order_by("id").values_list("public_text", flat=True))


class TestDrafting:
    def test_the_station_writes_for_a_representative_and_both_are_named(self, world: World) -> None:
        row = workflow.draft(
            actor=world.clerk, at=START, station=world.station, representative=person("苗谷雨"), title="修路灯"
        )
        assert (row.representative.name, row.prepared_by) == ("苗谷雨", world.clerk)
        assert last_line(row).text == "替苗谷雨代表起草"

    def test_a_title_is_enough_and_must_be_there(self, world: World) -> None:
        with pytest.raises(BadInput) as refused:
            make(world, title="  ")
        assert refused.value.field == "title"
        assert not FormalSuggestion.objects.exists()

    def test_a_representative_of_another_station_is_refused(self, world: World) -> None:
        with pytest.raises(BadInput, match="不在这个站"):
            workflow.draft(
                actor=world.clerk, at=START, station=world.station, representative=person("顾长河"), title="路灯"
            )

    def test_who_no_longer_serves_begins_nothing(self, world: World) -> None:
        Service.objects.filter(representative=person("麦知秋")).update(until=date(2026, 3, 1))
        with pytest.raises(NotAllowed):
            make(world)

    @pytest.mark.parametrize("missing", ["why", "analysis", "proposal"])
    def test_it_is_handed_in_only_when_it_is_whole(self, world: World, missing: str) -> None:
        row = make(world, **{missing: " "})
        with pytest.raises(BadInput):
            workflow.submit(row.pk, actor=world.rep, at=LATER)
        assert fresh(row).state == State.DRAFT

    def test_it_is_handed_in_only_with_evidence(self, world: World) -> None:
        row = workflow.draft(actor=world.rep, at=START, station=world.station, representative=person("麦知秋"), **TEXTS)
        with pytest.raises(BadInput, match="还没有依据"):
            workflow.submit(row.pk, actor=world.rep, at=LATER)

    def test_the_station_says_how_the_representative_agreed(self, world: World) -> None:
        row = make(world)
        with pytest.raises(BadInput) as refused:
            workflow.submit(row.pk, actor=world.clerk, at=LATER)
        assert refused.value.field == "how"
        workflow.submit(row.pk, actor=world.clerk, at=LATER, how="当面签了字")
        assert last_line(row).text.endswith("（代提交：当面签了字）")


class TestEvidence:
    def test_matters_of_other_stations_are_no_evidence(self, world: World) -> None:
        far = world.submit(station=world.other_station, region=world.other_town)
        row = make(world)
        for actor in (world.rep, world.clerk):
            with pytest.raises(BadInput, match="不在这位代表的站"):
                workflow.gather(row.pk, actor=actor, at=LATER, opinion_ids=[far.pk])

    def test_withdrawn_and_declined_ones_are_none_either(self, world: World) -> None:
        row = make(world)
        for gone in (world.opinion("WITHDRAWN"), world.opinion("DECLINED")):
            with pytest.raises(BadInput):
                workflow.gather(row.pk, actor=world.clerk, at=LATER, opinion_ids=[gone.pk])
        assert row.matters.count() == 3

    def test_the_same_matter_counts_once(self, world: World) -> None:
        row = make(world)
        there = list(row.matters.values_list("opinion_id", flat=True))
        with pytest.raises(BadInput, match="已经在里面"):
            workflow.gather(row.pk, actor=world.rep, at=LATER, opinion_ids=there)
        one = world.submit(phone="")
        workflow.gather(row.pk, actor=world.rep, at=LATER, opinion_ids=[*there, one.pk])
        assert row.matters.count() == 4
        assert last_line(row).text == "加进 1 件群众反映的事"

    def test_fifty_are_the_most(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("opinions.suggestions.workflow.drafting.MOST_MATTERS", 3)
        row = make(world)
        with pytest.raises(BadInput, match="最多依据 3 件"):
            workflow.gather(row.pk, actor=world.rep, at=LATER, opinion_ids=[world.submit(phone="").pk])

    def test_leaving_out_what_is_not_in_says_so(self, world: World) -> None:
        row = make(world)
        with pytest.raises(VerbError, match="不在里面"):
            workflow.leave_out(row.pk, actor=world.rep, at=LATER, opinion_id=world.submit(phone="").pk)


class TestCoSigners:
    @pytest.fixture
    def asked(self, world: World) -> CoSigner:
        row = make(world)
        workflow.invite(row.pk, actor=world.rep, at=LATER, representative=person("安可期"))
        return CoSigner.objects.get()

    def test_he_answers_himself(self, world: World, asked: CoSigner) -> None:
        workflow.answer_invitation(
            asked.suggestion_id, actor=world.mate, at=LATER, cosigner_id=asked.pk, agrees=True, how="x"
        )
        asked.refresh_from_db()
        assert (asked.answer, asked.recorded_by, asked.how) == (Consent.AGREED, None, "")

    def test_the_station_writes_down_what_he_said_and_how(self, world: World, asked: CoSigner) -> None:
        answer: Any = {"actor": world.clerk, "at": LATER, "cosigner_id": asked.pk, "agrees": True}
        with pytest.raises(BadInput) as refused:
            workflow.answer_invitation(asked.suggestion_id, **answer)
        assert refused.value.field == "how"
        workflow.answer_invitation(asked.suggestion_id, **answer, how="打电话说的")
        asked.refresh_from_db()
        assert (asked.answer, asked.recorded_by, asked.how) == (Consent.AGREED, world.clerk, "打电话说的")

    def test_nobody_answers_for_a_colleague(self, world: World, asked: CoSigner) -> None:
        row = asked.suggestion
        workflow.invite(row.pk, actor=world.rep, at=LATER, representative=person("苗谷雨"))
        other = row.cosigners.get(representative__name="苗谷雨")
        with pytest.raises(NotAllowed):
            workflow.answer_invitation(row.pk, actor=world.mate, at=LATER, cosigner_id=other.pk, agrees=True, how="?")

    def test_changed_words_ask_everybody_again(self, world: World, asked: CoSigner) -> None:
        row = asked.suggestion
        workflow.answer_invitation(row.pk, actor=world.mate, at=LATER, cosigner_id=asked.pk, agrees=True)
        workflow.write(row.pk, actor=world.rep, at=LATER, **TEXTS)
        asked.refresh_from_db()
        assert asked.answer == Consent.AGREED, "the same words again are no change"
        workflow.write(row.pk, actor=world.rep, at=LATER, **TEXTS | {"proposal": "只换灯泡"})
        asked.refresh_from_db()
        assert (asked.answer, asked.answered_at) == (Consent.ASKED, None)
        assert "要再看一遍" in last_line(row).text

    @pytest.mark.parametrize("name", ["麦知秋", "安可期", "外县"])
    def test_oneself_the_same_again_and_strangers_are_not_asked(self, world: World, asked: CoSigner, name: str) -> None:
        stranger = Representative.objects.create(name="外县")
        whom = stranger if name == "外县" else person(name)
        with pytest.raises(BadInput) as refused:
            workflow.invite(asked.suggestion_id, actor=world.rep, at=LATER, representative=whom)
        assert refused.value.field == "representative"

    def test_who_refused_no_longer_sees_the_paper(self, world: World) -> None:
        row = make(world)
        workflow.invite(row.pk, actor=world.rep, at=LATER, representative=person("顾长河"))
        signer = row.cosigners.get()
        assert FormalSuggestion.objects.visible_to(world.far_rep).count() == 1
        workflow.answer_invitation(row.pk, actor=world.far_rep, at=LATER, cosigner_id=signer.pk, agrees=False)
        assert FormalSuggestion.objects.visible_to(world.far_rep).count() == 0

    def test_one_asked_by_mistake_is_let_off(self, world: World, asked: CoSigner) -> None:
        workflow.let_off(asked.suggestion_id, actor=world.rep, at=LATER, cosigner_id=asked.pk)
        assert not CoSigner.objects.exists()
        with pytest.raises(VerbError, match="没有请过"):
            workflow.let_off(asked.suggestion_id, actor=world.rep, at=LATER, cosigner_id=asked.pk)


class TestNumbers:
    def test_they_run_by_county_and_year_without_a_gap(self, world: World) -> None:
        rows = [make(world, State.SUBMITTED) for _ in range(3)]
        with pytest.raises(NotAllowed):
            workflow.accept(rows[0].pk, actor=world.clerk, at=LATER)
        numbers = [workflow.accept(row.pk, actor=world.county_staff, at=LATER).number for row in rows]
        assert numbers == ["2026-001", "2026-002", "2026-003"]

    def test_a_new_year_begins_anew(self, world: World) -> None:
        make(world, State.ACCEPTED)
        row = make(world, State.SUBMITTED)
        late_night = datetime(2026, 12, 31, 16, 30, tzinfo=START.tzinfo) + timedelta(hours=8)
        assert workflow.accept(row.pk, actor=world.county_staff, at=late_night).number == "2027-001"

    def test_a_refused_verb_takes_no_number(self, world: World) -> None:
        row = make(world, State.SUBMITTED)
        with pytest.raises(RuntimeError), transaction.atomic():
            workflow.accept(row.pk, actor=world.county_staff, at=LATER)
            raise RuntimeError
        assert workflow.accept(row.pk, actor=world.county_staff, at=LATER).number == "2026-001"

    def test_the_database_keeps_them_apart(self, world: World) -> None:
        first, second = make(world, State.ACCEPTED), make(world, State.ACCEPTED)
        with pytest.raises(IntegrityError, match="suggestion_(number|serial)_once"), transaction.atomic():
            FormalSuggestion.objects.filter(pk=second.pk).update(serial=first.serial, number=first.number)


class TestHandling:
    def test_lead_and_helpers_get_it_and_the_limit_is_three_months(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        assert (row.first_assigned_on, row.due_on) == (date(2026, 3, 25), date(2026, 6, 25))
        parts = row.charges.order_by("pk").values_list("unit__code", "role", "months", "due_on")
        assert list(parts) == [
            ("chengguan", "LEAD", 3, date(2026, 6, 25)),
            ("gongdian", "CO", 3, date(2026, 6, 25)),
        ]

    def test_the_lead_is_not_its_own_helper(self, world: World) -> None:
        row = make(world, State.ACCEPTED)
        with pytest.raises(BadInput) as refused:
            workflow.assign(row.pk, actor=world.county_staff, at=LATER, lead=world.unit, co_units=[world.unit])
        assert refused.value.field == "co_units"

    @pytest.mark.parametrize("outcome", ["B", "C"])
    @pytest.mark.parametrize("day", [None, date(2026, 3, 25)])
    def test_a_promise_has_a_day_to_come(self, world: World, outcome: str, day: date | None) -> None:
        row = make(world, State.ASSIGNED)
        with pytest.raises(BadInput) as refused:
            workflow.reply(row.pk, actor=world.handler, at=LATER, body="在办", outcome=outcome, promised_on=day)
        assert refused.value.field == "promised_on"

    def test_an_answer_after_the_day_stays_late(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        workflow.reply(row.pk, actor=world.handler, at=START + timedelta(days=120), body="好了", outcome="A")
        answer = row.replies.get()
        assert (answer.is_in_time, answer.due_on) == (False, date(2026, 6, 25))
        assert last_line(row).text == "答复：已解决（超期）"

    def test_an_answer_leaves_no_wish_behind(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        workflow.request_extension(row.pk, actor=world.handler, at=LATER, months=1, reason="招标")
        workflow.reply(row.pk, actor=world.handler, at=LATER, body="好了", outcome="A")
        assert row.extensions.get().verdict == Verdict.LAPSED


class TestJudging:
    @pytest.mark.parametrize("word", ["SATISFIED", "FAIR"])
    def test_satisfied_closes_it(self, world: World, word: str) -> None:
        row = make(world, State.REPLIED)
        workflow.judge(row.pk, actor=world.rep, at=LATER, satisfaction=word)
        row = fresh(row)
        assert (row.state, row.satisfaction, row.round) == (State.CLOSED, word, 1)
        assert not row.charges.filter(ended_at=None).exists()

    def test_the_first_no_sends_it_back_to_the_same_units_once(self, world: World) -> None:
        row = make(world, State.REPLIED)
        workflow.judge(row.pk, actor=world.rep, at=LATER, satisfaction="DISSATISFIED", comment="只换了灯泡")
        row = fresh(row)
        assert (row.state, row.round, row.satisfaction, row.replied_at) == (State.ASSIGNED, 2, "", None)
        running = row.charges.filter(ended_at=None).order_by("pk").values_list("unit__code", "role", "round", "demand")
        assert list(running) == [("chengguan", "LEAD", 2, "只换了灯泡"), ("gongdian", "CO", 2, "只换了灯泡")]
        assert row.charges.filter(round=1, due_on=date(2026, 6, 25)).count() == 2, "the old date stays"
        workflow.reply(row.pk, actor=world.handler, at=LATER + MINUTE, body="电缆也换了", outcome="A")
        workflow.judge(row.pk, actor=world.rep, at=LATER + 2 * MINUTE, satisfaction="DISSATISFIED", comment="还是暗")
        row = fresh(row)
        assert (row.state, row.satisfaction, row.round) == (State.CLOSED, "DISSATISFIED", 2)
        assert row.replies.count() == 2

    def test_a_no_says_why(self, world: World) -> None:
        row = make(world, State.REPLIED)
        with pytest.raises(BadInput) as refused:
            workflow.judge(row.pk, actor=world.rep, at=LATER, satisfaction="DISSATISFIED", comment=" ")
        assert refused.value.field == "comment"

    def test_the_station_writes_it_down_with_how(self, world: World) -> None:
        row = make(world, State.REPLIED)
        with pytest.raises(BadInput):
            workflow.judge(row.pk, actor=world.clerk, at=LATER, satisfaction="FAIR")
        workflow.judge(row.pk, actor=world.clerk, at=LATER, satisfaction="FAIR", how="打电话说的")
        assert row.replies.get().judged_how == "打电话说的"
        assert last_line(row).text == "代表说：基本满意（代记：打电话说的）"

    def test_nothing_closes_without_his_opinion(self, world: World) -> None:
        row = make(world, State.REPLIED)
        with pytest.raises(IntegrityError, match="suggestion_closed_by_opinion"), transaction.atomic():
            FormalSuggestion.objects.filter(pk=row.pk).update(state=State.CLOSED, closed_at=LATER)


class TestResidents:
    def test_they_read_it_from_the_day_it_is_handed_in(self, world: World) -> None:
        row = make(world)
        matter = Opinion.objects.filter(suggested_in__suggestion=row).earliest("pk")
        assert public_lines(matter) == []
        workflow.submit(row.pk, actor=world.rep, at=LATER)
        said = f"您反映的事写进了代表建议“{row.title}”，麦知秋代表交给了县人大。"
        assert public_lines(matter) == [said]
        matter.refresh_from_db()
        assert matter.changed_at == LATER, "his page must not stay the kept one"

    def test_each_step_they_care_for_is_one_line(self, world: World) -> None:
        row = make(world, State.CLOSED)
        matter = Opinion.objects.filter(suggested_in__suggestion=row).earliest("pk")
        lines = public_lines(matter)
        assert [line.split("“")[0] for line in lines] == [
            "您反映的事写进了代表建议", "县人大给代表建议", "代表建议", "县城管局给代表建议", "代表建议",
        ]  # fmt: skip
        assert "6 月 25 日前答复代表" in lines[2]
        assert lines[4].endswith("办结了。代表说：满意。")
        assert matter.state == "SUBMITTED", "the matter itself goes its own way"

    def test_handed_in_again_only_the_new_ones_read_it_again(self, world: World) -> None:
        row = make(world, State.RETURNED)
        old = Opinion.objects.filter(suggested_in__suggestion=row).earliest("pk")
        new = world.submit(phone="")
        workflow.gather(row.pk, actor=world.rep, at=LATER, opinion_ids=[new.pk])
        workflow.submit(row.pk, actor=world.rep, at=LATER + MINUTE)
        assert (len(public_lines(old)), len(public_lines(new))) == (1, 1)

    def test_who_is_left_out_later_reads_that_too(self, world: World) -> None:
        row = make(world, State.RETURNED)
        first, second = Opinion.objects.filter(suggested_in__suggestion=row).order_by("pk")[:2]
        workflow.leave_out(row.pk, actor=world.rep, at=LATER, opinion_id=first.pk)
        assert "没有再写这件事" in public_lines(first)[-1]
        assert len(public_lines(second)) == 1

    @pytest.mark.parametrize(("state", "lines"), [(State.DRAFT, 0), (State.ACCEPTED, 3)])
    def test_a_paper_taken_back_is_told_only_where_it_was_known(self, world: World, state: str, lines: int) -> None:
        row = make(world, state)
        workflow.withdraw(row.pk, actor=world.rep, at=LATER, reason="合并")
        assert len(public_lines(Opinion.objects.filter(suggested_in__suggestion=row).earliest("pk"))) == lines

    def test_a_matter_goes_on_beside_its_suggestion(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        matter = Opinion.objects.filter(suggested_in__suggestion=row).earliest("pk")
        matters_flow.accept(matter.pk, actor=world.clerk, at=LATER, category=world.category)
        history = list(matter.history.order_by("id"))
        for earlier, later in zip(history, history[1:], strict=False):
            assert later.from_state == earlier.to_state


class TestHistory:
    @pytest.mark.parametrize("statement", ["UPDATE {} SET text = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
    def test_the_database_lets_nobody_rewrite_it(self, world: World, statement: str) -> None:
        make(world, State.SUBMITTED)
        with pytest.raises(Error, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement.format("opinions_suggestionentry"))

    def test_every_verb_leaves_one_line(self, world: World) -> None:
        row = make(world, State.CLOSED)
        verbs = list(row.history.order_by("id").values_list("verb", flat=True))
        assert verbs == ["draft", "submit", "accept", "assign", "reply", "judge"]
        assert all(line.text for line in row.history.all())

    def test_a_refused_verb_leaves_nothing(self, world: World) -> None:
        row = make(world, State.SUBMITTED)
        with pytest.raises(BadInput):
            workflow.send_back(row.pk, actor=world.county_staff, at=LATER, reason=" ")
        assert fresh(row).changed_at == row.changed_at
        assert row.history.count() == 2

    def test_two_open_leads_are_refused_by_the_database(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        charge = row.charges.get(role="LEAD")
        with pytest.raises(IntegrityError), transaction.atomic():
            SuggestionCharge.objects.filter(role="CO").update(role="LEAD")
        assert row.charges.filter(role="LEAD", ended_at=None).get() == charge
