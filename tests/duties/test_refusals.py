"""Forms and verbs of the clerk's pages that are sent wrong: what is refused, and that nothing moved."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from duties import workflow
from duties.models import DutyRules, Roster, Shift, Sitter, SwapRequest, Unavailable
from duties.planning import month_end
from stations.models import Representative, Service
from tests.duties.conftest import Office
from tests.duties.test_swaps import as_it_is, pair

pytestmark = pytest.mark.django_db
SETUP = "/desk/duties/mingnan/setup/"


@pytest.fixture
def ahead() -> date:
    return month_end(timezone.localdate()) + timedelta(days=1)


@pytest.fixture
def out(office: Office, ahead: date, client: Client) -> Roster:
    roster = office.propose(ahead, at=timezone.now())
    client.force_login(office.world.clerk)
    return workflow.publish(roster.pk, actor=office.world.clerk, at=timezone.now())


@pytest.fixture
def stranger(office: Office) -> Representative:
    """Somebody who serves at the other station only."""
    person = Representative.objects.create(name="外站人", phone="13800009999")
    Service.objects.create(station=office.world.other_station, representative=person, since=date(2026, 1, 1))
    return person


def month_url(roster: Roster, act: str = "") -> str:
    return f"/desk/duties/mingnan/{roster.month:%Y-%m}/{act}"


def shift_url(shift: Shift, act: str = "") -> str:
    return f"/desk/duties/shifts/{shift.pk}/{act}"


def fields_of(shift: Shift) -> dict[str, Any]:
    return {
        "day": shift.day.isoformat(), "start": "08:30", "end": "12:00", "post": shift.post,
        "representative": shift.representative_id or "",
    }  # fmt: skip


BAD_FIELDS = [
    ({"day": ""}, "day"), ({"day": "2026-02-30"}, "day"), ({"day": "明天"}, "day"), ({"day": "2020-01-01"}, "day"),
    ({"start": "25:00"}, "start"), ({"end": "08:30"}, "end"), ({"end": "07:00"}, "end"), ({"end": ""}, "end"),
    ({"post": "BAR"}, "post"), ({"post": ""}, "post"), ({"representative": "0"}, "representative"),
    ({"representative": "x"}, "representative"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "field"), BAD_FIELDS)
def test_a_duty_is_not_changed_into_nonsense(client: Client, out: Roster, bad: dict, field: str) -> None:
    shift, before = out.shifts.first(), as_it_is()
    answer = client.post(shift_url(shift, "change_shift/"), fields_of(shift) | bad)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert as_it_is() == before


@pytest.mark.parametrize(("bad", "field"), BAD_FIELDS)
def test_no_nonsense_is_added(client: Client, out: Roster, bad: dict, field: str) -> None:
    before = as_it_is()
    given = fields_of(out.shifts.first()) | {"representative": ""}
    answer = client.post(month_url(out, "add_shift/"), given | bad)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert as_it_is() == before


def test_somebody_from_another_station_is_offered_no_duty(
    client: Client, office: Office, out: Roster, stranger: Representative
) -> None:
    mine, theirs = pair(office)
    before = as_it_is()
    for act, given in (
        ("substitute/", {"representative": stranger.pk}),
        ("change_shift/", fields_of(mine) | {"representative": stranger.pk}),
        ("arrange/", {"colleague": stranger.pk, "other": "", "note": "打过电话"}),
        ("arrange/", {"colleague": stranger.pk, "other": theirs.pk, "note": "打过电话"}),
    ):
        assert client.post(shift_url(mine, act), given).status_code == 422
    assert client.post(month_url(out, "change_people/"), {f"s-{mine.pk}": stranger.pk}).status_code == 422
    added = fields_of(mine) | {"representative": stranger.pk}
    assert client.post(month_url(out, "add_shift/"), added).status_code == 422
    assert as_it_is() == before
    assert not SwapRequest.objects.exists()


def test_the_other_stations_duties_are_not_found(client: Client, office: Office, out: Roster) -> None:
    shift, before = office.shift("麦知秋"), as_it_is()
    swap = SwapRequest.objects.create(
        from_shift=shift, asker=shift.representative, colleague=office.people["白露明"], asked_at=timezone.now()
    )
    client.force_login(office.world.users["other_clerk"])
    acts = ("confirm", "cannot_come", "substitute", "arrange", "mark_held", "mark_absent", "change_shift", "drop_shift")
    for act in acts:
        person = office.people["白露明"].pk
        sent = fields_of(shift) | {"reason": "x", "colleague": person, "note": "x", "representative": person}
        assert client.post(shift_url(shift, f"{act}/"), sent).status_code == 404, act
    assert client.post(f"/desk/duties/swaps/{swap.pk}/take_back/").status_code == 404
    for act in ("propose/", "publish/", "change_people/", "add_shift/"):
        assert client.post(month_url(out, act), fields_of(shift)).status_code == 404, act
    assert as_it_is() == before


def test_the_ids_of_another_month_are_passed_over(client: Client, office: Office, out: Roster) -> None:
    following = office.propose(month_end(out.month) + timedelta(days=1), at=timezone.now())
    shift, before = out.shifts.exclude(representative=None).first(), as_it_is()
    assert client.post(month_url(following, "change_people/"), {f"s-{shift.pk}": ""}).status_code == 302
    assert as_it_is() == before


def test_the_verbs_lead_back_when_they_are_only_opened(client: Client, office: Office, out: Roster) -> None:
    shift, before = office.shift("麦知秋"), as_it_is()
    for act in ("confirm", "cannot_come", "substitute", "arrange", "mark_held", "mark_absent"):
        assert client.get(shift_url(shift, f"{act}/")).status_code == 302, act
    for act in ("propose/", "change_people/", "add_shift/"):
        assert client.get(month_url(out, act))["Location"] == month_url(out)
    for act in ("add_rhythm/", "allow_posts/", "block_days/"):
        assert client.get(SETUP + act)["Location"] == SETUP
    assert as_it_is() == before


def test_a_second_tap_says_it_is_done_and_does_nothing(client: Client, office: Office, out: Roster) -> None:
    shift = office.shift("麦知秋")
    assert client.post(shift_url(shift, "confirm/")).status_code == 302
    once = Shift.objects.get(pk=shift.pk).sequence
    assert client.post(shift_url(shift, "confirm/")).status_code == 409
    assert Shift.objects.get(pk=shift.pk).sequence == once
    assert client.post(shift_url(shift, "cannot_come/"), {"reason": "开会"}).status_code == 302
    again = client.post(shift_url(shift, "cannot_come/"), {"reason": "开会"})
    assert again.status_code == 409
    assert "这一班本来就没有人" in again.content.decode()
    assert out.lines.filter(verb="cannot_come").count() == 1
    assert client.post(shift_url(shift, "confirm/")).status_code == 409


def test_a_reason_longer_than_its_field_is_kept_in_the_form(client: Client, office: Office, out: Roster) -> None:
    shift, before, long = office.shift("麦知秋"), as_it_is(), "长" * 121
    for act in ("cannot_come/", "drop_shift/", "mark_absent/"):
        answer = client.post(shift_url(shift, act), {"reason": long})
        assert answer.status_code == 422
        assert long in answer.content.decode()
    assert as_it_is() == before


def test_arranging_wants_a_note_and_a_duty_of_that_very_colleague(client: Client, office: Office, out: Roster) -> None:
    mine, theirs = pair(office)
    before = as_it_is()
    given = {"colleague": theirs.representative_id, "other": theirs.pk, "note": "打过电话"}
    third = office.people["麦知秋"].pk
    for bad in ({"note": ""}, {"note": "   "}, {"colleague": ""}, {"other": mine.pk}, {"other": "x"}):
        assert client.post(shift_url(mine, "arrange/"), given | bad).status_code == 422, bad
    assert client.post(shift_url(mine, "arrange/"), given | {"colleague": third}).status_code in (409, 422)
    assert as_it_is() == before


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"first_day": ""}, "first_day"), ({"first_day": "2026-13-01"}, "first_day"),
        ({"last_day": "2020-01-01"}, "last_day"), ({"last_day": "x"}, "last_day"),
        ({"representative": ""}, "representative"), ({"representative": "99999999"}, "representative"),
        ({"note": "长" * 61}, "note"),
    ],
)  # fmt: skip
def test_days_off_that_make_no_sense(client: Client, office: Office, bad: dict, field: str) -> None:
    client.force_login(office.world.clerk)
    given = {"representative": office.people["麦知秋"].pk, "first_day": "2027-01-05", "last_day": "2027-01-06"}
    answer = client.post(f"{SETUP}block_days/", given | bad)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Unavailable.objects.exists()


def test_days_off_and_posts_of_somebody_from_outside(client: Client, office: Office, stranger: Representative) -> None:
    client.force_login(office.world.clerk)
    given = {"representative": stranger.pk, "first_day": "2027-01-05"}
    assert client.post(f"{SETUP}block_days/", given).status_code == 422
    row = Unavailable.objects.create(
        representative=stranger, station=office.world.other_station, first_day=date(2027, 1, 5),
        last_day=date(2027, 1, 5), created_at=timezone.now(),
    )  # fmt: skip
    assert client.post(f"{SETUP}days/{row.pk}/drop/").status_code == 404
    client.post(f"{SETUP}allow_posts/", {f"p-{stranger.pk}": ["WINDOW"]})
    assert not Sitter.objects.filter(representative=stranger).exists()
    assert client.post(f"{SETUP}allow_posts/", {f"p-{office.people['麦知秋'].pk}": ["BAR"]}).status_code == 422
    assert Unavailable.objects.filter(pk=row.pk).exists()


def test_a_rule_of_another_station_is_not_dropped(client: Client, office: Office) -> None:
    rhythm = office.world.station.rhythms.first()
    client.force_login(office.world.users["other_clerk"])
    assert client.post(f"/desk/duties/wutai/setup/rhythms/{rhythm.pk}/drop/").status_code == 404
    assert office.world.station.rhythms.filter(pk=rhythm.pk).exists()


@pytest.mark.parametrize(
    "bad", [{"publish_ahead_days": "21"}, {"publish_ahead_days": "-1"}, {"publish_ahead_days": "三"},
            {"remind_before_at": "24:30"}, {"remind_today_at": ""}],
)  # fmt: skip
def test_the_countys_numbers_stay_when_one_is_wrong(client: Client, office: Office, bad: dict) -> None:
    client.force_login(office.world.county_staff)
    given = {"publish_ahead_days": "5", "remind_before_at": "18:00", "remind_today_at": "08:00"}
    answer = client.post("/desk/duties/rules/", given | bad)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(bad))
    assert not DutyRules.objects.exists()
