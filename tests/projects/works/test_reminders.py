"""Who is reminded of what, once: run twice, late or skipped for days, each message is written one time."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from notices.models import Notice
from projects.works import planning, reminders, reporting
from projects.works.models import Work
from tests.projects.works.conftest import Site
from tests.world import SHANGHAI

MONDAY = datetime(2026, 4, 2, 9, 0, tzinfo=SHANGHAI)


def told(kind: str) -> list[str]:
    rows = Notice.objects.filter(kind=kind, channel="IN_SITE").order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=SHANGHAI)


def test_a_month_without_a_report_is_asked_for_once(site: Site) -> None:
    work = site.begun()
    for day in (date(2026, 4, 24), date(2026, 4, 25), date(2026, 4, 25), date(2026, 4, 30)):
        reminders.remind(on(day))
        assert told("work_report_wanted") == (["handler"] if day.day >= 25 else [])
    site.report(work, 100, at=on(date(2026, 5, 20)))
    reminders.remind(on(date(2026, 5, 28)))
    assert len(told("work_report_wanted")) == 1
    reminders.remind(on(date(2026, 6, 29)))
    assert len(told("work_report_wanted")) == 2


def test_the_month_in_which_it_began_is_not_asked_for(site: Site) -> None:
    site.begun(at=on(date(2026, 3, 28)))
    reminders.remind(on(date(2026, 3, 30)))
    assert told("work_report_wanted") == []


def test_a_coming_milestone_is_told_to_the_unit_and_a_slipped_one_to_the_county_too(site: Site) -> None:
    site.begun()
    reminders.remind(on(date(2026, 4, 2)))
    assert told("work_milestone_soon") == []
    for day in (date(2026, 4, 3), date(2026, 4, 10)):
        reminders.remind(on(day))
    assert (told("work_milestone_soon"), told("work_slipped")) == (["handler"], [])
    for day in (date(2026, 4, 11), date(2026, 4, 11), date(2026, 4, 20)):
        reminders.remind(on(day))
    assert told("work_slipped") == ["county_staff", "handler"]
    text = Notice.objects.filter(kind="work_slipped").first()
    assert "定好施工队（4 月 10 日）" in str(text.context)  # type: ignore[union-attr]


def test_days_passed_over_are_made_up_for(site: Site) -> None:
    site.begun()
    reminders.remind(on(date(2026, 7, 25)))
    assert len(told("work_slipped")) == 6  # three milestones, two people


def test_a_day_that_was_moved_is_told_of_again(site: Site) -> None:
    work = site.begun()
    reminders.remind(on(date(2026, 4, 15)))
    plan = site.again(work)
    later = replace(plan, steps=(replace(plan.steps[0], due_on=date(2026, 5, 10)), *plan.steps[1:]))
    planning.change_plan(work.pk, actor=site.county, at=on(date(2026, 4, 15)), plan=later, reason="招标流标了。")
    reminders.remind(on(date(2026, 4, 16)))
    assert len(told("work_slipped")) == 4


@pytest.mark.parametrize("end", ["done", "finished", "shelved"])
def test_what_is_done_is_left_alone(site: Site, end: str) -> None:
    work = site.begun()
    if end == "done":
        site.report(work, 100, at=on(date(2026, 4, 9)))
    elif end == "finished":
        site.report(work, 100, 100, 100)
        reporting.complete(work.pk, actor=site.county, at=MONDAY, day=MONDAY.date())
    else:
        type(site.idea(work)).objects.filter(pk=work.pk).update(state="SHELVED", shelved_reason="等明年")
    reminders.remind(on(date(2026, 4, 12)))
    assert told("work_slipped") == []
    assert Work.objects.count() == 1


def test_an_hour_later_nothing_is_said_again(site: Site) -> None:
    site.begun()
    at = on(date(2026, 4, 26)) + timedelta(hours=1)
    written = [reminders.remind(at), reminders.remind(at + timedelta(hours=1))]
    assert written == [3, 3]  # asked for twice, kept once
    assert Notice.objects.filter(kind__in=["work_report_wanted", "work_slipped"], channel="IN_SITE").count() == 3
