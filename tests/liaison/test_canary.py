"""One person who wants to stay hidden, and every page for everybody: the name and the number come out nowhere.

Every address the portal knows is walked for each role by GET; files are opened. An address with an argument this test
does not know makes it fail, so that a new page cannot be forgotten.
"""

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from core.uploads import CleanPhoto
from duties.commendations import workflow as commendations
from duties.commendations.models import Commendation
from duties.themes import workflow as themes
from duties.themes.models import MonthlyTheme, ThemeNote
from notices import texts
from notices.models import Notice
from opinions import books, workflow
from opinions.actors import RESIDENT
from opinions.models import BookLine, BookPage, DutyRecord, FormalSuggestion, Opinion, PostRecord, Reception
from opinions.papers.access import ASKING
from opinions.papers.kinds import SUGGESTION, SUGGESTION_REPLY
from opinions.receptions import workflow as receptions
from opinions.records import workflow as records
from opinions.states import State
from opinions.suggestions.states import State as SuggestionState
from projects import workflow as projects
from projects.ballots import preparing as ballots
from projects.council import asking, preparing
from projects.models import AgendaItem, Ballot, Campaign, Council, FeasibilityOpinion, Poll, ProjectIdea, YearlySheet
from projects.polls import workflow as polls
from projects.states import State as IdeaState
from stations.models import EntryCode, Representative
from stations.queries import forget
from tests.opinions.posts.world import KINDS as POSTS
from tests.opinions.posts.world import write as write_record
from tests.opinions.suggestions.world import make as make_suggestion
from tests.world import World, make_world

pytestmark = pytest.mark.slow

NAME, PHONE = "欧阳金丝雀", "13912345670"
SECRETS = (NAME, NAME[2:], PHONE, PHONE[3:], "139 1234 5670", "139-1234-5670")
WHO = (
    "", "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "co_handler",
    "other_handler", "admin", "security", "audit",
)  # fmt: skip
STATES = (State.SUBMITTED, State.RETURN_REQUESTED, State.REPLIED, State.FED_BACK, State.TRACKING, State.CLOSED)
# What a number in an address counts, the first that fits; elsewhere it is a matter's.
NUMBERED: tuple[tuple[str, Any], ...] = (
    ("/book/", BookPage), ("records/additions/", DutyRecord), ("records/", Representative), ("posts/", PostRecord),
    ("commendations/new/", Representative), ("commendations/", Commendation),
    ("themes/notes/", ThemeNote), ("themes/", MonthlyTheme), ("receptions/", Reception),
    ("projects/campaigns/", Campaign), ("projects/polls/", Poll),
    ("projects/ballots/", Ballot), ("projects/ballot/", Ballot), ("projects/councils/", Council),
    ("projects/feasibility/", FeasibilityOpinion), ("projects/import/", YearlySheet),
    ("projects/", ProjectIdea), ("suggestions/", FormalSuggestion), ("notices/", Notice),
)  # fmt: skip
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def world(db: None) -> World:
    forget()
    return make_world()


@pytest.fixture
def hidden(world: World) -> list[Opinion]:
    """Matters of the person at every stage: handled by two units, merged, seconded, with a wish for more days."""
    at = timezone.now() - timedelta(hours=3)
    submit = world.submit

    def as_canary(**message: Any) -> Opinion:
        return submit(**{**message, "name": NAME, "phone": PHONE, "hide_identity": True})

    world.submit = as_canary  # type: ignore[method-assign]
    rows = [world.opinion(state, at=at, outcome="B" if state == State.TRACKING else "A") for state in STATES]
    shared, merged = world.shared(at=at), as_canary(at=at)
    workflow.merge(merged.pk, actor=world.clerk, at=timezone.now(), lead_id=shared.pk)
    workflow.request_extension(shared.pk, actor=world.handler, at=timezone.now(), working_days=3, reason="等配件")
    workflow.give_part(shared.pk, actor=world.co_handler, at=timezone.now(), part="查过")
    workflow.add_words(shared.pk, actor=RESIDENT, at=timezone.now(), words="又灭了一盏")
    workflow.second(rows[1].pk, at=timezone.now(), device="a", phone=PHONE)
    paper = books.add_page(
        station=world.station,
        book="1",
        page=1,
        photos=[CleanPhoto(b"jpeg", b"", 4, 3, "0" * 64)],
        actor=world.clerk,
        at=at,
    )[0]
    BookLine.objects.create(page=paper, line=1, opinion=rows[0], scribe=NAME, copied_by=world.clerk, copied_at=at)
    for state in SuggestionState.values:
        make_suggestion(world, state, at=at)
    told = as_canary(at=at, channel="RECEPTION")
    people = world.station.services.values_list("representative_id", flat=True)
    day = receptions.open_reception(world.station.pk, actor=world.clerk, at=at, people=people)
    records.add(
        day.people.get(),
        world.station,
        actor=world.rep,
        at=at,
        kind="OUTREACH",
        day=at.date(),
        what="宣讲",
        note="签到表",
    )  # fmt: skip
    for post in POSTS:
        people = ((NAME, PHONE), ("东邻周家", "")) if post in ("MEDIATION", "PROJECT") else ()
        write_record(world, post, at=timezone.localtime(at), people=people)
    receptions.receive(day.pk, told, actor=world.clerk, at=at)
    words = themes.Wording("路灯", "说说路灯。")
    themes.set_theme(world.county, day.day, words, actor=world.county_staff, at=at)
    themes.write_note(world.station, actor=world.clerk, at=at, day=day.day, what="讲用电", people=9)
    thanks = commendations.Words("用心", day.day, "来一位听一位。", ())
    person = day.people.get()
    commendations.draft_commendation(person, world.station, thanks, actor=world.county_staff, at=at)
    _ideas(world, rows[0], at)
    return [*rows, shared, merged, told]


