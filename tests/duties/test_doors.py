"""The roster's pages and verbs, asked for by everybody and about somebody else's station: seen, shut, or not there."""

from typing import Any

import pytest
from django.test import Client

from duties.models import Rhythm, Roster, Shift
from tests.duties.conftest import Office

READERS = ("clerk", "town_staff", "county_staff", "leader")
OUTSIDE = ("grid", "handler", "admin", "security", "audit")
PAGES = ("/desk/duties/mingnan/2026-04/", "/desk/duties/mingnan/2026-04/print/", "/desk/duties/mingnan/2026-04/word/")
VERBS = (
    "shifts/{shift}/substitute/", "shifts/{shift}/arrange/", "shifts/{shift}/mark_held/", "shifts/{shift}/mark_absent/",
    "shifts/{shift}/change_shift/", "shifts/{shift}/drop_shift/", "mingnan/setup/add_rhythm/",
    "mingnan/setup/rhythms/{rhythm}/drop/", "mingnan/setup/allow_posts/", "mingnan/setup/block_days/",
    "mingnan/2026-05/propose/", "mingnan/2026-04/change_people/", "mingnan/2026-04/add_shift/",
    "mingnan/2026-04/publish/",
)  # fmt: skip
NO_FORM = ("propose/", "mark_held/", "mark_absent/", "drop_shift/", "drop/")  # the button alone is enough


@pytest.fixture(autouse=True)
def _no_second_step(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(office: Office, who: str) -> Client:
    client = Client()
    client.force_login(office.world.users[who])
    return client


def everything() -> tuple[Any, ...]:
    """All that a verb could have changed."""
    shifts = Shift.objects.order_by("pk").values_list("pk", "day", "start", "end", "post", "representative", "state")
    rosters = Roster.objects.order_by("pk").values_list("pk", "state", "published_at")
    return tuple(shifts), tuple(rosters), tuple(Rhythm.objects.order_by("pk").values_list("pk", flat=True))


def address(office: Office, verb: str) -> str:
    shift, rhythm = office.shift("安知夏"), Rhythm.objects.order_by("pk").first()
    return "/desk/duties/" + verb.format(shift=shift.pk, rhythm=rhythm.pk if rhythm else 0)


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("page", PAGES)
def test_station_town_and_county_read_the_month(office: Office, who: str, page: str) -> None:
    office.published()
    assert signed_in(office, who).get(page).status_code == 200


@pytest.mark.parametrize("who", [*OUTSIDE, "other_clerk"])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_does(office: Office, who: str, page: str) -> None:
    office.published()
    assert signed_in(office, who).get(page).status_code in (403, 404)


@pytest.mark.parametrize("who", ["leader", "rep", "other_clerk", *OUTSIDE])
@pytest.mark.parametrize("verb", VERBS)
def test_who_only_reads_or_belongs_elsewhere_changes_nothing(office: Office, who: str, verb: str) -> None:
    office.published()
    before = everything()
    answer = signed_in(office, who).post(address(office, verb), {"reason": "试一试", "note": "试一试"})
    refusals = (
        (403, 404) if who in OUTSIDE else (403, 404, 409, 422)
    )  # a reader may hear first that the form is not right
    assert answer.status_code in refusals
    assert everything() == before


@pytest.mark.parametrize("verb", [verb for verb in VERBS if not verb.endswith(NO_FORM)])
def test_an_empty_or_broken_form_is_answered_in_words_and_changes_nothing(office: Office, verb: str) -> None:
    office.published()
    before = everything()
    broken = {
        "representative": "x",
        "day": "2026-02-31",
        "start": "25:00",
        "end": "1:00",
        "post": "NOBODY",
        "people": "0",
    }
    answer = signed_in(office, "clerk").post(address(office, verb), broken)
    assert answer.status_code in (200, 302, 403, 409, 422)
    assert everything() == before


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "0000-01", "99999-01", "x", "2026-04%00"])
def test_a_month_that_is_none_is_not_there(office: Office, month: str) -> None:
    client = signed_in(office, "clerk")
    for page in ("", "print/", "word/", "publish/"):
        assert client.get(f"/desk/duties/mingnan/{month}/{page}").status_code == 404, page


@pytest.mark.parametrize("verb", VERBS)
def test_an_address_that_takes_a_form_leads_back_when_it_is_opened(office: Office, verb: str) -> None:
    office.published()
    before = everything()
    answer = signed_in(office, "clerk").get(address(office, verb))
    assert answer.status_code in (200, 302)
    assert everything() == before
