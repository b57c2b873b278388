"""The demo county: the same each time, true to the calendar, with something waiting for everybody."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F
from django.test import override_settings
from django.utils import timezone

from accounts.models import Role, RoleGrant, User
from core.workdays import WorkCalendar
from dashboards import queries, rollup, tally
from dashboards.demo import texts
from dashboards.demo.county import seed_demo
from duties.models import Commendation, MonthlyTheme, Roster, Shift, SwapRequest, ThemeNote
from notices.models import Notice
from notices.states import Channel
from notices.states import State as NoticeState
from opinions import deadlines
from opinions.models import (
    BookPage,
    Deadline,
    Extension,
    FormalSuggestion,
    HistoryEntry,
    Opinion,
    PostRecord,
    Reception,
    Reply,
    Seconding,
)
from opinions.records import gathering
from opinions.states import Outcome, State
from opinions.suggestions.models import SuggestionEntry, SuggestionExtension
from stations.models import Category, EntryCode, Mandate, Region, Representative, Service, Station, Unit
from stations.queries import forget
from tests.world import SHANGHAI

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
PASSWORD = "demo pass phrase 9"
# Each test's own transaction lies inside the one that holds the county.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ACCOUNTS = ("county", "leader", "town", "station", "rep", "grid", "unit", "admin", "security", "audit")


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The seeded county, written once for this file and rolled back after it; the folder of its photos."""
    media = tmp_path_factory.mktemp("media")
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media, PASSWORD_HASHERS=quick):
        for forgotten in (WorkCalendar.forget, deadlines.forget, forget):
            forgotten()
        with transaction.atomic():
            assert seed_demo(NOW, PASSWORD)
            yield media
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _inside(county: Path) -> None:
    """Every test here looks at the seeded county."""


def fingerprint() -> tuple[object, ...]:
    """What must be the same at every run; receipts and keys are drawn by chance and left out."""
    rows = Opinion.objects.order_by("created_at", "title").values_list(
        "station__code", "region_id", "title", "state", "channel", "outcome", "satisfaction", "created_at", "closed_at"
    )
    codes = tuple(EntryCode.objects.order_by("id").values_list("code", flat=True))
    people = tuple(Representative.objects.order_by("id").values_list("name", flat=True))
    return tuple(rows), codes, people


def test_a_second_run_changes_nothing() -> None:
    before = (fingerprint(), HistoryEntry.objects.count(), User.objects.count(), Notice.objects.count())
    assert not seed_demo(NOW + timedelta(days=3), PASSWORD)
    assert before == (fingerprint(), HistoryEntry.objects.count(), User.objects.count(), Notice.objects.count())


def test_the_county_is_the_real_one() -> None:
    levels = Counter(Region.objects.values_list("level", flat=True))
    assert levels == {"county": 1, "township": 22, "village": 531}
    assert Region.objects.get(code="411625001").short_name == "洺南街道"
    towns = Station.objects.filter(region__level="township")
    assert towns.count() == 22
    assert Station.objects.filter(region__level="village").exists()


def test_every_station_has_staff_codes_and_places_and_nearly_all_have_representatives() -> None:
    stations = Station.objects.annotate(
        codes=Count("entry_codes", distinct=True),
        places=Count("venues", distinct=True),
        jobs=Count("posts", distinct=True),
    )
    for station in stations:
        assert station.contact is not None
        assert station.codes >= 2
        assert (station.places, station.jobs) == (4, 4)
        assert RoleGrant.objects.filter(role=Role.STATION_STAFF, station_code=station.code).exists()
    served = Service.objects.filter(until=None).values("station").distinct().count()
    assert stations.count() - 3 <= served < stations.count()  # the county board lists the shells


def test_every_unit_has_a_handler_and_every_leaf_its_usual_unit() -> None:
    handled = set(RoleGrant.objects.filter(role=Role.UNIT_HANDLER).values_list("unit_code", flat=True))
    assert handled == set(Unit.objects.values_list("code", flat=True))
    leaves = Category.objects.exclude(parent=None).exclude(code="qt-qita")
    assert not leaves.filter(usual_unit=None).exists()


def test_every_representative_has_a_mandate() -> None:
    assert not Representative.objects.filter(mandates=None).exists()
    assert set(Mandate.objects.values_list("level", flat=True)) == {"COUNTY", "TOWNSHIP"}


