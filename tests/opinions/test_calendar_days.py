"""The county's own days in the working calendar: who writes them, what each leaves behind, and what the page says."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEntry
from core.models import CalendarDay, Job
from core.workdays import WorkCalendar
from core.workflow import BadInput, NotAllowed
from opinions import calendar_days, recount_runs
from opinions.models import Opinion
from opinions.states import State
from opinions.views import calendar
from tests.world import START, World

PAGE = "/desk/calendar/"
FLOOD = date(2026, 4, 1)  # a Wednesday
TYPED = {"date": "2026-04-01", "is_workday": "False", "name": "防汛停工", "source": "县政府办 3 月 24 日通知"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[int]:
    """Orders handed to the worker."""
    orders: list[int] = []
    monkeypatch.setattr(calendar, "send", orders.append)
    return orders


@pytest.fixture
def at_desk(world: World, client: Client) -> Any:
    def sit(name: str = "county_staff") -> Client:
        client.force_login(world.users[name])
        return client

    with time_machine.travel(START, tick=False):
        yield sit


def add(world: World, on: date = FLOOD, who: str = "county_staff", **more: Any) -> CalendarDay:
    values = {"is_workday": False, "name": "防汛停工", "source": "通知"} | more
    return calendar_days.add(on, actor=world.users[who], at=START, send=lambda job: None, **values)


def test_a_day_counts_at_once_and_leaves_an_audit_line_and_an_order(world: World) -> None:
    assert WorkCalendar.load().is_workday(FLOOD)
    add(world)
    assert not WorkCalendar.load().is_workday(FLOOD)
    line = AuditEntry.objects.get(action="calendar_day_added")
    assert (line.actor, line.subject) == (world.county_staff, "calendar:2026-04-01")
    assert line.detail == {"what": "2026-04-01 放假 防汛停工", "reason": "通知"}
    order = Job.objects.get(kind=recount_runs.KIND)
    assert order.title == "工作日历：4 月 1 日改为放假"


def test_running_limits_are_counted_again(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    before = row.reply_due_at
    add(world)
    order = Job.objects.get(kind=recount_runs.KIND)
    recount_runs.run(lambda: START + timedelta(minutes=5), order.pk)
    after = Opinion.objects.get(pk=row.pk).reply_due_at
    assert before is not None
    assert after == before + timedelta(days=1)
    assert row.history.filter(verb="recount").exists()


def test_removing_gives_the_day_back(world: World) -> None:
    day = add(world)
    gone = calendar_days.remove(day.pk, reason="写错了", actor=world.county_staff, at=START, send=lambda job: None)
    assert gone == FLOOD
    assert WorkCalendar.load().is_workday(FLOOD)
    assert AuditEntry.objects.get(action="calendar_day_removed").detail["reason"] == "写错了"
    assert Job.objects.filter(kind=recount_runs.KIND).count() == 2


def test_the_same_day_twice_is_refused_next_to_the_date(world: World) -> None:
    add(world)
    with pytest.raises(BadInput, match="已经写过了") as caught:
        add(world, name="别的")
    assert caught.value.field == "date"
    assert CalendarDay.objects.get().name == "防汛停工"
    assert AuditEntry.objects.filter(action="calendar_day_added").count() == 1


@pytest.mark.parametrize("on", [date(2024, 12, 31), date(2029, 1, 1)])
def test_a_day_far_away_is_a_slip(world: World, on: date) -> None:
    with pytest.raises(BadInput, match="2025 年到 2028 年"):
        add(world, on)


@pytest.mark.parametrize("who", ["clerk", "town_staff", "leader", "handler", "rep", "admin", "security"])
def test_nobody_but_the_countys_staff_writes(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        add(world, who=who)
    day = CalendarDay.objects.create(date=FLOOD, is_workday=False, name="防汛停工")
    with pytest.raises(NotAllowed):
        calendar_days.remove(day.pk, reason="x", actor=world.users[who], at=START, send=lambda job: None)
    assert not AuditEntry.objects.filter(action__startswith="calendar_day").exists()


@pytest.mark.parametrize(("who", "status"), [("county_staff", 200), ("leader", 200), ("clerk", 403), ("admin", 403)])
def test_who_opens_the_page(at_desk: Any, who: str, status: int) -> None:
    assert at_desk(who).get(PAGE).status_code == status


def test_the_page_shows_holidays_make_up_days_and_our_own(world: World, at_desk: Any) -> None:
    add(world)
    page = at_desk().get(PAGE).content.decode()
    for words in ("国庆节", "调休上班", "4 月 1 日", "防汛停工", "本县加的", "加上这一天"):
        assert words in page
    assert "删掉 4 月 1 日" in page
    leaders = at_desk("leader").get(PAGE).content.decode()
    assert "防汛停工" in leaders
    assert "加上这一天" not in leaders


def test_a_year_that_nobody_has_arranged_says_what_is_counted(at_desk: Any) -> None:
    page = at_desk().get(PAGE, {"year": "2028"}).content.decode()
    assert "2028 年还没有安排" in page
    assert "暂定" in page


@pytest.mark.parametrize("year", ["", "1999", "x", "99999999999"])
def test_an_unusable_year_shows_this_one(at_desk: Any, year: str) -> None:
    assert "<title>2026 年工作日历" in at_desk().get(PAGE, {"year": year}).content.decode()


def test_adding_on_the_page(at_desk: Any, sent: list[int], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = at_desk().post(PAGE, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?year=2026")
    day = CalendarDay.objects.get()
    assert (day.date, day.is_workday, day.name) == (FLOOD, False, "防汛停工")
    assert sent == [Job.objects.get(kind=recount_runs.KIND).pk]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"date": "明天"}, "date"), ({"date": "2031-01-01"}, "date"), ({"name": ""}, "name"), ({"source": ""}, "source")],
)
def test_bad_input_is_said_next_to_the_field_and_kept(at_desk: Any, change: dict[str, str], field: str) -> None:
    answer = at_desk().post(PAGE, TYPED | change)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    page = answer.content.decode()
    assert (TYPED | change)["name"] in page
    assert "<title>没有加上" in page
    assert not CalendarDay.objects.exists()


def test_a_leader_who_posts_is_refused(at_desk: Any) -> None:
    answer = at_desk("leader").post(PAGE, TYPED)
    assert answer.status_code == 403
    assert not CalendarDay.objects.exists()


def test_removing_on_the_page_needs_a_reason(world: World, at_desk: Any, sent: list[int]) -> None:
    day = add(world)
    client = at_desk()
    assert client.post(f"{PAGE}{day.pk}/remove/", {}).status_code == 422
    assert CalendarDay.objects.exists()
    answer = client.post(f"{PAGE}{day.pk}/remove/", {"reason": "写错了"})
    assert answer["Location"] == f"{PAGE}?year=2026"
    assert not CalendarDay.objects.exists()
    assert client.post(f"{PAGE}{day.pk}/remove/", {"reason": "再来"}).status_code == 404


def test_a_queue_that_is_away_does_not_stop_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(calendar.recount_limits, "apply_async", refuse)
    calendar.send(1)
