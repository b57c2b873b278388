"""A representative's year as it stands in the portal: eight statements, for one person or for a page of them.

Nothing is reported for this and nothing scored: each line is a trace of work that was done for its own sake. What is
counted twice elsewhere counts once here: a duty on a day of a reception is that reception, a duty at a post is what was
written down there, and a visitor written down at the table is one of its visitors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from core.workdays import OFFICE, day_words, local_date
from duties.models import Shift
from duties.states import Post, ShiftState
from duties.themes.models import ThemeNote
from opinions.models import FormalSuggestion, HistoryEntry, PostRecord, Reception
from opinions.receptions.states import State as ReceptionState
from opinions.records.models import DutyRecord
from opinions.records.states import DutyKind
from opinions.records.states import State as RecordState
from opinions.states import Channel
from opinions.suggestions.models import CoSigner
from opinions.suggestions.states import Consent
from opinions.suggestions.states import State as SuggestionState
from stations.models import Representative

AT_THE_TABLE = (Post.WINDOW, Post.RECEPTION)
VERBS = {
    "submit": (DutyKind.RECEPTION, "替群众记"),
    "explain": (DutyKind.OUTREACH, "向群众说明"),
    "visit": (DutyKind.INSPECTION, "走访"),
    "press": (DutyKind.SUGGESTION, "催办"),
}


@dataclass(frozen=True)
class Deed:
    """One thing done, or one that is still to come (`is_ahead`). `opinion` names a matter not everybody sees."""

    day: date
    kind: str
    source: str
    label: str
    text: str = ""
    station: int | None = None
    opinion: int | None = None
    people: int = 0
    is_open: bool = False
    is_ahead: bool = False


@dataclass(frozen=True)
class Span:
    """The days of a year, as far as they have come."""

    year: int
    today: date

    @property
    def first(self) -> date:
        """New Year's day."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """New Year's eve."""
        return date(self.year, 12, 31)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The year as moments: from its first, up to but without the next year's first."""
        return datetime(self.year, 1, 1, tzinfo=OFFICE), datetime(self.year + 1, 1, 1, tzinfo=OFFICE)


Found = dict[int, list[Deed]]


def gather(people: Iterable[Representative], span: Span) -> Found:
    """The deeds of each of these people in a year, newest first."""
    persons = list(people)
    ids = [person.pk for person in persons]
    by_user = {person.user_id: person.pk for person in persons if person.user_id is not None}
    found: Found = {pk: [] for pk in ids}
    _receptions(found, ids, span)
    _posts(found, ids, span)
    _shifts(found, ids, span)
    _spoken(found, by_user, span)
    _suggestions(found, ids, span)
    _notes(found, ids, span)
    _added(found, ids, span)
    for deeds in found.values():
        deeds.sort(key=lambda deed: deed.day, reverse=True)
    return found


def _receptions(found: Found, ids: list[int], span: Span) -> None:
    rows = Reception.objects.filter(people__in=ids, day__range=(span.first, span.last))
    rows = rows.exclude(state=ReceptionState.CANCELLED).annotate(count=Count("visits", distinct=True))
    for who, day, station, name, count in rows.order_by("day").values_list(
        "people", "day", "station_id", "station__name", "count"
    ):
        deed = Deed(day, DutyKind.RECEPTION, "reception", "坐班接待", f"{name}，来了 {count} 位", station, None, count)
        found[who].append(deed)


def _posts(found: Found, ids: list[int], span: Span) -> None:
    rows = PostRecord.objects.standing().filter(representative__in=ids, day__range=(span.first, span.last))
    for who, day, kind, subject, station, name in rows.order_by("day", "pk").values_list(
        "representative_id", "day", "kind", "subject", "station_id", "station__name"
    ):
        found[who].append(Deed(day, DutyKind.SERVICE, "post", Post(kind).label, f"{subject}，{name}", station))


def _shifts(found: Found, ids: list[int], span: Span) -> None:
    rows = Shift.objects.published().filter(representative__in=ids).between(span.first, span.last)
    rows = rows.exclude(state=ShiftState.ABSENT)
    for who, day, station, name, post, state in rows.values_list(
        "representative_id", "day", "station_id", "station__name", "post", "state"
    ):
        kind = DutyKind.RECEPTION if post in AT_THE_TABLE else DutyKind.SERVICE
        text = f"{Post(post).label}，{name}"
        if state != ShiftState.HELD:
            if day >= span.today:
                found[who].append(Deed(day, kind, "shift", "值班", text, station, is_ahead=True))
        elif not _left_more(found[who], day, station, post):
            found[who].append(Deed(day, kind, "shift", "值班", text, station))


def _left_more(deeds: Iterable[Deed], day: date, station: int, post: str) -> bool:
    """Whether a duty stands in the record already by what was done in it: the reception, or the post's own records."""
    here = [deed for deed in deeds if deed.day == day and deed.station == station]
    return any(
        deed.source == "reception" or (deed.source == "post" and deed.label == Post(post).label) for deed in here
    )


def _spoken(found: Found, by_user: Mapping[int, int], span: Span) -> None:
    since, until = span.moments
    rows = HistoryEntry.objects.filter(actor__in=list(by_user), verb__in=list(VERBS), at__gte=since, at__lt=until)
    rows = rows.exclude(verb="submit", opinion__channel=Channel.RECEPTION)
    columns = ("actor_id", "verb", "at", "opinion_id", "opinion__title", "opinion__station_id", "opinion__closed_at")
    for user, verb, at, opinion, title, station, closed_at in rows.values_list(*columns):
        kind, label = VERBS[verb]
        deed = Deed(local_date(at), kind, verb, label, title, station, opinion, is_open=closed_at is None)
        found[by_user[user]].append(deed)


