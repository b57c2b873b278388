"""A representative's own page: confirm, cannot come, ask a colleague, answer, take back; and nothing done twice."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duties import workflow
from duties.mine.choosing import colleagues, exchanges
from duties.mine.reading import mine
from duties.models import Rhythm, Roster, RosterLine, Shift, Sitter, SwapRequest, Unavailable
from duties.states import ShiftState, SwapState
from notices.models import Notice
from stations.models import Representative, Service
from tests.duties.conftest import Office
from tests.world import START, make_user

PAGE = "/desk/duties/mine/"


@pytest.fixture(autouse=True)
def _that_morning() -> Iterator[None]:
    with time_machine.travel(START + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def april(office: Office) -> Roster:
    return office.published()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def a_swap(office: Office, asker: str, colleague: str) -> tuple[Shift, Shift]:
    """A duty of each of the two that can be exchanged."""
    for shift in Shift.objects.filter(representative=office.people[asker], post="WINDOW").order_by("day"):
        for other in exchanges(shift, office.people[colleague], START):
            if office.people[colleague] in colleagues(shift):
                return shift, other
    raise AssertionError("nothing to exchange")


# --- what he sees


def test_only_his_own_published_duties_are_listed(office: Office) -> None:
    draft = office.propose()
    user = office.user("安知夏")
    assert mine(user, START).ahead == []
    workflow.publish(draft.pk, actor=office.world.clerk, at=START)
    own = mine(user, START).ahead
    assert [row.shift.pk for row in own] == list(
        Shift.objects.filter(representative=office.people["安知夏"]).order_by("day").values_list("pk", flat=True)
    )
    assert own
    found = text(client_of(user))
    assert own[0].when in found  # what a button says aloud
    assert "等您确认" in found


def test_a_page_without_duties_says_so(office: Office) -> None:
    assert "往后没有排您的班" in text(client_of(office.user("安知夏")))


def test_the_page_says_today_and_tomorrow(april: Roster, office: Office) -> None:
    shift = office.shift("安知夏")
    for days, word in ((0, "今天"), (1, "明天"), (2, "后天"), (3, "")):
        at = datetime.combine(shift.day - timedelta(days=days), time(7), START.tzinfo)
        assert mine(office.user("安知夏"), at).ahead[0].soon == word


def test_a_duty_that_has_begun_can_be_confirmed_but_not_swapped(april: Roster, office: Office) -> None:
    shift = office.shift("安知夏")
    now = mine(office.user("安知夏"), shift.starts_at).ahead[0]
    assert (now.may_confirm, now.may_swap) == (True, False)
    after = mine(office.user("安知夏"), shift.ends_at).ahead[0]
    assert (after.may_confirm, after.may_swap, after.is_open) == (False, False, False)


def test_what_was_is_shown_to_him_with_his_absence(april: Roster, office: Office) -> None:
    shift = office.shift("安知夏")
    workflow.mark_absent(shift.pk, actor=office.world.clerk, at=shift.ends_at, note="没联系上")
    with time_machine.travel(shift.ends_at + timedelta(days=1)):
        page = text(client_of(office.user("安知夏")))
        other = text(client_of(office.user("白露明")))
    assert "没有来" in page
    assert "没有来" not in other
    assert "没联系上" not in page


@pytest.mark.parametrize("who", ["clerk", "county_staff", "handler", "leader"])
def test_others_have_no_duties_of_their_own(office: Office, who: str) -> None:
    assert client_of(office.world.users[who]).get(PAGE).status_code == 403


def test_a_visitor_signs_in_first(db: None) -> None:
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")


def test_the_page_asks_as_often_for_one_duty_as_for_thirty(april: Roster, office: Office) -> None:
    client = client_of(office.user("安知夏"))
    text(client)
    with CaptureQueriesContext(connection) as few:
        text(client)
    for day in range(2, 29):
        Shift.objects.filter(representative=office.people["安知夏"], day=date(2026, 4, day)).delete()
        Shift.objects.create(
            roster=april, station=office.world.station, day=date(2026, 4, day), start=time(8), end=time(9),
            post="WINDOW", representative=office.people["安知夏"], changed_at=START,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        text(client)
    assert len(many) == len(few)


def test_his_home_shows_the_next_two_and_what_is_asked(april: Roster, office: Office) -> None:
    shift, other = a_swap(office, "白露明", "陈守一")
    workflow.ask_swap(
        shift.pk,
        actor=office.user("白露明"),
        at=START,
        colleague_id=office.people["陈守一"].pk,
        other_shift_id=other.pk,
    )
    found = text(client_of(office.user("陈守一")), "/desk/")
    assert "我的值班" in found
    assert "有人请您换班" in found
    assert found.count('class="card duty"') <= 3


# --- confirm, cannot come


def test_he_confirms_and_a_second_tap_does_nothing(april: Roster, office: Office) -> None:
    shift, client = office.shift("安知夏"), client_of(office.user("安知夏"))
    for _tap in range(2):
        answer = client.post(f"{PAGE}{shift.pk}/confirm/")
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    shift.refresh_from_db()
    assert (shift.state, shift.sequence) == (ShiftState.CONFIRMED, 1)
    assert RosterLine.objects.filter(shift_uid=shift.uid, verb="confirm").count() == 1
    assert "已确认" in text(client)


def test_nobody_confirms_for_a_colleague(april: Roster, office: Office) -> None:
    shift = office.shift("安知夏")
    assert client_of(office.user("白露明")).post(f"{PAGE}{shift.pk}/confirm/").status_code == 403
    shift.refresh_from_db()
    assert shift.state == ShiftState.PLANNED


def test_a_duty_out_of_sight_is_not_found(office: Office) -> None:
    office.propose()
    shift = office.shift("安知夏")
    for verb in ("confirm", "cannot_come", "ask_swap"):
        assert client_of(office.user("安知夏")).post(f"{PAGE}{shift.pk}/{verb}/").status_code == 404
        assert client_of(office.user("安知夏")).post(f"{PAGE}999999/{verb}/").status_code == 404


def test_he_cannot_come_and_only_the_station_reads_why(april: Roster, office: Office) -> None:
    shift, client = office.shift("安知夏"), client_of(office.user("安知夏"))
    address = f"{PAGE}{shift.pk}/cannot_come/"
    assert "只有站点的工作人员看得到" in text(client, address)
    for _tap in range(2):
        answer = client.post(address, {"reason": "孩子住院"})
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    shift.refresh_from_db()
    assert shift.is_gap
    assert RosterLine.objects.filter(shift_uid=shift.uid, verb="cannot_come").get().text == "孩子住院"
    assert Notice.objects.filter(kind="duty_gap", user=office.world.clerk).count() == 1
    for name in ("安知夏", "白露明", "陈守一"):
        assert "孩子住院" not in text(client_of(office.user(name)))
    assert "孩子住院" not in str(list(Notice.objects.values_list("context", flat=True)))
    assert client.get(address)["Location"] == PAGE


def test_a_note_that_is_too_long_is_kept_and_changes_nothing(april: Roster, office: Office) -> None:
    shift, client = office.shift("安知夏"), client_of(office.user("安知夏"))
    answer = client.post(f"{PAGE}{shift.pk}/cannot_come/", {"reason": "长" * 121})
    assert answer.status_code == 422
    assert "长" * 121 in answer.content.decode()
    shift.refresh_from_db()
    assert not shift.is_gap


# --- whom he may ask


def test_only_those_who_serve_sit_the_post_and_are_free_are_offered(april: Roster, office: Office) -> None:
    law = Shift.objects.filter(post="LEGAL").first()
    assert law is not None
    assert law.representative == office.people["安知夏"]
    assert colleagues(law) == []  # nobody else knows the law
    window = office.shift("白露明")
    here = {row.representative_id for row in Shift.objects.filter(day=window.day)}
    offered = colleagues(window)
    assert offered
    assert not {row.pk for row in offered} & here
    free = offered[0]
    Unavailable.objects.create(
        representative=free, station=office.world.station, first_day=window.day, last_day=window.day, created_at=START
    )
    assert free not in colleagues(window)
    Unavailable.objects.all().delete()
    Sitter.objects.create(station=office.world.station, representative=free, posts=["RECEPTION"])
    assert free not in colleagues(window)
    Sitter.objects.all().delete()
    Service.objects.filter(representative=free).update(until=window.day - timedelta(days=1))
    assert free not in colleagues(window)


def test_a_duty_is_offered_in_return_only_when_he_can_sit_it(april: Roster, office: Office) -> None:
    shift, other = a_swap(office, "白露明", "陈守一")
    asker, colleague = office.people["白露明"], office.people["陈守一"]
    day_off = Unavailable.objects.create(
        representative=asker, station=office.world.station, first_day=other.day, last_day=other.day, created_at=START
    )
    assert other not in exchanges(shift, colleague, START)
    day_off.delete()
    Sitter.objects.create(station=office.world.station, representative=asker, posts=["RECEPTION"])
    assert exchanges(shift, colleague, START) == []
    Sitter.objects.all().delete()
    assert other in exchanges(shift, colleague, START)
    workflow.ask_swap(
        shift.pk, actor=asker.user, at=START, colleague_id=colleague.pk, other_shift_id=other.pk
    )  # fmt: skip
    assert other not in exchanges(shift, colleague, START)
    assert exchanges(Shift(station=shift.station), colleague, START) == []


def test_it_asks_as_often_for_five_colleagues_as_for_thirty(april: Roster, office: Office) -> None:
    shift, _other = a_swap(office, "白露明", "陈守一")
    client, address = client_of(office.user("白露明")), f"{PAGE}{shift.pk}/ask_swap/"
    text(client, address)
    with CaptureQueriesContext(connection) as few:
        text(client, address)
    for number in range(30):
        row = Representative.objects.create(name=f"代表{number:02}")
        Service.objects.create(station=office.world.station, representative=row, since=date(2026, 1, 1))
    with CaptureQueriesContext(connection) as many:
        assert "代表29" in text(client, address)
    assert len(many) == len(few)


# --- ask, agree, refuse, take back


def people_of(*shifts: Shift) -> list[int | None]:
    return [Shift.objects.get(pk=row.pk).representative_id for row in shifts]


def test_an_exchange_is_asked_for_agreed_to_and_only_then_done(april: Roster, office: Office) -> None:
    shift, other = a_swap(office, "白露明", "陈守一")
    asker, colleague = office.people["白露明"], office.people["陈守一"]
    one, two = client_of(asker.user), client_of(colleague.user)
    address = f"{PAGE}{shift.pk}/ask_swap/"
    assert f"?who={colleague.pk}" in text(one, address)
    page = text(one, f"{address}?who={colleague.pk}")
    assert f'value="{other.pk}"' in page
    for _tap in range(2):
        answer = one.post(address, {"colleague": colleague.pk, "other": other.pk, "words": "家里有事"})
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    swap = SwapRequest.objects.get()
    assert people_of(shift, other) == [asker.pk, colleague.pk]
    assert "等他回话" in text(one)
    assert "家里有事" in text(two)
    notice = Notice.objects.get(kind="duty_swap_asked", channel="IN_SITE")
    assert notice.subject.startswith("my_duty:")
    for _tap in range(2):
        assert two.post(f"{PAGE}swaps/{swap.pk}/agree/")["Location"] == PAGE
    assert people_of(shift, other) == [colleague.pk, asker.pk]
    assert "等他回话" not in text(one)
    assert RosterLine.objects.filter(verb="trade").count() == 2


def test_a_takeover_needs_nothing_in_return(april: Roster, office: Office) -> None:
    shift, _other = a_swap(office, "白露明", "陈守一")
    colleague = office.people["陈守一"]
    one, two = client_of(office.user("白露明")), client_of(colleague.user)
    one.post(f"{PAGE}{shift.pk}/ask_swap/", {"colleague": colleague.pk, "other": "0"})
    swap = SwapRequest.objects.get()
    assert swap.to_shift is None
    assert "想请您替他来" in text(two)
    two.post(f"{PAGE}swaps/{swap.pk}/agree/")
    assert people_of(shift) == [colleague.pk]


def test_a_colleague_says_no_and_all_stays(april: Roster, office: Office) -> None:
    shift, other = a_swap(office, "白露明", "陈守一")
    before = people_of(shift, other)
    one, two = client_of(office.user("白露明")), client_of(office.user("陈守一"))
    one.post(f"{PAGE}{shift.pk}/ask_swap/", {"colleague": office.people["陈守一"].pk, "other": other.pk})
    swap = SwapRequest.objects.get()
    for _tap in range(2):
        assert two.post(f"{PAGE}swaps/{swap.pk}/refuse/").status_code == 302
    swap.refresh_from_db()
    assert swap.state == SwapState.REFUSED
    assert people_of(shift, other) == before
    assert two.post(f"{PAGE}swaps/{swap.pk}/agree/").status_code == 409
    assert "请人换" in text(one)


def test_he_takes_his_wish_back_and_the_colleague_cannot_agree_any_more(april: Roster, office: Office) -> None:
    shift, other = a_swap(office, "白露明", "陈守一")
    before = people_of(shift, other)
    one, two = client_of(office.user("白露明")), client_of(office.user("陈守一"))
    one.post(f"{PAGE}{shift.pk}/ask_swap/", {"colleague": office.people["陈守一"].pk, "other": other.pk})
    swap = SwapRequest.objects.get()
    assert two.post(f"{PAGE}swaps/{swap.pk}/take_back/").status_code == 403
    for _tap in range(2):
        assert one.post(f"{PAGE}swaps/{swap.pk}/take_back/").status_code == 302
    answer = two.post(f"{PAGE}swaps/{swap.pk}/agree/")
    assert answer.status_code == 409
    assert PAGE in answer.content.decode()
    assert people_of(shift, other) == before
    assert "有人请您换班" not in text(two)


def test_a_third_person_does_not_even_see_the_wish(april: Roster, office: Office) -> None:
    shift, other = a_swap(office, "白露明", "陈守一")
    one = client_of(office.user("白露明"))
    one.post(f"{PAGE}{shift.pk}/ask_swap/", {"colleague": office.people["陈守一"].pk, "other": other.pk})
    swap = SwapRequest.objects.get()
    stranger = make_user("stranger", "REPRESENTATIVE", region_code="411625")
    for user in (office.user("安知夏"), stranger):
        for verb in ("agree", "refuse", "take_back"):
            assert client_of(user).post(f"{PAGE}swaps/{swap.pk}/{verb}/").status_code == 404
    assert one.post(f"{PAGE}swaps/{swap.pk}/agree/").status_code == 403


@pytest.mark.parametrize("given", [{}, {"colleague": "x"}, {"colleague": "0", "other": "0"}, {"other": "999999"}])
def test_what_was_not_offered_is_not_taken(april: Roster, office: Office, given: dict[str, str]) -> None:
    shift, _other = a_swap(office, "白露明", "陈守一")
    answer = client_of(office.user("白露明")).post(f"{PAGE}{shift.pk}/ask_swap/", given)
    assert answer.status_code == 422
    assert not SwapRequest.objects.exists()


def test_a_page_for_a_duty_that_is_no_longer_his_leads_back(april: Roster, office: Office) -> None:
    shift = office.shift("安知夏")
    client = client_of(office.user("白露明"))
    for page in ("cannot_come", "ask_swap"):
        assert client.get(f"{PAGE}{shift.pk}/{page}/")["Location"] == PAGE
    odd = f"{PAGE}{shift.pk}/ask_swap/?who=%00"
    assert client_of(office.user("安知夏")).get(odd).status_code == 200


def test_with_nobody_free_the_page_says_what_to_do(april: Roster, office: Office) -> None:
    law = Shift.objects.filter(post="LEGAL").order_by("day").first()
    assert law is not None
    page = text(client_of(office.user("安知夏")), f"{PAGE}{law.pk}/ask_swap/")
    assert "那天没有别的代表有空" in page
    assert f"{PAGE}{law.pk}/cannot_come/" in page


def test_two_rhythms_of_one_day_do_not_offer_somebody_who_sits_already(office: Office) -> None:
    afternoon = Rhythm(post="RECEPTION", pattern="WEEKLY", weekday=3, people=1, start=time(14), end=time(17))
    workflow.add_rhythm(office.world.station, afternoon, actor=office.world.clerk)
    office.published()
    shift = next(row for row in Shift.objects.filter(post="WINDOW").exclude(representative=None))
    sits = set(Shift.objects.filter(day=shift.day).values_list("representative", flat=True))
    assert len(sits) == 3
    assert not {row.pk for row in colleagues(shift)} & sits
