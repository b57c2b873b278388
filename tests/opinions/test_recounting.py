"""Counting running limits again: after a holiday, a new notice, a new table; what moves, what stays, what is said."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import jobs
from core.models import CalendarDay, Job
from core.workdays import SpecialDay, WorkCalendar
from core.workflow import VerbError
from opinions import deadlines, recount_runs, workflow
from opinions.actors import SYSTEM
from opinions.deadlines import Scheme
from opinions.models import Assignment, Deadline, DeadlineRule, Opinion
from opinions.recounting import changes, forecast
from opinions.states import Kind, State, Step
from tests.world import SHANGHAI, START, World

SOON = START + timedelta(hours=3)
WHY = "国务院办公厅的通知"


def end(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 17, 30, tzinfo=SHANGHAI)


def holiday(on: date, works: bool = False) -> None:
    CalendarDay.objects.create(date=on, is_workday=works, name="停工" if not works else "调休上班")
    WorkCalendar.forget()


def rule(step: str, days: int, kind: str = "", category: Any = None) -> None:
    DeadlineRule.objects.update_or_create(step=step, kind=kind, category=category, defaults={"working_days": days})
    deadlines.forget()


def run(at: datetime = SOON, job: int | None = None) -> int:
    return recount_runs.run(lambda: at, job)


def limit_of(row: Opinion, step: str = Step.REPLY) -> Deadline:
    return row.deadlines.get(step=step, ended_at=None)


# --- a holiday more


def test_a_holiday_moves_limit_matter_and_assignment_together(world: World) -> None:
    row = world.opinion(State.HANDLING)
    holiday(date(2026, 4, 1))
    assert run() == 1
    row.refresh_from_db()
    assert limit_of(row).due_at == row.reply_due_at == row.step_due_at == end(4, 10)
    assert Assignment.objects.get(opinion=row).due_at == end(4, 10)
    assert row.state == State.HANDLING


def test_each_move_is_a_line_that_says_old_new_and_why(world: World) -> None:
    row = world.opinion(State.HANDLING)
    holiday(date(2026, 4, 1))
    workflow.recount(row.pk, actor=SYSTEM, at=SOON, why=WHY)
    line = row.history.first()
    assert (line.verb, line.actor_label, line.from_state, line.to_state) == ("recount", "系统", "HANDLING", "HANDLING")
    assert line.public_text == f"答复的日子从 4 月 9 日改到 4 月 10 日。原因：{WHY}"
    assert line.internal_text == f"重算期限：答复 4 月 9 日 → 4 月 10 日（10 个工作日）。{WHY}"


def test_a_second_run_writes_nothing_more(world: World) -> None:
    row = world.opinion(State.HANDLING)
    holiday(date(2026, 4, 1))
    assert run() == 1
    lines = row.history.count()
    assert run() == 0
    assert row.history.count() == lines
    with pytest.raises(VerbError):
        workflow.recount(row.pk, actor=SYSTEM, at=SOON)


def test_two_limits_at_once_keep_their_own_dates_and_the_present_one_is_shown(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    holiday(date(2026, 3, 26))
    run(START + timedelta(minutes=30))
    row.refresh_from_db()
    assert limit_of(row, Step.SIGN).due_at == row.step_due_at == end(3, 27)
    assert limit_of(row).due_at == row.reply_due_at == end(4, 10)
    assert "；" in row.history.first().internal_text


def test_a_promise_is_not_counted_in_working_days_and_stays(world: World) -> None:
    row = world.opinion(State.TRACKING, outcome="B")
    before = limit_of(row, Step.PROMISE).due_at
    holiday(date(2026, 12, 1))
    assert run() == 0
    assert limit_of(row, Step.PROMISE).due_at == before


def test_the_days_of_an_extension_are_kept(world: World) -> None:
    row = world.opinion(State.HANDLING)
    workflow.request_extension(row.pk, actor=world.handler, at=SOON, working_days=5, reason="等材料")
    workflow.grant_extension(row.pk, actor=world.clerk, at=SOON)
    assert limit_of(row).due_at == end(4, 16)
    assert run() == 0  # an extension is no slip of the count
    holiday(date(2026, 4, 1))
    assert run() == 1
    assert (limit_of(row).due_at, limit_of(row).working_days) == (end(4, 17), 15)


# --- what never happens


def test_a_limit_that_has_passed_is_not_moved(world: World) -> None:
    row = world.opinion(State.HANDLING)
    late = end(4, 9) + timedelta(hours=1)
    holiday(date(2026, 4, 1))
    assert run(late) == 0
    assert limit_of(row).due_at == end(4, 9)
    assert forecast(Scheme.present(), late).kept == 1


def test_nobody_becomes_late_because_the_table_was_edited(world: World) -> None:
    row = world.opinion(State.HANDLING)
    rule(Step.REPLY, 2, Kind.ORDINARY)
    at = end(4, 3)
    assert run(at) == 0
    assert limit_of(row).due_at == end(4, 9)
    seen = forecast(Scheme.present(), at)
    assert (seen.matters, seen.kept) == (0, 1)


def test_a_shorter_limit_that_still_lies_ahead_is_moved(world: World) -> None:
    row = world.opinion(State.HANDLING)
    rule(Step.REPLY, 5, Kind.ORDINARY)
    assert run() == 1
    assert (limit_of(row).due_at, limit_of(row).working_days) == (end(4, 1), 5)


def test_the_categorys_own_line_counts(world: World) -> None:
    row = world.opinion(State.HANDLING)
    rule(Step.REPLY, 12, Kind.ORDINARY, world.category)
    run()
    assert limit_of(row).due_at == end(4, 13)


def test_what_is_over_is_left_alone(world: World) -> None:
    rows = [world.opinion(state) for state in (State.CLOSED, State.DECLINED, State.WITHDRAWN)]
    holiday(date(2026, 3, 26))
    before = {limit.pk: limit.due_at for limit in Deadline.objects.all()}
    assert run(START + timedelta(minutes=30)) == 0
    assert {limit.pk: limit.due_at for limit in Deadline.objects.all()} == before
    assert all(row.history.filter(verb="recount").count() == 0 for row in rows)


RUNNING = (State.SUBMITTED, State.ASSIGNED, State.HANDLING, State.FED_BACK)


@given(
    offsets=st.sets(st.integers(0, 60), min_size=1, max_size=10),
    states=st.lists(st.sampled_from(RUNNING), min_size=1, max_size=3),
    hours=st.integers(1, 500),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_adding_holidays_never_makes_a_stored_limit_earlier(
    world: World, offsets: set[int], states: list[str], hours: int
) -> None:
    with transaction.atomic():
        for state in states:
            world.opinion(state)
        before = {limit.pk: limit.due_at for limit in Deadline.objects.all()}
        for offset in offsets:
            CalendarDay.objects.create(date=START.date() + timedelta(days=offset), is_workday=False, name="停工")
        WorkCalendar.forget()
        run(START + timedelta(hours=hours))
        after = {limit.pk: limit.due_at for limit in Deadline.objects.all()}
        assert set(after) == set(before)
        assert all(after[pk] >= before[pk] for pk in before)
        transaction.set_rollback(True)
    WorkCalendar.forget()


# --- provisional dates

NOTICE_2027 = {
    date(2027, 1, 1): SpecialDay(False, "元旦"),
    date(2027, 5, 1): SpecialDay(False, "劳动节"),
    date(2027, 10, 1): SpecialDay(False, "国庆节"),
}


def test_a_date_in_an_unknown_year_becomes_firm_when_the_notice_is_there(world: World) -> None:
    at = datetime(2026, 12, 28, 9, tzinfo=SHANGHAI)
    row = world.opinion(State.HANDLING, at=at)
    assert limit_of(row).is_provisional
    assert row.is_provisional
    for day, special in NOTICE_2027.items():
        CalendarDay.objects.create(date=day, is_workday=special.is_workday, name=special.name)
    WorkCalendar.forget()
    assert run(at + timedelta(hours=1)) == 1
    row.refresh_from_db()
    assert not limit_of(row).is_provisional
    assert not row.is_provisional
    assert limit_of(row).due_at == end(1, 12, 2027)  # New Year's Day, known before as a Friday, took a day


def test_a_date_that_only_becomes_firm_is_said_to_staff_alone(world: World) -> None:
    at = datetime(2026, 12, 28, 9, tzinfo=SHANGHAI)
    CalendarDay.objects.create(date=date(2027, 1, 1), is_workday=False, name="元旦")
    WorkCalendar.forget()
    row = world.opinion(State.HANDLING, at=at)
    due = limit_of(row).due_at
    for day in (date(2027, 5, 1), date(2027, 10, 1)):
        CalendarDay.objects.create(date=day, is_workday=False, name="放假")
    seen = forecast(Scheme(Scheme.present().rows, WorkCalendar(NOTICE_2027)), at + timedelta(hours=1))
    assert (seen.firm, seen.earlier, seen.later) == (1, 0, 0)
    WorkCalendar.forget()
    run(at + timedelta(hours=1))
    line = row.history.first()
    assert limit_of(row).due_at == due
    assert line.public_text == ""
    assert "定下来了" in line.internal_text


def test_a_year_is_known_when_its_notice_stands_in_the_table_and_not_by_a_single_day() -> None:
    calendar = WorkCalendar(NOTICE_2027)
    assert not calendar.is_provisional(date(2027, 7, 6))
    assert calendar.is_provisional(date(2028, 7, 6))
    two = {day: special for day, special in NOTICE_2027.items() if day.month != 5}
    assert WorkCalendar(two).is_provisional(date(2027, 7, 6))


# --- trying out


def test_trying_out_writes_nothing(world: World) -> None:
    rows = [world.opinion(state) for state in (State.HANDLING, State.ASSIGNED, State.FED_BACK)]
    before = _everything()
    calendar = WorkCalendar({date(2026, 4, 1): SpecialDay(False, "停工")})
    seen = forecast(Scheme({(Step.REPLY, Kind.ORDINARY, None): 15}, calendar), SOON)
    assert seen.matters == 3
    assert seen.later == 3
    assert _everything() == before
    assert len(changes(Scheme.present(), SOON)) == 0
    assert [row.history.count() for row in rows] == [row.history.count() for row in rows]


def _everything() -> list[Any]:
    return [
        list(Deadline.objects.order_by("pk").values_list()),
        list(Opinion.objects.order_by("pk").values_list("pk", "changed_at", "step_due_at", "reply_due_at")),
        list(DeadlineRule.objects.values_list()),
        list(CalendarDay.objects.values_list()),
        list(Job.objects.values_list()),
    ]


def test_the_forecast_is_what_then_happens(world: World) -> None:
    for state in (State.HANDLING, State.ASSIGNED, State.FED_BACK, State.SUBMITTED):
        world.opinion(state)
    holiday(date(2026, 3, 27))
    rule(Step.RATE, 3)
    at = START + timedelta(minutes=30)
    seen = forecast(Scheme.present(), at)
    before = {limit.pk: limit.due_at for limit in Deadline.objects.all()}
    assert run(at) == seen.matters
    after = {limit.pk: limit.due_at for limit in Deadline.objects.all()}
    assert seen.later == sum(after[pk] > before[pk] for pk in before)
    assert seen.earlier == sum(after[pk] < before[pk] for pk in before)
    assert seen.earlier == 1


def test_counting_costs_the_same_statements_for_many(world: World, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        world.opinion(State.HANDLING)
    scheme = Scheme({}, WorkCalendar({date(2026, 4, 1): SpecialDay(False, "停工")}))
    with django_assert_num_queries(2):
        assert forecast(scheme, SOON).matters == 5


# --- in the background


def test_an_order_shows_progress_and_ends(world: World, django_capture_on_commit_callbacks: Any) -> None:
    for _ in range(3):
        world.opinion(State.HANDLING)
    sent: list[int] = []
    with django_capture_on_commit_callbacks(execute=True):
        job = recount_runs.order("防汛停工", owner=world.county_staff, at=SOON, send=sent.append)
        holiday(date(2026, 4, 1))
        assert sent == []  # not before the change is kept
    assert sent == [job.pk]
    assert list(recount_runs.waiting(SOON)) == [job]
    assert run(SOON, job.pk) == 3
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 3, 3)
    assert "3 件" in job.message
    assert run(SOON, job.pk) == 0  # delivered twice by the queue
    assert Opinion.objects.first().history.first().internal_text.endswith("防汛停工")


def test_an_order_that_another_worker_has_is_left_to_it(world: World) -> None:
    world.opinion(State.HANDLING)
    holiday(date(2026, 4, 1))
    job = recount_runs.order("防汛停工", owner=None, at=SOON, send=lambda _: None)
    assert jobs.start(job.pk, at=SOON)
    assert run(SOON, job.pk) == 0
    assert not recount_runs.waiting(SOON).exists()


def test_one_matter_that_moved_on_does_not_stop_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [world.opinion(State.HANDLING) for _ in range(3)]
    holiday(date(2026, 4, 1))
    original = workflow.recount

    def sometimes(opinion_id: int, **given: Any) -> Opinion:
        if opinion_id == rows[1].pk:
            raise VerbError("刚刚有人办理过。")
        return original(opinion_id, **given)

    monkeypatch.setattr(workflow, "recount", sometimes)
    assert run() == 2
    assert limit_of(rows[2]).due_at == end(4, 10)
