"""Who is told of what, in which words: representatives, colleagues, staff; nobody who is not concerned."""

from datetime import date, timedelta

import pytest
from django.template import Context, engines
from django.template.loader import get_template

from duties import notify, workflow
from duties.models import Shift
from notices import kinds, texts
from notices.models import Notice
from notices.outbox import post_many
from notices.states import Channel
from tests.duties.conftest import Office
from tests.duties.test_swaps import pair
from tests.world import START

VALUES = {
    "station": "洺南街道融合站点", "station_phone": "0394-5550101", "month": "4 月", "times": 3, "person": "麦知秋",
    "when": "4 月 9 日（周四）8:30–12:00", "post": "直通车窗口", "link": "https://rd.example/desk/duties/mine/",
}  # fmt: skip


def text_of(name: str) -> str:
    template = get_template(f"duties/notices/{name}.txt", using=engines.all()[0].name)
    return template.template.render(Context(VALUES, autoescape=False)).strip()


@pytest.mark.parametrize("name", [*notify.STAFF_KINDS, *notify.PERSON_KINDS])
def test_each_text_is_short_and_ends_as_a_sentence(name: str) -> None:
    text = text_of(name)
    assert text.endswith("。")
    assert len(text) <= 90
    assert "{" not in text


@pytest.mark.parametrize("name", notify.PERSON_KINDS)
def test_each_short_message_leads_somewhere_and_each_call_begins_politely(name: str) -> None:
    assert VALUES["link"] in text_of(f"{name}.sms")
    assert text_of(f"{name}.phone").startswith("您好，我是")


@pytest.mark.django_db
def test_a_notice_leads_to_the_month_for_staff(office: Office) -> None:
    office.published()
    shift = office.shift("麦知秋")
    workflow.cannot_come(shift.pk, actor=office.user("麦知秋"), at=START)
    notice = Notice.objects.get(kind="duty_gap")
    assert kinds.address_of(notice.subject) == "/desk/duties/mingnan/2026-04/"
    assert "麦知秋来不了" in texts.body(notice)


@pytest.mark.django_db
def test_only_those_concerned_are_told_of_a_change(office: Office) -> None:
    roster = office.published()
    Notice.objects.all().delete()
    mine, theirs = pair(office)
    workflow.change_people(
        roster.pk, {mine.pk: theirs.representative_id}, actor=office.world.clerk, at=START + timedelta(minutes=1)
    )
    told = {(notice.kind, notice.user) for notice in Notice.objects.filter(channel=Channel.IN_SITE)}
    assert told == {("duty_changed", office.user("白露明")), ("duty_dropped", office.user("麦知秋"))}


@pytest.mark.django_db
def test_telling_the_same_twice_writes_once(office: Office) -> None:
    roster = office.published()
    before = Notice.objects.count()
    post_many(notify.published(roster, at=START))
    assert Notice.objects.count() == before


@pytest.mark.django_db
def test_a_disabled_account_is_told_by_telephone_only(office: Office) -> None:
    person = office.people["白露明"]
    person.user.is_active = False
    person.user.save()
    person.phone = "13800003333"
    person.save()
    office.published()
    rows = Notice.objects.filter(kind="duty_published", context__times__gte=1)
    assert not rows.filter(user=person.user).exists()
    assert rows.filter(channel=Channel.SMS).count() == 2


@pytest.mark.django_db
def test_who_cannot_be_reached_is_named(office: Office) -> None:
    person = office.people["杜若飞"]
    assert notify.unreachable(office.people.values()) == []
    person.phone = ""
    assert notify.unreachable(office.people.values()) == [person]


@pytest.mark.django_db
def test_a_duty_in_words(office: Office) -> None:
    shift = office.propose().shifts.filter(day=date(2026, 4, 9)).first()
    assert notify.when(shift) == "4 月 9 日（周四）8:30–12:00"
    assert isinstance(shift, Shift)
