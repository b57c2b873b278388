"""The representative's home: what waits for his word, what is new, the rest, and what he did this year. Reads only.

What he did comes from the history lines he wrote; nobody reports it, nothing is scored, nobody is compared. No
telephone number is read at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.workdays import OFFICE
from dashboards.today import mine
from opinions.models import HistoryEntry, Opinion
from opinions.present import Due, Five, Mark, due_chip, five, press_words, state_mark
from opinions.states import OPEN, PRESSED, State
from opinions.views.page import place_words

MOST_CARDS = 12  # of one part, folded ones included
OPEN_CARDS = 4  # of the whole page: on a telephone a card fills the screen, the others wait in folds
MOST_DEEDS = 20
NEW_DAYS = 7
DEEDS = {"explain": "向群众说明", "press": "催办", "visit": "走访", "submit": "替群众记"}
_SPOKEN = ("explain", "press", "visit")


@dataclass(frozen=True)
class Card:
    """One matter as a large card: where it stands, and whether its unit can be pressed."""

    opinion: Opinion
    mark: Mark
    due: Due
    five: Five
    place: str
    pressed: str
    may_press: bool


@dataclass(frozen=True)
class Part:
    """A heading, why its cards stand there, those that are shown at once and those that wait in a fold."""

    key: str
    title: str
    note: str
    shown: Sequence[Card]
    folded: Sequence[Card]


def parts(user: Any, at: datetime) -> list[Part]:
    """Return the running matters of his stations in three parts; each matter stands in the first that fits."""
    rows = mine(user).filter(closed_at=None).with_list_columns()
    own = HistoryEntry.objects.filter(opinion_id=OuterRef("pk"), actor_id=user.pk, verb__in=_SPOKEN)
    waits = rows.filter(waits_for_word(own, at)).order_by("step_due_at", "pk")
    is_new = Q(created_at__gte=at - timedelta(days=NEW_DAYS))
    found, seen = list[Part](), set[int]()
    for key, title, note, some in (
        ("word", "等您说句话", "单位超期了，或者群众不满意、正在重新办，您还没有说过什么", waits),
        ("new", "这几天新来的", f"{NEW_DAYS} 天以内", rows.filter(is_new).order_by("-created_at", "-pk")),
        ("rest", "别的正在办的", "最近有动静的在前", rows.order_by("-changed_at", "-pk")),
    ):
        cards = [_card(row, at) for row in some.exclude(pk__in=seen)[:MOST_CARDS]]
        seen |= {card.opinion.pk for card in cards}
        room = OPEN_CARDS - sum(len(part.shown) for part in found)
        if cards:
            found.append(Part(key, title, note, cards[:room], cards[room:]))
    return found


def waits_for_word(own: "QuerySet[HistoryEntry]", at: datetime) -> Q:
    """Return the condition: late, or handled a second time, and he has written nothing since."""
    late = Q(state__in=OPEN, step_due_at__lte=at) & ~Q(state=State.FED_BACK)
    again = Q(round__gte=2, state__in=PRESSED)
    return (late & ~Q(Exists(own.filter(at__gte=OuterRef("step_due_at"))))) | (
        again & ~Q(Exists(own.filter(round=OuterRef("round"))))
    )


def _card(row: Opinion, at: datetime) -> Card:
    return Card(
        opinion=row,
        mark=state_mark(row.state),
        due=due_chip(row, at),
        five=five(row, at),
        place=place_words(row),
        pressed=press_words(row.rep_presses, row.staff_presses) if row.state in PRESSED else "",
        may_press=row.state in PRESSED and row.lead_unit_id is not None,
    )


@dataclass(frozen=True)
class Deed:
    """One kind of what he did this year: how often, on how many matters, how many of them are done."""

    label: str
    times: int
    matters: int
    closed: int


@dataclass(frozen=True)
class Line:
    """One thing he did; without `opinion_id` where he no longer sees the matter, and then its title is not shown."""

    at: datetime
    label: str
    opinion_id: int | None
    title: str


@dataclass(frozen=True)
class Year:
    """What a representative did this year, and what there was: the base that a number is read against."""

    year: int
    received: int
    deeds: Sequence[Deed]
    lines: Sequence[Line]


def year_so_far(user: Any, at: datetime) -> Year:
    """Gather the year from his own history lines: three statements and one for the titles he may still see."""
    start = at.astimezone(OFFICE).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    written = HistoryEntry.objects.filter(actor_id=user.pk, verb__in=DEEDS, at__gte=start, at__lte=at)
    counts = (
        written.order_by()
        .values_list("verb")
        .annotate(
            times=Count("pk"),
            matters=Count("opinion", distinct=True),
            done=Count("opinion", distinct=True, filter=Q(opinion__state=State.CLOSED)),
        )
    )
    by_verb = {verb: Deed(DEEDS[verb], times, matters, closed) for verb, times, matters, closed in counts}
    lines = list(written.values_list("at", "verb", "opinion_id", "opinion__title")[:MOST_DEEDS])
    rows = mine(user)
    seen = set(rows.filter(pk__in={pk for _at, _verb, pk, _title in lines}).values_list("pk", flat=True))
    return Year(
        start.year,
        rows.filter(created_at__gte=start, created_at__lte=at).count(),
        [by_verb[verb] for verb in DEEDS if verb in by_verb],
        [Line(moment, DEEDS[verb], pk if pk in seen else None, title) for moment, verb, pk, title in lines],
    )