def test_what_was_told_at_a_reception_belongs_to_one_and_today_one_goes_on() -> None:
    told = Opinion.objects.filter(channel="RECEPTION")
    assert told.count() > 10
    served = Service.objects.values("station")
    assert not told.filter(reception_visit=None, station__in=served).exclude(created_at__date=NOW.date()).exists()
    running = Reception.objects.get(state="OPEN")
    assert (running.station.code, running.day) == ("mingnan", NOW.date())
    assert not Reception.objects.filter(people=None).exists()
    assert Reception.objects.filter(state="CLOSED").values("station").distinct().count() > 5


def test_the_demo_representative_has_a_record_with_something_in_most_kinds() -> None:
    person = Representative.objects.get(user__username="rep")
    found = gathering.parts(gathering.gather([person], gathering.span_of(NOW.year, NOW))[person.pk])
    assert sum(bool(part.done) for part in found) >= 4
    assert sum(bool(part.open) for part in found) >= 2
    assert sorted(person.duty_records.values_list("state", flat=True)) == ["APPROVED", "PENDING"]


def test_each_of_the_last_months_has_a_theme_and_the_home_station_notes() -> None:
    this = NOW.date().replace(day=1)
    rows = MonthlyTheme.objects.filter(station=None).order_by("-month")
    assert [row.month.month for row in rows] == [11, 10, 9, 8]
    assert rows[0].month == this
    assert all(row.units.exists() for row in rows)
    assert MonthlyTheme.objects.exclude(station=None).count() == 1
    notes = ThemeNote.objects.standing().filter(station__code="mingnan")
    assert notes.count() >= 3
    assert all(note.representatives.exists() for note in notes)


def test_each_post_has_believable_records_and_one_to_ask_about_today() -> None:
    home = PostRecord.objects.filter(station__code="mingnan")
    for kind in ("INFORMATION", "MEDIATION", "LEGAL", "PROJECT"):
        assert 3 <= home.filter(kind=kind).count() <= 6
        assert PostRecord.objects.filter(kind=kind).values("station").distinct().count() > 4
    assert home.due(NOW.date()).exists()
    assert home.filter(follow_up="HOLDS", state="DONE").exists()
    assert home.filter(kind="PROJECT", wants_word=True, region__isnull=False).exists()
    assert not PostRecord.objects.filter(representative=None).exists()
    assert all(WorkCalendar.load().is_workday(day) for day in home.values_list("day", flat=True))


def test_one_record_of_a_post_became_a_matter() -> None:
    row = PostRecord.objects.exclude(opinion=None).get()
    assert row.opinion is not None
    assert (row.opinion.state, row.opinion.station, row.opinion.post_record) == ("SUBMITTED", row.station, row)


def test_the_law_post_is_sat_by_the_lawyer() -> None:
    names = set(PostRecord.objects.filter(station__code="mingnan", kind="LEGAL").values_list("representative__name"))
    assert names == {("岳青禾",)}


def test_three_people_are_thanked_and_a_draft_waits() -> None:
    rows = Commendation.objects.order_by("pk")
    assert sorted(row.state for row in rows) == ["DRAFT", "PUBLISHED", "PUBLISHED", "PUBLISHED"]
    assert sum(row.member_id is not None for row in rows) == 1
    assert all(row.figures and row.reason.endswith("。") for row in rows)


def test_few_stations_are_shells_and_each_says_what_is_missing() -> None:
    lives = queries.lives(Station.objects.all(), Opinion.objects.all(), NOW)
    shells = [life for life in lives if life.vitality == "SHELL"]
    assert 2 <= len(shells) <= 4
    assert all(set(life.missing) & {"没有站长", "没有代表进站"} for life in shells)
    assert sum(life.vitality == "ACTIVE" for life in lives) > len(lives) / 2


@pytest.mark.parametrize("username", ACCOUNTS)
def test_the_demo_accounts_sign_in_with_the_one_password(username: str) -> None:
    user = User.objects.get(username=username)
    assert user.check_password(PASSWORD)
    assert user.grants
    assert not user.must_change_password


def test_nobody_else_can_sign_in() -> None:
    others = User.objects.exclude(username__in=ACCOUNTS)
    assert others.exists()
    assert not any(user.has_usable_password() for user in others)


def test_the_three_administrators_are_three_people_who_see_no_matter() -> None:
    for username in ("admin", "security", "audit"):
        assert not Opinion.objects.visible_to(User.objects.get(username=username)).exists()