def _ideas(world: World, opinion: Opinion, at: Any) -> None:
    """Wishes of the person: fresh, pooled and seconded, shelved, put under another, and one from a matter."""
    plan = projects.Plan(2027, "大家谈", "说说您盼着的。", date(2020, 1, 1), date(2099, 1, 1))
    projects.open_campaign(region=world.county, actor=world.county_staff, at=at, plan=plan)
    wish = projects.Wish(body="修一条人行道，学生用得上。", region=world.town, name=NAME, phone=PHONE)
    made = [projects.propose(actor=RESIDENT, at=at, wish=wish) for _ in range(4)]
    words = {"title": "修人行道", "summary": "学生用得上。", "category": world.category}
    projects.pool(made[1].pk, actor=world.clerk, at=at, **words)
    projects.second(made[1].pk, at=at, device="a", phone=PHONE)
    projects.shelve(made[2].pk, actor=world.clerk, at=at, reason="等明年。")
    projects.merge(made[3].pk, actor=world.clerk, at=at, lead_id=made[1].pk)
    _met(world, made[1], at)
    of_matter = projects.Wish(body="路灯要成片换。", region=world.town, source="OPINION", opinion=opinion)
    projects.propose(actor=world.clerk, at=at, wish=of_matter)
    _judged(world, projects.propose(actor=RESIDENT, at=at, wish=wish), words)
    _voted(world, [projects.propose(actor=RESIDENT, at=at, wish=wish) for _ in range(2)], words)
    shown = {
        IdeaState.IDEA,
        IdeaState.POOLED,
        IdeaState.SHELVED,
        IdeaState.MERGED,
        IdeaState.COMPLETED,
        IdeaState.ADOPTED,
    }
    assert set(ProjectIdea.objects.values_list("state", flat=True)) == shown


def _met(world: World, idea: ProjectIdea, at: datetime) -> None:
    """Hold a meeting over an idea that is waiting for marks and for a unit's word."""
    invited = list(preparing.invitable(world.station, world.town.pk))
    plan = preparing.Plan("议事会", date(2026, 5, 8), "二楼", "主任", invited)
    council = preparing.plan(actor=world.clerk, at=at, station=world.station, region=world.town, plan=plan)
    item = preparing.add(council.pk, actor=world.clerk, at=at, idea_id=idea.pk)
    asking.ask(council.pk, actor=world.clerk, at=at, item_id=item.pk, unit=world.unit)
    preparing.open_council(council.pk, actor=world.clerk, at=at)


def _voted(world: World, wishes: list[ProjectIdea], words: dict[str, Any]) -> None:
    """Wishes of the person on which the representatives are voting."""
    now = timezone.now()
    for idea in wishes:
        projects.pool(idea.pk, actor=world.clerk, at=now, **words)
    ProjectIdea.objects.filter(pk__in=[idea.pk for idea in wishes]).update(state=IdeaState.ADOPTED)
    plan = ballots.Plan("票决", [idea.pk for idea in wishes], 1, 5)
    ballots.open_ballot(actor=world.county_staff, at=now, region=world.county, plan=plan)


def _judged(world: World, idea: ProjectIdea, words: dict[str, Any]) -> None:
    """A wish of the person that is finished and being judged."""
    now = timezone.now()
    projects.pool(idea.pk, actor=world.clerk, at=now, **words)
    ProjectIdea.objects.filter(pk=idea.pk).update(state=IdeaState.COMPLETED)
    until = timezone.localdate() + timedelta(days=3)
    poll = polls.open_poll(idea.pk, actor=world.clerk, at=now, closes_on=until)
    polls.speak_by_device(poll.pk, at=now, said=polls.Answers("GOOD", words="好"), device="a" * 32)


