"""What each verb writes: state, limits, history, notices – and what it refuses."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.workflow import BadInput, VerbError, WrongState
from notices.models import Notice
from opinions import workflow
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import Assignment, Deadline, HistoryEntry, Opinion, Reply
from opinions.states import State, Step
from opinions.workflow import AlreadySent, Message
from tests.world import SHANGHAI, START, WORDS, World

LATER = START + timedelta(hours=2)


def local(month: int, day: int) -> datetime:
    """Close of office on a day of 2026."""
    return datetime(2026, month, day, 17, 30, tzinfo=SHANGHAI)


def kinds_told(row: Opinion) -> list[str]:
    """Kinds of the notices about a matter, oldest first."""
    return list(Notice.objects.filter(subject=f"opinion:{row.pk}").order_by("id").values_list("kind", flat=True))


# --- submit ---------------------------------------------------------------------------------------------------------


def test_a_message_gets_receipt_first_contact_limit_history_and_notices(world: World) -> None:
    row = world.submit()
    assert len(row.receipt) == 10
    assert row.first_contact == world.clerk
    assert row.region == world.village
    assert row.step_due_at == local(3, 26)
    limit = row.deadlines.get()
    assert (limit.step, limit.working_days, limit.due_at) == (Step.ACCEPT, 1, local(3, 26))
    line = row.history.get()
    assert (line.from_state, line.to_state, line.actor_label) == ("", "SUBMITTED", "群众")
    assert kinds_told(row) == ["opinion_received", "resident_received"]


def test_submitting_takes_at_most_ten_statements(world: World) -> None:
    world.submit()  # warms the calendar and the table of limits
    with CaptureQueriesContext(
        connection,
    ) as seen:
        world.submit()
    assert len(seen) <= 10, [query["sql"][:80] for query in seen]


def test_the_same_client_key_gives_the_same_receipt(world: World) -> None:
    key = uuid4()
    rows = [
        workflow.submit(station=world.station, actor=RESIDENT, at=START, message=Message(body=WORDS), client_key=key)
        for _ in range(3)
    ]
    assert len({row.pk for row in rows}) == 1
    assert Opinion.objects.count() == 1
    assert HistoryEntry.objects.count() == 1


def test_the_same_key_with_other_words_is_said_to_be_sent_already(world: World) -> None:
    key = uuid4()
    first = workflow.submit(
        station=world.station, actor=RESIDENT, at=START, message=Message(body=WORDS), client_key=key
    )
    with pytest.raises(AlreadySent) as refusal:
        workflow.submit(
            station=world.station, actor=RESIDENT, at=START, message=Message(body="另一件事"), client_key=key
        )
    assert refusal.value.opinion == first


@pytest.mark.parametrize("body", ["", "   ", "\u200b\u200b\ufeff", "\u00a0\n"])
def test_an_empty_message_is_refused_in_words(world: World, body: str) -> None:
    with pytest.raises(BadInput) as refusal:
        world.submit(body=body)
    assert refusal.value.field == "body"
    assert not Opinion.objects.exists()


def test_a_long_message_is_refused_with_its_count(world: World) -> None:
    with pytest.raises(BadInput, match="7000"):
        world.submit(body="路" * 7000)


@pytest.mark.parametrize("body", ["😀路灯坏了👍🏽", "塅里的溁湾路口", "𠀀𪚥村口", "路\u200b灯\u00a0坏"])
def test_what_people_type_is_kept_as_typed(world: World, body: str) -> None:
    assert Opinion.objects.get(pk=world.submit(body=body).pk).body == body


def test_a_place_outside_the_station_falls_back_to_the_station(world: World) -> None:
    assert world.submit(region=world.other_town).region_id == world.station.region_id


def test_identity_is_not_readable_in_the_database(world: World) -> None:
    row = world.submit()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, phone_hash FROM opinions_opinion WHERE id = %s", [row.pk])
        stored = cursor.fetchone()
    assert "田大山" not in stored[0]
    assert "13800001234" not in stored[1]
    assert "13800001234" not in stored[2]
    assert Opinion.objects.get(pk=row.pk).phone == "13800001234"


def test_no_history_line_or_notice_carries_identity(world: World) -> None:
    row = world.opinion(State.CLOSED)
    for line in row.history.all():
        assert "田大山" not in line.public_text + line.internal_text
        assert "1234" not in line.public_text + line.internal_text
    for notice in Notice.objects.all():
        assert "田大山" not in str(notice.context)
        assert "13800001234" not in str(notice.context)


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "due"),
    [("URGENT", local(3, 30)), ("CONSULTATION", local(4, 1)), ("ORDINARY", local(4, 9)), ("COMPLEX", local(4, 23))],
)
def test_the_reply_is_due_by_kind_counted_over_qingming(world: World, kind: str, due: datetime) -> None:
    row = world.opinion(State.ACCEPTED)
    row = workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.unit, demand="修", kind=kind)
    assert row.reply_due_at == due
    assert row.step_due_at == local(3, 26)  # first the unit must sign


def test_signing_does_not_move_the_reply_date(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    signed = workflow.sign(row.pk, actor=world.handler, at=START + timedelta(days=3))
    assert signed.reply_due_at == row.reply_due_at == signed.step_due_at
    assert Assignment.objects.get(opinion=row).signed_by == world.handler


def test_a_rejected_reply_keeps_the_old_date(world: World) -> None:
    row = world.opinion(State.REPLIED)
    back = workflow.reject_reply(row.pk, actor=world.clerk, at=LATER, missing="没说哪天修好")
    assert (back.state, back.step_due_at) == (State.HANDLING, row.reply_due_at)
    assert back.deadlines.filter(step=Step.REPLY, ended_at=None).count() == 1


def test_the_reply_limit_ends_when_the_unit_answered_not_when_the_station_read_it(world: World) -> None:
    row = world.opinion(State.REPLIED)
    answered = Reply.objects.get(opinion=row).created_at
    workflow.approve_reply(row.pk, actor=world.clerk, at=START + timedelta(days=30))
    assert row.deadlines.get(step=Step.REPLY).ended_at == answered
    assert Reply.objects.get(opinion=row).is_in_time


def test_a_late_reply_is_late_for_good(world: World) -> None:
    row = world.opinion(State.HANDLING)
    workflow.reply(row.pk, actor=world.handler, at=START + timedelta(days=40), body="修好了", outcome="A")
    assert not Reply.objects.get(opinion=row).is_in_time


def test_nothing_runs_after_the_end(world: World) -> None:
    for state in (State.CLOSED, State.DECLINED, State.WITHDRAWN):
        row = world.opinion(state)
        assert row.closed_at is not None
        assert row.step_due_at is None
        assert not row.deadlines.filter(ended_at=None).exists()
        assert not row.assignments.filter(ended_at=None).exists()


# --- return ---------------------------------------------------------------------------------------------------------


def test_a_return_is_asked_once_and_in_time(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    with pytest.raises(WrongState, match="时限"):
        workflow.request_return(row.pk, actor=world.handler, at=START + timedelta(days=9), legal_basis="清单")
    workflow.request_return(row.pk, actor=world.handler, at=LATER, legal_basis="清单")
    workflow.grant_return(row.pk, actor=world.clerk, at=LATER)
    workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.unit, demand="还是你们办")
    with pytest.raises(WrongState, match="一次"):
        workflow.request_return(row.pk, actor=world.handler, at=LATER, legal_basis="清单")


def test_a_refused_return_keeps_the_old_date(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    kept = workflow.refuse_return(row.pk, actor=world.clerk, at=LATER, reason="路灯归城管")
    assert (kept.state, kept.step_due_at) == (State.HANDLING, row.reply_due_at)


# --- assigning ------------------------------------------------------------------------------------------------------


def test_only_the_county_hands_out_to_several_units(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    both = {"lead": world.unit, "co_units": [world.co_unit], "demand": "一起修"}
    with pytest.raises(BadInput, match="提请"):
        workflow.assign(row.pk, actor=world.clerk, at=LATER, **both)
    workflow.assign(row.pk, actor=world.county_staff, at=LATER, **both)
    assert set(row.assignments.values_list("role", flat=True)) == {"LEAD", "CO"}


def test_assigning_twice_is_refused_and_changes_nothing(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    with pytest.raises(WrongState):
        workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.co_unit, demand="再交一次")
    assert Assignment.objects.filter(opinion=row).count() == 1


@pytest.mark.parametrize("field", ["lead", "demand"])
def test_bad_assignments_leave_nothing_half_written(world: World, field: str) -> None:
    row = world.opinion(State.ACCEPTED)
    if field == "lead":
        world.unit.is_active = False
        world.unit.save()
    demand = "" if field == "demand" else "修"
    with pytest.raises(BadInput) as refusal:
        workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.unit, demand=demand)
    assert refusal.value.field == field
    row.refresh_from_db()
    assert row.state == State.ACCEPTED
    assert not row.assignments.exists()
    assert row.deadlines.get(ended_at=None).step == Step.ASSIGN


# --- rating ---------------------------------------------------------------------------------------------------------


def test_dissatisfied_goes_back_for_a_second_round(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    again = workflow.rate(row.pk, actor=RESIDENT, at=LATER, solved="NO", satisfaction="DISSATISFIED", comment="还黑着")
    assert (again.state, again.round, again.is_reopened) == (State.ASSIGNED, 2, True)
    assert again.lead_unit == world.unit
    assert again.reply_due_at == local(4, 9)
    assert "还黑着" in again.assignments.get(ended_at=None).demand
    assert "opinion_dissatisfied" in kinds_told(row)


def test_a_second_dissatisfied_needs_a_look_back_before_it_closes(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    bad = {"solved": "NO", "satisfaction": "DISSATISFIED"}
    workflow.rate(row.pk, actor=RESIDENT, at=LATER, **bad)
    workflow.sign(row.pk, actor=world.handler, at=LATER)
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="又修了一次", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    assert workflow.rate(row.pk, actor=RESIDENT, at=LATER, **bad).state == State.TRACKING
    with pytest.raises(VerbError, match="回头看"):
        workflow.fulfil(row.pk, actor=world.clerk, at=LATER, finding="好了")
    closed = workflow.look_back(row.pk, actor=world.clerk, at=LATER, finding="上门看过，灯全亮")
    assert (closed.state, closed.satisfaction) == (State.CLOSED, "DISSATISFIED")


def test_an_answer_on_the_spot_that_did_not_help_waits_to_be_assigned(world: World) -> None:
    row = world.opinion(State.SUBMITTED)
    workflow.answer_on_spot(row.pk, actor=world.clerk, at=LATER, body="去二楼", outcome="A")
    again = workflow.rate(row.pk, actor=RESIDENT, at=LATER, solved="NO", satisfaction="DISSATISFIED")
    assert (again.state, again.round, again.lead_unit) == (State.ACCEPTED, 2, None)


def test_a_promise_is_tracked_until_it_is_kept(world: World) -> None:
    row = world.opinion(State.TRACKING, outcome="C")
    assert row.step_due_at == local(12, 1)
    done = workflow.fulfil(row.pk, actor=world.clerk, at=LATER, finding="路修好了")
    assert (done.state, done.outcome) == (State.FED_BACK, "A")
    rated = workflow.rate(row.pk, actor=RESIDENT, at=LATER, solved="YES", satisfaction="SATISFIED")
    assert rated.state == State.CLOSED
    assert rated.ratings.count() == 2


def test_a_call_back_is_marked_as_written_down_by_staff(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    workflow.rate(row.pk, actor=world.clerk, at=LATER, solved="PARTLY", satisfaction="FAIR")
    assert row.ratings.get().recorded_by == world.clerk


def test_rating_twice_is_refused(world: World) -> None:
    row = world.opinion(State.CLOSED)
    with pytest.raises(WrongState):
        workflow.rate(row.pk, actor=RESIDENT, at=LATER, solved="YES", satisfaction="SATISFIED")
    assert row.ratings.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"solved": "X"}, "solved"), ({"satisfaction": ""}, "satisfaction"), ({"attitude": "X"}, "attitude")],
)
def test_a_forged_rating_names_its_field(world: World, change: dict[str, str], field: str) -> None:
    row = world.opinion(State.FED_BACK)
    with pytest.raises(BadInput) as refusal:
        workflow.rate(row.pk, actor=RESIDENT, at=LATER, **({"solved": "YES", "satisfaction": "FAIR"} | change))
    assert refusal.value.field == field
    assert not row.ratings.exists()


def test_unrated_closes_after_the_limit_and_never_counts_as_satisfied(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    with pytest.raises(VerbError, match="没到"):
        workflow.close_unrated(row.pk, actor=SYSTEM, at=LATER)
    closed = workflow.close_unrated(row.pk, actor=SYSTEM, at=START + timedelta(days=30))
    assert (closed.state, closed.satisfaction) == (State.CLOSED, "")


@pytest.mark.parametrize(("outcome", "promised"), [("B", None), ("C", date(2026, 3, 1)), ("X", None)])
def test_promises_need_a_date_ahead(world: World, outcome: str, promised: date | None) -> None:
    row = world.opinion(State.HANDLING)
    with pytest.raises(BadInput):
        workflow.reply(row.pk, actor=world.handler, at=LATER, body="在办", outcome=outcome, promised_on=promised)
    assert not Reply.objects.exists()


def test_the_county_opens_a_closed_matter_again(world: World) -> None:
    row = world.opinion(State.CLOSED)
    again = workflow.reopen(row.pk, actor=world.county_staff, at=LATER, reason="来信反映没修好")
    assert (again.state, again.round, again.closed_at, again.satisfaction) == (State.ASSIGNED, 2, None, "")


# --- what the database itself refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE opinions_historyentry SET public_text = 'x'",
        "DELETE FROM opinions_historyentry",
        "TRUNCATE opinions_historyentry CASCADE",
    ],
)
def test_history_cannot_be_rewritten_even_by_raw_sql(world: World, statement: str) -> None:
    world.submit()
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # so that TRUNCATE meets the trigger, not waiting checks
        cursor.execute(statement)
    assert HistoryEntry.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"state": "NOWHERE"},
        {"kind": "X"},
        {"channel": "X"},
        {"round": 0},
        {"reply_due_at": START - timedelta(days=1)},
        {"closed_at": START - timedelta(days=1)},
        {"state": "HANDLING", "lead_unit": None},
    ],
)
def test_the_database_refuses_what_must_never_be_false(world: World, change: dict[str, object]) -> None:
    row = world.submit()
    with pytest.raises(DatabaseError), transaction.atomic():
        Opinion.objects.filter(pk=row.pk).update(**change)


def test_one_lead_at_a_time(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    held = row.assignments.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.create(
            opinion=row, unit=world.co_unit, role="LEAD", round=1, demand="x", due_at=held.due_at, assigned_at=START
        )


def test_one_running_limit_per_step(world: World) -> None:
    row = world.submit()
    with pytest.raises(DatabaseError), transaction.atomic():
        Deadline.objects.create(
            opinion=row, step=Step.ACCEPT, round=1, started_at=START, due_at=START + timedelta(days=1)
        )