def test_there_is_a_year_of_matters_at_every_stage() -> None:
    states = Counter(Opinion.objects.values_list("state", flat=True))
    assert sum(states.values()) > 500
    expected = set(State.values) - {State.WITHDRAWN}
    assert expected <= set(states)
    first = Opinion.objects.earliest("created_at").created_at
    assert first < NOW - timedelta(days=300)
    assert Opinion.objects.values("station").distinct().count() >= 22
    assert Opinion.objects.values("category__parent").distinct().count() >= 15


@pytest.mark.parametrize(
    ("username", "state"),
    [
        ("station", State.SUBMITTED),
        ("station", State.ACCEPTED),
        ("station", State.RETURN_REQUESTED),
        ("station", State.REPLIED),
        ("station", State.FED_BACK),
        ("unit", State.ASSIGNED),
        ("unit", State.HANDLING),
        ("rep", State.HANDLING),
        ("county", State.TRACKING),
    ],
)
def test_somebody_finds_something_waiting(username: str, state: str) -> None:
    assert Opinion.objects.visible_to(User.objects.get(username=username)).filter(state=state).exists()


def test_there_is_something_of_everything_done_together() -> None:
    (merged,) = Opinion.objects.filter(state=State.MERGED)
    lead = merged.merged_into
    assert lead.state == State.HANDLING
    assert {row.role for row in lead.assignments.all() if row.signed_at} == {"LEAD", "CO"}
    assert lead.assignments.get(role="CO").part
    steps = Counter(Extension.objects.values_list("step", "verdict"))
    assert steps["REPLY", "GRANTED"] >= 1
    assert steps["REPLY", "PENDING"] == 1
    assert steps["PROMISE", "GRANTED"] == 1
    assert Opinion.objects.filter(seconds__gt=0).count() >= 3
    assert Seconding.objects.exclude(phone_hash="").exists()
    like = Opinion.objects.filter(region_id=lead.region_id, state=State.SUBMITTED, body__contains="下水道往外冒水")
    assert like.exists(), "one more waits for the clerk to merge it"


def test_the_county_has_something_to_hand_out() -> None:
    waiting = Opinion.objects.filter(needs_county=True, state=State.ACCEPTED)
    assert waiting.exists()
    assert Notice.objects.filter(kind="opinion_referred", user__username="county").exists()


def test_nothing_happens_after_now() -> None:
    assert not HistoryEntry.objects.filter(at__gt=NOW).values_list("verb", "at")
    assert not Opinion.objects.filter(created_at__gt=NOW).exists()
    assert not Reply.objects.filter(created_at__gt=NOW).exists()


def test_every_history_runs_forward_and_ends_in_the_state() -> None:
    for row in Opinion.objects.prefetch_related("history"):
        lines = sorted(row.history.all(), key=lambda line: line.pk)
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert lines[0].verb == "submit"
        assert lines[-1].to_state == row.state


def test_limits_are_sound() -> None:
    assert not Deadline.objects.filter(due_at__lte=F("started_at")).exists()
    assert not Deadline.objects.filter(ended_at=None, opinion__closed_at__isnull=False).exists()
    calendar = WorkCalendar.load()
    for limit in Deadline.objects.exclude(working_days=None)[:300]:
        assert calendar.is_workday(timezone.localdate(limit.due_at))


def test_some_replies_are_late_and_most_are_not() -> None:
    late = Reply.objects.filter(is_in_time=False).count()
    assert 0 < late < Reply.objects.count() * 0.3


def test_ratings_are_mixed_with_silence_and_reopening() -> None:
    ratings = Counter(Opinion.objects.filter(state=State.CLOSED).values_list("satisfaction", flat=True))
    assert ratings["SATISFIED"] > ratings["DISSATISFIED"]
    assert ratings["FAIR"] > 0
    assert ratings[""] > 0.15 * sum(ratings.values())
    assert Opinion.objects.filter(is_reopened=True).count() >= 5


def test_every_outcome_occurs() -> None:
    assert set(Reply.objects.values_list("outcome", flat=True)) == set(Outcome.values)


def test_no_old_message_waits_to_be_sent() -> None:
    waiting = Notice.objects.filter(channel=Channel.SMS).exclude(state=NoticeState.SENT)
    assert waiting.count() <= 5
    unread = Notice.objects.filter(channel=Channel.IN_SITE, read_at=None, created_at__lt=NOW - timedelta(hours=12))
    assert not unread.exists()


