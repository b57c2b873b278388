"""What the desk's home pages show: counts, what is to be done now, whom to ring, the month so far. Reads only.

Every count uses the condition of `opinions.filters.GROUPS` under which its list opens, so both agree. Rows are cut by
`visible_to` first. The number of statements does not depend on the number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from core.text import mask_name, mask_phone
from core.workdays import OFFICE, WorkCalendar, day_words, end_of_day, local_date
from opinions.filters import GROUPS, next_workday_end
from opinions.models import Assignment, Extension, FormalSuggestion, Opinion, Reply, Verdict
from opinions.querysets import OpinionQuerySet
from opinions.states import Satisfaction, State, Step
from opinions.suggestions.present import due as suggestion_due
from opinions.suggestions.present import mark as suggestion_mark
from opinions.suggestions.states import WRITABLE
from opinions.views.rows import COLUMNS, Row, prepared

MOST_ROWS = 40
MOST_CALLS = 6
MOST_SUGGESTIONS = 3
GROUP_WORDS = ("已超期", "今天", "明天", "再往后")
_AHEAD_DAYS = 14


@dataclass(frozen=True)
class Tile:
    """A number with its mark and the list behind it."""

    label: str
    tone: str
    glyph: str
    count: int
    note: str
    url: str


def mine(user: Any) -> OpinionQuerySet:
    """Return the matters of a user's desk."""
    return Opinion.objects.visible_to(user)


def list_url(**query: str) -> str:
    """Return the address of the list with these filters."""
    tail = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse('opinions:list')}?{tail}"


def station_tiles(user: Any, at: datetime) -> list[Tile]:
    """Return the six numbers of a clerk's day, in one statement."""
    groups: dict[str, Q] = {name: GROUPS[name].where(at) for name in ("untold", "soon", "late")}
    states: dict[str, Q] = {state: Q(state=state) for state in (State.SUBMITTED, State.ACCEPTED, State.REPLIED)}
    states[State.ACCEPTED] &= Q(needs_county=False)
    today = Q(step_due_at__lte=end_of_day(local_date(at)))
    found = (
        mine(user)
        .filter(closed_at=None)
        .aggregate(
            **{f"n_{name}": Count("pk", filter=where) for name, where in {**groups, **states}.items()},
            first=Min("step_due_at", filter=states[State.SUBMITTED]),
            today=Count("pk", filter=states[State.ACCEPTED] & today),
        )
    )
    assign_note = f"{found['today']} 件今天到期" if found["today"] else "找单位来办"
    rows = (
        ("待受理", "is-wait", "none", State.SUBMITTED, _earliest(found["first"], at), {"state": "SUBMITTED"}),
        ("待交办", "is-move", "quart", State.ACCEPTED, assign_note, {"state": "ACCEPTED"}),
        ("待审核", "is-move", "bull", State.REPLIED, "单位已答复", {"state": "REPLIED"}),
        ("待告知", "is-move", "talk", "untold", "短信告诉不了，要打电话或上门", {"group": "untold"}),
        ("明天转红", "is-soon", "dia0", "soon", f"{day_words(next_workday_end(at))}下班前到期", {"group": "soon"}),
        ("已超期", "is-late", "tri", "late", "先办这些", {"group": "late"}),
    )
    return [
        Tile(label, tone, glyph, found[f"n_{key}"], note if found[f"n_{key}"] else "没有", list_url(**query))
        for label, tone, glyph, key, note, query in rows
    ]


def _earliest(first: datetime | None, at: datetime) -> str:
    if first is None:
        return "没有"
    if first <= at:
        return "有的过了期限"
    on = day_words(first) if local_date(first) != local_date(at) else "今天"
    return f"最早 {on} {timezone.localtime(first):%H:%M} 前"


@dataclass(frozen=True)
class ToDo:
    """The table 现在要办: rows in four groups by urgency, and how many there are in all."""

    groups: tuple[tuple[str, list[Row]], ...]
    total: int
    shown: int


