"""Reminders: the evening before and that morning, once, however often, late or together the task runs."""

from datetime import datetime, time
from threading import Thread

import pytest
from django.db import connection

from duties import reminders, workflow
from duties.models import DutyRules, Shift
from notices import texts
from notices.models import Notice
from notices.states import Channel
from tests.duties.conftest import Office
from tests.world import SHANGHAI, START

EVENING = datetime(2026, 4, 1, 17, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 4, 2, 7, 30, tzinfo=SHANGHAI)


def count(kind: str) -> int:
    return Notice.objects.filter(kind=kind).values("dedupe").distinct().count()


@pytest.mark.django_db
def test_two_people_are_reminded_twice_each_and_never_more(office: Office) -> None:
    office.published()
    assert reminders.remind(EVENING.replace(hour=16, minute=59)) == 0
    for at in (EVENING, EVENING, EVENING.replace(hour=23), MORNING, MORNING.replace(hour=8)):
        reminders.remind(at)
    assert (count("duty_tomorrow"), count("duty_today")) == (2, 2)
    assert "4 月 2 日（周四）8:30–12:00" in texts.body(Notice.objects.filter(kind="duty_tomorrow").first())


@pytest.mark.django_db
def test_nobody_is_reminded_of_what_has_begun_or_of_a_draft(office: Office) -> None:
    office.propose()
    assert reminders.remind(MORNING) == 0
    workflow.publish(Shift.objects.first().roster_id, actor=office.world.clerk, at=START)
    assert reminders.remind(MORNING.replace(hour=8, minute=30)) == 0


@pytest.mark.django_db
def test_the_substitute_is_reminded_and_the_gap_is_not(office: Office) -> None:
    office.published()
    one, two = Shift.objects.filter(day="2026-04-02")
    workflow.cannot_come(one.pk, actor=office.world.clerk, at=START)
    assert reminders.remind(EVENING) == 1
    free = next(person for person in office.people.values() if person.pk not in (two.representative_id, one.pk))
    workflow.substitute(one.pk, actor=office.world.clerk, at=EVENING, representative_id=free.pk)
    assert reminders.remind(EVENING) == 2
    assert count("duty_tomorrow") == 2


@pytest.mark.django_db
def test_no_short_message_leaves_in_quiet_hours(office: Office) -> None:
    office.published()
    person = office.people["杜若飞"]
    shift = Shift.objects.filter(representative=person).order_by("day").first()
    at = datetime.combine(shift.day, time(7, 30), SHANGHAI)
    reminders.remind(at)
    sms = Notice.objects.get(kind="duty_today", channel=Channel.SMS)
    assert sms.not_before == at.replace(hour=8, minute=0)


@pytest.mark.django_db
def test_the_hours_are_a_row_in_a_table(office: Office) -> None:
    office.published()
    DutyRules.objects.create(remind_before_at=time(12))
    assert reminders.remind(EVENING.replace(hour=12)) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_of_each(office: Office) -> None:
    office.published()

    def run() -> None:
        reminders.remind(EVENING)
        connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count("duty_tomorrow") == 2
    rows = Notice.objects.filter(kind="duty_tomorrow").values_list("dedupe", "channel", "user_id")
    assert len(set(rows)) == len(rows)
