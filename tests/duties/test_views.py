"""The clerk's pages: who opens them, what they say, what they do without script, how little they ask."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from duties import workflow
from duties.models import DutyRules, Rhythm, Roster, Shift, Sitter, SwapRequest, Unavailable, month_of
from duties.planning import month_end
from stations.models import Representative, Service
from tests.duties.conftest import Office
from tests.duties.test_swaps import pair

pytestmark = pytest.mark.django_db
RHYTHM = {"post": "WINDOW", "pattern": "WEEKLY", "weekday": "0", "start": "08:30", "end": "12:00", "people": "1"}


@pytest.fixture
def ahead() -> date:
    """The month after this one, so that nothing has begun."""
    return month_end(timezone.localdate()) + timedelta(days=1)


@pytest.fixture
def draft(office: Office, ahead: date) -> Roster:
    return office.propose(ahead, at=timezone.now())


@pytest.fixture
def out(office: Office, draft: Roster) -> Roster:
    return workflow.publish(draft.pk, actor=office.world.clerk, at=timezone.now())


def url(roster: Roster, act: str = "") -> str:
    return f"/desk/duties/mingnan/{roster.month:%Y-%m}/{act}"


def page(client: Client, office: Office, who: str, address: str) -> Any:
    client.force_login(office.world.users[who])
    return client.get(address)


PAGES = {
    "month": {"clerk", "town_staff", "county_staff", "leader", "rep"},
    "print": {"clerk", "town_staff", "county_staff", "leader", "rep"},
    "publish": {"clerk", "town_staff"},
    "setup": {"clerk", "town_staff"},
    "shift": {"clerk", "town_staff"},
    "rules": {"county_staff"},
}


@pytest.mark.parametrize(
    "who", ["clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin"]
)
@pytest.mark.parametrize("name", PAGES)
def test_who_opens_what(client: Client, office: Office, draft: Roster, name: str, who: str) -> None:
    shift = draft.shifts.first().pk
    address = {
        "month": url(draft), "print": url(draft, "print/"), "publish": url(draft, "publish/"),
        "setup": "/desk/duties/mingnan/setup/", "shift": f"/desk/duties/shifts/{shift}/",
        "rules": "/desk/duties/rules/",
    }[name]  # fmt: skip
    status = page(client, office, who, address).status_code
    assert (status == 200) is (who in PAGES[name])
    if who == "other_clerk" and name != "rules":
        assert status == 404
    if who in ("grid", "handler", "admin"):
        assert status == 403


def test_the_door_leads_one_station_in_and_shows_others_a_list(client: Client, office: Office) -> None:
    answer = page(client, office, "clerk", "/desk/duties/")
    assert answer["Location"] == f"/desk/duties/mingnan/{timezone.localdate():%Y-%m}/"
    listed = page(client, office, "county_staff", "/desk/duties/").content.decode()
    assert "吴台镇融合站点" in listed
    assert "没排" in listed


@pytest.mark.parametrize("month", ["2026-13", "abc", "1999-01", "2026-4-1"])
def test_a_month_that_is_none_is_not_found(client: Client, office: Office, month: str) -> None:
    assert page(client, office, "clerk", f"/desk/duties/mingnan/{month}/").status_code == 404


def test_an_empty_month_says_what_to_do_next(client: Client, office: Office, ahead: date) -> None:
    address = f"/desk/duties/mingnan/{ahead:%Y-%m}/"
    assert f"排好 {ahead.month} 月" in page(client, office, "clerk", address).content.decode()
    Rhythm.objects.all().delete()
    assert "先说说什么时候值班" in page(client, office, "clerk", address).content.decode()
    assert "站点还没有公布" in page(client, office, "rep", address).content.decode()


def test_a_month_is_made_changed_and_published_without_script(client: Client, office: Office, ahead: date) -> None:
    client.force_login(office.world.clerk)
    base = f"/desk/duties/mingnan/{ahead:%Y-%m}/"
    assert client.post(f"{base}propose/")["Location"] == base
    shift = Shift.objects.filter(post="WINDOW").first()
    client.post(f"{base}change_people/", {f"s-{shift.pk}": ""})
    shift.refresh_from_db()
    assert shift.representative is None
    text = client.get(f"{base}publish/").content.decode()
    assert "还有 1 班没有人" in text
    assert client.post(f"{base}publish/")["Location"] == base
    assert Roster.objects.get().state == "PUBLISHED"
    assert client.get(f"{base}publish/")["Location"] == base
    assert client.post(f"{base}publish/").status_code == 409


def test_a_choice_that_cannot_be_is_said_in_words(client: Client, office: Office, draft: Roster) -> None:
    client.force_login(office.world.clerk)
    one, two = draft.shifts.filter(post="WINDOW")[:2]
    answer = client.post(url(draft, "change_people/"), {f"s-{one.pk}": str(two.representative_id)})
    assert answer.status_code == 422
    assert "已经有班了" in answer.content.decode()
    for bad in ({"s-x": "1"}, {f"s-{one.pk}": "x"}, {f"s-{one.pk}": "-1"}):
        assert client.post(url(draft, "change_people/"), bad).status_code == 422
    assert client.post(url(draft, "change_people/"), {"s-99999999": "1"}).status_code == 302


def test_what_speaks_against_somebody_is_said_beside_his_name(client: Client, office: Office, draft: Roster) -> None:
    shift = draft.shifts.filter(post="WINDOW").first()
    person = shift.representative
    workflow.block_days(
        office.world.station, person, actor=office.world.clerk, at=timezone.now(), first_day=shift.day,
        last_day=shift.day, note="住院"
    )  # fmt: skip
    text = page(client, office, "clerk", url(draft)).content.decode()
    assert f"{person.name}（那天不能来）" in text
    assert "还要看看" in text
    seen = page(client, office, "county_staff", url(draft)).content.decode()
    assert "不能来" not in seen
    assert "<select" not in seen


def test_an_absence_is_shown_to_the_station_only(client: Client, office: Office) -> None:
    this = month_of(timezone.localdate())
    roster = office.published(this, at=timezone.now().replace(day=1))
    shift = roster.shifts.first()
    Shift.objects.filter(pk=shift.pk).update(state="ABSENT")
    assert "没有来" in page(client, office, "clerk", url(roster)).content.decode()
    for who in ("county_staff", "leader", "rep"):
        assert "没有来</span>" not in page(client, office, who, url(roster)).content.decode()


def test_the_verbs_of_one_duty_have_their_addresses(client: Client, office: Office, out: Roster) -> None:
    client.force_login(office.world.clerk)
    mine, theirs = pair(office)
    base = f"/desk/duties/shifts/{mine.pk}/"
    assert client.post(f"{base}confirm/").status_code == 302
    given = {"colleague": theirs.representative_id, "other": theirs.pk, "note": "打过电话"}
    assert client.post(f"{base}arrange/", given).status_code == 302
    swap = SwapRequest.objects.get()
    assert client.post(f"/desk/duties/swaps/{swap.pk}/take_back/").status_code == 302
    assert client.post(f"{base}mark_held/").status_code == 409
    assert client.post(f"{base}mark_absent/", {"reason": ""}).status_code == 409
    assert client.post(f"{base}cannot_come/", {"reason": "开会"}).status_code == 302
    assert client.post(f"{base}substitute/", {"representative": office.people["麦知秋"].pk}).status_code == 302
    changed = {"day": mine.day.isoformat(), "start": "09:00", "end": "11:00", "post": "WINDOW", "representative": ""}
    assert client.post(f"{base}change_shift/", changed).status_code == 302
    assert Shift.objects.get(pk=mine.pk).start == time(9)
    assert "经过" in client.get(base).content.decode()
    assert client.post(f"{base}drop_shift/", {"reason": ""}).status_code == 422
    assert client.post(f"{base}drop_shift/", {"reason": "停水"})["Location"] == url(out)
    assert client.get(base).status_code == 404


def test_a_duty_is_added(client: Client, office: Office, draft: Roster) -> None:
    client.force_login(office.world.clerk)
    given = {"day": f"{draft.month:%Y-%m}-20", "start": "09:00", "end": "11:00", "post": "INFORMATION"}
    before = draft.shifts.count()
    assert client.post(url(draft, "add_shift/"), given).status_code == 302
    assert client.post(url(draft, "add_shift/"), given | {"day": "2020-01-01"}).status_code == 422
    assert draft.shifts.count() == before + 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, (0, [], None)),
        ({"pattern": "NTH", "weeks": ["1", "5"], "month_day": "3"}, (0, [1, 5], None)),
        ({"pattern": "MONTHLY", "month_day": "15", "weeks": ["1"]}, (None, [], 15)),
    ],
)
def test_a_rhythm_keeps_what_its_pattern_asks_for(client: Client, office: Office, given: dict, kept: tuple) -> None:
    client.force_login(office.world.clerk)
    sent = RHYTHM | {"on_holiday": "DROP"} | given
    assert client.post("/desk/duties/mingnan/setup/add_rhythm/", sent).status_code == 302
    row = Rhythm.objects.latest("pk")
    assert (row.weekday, row.weeks, row.month_day) == kept
    assert client.post(f"/desk/duties/mingnan/setup/rhythms/{row.pk}/drop/").status_code == 302
    assert not Rhythm.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "given",
    [{"pattern": "NTH"}, {"pattern": "MONTHLY"}, {"end": "08:00"}, {"people": "0"}, {"post": "BAR"}, {"weekday": "9"}],
)
def test_a_rhythm_that_makes_no_sense_is_refused(client: Client, office: Office, given: dict) -> None:
    client.force_login(office.world.clerk)
    sent = RHYTHM | {"on_holiday": "DROP"} | given
    assert client.post("/desk/duties/mingnan/setup/add_rhythm/", sent).status_code == 422


def test_posts_and_days_off_are_kept(client: Client, office: Office) -> None:
    client.force_login(office.world.clerk)
    who = office.people["麦知秋"].pk
    base = "/desk/duties/mingnan/setup/"
    assert client.post(f"{base}allow_posts/", {f"p-{who}": ["LEGAL", "WINDOW"]}).status_code == 302
    assert Sitter.objects.get(representative=who).posts == ["WINDOW", "LEGAL"]
    day = month_end(timezone.localdate()).isoformat()
    assert client.post(f"{base}block_days/", {"representative": who, "first_day": day}).status_code == 302
    row = Unavailable.objects.get()
    assert row.last_day == row.first_day
    assert "麦知秋" in client.get(base).content.decode()
    assert client.post(f"{base}days/{row.pk}/drop/").status_code == 302
    assert not Unavailable.objects.exists()


def test_others_cannot_touch_what_a_month_is_made_from(client: Client, office: Office) -> None:
    rhythm = Rhythm.objects.first().pk
    for who, status in (("county_staff", 403), ("rep", 403), ("other_clerk", 404)):
        client.force_login(office.world.users[who])
        base = "/desk/duties/mingnan/setup/"
        for act in ("add_rhythm/", "allow_posts/", "block_days/", f"rhythms/{rhythm}/drop/"):
            assert client.post(base + act, RHYTHM).status_code == status
    assert Rhythm.objects.filter(pk=rhythm).exists()


def test_the_countys_numbers_are_stored_with_an_audit_line(client: Client, office: Office) -> None:
    client.force_login(office.world.county_staff)
    given = {"publish_ahead_days": "5", "remind_before_at": "18:00", "remind_today_at": "08:00"}
    assert client.post("/desk/duties/rules/", given).status_code == 302
    assert DutyRules.current().publish_ahead_days == 5
    assert AuditEntry.objects.filter(action="duty_rules_changed").exists()
    assert client.post("/desk/duties/rules/", given | {"publish_ahead_days": "0"}).status_code == 422
    assert DutyRules.objects.count() == 1


def test_the_sheet_puts_those_who_sit_together_in_one_line(client: Client, office: Office, out: Roster) -> None:
    text = page(client, office, "clerk", url(out, "print/")).content.decode()
    assert text.count('<th scope="row"') == out.shifts.values("day").distinct().count()
    assert "代表值班表" in text


def asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_a_full_month_costs_as_many_statements_as_a_small_one(client: Client, office: Office, draft: Roster) -> None:
    client.force_login(office.world.clerk)
    few = asked(client, url(draft))
    for number in range(20):
        person = Representative.objects.create(name=f"代表{number}")
        Service.objects.create(station=office.world.station, representative=person, since=date(2026, 1, 1))
    morning = {"start": time(8, 30), "end": time(12)}
    workflow.add_rhythm(
        office.world.station, Rhythm(post="PROJECT", pattern="WEEKLY", weekday=0, people=5, **morning),
        actor=office.world.clerk,
    )  # fmt: skip
    office.propose(draft.month, at=timezone.now())
    assert draft.shifts.count() > 30
    assert asked(client, url(draft)) == few
    assert few <= 26


def test_the_running_month_offers_the_next_one(client: Client, office: Office) -> None:
    this = month_of(timezone.localdate())
    roster = office.published(this, at=timezone.now().replace(day=1))
    following = (month_end(this).month % 12) + 1
    assert f"排好 {following} 月" in page(client, office, "clerk", url(roster)).content.decode()
    assert f"排好 {following} 月" not in page(client, office, "county_staff", url(roster)).content.decode()