def to_do(rows: "QuerySet[Opinion]", at: datetime, side: str, query: str) -> ToDo:
    """Return the most urgent rows of a queryset, grouped; one statement for the rows, one for the number."""
    by_due = rows.order_by(F("step_due_at").asc(nulls_last=True), "pk")
    values = list(by_due.values_list(*COLUMNS, named=True)[:MOST_ROWS])
    total = rows.count() if len(values) == MOST_ROWS else len(values)
    found: dict[str, list[Row]] = {word: [] for word in GROUP_WORDS}
    for item, row in zip(values, prepared(values, at, side, query), strict=True):
        found[urgency(item.step_due_at, at, is_late=item.state != State.FED_BACK)].append(row)
    return ToDo(tuple((word, found[word]) for word in GROUP_WORDS if found[word]), total, len(values))


def urgency(due: datetime | None, at: datetime, *, is_late: bool) -> str:
    """Name the group of a limit: late, today, by the end of the next working day, later."""
    if due is None:
        return GROUP_WORDS[3]
    if due <= at and is_late:
        return GROUP_WORDS[0]
    if local_date(due) <= local_date(at):
        return GROUP_WORDS[1]
    return GROUP_WORDS[2] if due <= next_workday_end(at) else GROUP_WORDS[3]


@dataclass(frozen=True)
class Call:
    """Somebody to ring: what about, whom (masked), and where to write down what he says."""

    title: str
    who: str
    url: str
    action: str


@dataclass(frozen=True)
class Calls:
    """Whom to ring, how many wait for a word in all, and how many of them left no telephone to be rung on."""

    rows: Sequence[Call]
    total: int
    without_phone: int


def calls(user: Any, at: datetime) -> Calls:
    """Return whom to ring – the untold first, then the longest unrated – in two statements."""
    waiting = mine(user).filter(state=State.FED_BACK)
    first = waiting.exclude(phone_hash="").order_by(F("told_at").asc(nulls_first=True), "fed_back_at", "pk")
    rows = first.only("pk", "title", "name", "phone", "told_at", "fed_back_at")[:MOST_CALLS]
    counts = waiting.aggregate(total=Count("pk"), without_phone=Count("pk", filter=Q(phone_hash="")))
    return Calls([_call(row, at) for row in rows], **counts)


def _call(row: Opinion, at: datetime) -> Call:
    name = mask_name(row.name) or "没留名"
    days = (local_date(at) - local_date(row.fed_back_at)).days if row.fed_back_at else 0
    since = f"等了 {days} 天" if days else "今天答复的"
    action = "记评价" if row.told_at else "告知"
    who = f"{name} · 尾号 {mask_phone(row.phone)[-4:]} · {since}"
    return Call(row.title, who, reverse("opinions:detail", args=[row.pk]), action)


@dataclass(frozen=True)
class Month:
    """The month so far: received (and the month before, to the same day), answered in time, opened again, rated."""

    received: int
    before: int
    answered: int
    in_time: int
    reopened: int
    told: int
    satisfied: int
    dissatisfied: int

    @property
    def silent(self) -> int:
        """Return how many answers nobody has rated."""
        return self.told - self.satisfied - self.dissatisfied

    @property
    def in_time_rate(self) -> str:
        """Return the rate in time with its base; no rate over fewer than ten answers."""
        if not self.answered:
            return "还没有答复"
        if self.answered < 10:
            return f"{self.answered} 件里 {self.in_time} 件按期"
        return f"{self.in_time / self.answered:.1%}（{self.in_time} / {self.answered}）"


def month_so_far(user: Any, at: datetime) -> Month:
    """Count the month to this moment in two statements."""
    start, before, same_day = _month_bounds(at)
    opinions = (
        mine(user)
        .filter(created_at__gte=before, created_at__lte=at)
        .aggregate(
            received=Count("pk", filter=Q(created_at__gte=start)),
            before=Count("pk", filter=Q(created_at__lt=same_day)),
        )
    )
    this = Q(reviewed_at__gte=start, reviewed_at__lte=at)
    good = Q(rating__satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.FAIR])
    bad = Q(rating__satisfaction=Satisfaction.DISSATISFIED)
    by_unit = Q(unit__isnull=False, opinion__merged_into=None)  # handled once, however many it was told to
    replies = Reply.objects.filter(this, verdict=Reply.Verdict.APPROVED, opinion__in=mine(user).values("pk")).aggregate(
        answered=Count("pk", filter=by_unit),
        in_time=Count("pk", filter=by_unit & Q(is_in_time=True)),
        told=Count("pk"),
        satisfied=Count("pk", filter=good),
        dissatisfied=Count("pk", filter=bad),
        reopened=Count("pk", filter=bad & Q(round=1)),  # a second 不满意 leads to a look-back instead
    )
    return Month(**opinions, **replies)