def test_photos_are_drawn_and_stored(county: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = county
    with_photos = list(Opinion.objects.exclude(photos=None).distinct())
    assert len(with_photos) >= 10
    photo = with_photos[0].photos.first()
    assert photo is not None
    assert photo.image.read(3) == b"\xff\xd8\xff"


def test_texts_fit_their_categories_and_say_where() -> None:
    codes = set(Category.objects.values_list("code", flat=True))
    for matter in texts.MATTERS:
        assert matter.category in codes
        assert "{place}" in matter.words
        assert matter.outcome in Outcome.values
        assert len(matter.words) > 15
        assert len(matter.answer) > 8
    assert len({matter.words for matter in texts.MATTERS}) == len(texts.MATTERS) >= 45


def test_hidden_identity_is_the_usual_case_and_phones_are_not_readable() -> None:
    rows = Opinion.objects.all()
    assert rows.filter(hide_identity=True).count() > rows.filter(hide_identity=False).count()
    assert not HistoryEntry.objects.filter(public_text__regex=r"1[3-9][0-9]{9}").exists()


def test_the_command_says_what_it_did(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = True
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    said = StringIO()
    call_command("seed_demo", stdout=said)
    assert "there already" in said.getvalue()
    assert PASSWORD not in said.getvalue()


def test_the_boards_sums_are_those_of_the_matters() -> None:
    span, before = (NOW.date().replace(month=1, day=1), NOW.date()), (NOW.date() - timedelta(days=500), NOW.date())
    read = tally.read(tally.Where(("411625",), "", None), span, before, NOW)
    assert read == queries.counted(Opinion.objects.all(), span, before, NOW)
    assert read.now.received > 100
    assert rollup.recount() == 0


def test_there_is_a_formal_suggestion_at_every_stage_and_one_is_late() -> None:
    rows = FormalSuggestion.objects.order_by("pk")
    assert Counter(row.state for row in rows) == {
        "DRAFT": 1, "SUBMITTED": 1, "ACCEPTED": 1, "ASSIGNED": 2, "REPLIED": 1, "CLOSED": 1,
    }  # fmt: skip
    late = rows.filter(state="ASSIGNED", due_on__lt=NOW.date())
    assert late.count() == 1
    assert SuggestionExtension.objects.get().verdict == "PENDING"
    assert rows.get(state="CLOSED").replies.count() == 2, "one that was handled twice"
    assert all(row.matters.count() >= 1 and row.representative.user.username == "rep" for row in rows)
    assert not SuggestionEntry.objects.filter(at__gt=NOW).exists()


def test_a_resident_of_the_demo_reads_of_the_suggestion() -> None:
    closed = FormalSuggestion.objects.get(state="CLOSED")
    lines = HistoryEntry.objects.filter(verb="suggest", opinion__suggested_in__suggestion=closed)
    assert lines.filter(public_text__startswith="您反映的事写进了代表建议").exists()


def test_rosters_of_the_past_this_month_and_the_next_with_something_to_do() -> None:
    home = Roster.objects.filter(station__code="mingnan")
    assert [row.month.month for row in home.order_by("month")] == [6, 7, 8, 9, 10, 11, 12]
    assert set(home.values_list("state", flat=True)) == {"PUBLISHED"}
    assert Roster.objects.values("station").distinct().count() >= 5
    ahead = Shift.objects.filter(station__code="mingnan", day__gt=NOW.date())
    assert ahead.gaps().exists()
    assert ahead.filter(state="CONFIRMED").exists()
    assert Shift.objects.filter(station__code="mingnan", state="ABSENT").count() == 1
    assert SwapRequest.objects.get(state="ASKED").asker.name == "麦知秋"
    over = Shift.objects.published().filter(day__lt=NOW.date()).exclude(representative=None)
    assert not over.ahead().exists()


def test_the_paper_book_has_a_page_that_is_done_and_one_half_copied() -> None:
    done, half = BookPage.objects.order_by("page")
    clerk = User.objects.get(username="station")
    assert set(BookPage.objects.visible_to(clerk)) == {done, half}
    assert (done.finished_at is not None, half.finished_at) == (True, None)
    assert [page.lines.count() for page in (done, half)] == [3, 2]
    for page in (done, half):
        [photo] = page.photos.all()
        assert photo.image.name.endswith("-page.jpg")
        assert (photo.width, photo.height) == (1500, 1060)
    states = [list(page.lines.values_list("opinion__state", flat=True)) for page in (done, half)]
    assert states == [[State.CLOSED] * 3, [State.SUBMITTED] * 2]
    first = half.lines.get(line=1)
    assert "写在民情收集簿上的事（2026-1 号簿第 13 页第 1 行）" in first.opinion.history.order_by("id")[0].public_text
    assert first.written_on == (NOW - timedelta(days=4)).date()