def addresses(patterns: list[Any], front: str = "") -> Iterator[str]:
    """Return every address as Django writes it, the support screens' generated ones left to their own list page."""
    for one in patterns:
        if isinstance(one, URLResolver):
            if one.app_name != "admin":
                yield from addresses(one.url_patterns, front + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield front + str(one.pattern)


def values(world: World, rows: list[Opinion], address: str) -> dict[str, list[Any]]:
    """Return what each argument may be on this address."""
    about_notices, about_suggestions = "notices/" in address, "suggestions/" in address
    model = next((model for part, model in NUMBERED if part in address), None)
    pks = [row.pk for row in rows] if model is None else list(model.objects.values_list("pk", flat=True))
    pks = [world.clerk.pk] if "users/" in address else pks[:1] if about_notices else pks
    papers = [paper.key for paper in ((SUGGESTION, SUGGESTION_REPLY) if about_suggestions else ASKING)]
    code = EntryCode.objects.create(
        code="Q7K2M9", station=world.station, kind=EntryCode.Kind.STATION, created_at=timezone.now()
    ) if not EntryCode.objects.exists() else EntryCode.objects.get()  # fmt: skip
    is_station = address.startswith("s/")
    return {
        "pk": pks,
        "receipt": [row.receipt for row in (ProjectIdea.objects.all() if "projects/" in address else rows)],
        "station": [world.station.code],
        "code": [world.station.code if is_station else code.code],
        "kind": ["opinion_received", "resident_fed_back"] if about_notices else papers,
        "channel": ["sms", "in_site"],
        "token": ["00000000-0000-4000-8000-000000000000"],
        "grant": [world.clerk.grants[0].pk],
        "service": [1],
        "shift": [1],
        "job": [1],
        "size": ["a4"],
        "form": ["png"],
        "step": ["REPLY"],
        "number": [1],
        "post": [post.lower() for post in POSTS],
        "month": ["2026-03", f"{timezone.localdate():%Y-%m}"],
        "whose": ["rep", "staff"],
        "year": [timezone.localdate().year],
        "act": ["accept", "assign"],
        "item": list(AgendaItem.objects.values_list("pk", flat=True)),
        "key": ["00000000-0000-4000-8000-000000000000"],
    }


def filled(world: World, rows: list[Opinion]) -> list[str]:
    """Return every address with every argument put in; an unknown argument is a failure."""
    found = []
    for address in addresses(get_resolver().url_patterns):
        known, todo = values(world, rows, address), [address]
        for name in ARGUMENT.findall(address):
            assert name in known, f"say here what <{name}> may be in {address}"
            todo = [ARGUMENT.sub(str(value), one, count=1) for one in todo for value in known[name]]
        found += [f"/{one}" for one in todo]
    more = ("/desk/opinions/?group=all", "/desk/opinions/?q=路灯", "/desk/?tab=mine", "/desk/?tab=unit", "/admin/")
    return [*found, *more]


def readable(response: Any) -> str:
    """Return what one can read of an answer: headers, the text, and what lies in a workbook, document or archive."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{dict(response.headers)} {response.cookies}"
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = b" ".join(parts.read(name) for name in parts.namelist())
    return text + body.decode("utf-8", "ignore")


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("who", WHO)
def test_no_page_file_or_log_line_shows_a_hidden_person(
    world: World, hidden: list[Opinion], who: str, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    caplog.set_level(logging.INFO)
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("PageAbove")]  # 405 stays 405
    client = Client(raise_request_exception=False)
    if who:
        client.force_login(world.users[who])
    seen, only_post = 0, set()
    for address in filled(world, hidden):
        shape = re.sub(r"\d+", "", address)
        if "logout" in address or shape in only_post:
            continue
        response = client.get(address)
        if response.status_code == 405:
            only_post.add(shape)  # it says so whatever its number
        assert response.status_code < 500, address
        assert not leaks(readable(response)), (who, address)
        seen += response.status_code == 200
    assert seen > 20, "the walk met hardly a page"
    assert not leaks(caplog.text)


def test_the_walk_would_notice(world: World, hidden: list[Opinion]) -> None:
    """The one place that may show it does show it, so the walk above is not blind."""
    client = Client()
    client.force_login(world.clerk)
    shown = client.post(f"/desk/opinions/{hidden[0].pk}/reveal/", {"reason": "回电核实"})
    assert set(leaks(readable(shown))) >= {NAME, PHONE}


def test_no_refused_form_gives_it_away(world: World, hidden: list[Opinion]) -> None:
    for who in ("handler", "rep", "leader", "clerk"):
        client = Client()
        client.force_login(world.users[who])
        for row in hidden:
            for verb in ("accept", "assign", "reply", "merge", "rate", "reveal", "add_words"):
                assert not leaks(readable(client.post(f"/desk/opinions/{row.pk}/{verb}/", {}))), (who, verb)


def test_no_notice_says_it(hidden: list[Opinion]) -> None:
    rows = list(Notice.objects.all())
    assert len(rows) > 30
    for row in rows:
        assert not leaks(f"{texts.body(row)} {row.context} {row.subject} {row.dedupe} {row!r}"), row.kind


def test_no_table_holds_it_readable(hidden: list[Opinion]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(row::text, ' '), '') FROM \"{table}\" AS row")
            assert not leaks(cursor.fetchone()[0]), table


def test_history_and_representations_do_not_say_it(hidden: list[Opinion]) -> None:
    for row in hidden:
        lines = " ".join(f"{line.public_text} {line.internal_text} {line!r}" for line in row.history.all())
        assert not leaks(f"{lines} {row!r} {row}")