def _suggestions(found: Found, ids: list[int], span: Span) -> None:
    since, until = span.moments
    own = FormalSuggestion.objects.filter(representative__in=ids, submitted_at__gte=since, submitted_at__lt=until)
    own = own.exclude(state=SuggestionState.WITHDRAWN)
    for who, at, title, station, state in own.values_list(
        "representative_id", "submitted_at", "title", "station_id", "state"
    ):
        is_open = state != SuggestionState.CLOSED
        deed = Deed(_day(at), DutyKind.SUGGESTION, "suggestion", "提出代表建议", title, station, is_open=is_open)
        found[who].append(deed)
    signed = CoSigner.objects.filter(representative__in=ids, answer=Consent.AGREED, answered_at__gte=since)
    signed = signed.filter(answered_at__lt=until).exclude(
        suggestion__state__in=[SuggestionState.DRAFT, SuggestionState.WITHDRAWN]
    )
    for who, at, title, station in signed.values_list(
        "representative_id", "answered_at", "suggestion__title", "suggestion__station_id"
    ):
        found[who].append(Deed(_day(at), DutyKind.SUGGESTION, "signed", "联名代表建议", title, station))


def _day(at: datetime | None) -> date:
    """The day of a moment that the question has asked to be there."""
    assert at is not None
    return local_date(at)


def _notes(found: Found, ids: list[int], span: Span) -> None:
    rows = ThemeNote.objects.standing().filter(representatives__in=ids).between(span.first, span.last)
    for who, day, what, people, station in rows.values_list("representatives", "day", "what", "people", "station_id"):
        text = f"{what}，来了 {people} 位"
        found[who].append(Deed(day, DutyKind.OUTREACH, "note", "主题活动", text, station, people=people))


def _added(found: Found, ids: list[int], span: Span) -> None:
    rows = DutyRecord.objects.filter(representative__in=ids, day__range=(span.first, span.last))
    rows = rows.exclude(state=RecordState.REJECTED)
    for who, day, kind, what, station, state in rows.values_list(
        "representative_id", "day", "kind", "what", "station_id", "state"
    ):
        is_ahead = state == RecordState.PENDING
        found[who].append(Deed(day, kind, "added", "补记", what, station, is_ahead=is_ahead))


@dataclass(frozen=True)
class Part:
    """One kind of the duty list: what was done in whole sentences, what is still open, and the lines behind it."""

    kind: str
    label: str
    done: tuple[str, ...]
    open: tuple[str, ...]
    deeds: tuple[Deed, ...]


def parts(deeds: Iterable[Deed]) -> list[Part]:
    """The five kinds in the order of the list, whether anything stands there or not."""
    rows, found = list(deeds), []
    for kind in DutyKind:
        mine = [deed for deed in rows if deed.kind == kind]
        done = tuple(deed for deed in mine if not deed.is_ahead)
        ahead = [deed for deed in mine if deed.is_ahead]
        found.append(Part(kind.value, str(kind.label), tuple(_done(done)), tuple(_open(done, ahead)), done))
    return found


def _done(deeds: Iterable[Deed]) -> list[str]:
    rows, sentences = list(deeds), []
    for source, words in _WORDS.items():
        some = [deed for deed in rows if deed.source == source]
        if some:
            matters = {deed.opinion for deed in some}
            closed = len(matters) - len({deed.opinion for deed in some if deed.is_open})
            people = sum(deed.people for deed in some)
            finished = sum(not deed.is_open for deed in some)
            counts: dict[str, Any] = {"n": len(some), "matters": len(matters), "closed": closed, "people": people}
            counts["days"] = len({deed.day for deed in some})
            sentences.append(words.format(**counts, finished=finished))
    return sentences


_WORDS = {
    "reception": "坐班接待 {n} 次，来了 {people} 位群众",
    "post": "在服务岗 {days} 天，帮了 {n} 次",
    "shift": "值班 {n} 次",
    "submit": "替群众记 {n} 件，{closed} 件已经办结",
    "explain": "向群众说明 {n} 次，说的是 {matters} 件事",
    "visit": "走访 {n} 次，为了 {matters} 件事",
    "press": "催办 {n} 次，催的是 {matters} 件事，{closed} 件已经办结",
    "suggestion": "领衔提出代表建议 {n} 份，{finished} 份办结",
    "signed": "联名代表建议 {n} 份",
    "note": "参加主题活动 {n} 次，来了 {people} 位群众",
    "added": "补记 {n} 次，都有人核对过",
}


def _open(done: Iterable[Deed], ahead: list[Deed]) -> list[str]:
    sentences = []
    shifts = sorted(deed.day for deed in ahead if deed.source == "shift")
    if shifts:
        sentences.append(f"还有 {len(shifts)} 班，最近一班 {day_words(shifts[0])}")
    if waiting := sum(deed.source == "added" for deed in ahead):
        sentences.append(f"{waiting} 条补记等人核对")
    running = [deed for deed in done if deed.is_open]
    if papers := sum(deed.source == "suggestion" for deed in running):
        sentences.append(f"{papers} 份建议还在办")
    if matters := {deed.opinion for deed in running if deed.opinion is not None}:
        sentences.append(f"{len(matters)} 件事还没办结")
    return sentences


def span_of(year: int, at: datetime) -> Span:
    """A year as seen from a moment."""
    return Span(year, local_date(at))


def years_to_choose(at: datetime) -> tuple[int, int, int]:
    """This year and the two before it."""
    year = local_date(at).year
    return year, year - 1, year - 2
