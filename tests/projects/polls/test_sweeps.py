"""What the clock does for polls: ends them, moves the day to mend by, reminds; twice or late changes nothing more."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import RoleGrant
from core.models import CalendarDay
from core.workdays import WorkCalendar, local_date
from core.workflow import VerbError, WrongState
from notices.models import Notice
from opinions.actors import SYSTEM
from projects.models import ProjectIdea
from projects.polls import sweeps, workflow
from projects.polls.models import Poll, PollMark, PollVoice, Verdict
from projects.states import State
from projects.tasks import sweep_polls
from stations.models import Representative, Service
from tests.projects.polls.conftest import AFTER, BAD, CLOSES, GOOD, OPENED, Booth
from tests.world import SHANGHAI, make_user

LAST = OPENED + timedelta(days=6)


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, 15, tzinfo=SHANGHAI)


def told(kind: str) -> list[str]:
    rows = Notice.objects.filter(kind=kind, channel="IN_SITE").order_by("user__username", "pk")
    return list(rows.values_list("user__username", flat=True))


@pytest.fixture(autouse=True)
def _fresh_calendar() -> Iterator[None]:
    WorkCalendar.forget()
    yield
    WorkCalendar.forget()


@pytest.fixture
def contact(booth: Booth) -> Booth:
    """The station's contact is its clerk."""
    station = booth.hall.world.station
    station.contact = booth.clerk
    station.save()
    return booth


def closed(booth: Booth, way: str) -> Poll:
    """A poll that ended after so many voices of each kind."""
    poll = booth.open()
    booth.speak(poll, good=0 if way == "bad" else 10, bad=10 if way == "bad" else 0)
    return booth.close(poll)


def test_a_poll_without_slips_ends_the_day_after_its_last(contact: Booth) -> None:
    poll = contact.open()
    contact.speak(poll, good=9, bad=1)
    sweeps.sweep(on(CLOSES))
    assert Poll.objects.get().closed_at is None
    for _ in range(2):
        sweeps.sweep(on(CLOSES + timedelta(days=1)))
    poll.refresh_from_db()
    assert (poll.verdict, poll.closed_at, contact.stands()) == (Verdict.GOOD, on(CLOSES + timedelta(1)), "EVALUATED")
    assert told("poll_closed") == ["clerk"]
    line = contact.idea.history.filter(verb="evaluate").get()
    assert (line.actor, line.actor_label) == (None, "系统")
    assert not PollMark.objects.exists()


def test_the_countys_staff_hears_of_what_belongs_to_no_station(booth: Booth) -> None:
    ProjectIdea.objects.update(station=None, region="411625")
    booth.open(actor=booth.hall.world.county_staff)
    sweeps.sweep(on(CLOSES + timedelta(days=3)))
    assert told("poll_closed") == ["county_staff"]
    assert Poll.objects.get().verdict == Verdict.FEW


def test_slips_that_are_out_are_counted_by_a_person(contact: Booth) -> None:
    poll = contact.open()
    code = contact.slips(poll, 2)[0]
    workflow.speak_by_code(code, at=OPENED, said=GOOD)
    for days in (1, 1, 6, 7, 20):
        sweeps.sweep(on(CLOSES + timedelta(days=days)))
        assert Poll.objects.get().closed_at is None
    assert told("poll_to_close") == ["clerk"] * 3 + ["county_staff"] * 3
    contact.close(poll, left=1)
    sweeps.sweep(on(CLOSES + timedelta(days=40)))
    assert len(told("poll_to_close")) == 6
    assert told("poll_closed") == []


def test_slips_that_all_came_back_need_nobody(contact: Booth) -> None:
    poll = contact.open()
    for code in contact.slips(poll, 2):
        workflow.speak_by_code(code, at=OPENED, said=GOOD)
    sweeps.sweep(on(CLOSES + timedelta(days=1)))
    poll.refresh_from_db()
    assert (poll.codes_given, poll.codes_used) == (2, 2)


