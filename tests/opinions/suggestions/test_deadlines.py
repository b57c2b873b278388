"""The clock of the law: calendar months, days off, six months and never more, and the reminders before it ends."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.models import CalendarDay
from core.workdays import WorkCalendar, end_of_day
from core.workflow import BadInput, WrongState
from notices.models import Notice
from opinions import deadlines as limits
from opinions.models import DeadlineRule, FormalSuggestion
from opinions.suggestions import deadlines, present, workflow
from opinions.suggestions.states import State
from opinions.suggestions.sweeps import remind
from tests.opinions.suggestions.world import make
from tests.world import SHANGHAI, START, World

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


class TestMonths:
    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [
            (date(2026, 3, 25), 3, date(2026, 6, 25)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2023, 11, 30), 3, date(2024, 2, 29)),
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2026, 12, 31), 0, date(2026, 12, 31)),
        ],
    )
    def test_a_short_month_ends_on_its_last_day(self, start: date, months: int, end: date) -> None:
        assert deadlines.add_months(start, months) == end

    @pytest.mark.parametrize("start", [date(2026, 8, 31), date(2023, 11, 30), date(2028, 8, 29), date(2026, 3, 25)])
    def test_the_database_counts_the_same(self, start: date) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT (%s::date + interval '6 months')::date", [start])
            assert cursor.fetchone()[0] == deadlines.add_months(start, 6)

    @given(start=DAYS, months=st.integers(1, 6))
    def test_no_limit_lies_on_a_day_off_or_after_the_sixth_month(self, start: date, months: int) -> None:
        due = deadlines.due_on(start, months, start)
        assert WorkCalendar.load().is_workday(due)
        assert start < due <= deadlines.add_months(start, 6)
        assert due >= deadlines.add_months(start, months) or due == deadlines.last_day(start)

    def test_a_holiday_moves_it_to_the_next_working_day(self, world: World) -> None:
        assert deadlines.add_months(date(2026, 7, 1), 3) == date(2026, 10, 1)
        assert deadlines.due_on(date(2026, 7, 1), 3, date(2026, 7, 1)) == date(2026, 10, 8)

    def test_the_sixth_month_moves_back_instead(self, world: World) -> None:
        assert deadlines.last_day(date(2026, 4, 1)) == date(2026, 9, 30)

    def test_the_county_own_days_off_count_too(self, world: World) -> None:
        CalendarDay.objects.create(date=date(2026, 6, 25), is_workday=False, name="防汛停工", source="通知")
        WorkCalendar.forget()
        assert deadlines.due_on(date(2026, 3, 25), 3, date(2026, 3, 25)) == date(2026, 6, 26)
        WorkCalendar.forget()

    def test_the_county_may_ask_for_less_than_three(self, world: World) -> None:
        DeadlineRule.objects.create(step="SUGGESTION", working_days=2)
        limits.forget()
        assert make(world, State.ASSIGNED).due_on == date(2026, 5, 25)
        limits.forget()


class TestMoreTime:
    def test_asked_for_and_granted_it_moves_and_the_old_day_stays(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        later = START + timedelta(days=80)
        workflow.request_extension(row.pk, actor=world.handler, at=later, months=1, reason="等开标")
        assert FormalSuggestion.objects.get().due_on == date(2026, 6, 25), "asking moves nothing"
        workflow.grant_extension(row.pk, actor=world.county_staff, at=later, note="抓紧")
        row = FormalSuggestion.objects.get()
        wish = row.extensions.get()
        assert (wish.old_due_on, wish.new_due_on, row.due_on) == (date(2026, 6, 25), date(2026, 7, 27), wish.new_due_on)
        assert "6 月 25 日延到 7 月 27 日" in row.history.order_by("-id")[0].text

    def test_refused_it_stands(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        workflow.request_extension(row.pk, actor=world.handler, at=START + timedelta(days=3), months=1, reason="等")
        workflow.refuse_extension(row.pk, actor=world.county_staff, at=START + timedelta(days=4), reason="来得及")
        assert FormalSuggestion.objects.get().due_on == date(2026, 6, 25)

    def test_in_all_it_ends_within_six_months_of_the_first_day(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        moment = START + timedelta(days=1)
        for _ in range(2):
            workflow.request_extension(row.pk, actor=world.handler, at=moment, months=2, reason="等开标")
            workflow.grant_extension(row.pk, actor=world.county_staff, at=moment)
        assert FormalSuggestion.objects.get().due_on == date(2026, 9, 24), "25 September is a day off that year"
        with pytest.raises(BadInput, match="六个月，已经用完"):
            workflow.request_extension(row.pk, actor=world.handler, at=moment, months=1, reason="等开标")

    def test_a_missed_limit_is_not_cured_by_asking(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        with pytest.raises(WrongState, match="期限已经过了"):
            workflow.request_extension(row.pk, actor=world.handler, at=at(date(2026, 6, 26)), months=1, reason="忘了")

    def test_one_wish_at_a_time(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        workflow.request_extension(row.pk, actor=world.handler, at=START + timedelta(days=1), months=1, reason="等")
        with pytest.raises(WrongState, match="已经有一份"):
            workflow.request_extension(row.pk, actor=world.handler, at=START + timedelta(days=1), months=1, reason="等")

    def test_the_database_refuses_a_day_beyond(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        with pytest.raises(IntegrityError, match="suggestion_within_six_months"), transaction.atomic():
            FormalSuggestion.objects.filter(pk=row.pk).update(due_on=date(2026, 9, 26))
        FormalSuggestion.objects.filter(pk=row.pk).update(due_on=date(2026, 9, 25))

    @pytest.mark.parametrize(
        ("judged", "due"), [(date(2026, 4, 10), date(2026, 7, 10)), (date(2026, 8, 3), date(2026, 9, 24))]
    )
    def test_the_second_round_has_what_is_left_of_the_six(self, world: World, judged: date, due: date) -> None:
        row = make(world, State.REPLIED)
        workflow.judge(row.pk, actor=world.rep, at=at(judged), satisfaction="DISSATISFIED", comment="没修")
        assert FormalSuggestion.objects.get().due_on == due

    def test_a_second_round_after_the_six_months_is_late_from_its_first_hour(self, world: World) -> None:
        row = make(world, State.REPLIED)
        moment = at(date(2026, 10, 20))
        workflow.judge(row.pk, actor=world.rep, at=moment, satisfaction="DISSATISFIED", comment="没修")
        row = FormalSuggestion.objects.get()
        assert (row.due_on, row.round) == (date(2026, 9, 24), 2)
        assert present.due(row, moment).tone == "is-late"
        assert "六个月已经到了" in row.history.order_by("-id")[0].text
        assert remind(moment + timedelta(minutes=5)) == 1

    def test_how_it_was_reached_is_said_step_by_step(self, world: World) -> None:
        row = make(world, State.ASSIGNED, at=START + timedelta(days=98))
        later = row.assigned_at + timedelta(days=1)
        workflow.request_extension(row.pk, actor=world.handler, at=later, months=1, reason="等开标")
        workflow.grant_extension(row.pk, actor=world.county_staff, at=later)
        first, moved, end = present.reached(FormalSuggestion.objects.get())
        assert (
            first == "2026 年 7 月 1 日交办，按代表法算 3 个月，到 2026 年 10 月 1 日。"
            "那天是国庆节，顺延到上班的 2026 年 10 月 8 日。"
        )
        assert moved.endswith("改到 2026 年 11 月 9 日。原因：等开标")
        assert end.startswith("无论怎么延，从第一次交办起最多六个月，不能晚于")


class TestReminding:
    STAGES = (
        (date(2026, 5, 24), 0), (date(2026, 5, 25), 1), (date(2026, 6, 10), 1), (date(2026, 6, 11), 2),
        (date(2026, 6, 24), 2), (date(2026, 6, 25), 3), (date(2026, 6, 26), 4),
    )  # fmt: skip

    @pytest.mark.parametrize(("today", "stage"), STAGES)
    def test_the_stages_of_a_limit(self, today: date, stage: int) -> None:
        assert deadlines.stage(date(2026, 6, 25), at(today)) == stage

    def test_on_its_day_it_is_missed_when_the_offices_close(self) -> None:
        due = date(2026, 6, 25)
        assert not deadlines.is_past(due, end_of_day(due))
        assert deadlines.is_past(due, end_of_day(due) + timedelta(seconds=1))

    def told(self, kind: str) -> list[str]:
        return sorted(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))

    def test_unit_and_county_are_told_once_a_stage_however_often_it_runs(self, world: World) -> None:
        make(world, State.ASSIGNED)
        for today, stage in self.STAGES:
            before = Notice.objects.count()
            done = remind(at(today)) + remind(at(today, 11))
            kinds = set(Notice.objects.values_list("kind", flat=True))
            assert FormalSuggestion.objects.get().reminded == stage
            assert done == (Notice.objects.count() > before)
            assert ("suggestion_overdue" in kinds) == (stage == 4)
        assert self.told("suggestion_due_soon") == sorted(["handler", "co_handler", "county_staff"] * 3)
        assert self.told("suggestion_overdue") == ["co_handler", "county_staff", "handler"]

    def test_a_late_run_tells_the_present_stage_only(self, world: World) -> None:
        make(world, State.ASSIGNED)
        assert remind(at(date(2026, 8, 1))) == 1
        assert not Notice.objects.filter(kind="suggestion_due_soon").exists()
        assert len(self.told("suggestion_overdue")) == 3

    def test_what_is_answered_is_left_alone(self, world: World) -> None:
        make(world, State.REPLIED)
        assert remind(at(date(2026, 8, 1))) == 0

    def test_a_moved_limit_is_told_anew(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        remind(at(date(2026, 6, 12)))
        workflow.request_extension(row.pk, actor=world.handler, at=at(date(2026, 6, 12), 10), months=1, reason="等")
        workflow.grant_extension(row.pk, actor=world.county_staff, at=at(date(2026, 6, 12), 11))
        assert FormalSuggestion.objects.get().reminded == 0
        assert remind(at(date(2026, 6, 28))) == 1

    def test_a_row_another_worker_holds_is_not_waited_for(self, world: World) -> None:
        make(world, State.ASSIGNED)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            assert remind(at(date(2026, 6, 26))) == 1