def _month_bounds(at: datetime) -> tuple[datetime, datetime, datetime]:
    """Return the start of this month, of the month before, and the same moment of the month before."""
    local = at.astimezone(OFFICE)
    start = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (start - timedelta(days=1)).replace(day=1)
    return start, before, min(start, before + (local - start))


def holiday_ahead(at: datetime) -> str:
    """Return the next holiday within two weeks in words, "" when none comes: 清明节放假 4 月 4 日至 6 日."""
    calendar, today = WorkCalendar.load(), local_date(at)
    days = [today + timedelta(days=offset) for offset in range(_AHEAD_DAYS)]
    named = [day for day in days if not calendar.is_workday(day) and calendar.reason(day) != "周末"]
    if not named:
        return ""
    name = calendar.reason(named[0])
    first, last = named[0], max(day for day in named if calendar.reason(day) == name)
    until = f"至 {last.day} 日" if last.month == first.month else f"至 {day_words(last)}"
    return f"{name}放假 {day_words(first)}" + (until if last != first else "")


def station_work(user: Any) -> "QuerySet[Opinion]":
    """Return what a station must do now: accept, assign, decide, review, tell, follow up."""
    work = Q(state__in=[State.SUBMITTED, State.RETURN_REQUESTED, State.REPLIED, State.TRACKING])
    work |= Q(state=State.ACCEPTED, needs_county=False) | Q(state=State.FED_BACK, told_at=None)
    return mine(user).filter(work)


def county_work(user: Any) -> dict[str, "QuerySet[Opinion]"]:
    """Return what waits for the county: hand-outs, returns of its own hand-outs, look-backs after two 不满意."""
    rows = mine(user)
    from_county = Assignment.objects.filter(role=Assignment.Part.LEAD, ended_at=None, is_from_county=True)
    look_back = Q(deadlines__step=Step.LOOK_BACK, deadlines__ended_at=None)
    return {
        "hand_out": rows.filter(state=State.ACCEPTED, needs_county=True),
        "extension": extensions_to_decide(user, is_county=True),
        "returned": rows.filter(state=State.RETURN_REQUESTED, pk__in=from_county.values("opinion_id")),
        "look_back": rows.filter(look_back, state=State.TRACKING),
    }


def extensions_to_decide(user: Any, *, is_county: bool) -> "QuerySet[Opinion]":
    """Return the matters whose unit asked for more days of whoever handed them out: the county, or the station."""
    pending = Extension.objects.filter(verdict=Verdict.PENDING).values("opinion_id")
    lead = Assignment.objects.filter(role=Assignment.Part.LEAD, ended_at=None, is_from_county=is_county)
    waiting = mine(user).filter(state=State.HANDLING, pk__in=pending)
    return waiting.filter(pk__in=lead.filter(opinion_id__in=pending).values("opinion_id"))


def recorded_by(user: Any) -> "QuerySet[Opinion]":
    """Return what a grid worker wrote down, newest first."""
    return mine(user).filter(recorded_by_id=user.pk).order_by("-created_at", "-pk")


def counts_of(groups: Sequence[str], user: Any, at: datetime) -> dict[str, int]:
    """Return how many of a user's matters are in each named group, in one statement."""
    return mine(user).aggregate(**{name: Count("pk", filter=GROUPS[name].where(at)) for name in groups})


def suggestions(user: Any, at: datetime) -> list[dict[str, Any]]:
    """Return the formal suggestions a representative has to do with: what waits for his word first, then his others."""
    seen = FormalSuggestion.objects.visible_to(user).exclude(state__in=["CLOSED", "WITHDRAWN"])
    asked = Q(cosigners__representative__user_id=user.pk, cosigners__answer="ASKED", state__in=WRITABLE)
    his = Q(representative__user_id=user.pk)
    for_him = Q(pk__in=seen.filter(asked | his & Q(state__in=["RETURNED", "REPLIED"])).values("pk"))
    waits = Case(When(for_him, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = seen.filter(his | for_him).annotate(waits=waits).select_related("representative", "lead_unit")
    return [
        {"row": row, "mark": suggestion_mark(row.state), "due": suggestion_due(row, at), "waits": row.waits == 0}
        for row in rows.order_by("waits", "-changed_at", "-pk")[:MOST_SUGGESTIONS]
    ]