def test_two_sweeps_at_once_close_it_once(contact: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    contact.open()
    real = workflow.evaluate

    def late(poll_id: int, **given: Any) -> Poll:
        real(poll_id, **given)  # the other process was quicker
        return real(poll_id, **given)

    monkeypatch.setattr(workflow, "evaluate", late)
    sweeps.sweep(AFTER)
    assert contact.idea.history.filter(verb="evaluate").count() == 1


def test_the_task_asks_the_clock(contact: Booth) -> None:
    contact.open()
    assert sweep_polls() > 0
    assert Poll.objects.get().closed_at is not None
    assert sweep_polls() == 0


def test_the_unit_hears_what_is_to_be_mended_and_until_when(contact: Booth) -> None:
    poll = closed(contact, "bad")
    assert poll.rectify_by is not None
    assert told("rectify_wanted") == ["handler"]
    row = Notice.objects.get(kind="rectify_wanted", channel="IN_SITE")
    assert row.context["title"] == f"{contact.idea.named}（{poll.rectify_by.month} 月 {poll.rectify_by.day} 日以前）"
    assert row.subject == f"work:{contact.idea.pk}"


def test_the_unit_is_reminded_before_and_after_and_the_county_after(contact: Booth) -> None:
    by = closed(contact, "bad").rectify_by
    assert by is not None
    for days, soon, late in ((-8, 0, 0), (-7, 1, 0), (-1, 1, 0), (0, 1, 0), (1, 1, 2), (2, 1, 2), (30, 1, 2)):
        sweeps.sweep(on(by + timedelta(days=days)))
        assert (len(told("rectify_soon")), len(told("rectify_late"))) == (soon, late)
    assert told("rectify_late") == ["county_staff", "handler"]


@pytest.mark.parametrize("end", ["good", "mended", "shelved"])
def test_what_needs_no_mending_is_left_alone(contact: Booth, end: str) -> None:
    poll = closed(contact, "good" if end == "good" else "bad")
    if end == "mended":
        workflow.report_rectified(poll.pk, actor=contact.clerk, at=AFTER, words="填平了")
    elif end == "shelved":
        ProjectIdea.objects.update(state=State.SHELVED, shelved_reason="等明年")
    Notice.objects.all().delete()
    sweeps.sweep(AFTER + timedelta(days=300))
    assert not Notice.objects.filter(kind__startswith="rectify").exists()


def test_a_new_day_off_moves_the_day_to_mend_by_once(contact: Booth) -> None:
    poll = closed(contact, "bad")
    before = poll.rectify_by
    assert before is not None
    CalendarDay.objects.create(date=before, is_workday=False, name="防汛停工", source="县政府办通知")
    WorkCalendar.forget()
    for _ in range(2):
        sweeps.sweep(AFTER + timedelta(hours=1))
    poll.refresh_from_db()
    assert poll.rectify_by is not None
    assert poll.rectify_by > before
    assert WorkCalendar.load().between(local_date(poll.closed_at), poll.rectify_by) == poll.rectify_days  # type: ignore[arg-type]
    line = contact.idea.history.filter(verb="recount").get()
    assert (line.actor_label, line.from_state, line.to_state) == ("系统", "RECTIFYING", "RECTIFYING")
    assert f"{before.month} 月 {before.day} 日改到" in line.public_text
    assert told("rectify_moved") == ["handler"]


def test_a_day_off_taken_back_makes_nothing_earlier(contact: Booth) -> None:
    poll = closed(contact, "bad")
    before = poll.rectify_by
    assert before is not None
    saturday = next(day for n in range(7) if (day := before - timedelta(days=n + 1)).weekday() == 5)
    CalendarDay.objects.create(date=saturday, is_workday=True, name="调休上班", source="通知")
    WorkCalendar.forget()
    assert workflow.rectify_day(poll) < before  # type: ignore[operator]
    sweeps.sweep(AFTER + timedelta(hours=1))
    poll.refresh_from_db()
    assert poll.rectify_by == before
    with pytest.raises(VerbError, match="不用改"):
        workflow.recount(poll.pk, actor=SYSTEM, at=AFTER)


def test_a_day_that_has_passed_stays_passed(contact: Booth) -> None:
    poll = closed(contact, "bad")
    before = poll.rectify_by
    assert before is not None
    CalendarDay.objects.create(date=before, is_workday=False, name="防汛停工", source="通知")
    WorkCalendar.forget()
    sweeps.sweep(on(before + timedelta(days=1)))
    poll.refresh_from_db()
    assert poll.rectify_by == before
    with pytest.raises(VerbError):
        workflow.recount(poll.pk, actor=SYSTEM, at=on(before + timedelta(days=1)))


def test_nothing_is_counted_where_nothing_is_to_be_mended(contact: Booth) -> None:
    poll = closed(contact, "good")
    assert workflow.rectify_day(poll) is None
    with pytest.raises(WrongState):
        workflow.recount(poll.pk, actor=SYSTEM, at=AFTER)


def serving(booth: Booth, name: str, *, here: bool = True, role: bool = True) -> None:
    world = booth.hall.world
    user = make_user(name, "REPRESENTATIVE" if role else "", **({"region_code": "411625001"} if role else {}))
    person = Representative.objects.create(name=name, user=user)
    station = world.station if here else world.other_station
    Service.objects.create(station=station, representative=person, since=date(2026, 1, 1))


def test_representatives_who_have_not_spoken_are_asked_once_near_the_end(contact: Booth) -> None:
    for name in ("anan", "beibei"):
        serving(contact, name)
    serving(contact, "elsewhere", here=False)
    serving(contact, "former", role=False)
    poll, rep = contact.open(), contact.hall.world.rep
    workflow.speak_as_representative(poll.pk, actor=rep, at=OPENED, said=BAD)
    sweeps.sweep(LAST - timedelta(days=3))
    assert told("poll_waits") == []
    for days in (2, 2, 1, 0):
        sweeps.sweep(LAST - timedelta(days=days))
    assert told("poll_waits") == ["anan", "beibei"]
    sweeps.sweep(AFTER)
    assert told("poll_waits") == ["anan", "beibei"]


def test_nothing_of_what_was_said_is_in_the_reminder(contact: Booth) -> None:
    serving(contact, "anan")
    poll = contact.open()
    workflow.speak_as_representative(poll.pk, actor=contact.hall.world.rep, at=OPENED, said=BAD)
    before = list(PollVoice.objects.values())
    sweeps.sweep(LAST)
    row = Notice.objects.get(kind="poll_waits", channel="IN_SITE")
    title = f"{contact.idea.named}（评到 {CLOSES.month} 月 {CLOSES.day} 日）"
    assert row.context == {"title": title, "groups": []}
    assert list(PollVoice.objects.values()) == before


def test_a_poll_that_began_today_reminds_nobody_today(contact: Booth) -> None:
    serving(contact, "anan")
    contact.open(days=1)
    sweeps.sweep(OPENED)
    assert told("poll_waits") == []
    sweeps.sweep(OPENED + timedelta(days=1))
    assert told("poll_waits") == ["anan", "rep"]


def test_the_whole_countys_project_asks_representatives_of_every_station(contact: Booth) -> None:
    ProjectIdea.objects.update(station=None, region="411625")
    serving(contact, "elsewhere", here=False)
    contact.open(actor=contact.hall.world.county_staff)
    sweeps.sweep(LAST)
    assert set(told("poll_waits")) == {"rep", "elsewhere"}


def test_who_lost_the_role_is_not_asked(contact: Booth) -> None:
    serving(contact, "anan")
    RoleGrant.objects.filter(user__username="anan").update(revoked_at=OPENED)
    contact.open()
    sweeps.sweep(LAST)
    assert told("poll_waits") == ["rep"]


def test_the_county_hears_that_something_is_mended_unless_it_said_so_itself(contact: Booth) -> None:
    poll = closed(contact, "bad")
    workflow.report_rectified(poll.pk, actor=contact.clerk, at=AFTER, words="填平了")
    assert told("rectify_reported") == ["county_staff"]
    assert Notice.objects.get(kind="rectify_reported", channel="IN_SITE").subject == f"poll:{poll.pk}"


def test_whoever_reports_is_not_told_of_it(contact: Booth) -> None:
    poll = closed(contact, "bad")
    workflow.report_rectified(poll.pk, actor=contact.hall.world.county_staff, at=AFTER, words="填平了")
    assert told("rectify_reported") == []


def test_a_sweep_costs_the_same_once_all_is_told(contact: Booth, django_assert_max_num_queries: Any) -> None:
    contact.open()
    sweeps.sweep(LAST)
    with django_assert_max_num_queries(12):
        sweeps.sweep(LAST)


def test_the_unit_reports_on_its_own_page_what_it_has_mended(contact: Booth) -> None:
    closed(contact, "bad")
    client = Client()
    client.force_login(contact.hall.world.handler)
    page = f"/desk/projects/{contact.idea.pk}/work/"
    assert "报整改" in client.get(page).content.decode()
    empty = client.post(f"{page}report_rectified/", {"words": " "})
    assert (empty.status_code, contact.stands()) == (422, State.RECTIFYING)
    assert client.post(f"{page}report_rectified/", {"words": "坑填平了，补了两盏灯。"}).url == page
    assert contact.stands() == State.COMPLETED
    assert Poll.objects.get().rectified_words == "坑填平了，补了两盏灯。"
    assert told("rectify_reported") == ["county_staff"]
    again = client.post(f"{page}report_rectified/", {"words": "又填了一遍。"})
    assert (again.status_code, Poll.objects.get().rectified_words) == (409, "坑填平了，补了两盏灯。")
    assert "报整改" not in client.get(page).content.decode()


@pytest.mark.parametrize(("who", "status"), [("other_handler", 404), ("rep", 403), ("leader", 403)])
def test_no_other_unit_and_no_reader_reports_it(contact: Booth, who: str, status: int) -> None:
    closed(contact, "bad")
    client = Client()
    client.force_login(contact.hall.world.users[who])
    answer = client.post(f"/desk/projects/{contact.idea.pk}/work/report_rectified/", {"words": "填平了"})
    assert (answer.status_code, contact.stands()) == (status, State.RECTIFYING)


def test_only_a_poll_that_found_it_wanting_is_answered(contact: Booth) -> None:
    closed(contact, "good")
    with pytest.raises(WrongState, match="不用整改"):
        workflow.poll_to_mend(contact.idea.pk)
