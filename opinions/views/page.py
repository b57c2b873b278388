"""Everything a matter's page shows, gathered for one user: words, people, course, papers, and the acts open to him."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rules
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from core.text import mask_name, mask_phone
from opinions import beside, deadlines
from opinions.models import Assignment, BookLine, BookPage, FormalSuggestion, HistoryEntry, Opinion, Photo, PostRecord
from opinions.papers.access import papers_for
from opinions.present import due_chip, five, state_mark, verbs_for
from opinions.states import Channel, Kind, Outcome, State, Step
from opinions.supervision.shown import of_matter
from opinions.views import acts, past, together
from opinions.views.duecal import DueCalendar, due_calendar
from opinions.views.reached import reached
from opinions.views.rows import Row, rows_of
from opinions.workflow.taking_back import verb_for
from stations.models import Category, Unit
from stations.queries import guess_category

SEES_INTERNAL = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
UNIT_READS = (
    "assign", "reject_reply", "refuse_return", "request_return", "report_progress", "reopen", "reply", "give_part",
    "request_extension", "grant_extension", "refuse_extension", "press", "visit",
)  # fmt: skip
REPRESENTS = ("explain", "press", "visit")  # what a representative writes he reads again, also what is not public
_HISTORY_DAYS = 365
_A_MOMENT = timedelta(seconds=15)


@dataclass(frozen=True)
class Refusal:
    """A verb that was refused: its name, the sentence, the form as typed, the status of the answer."""

    verb: str
    sentence: str
    form: Any
    status: int


@dataclass(frozen=True)
class ActPanel:
    """One act on the page, ready to draw."""

    verb: str
    spec: acts.Spec
    form: Any
    url: str
    extra: dict[str, Any]


def context(
    request: HttpRequest, opinion: Opinion, at: datetime, query: str, refusal: Refusal | None = None
) -> dict[str, Any]:
    """Gather the page. `query` is the list's address part; `refusal` puts the refused act in front."""
    user = request.user
    limits = list(opinion.deadlines.filter(ended_at=None).order_by("due_at"))
    verbs = _open_verbs(user, opinion, at, {limit.step for limit in limits})
    front, folded = acts.split(verbs, opinion.state, request.GET.get("do", ""))
    if refusal and refusal.verb in folded:
        front, folded = [refusal.verb], [verb for verb in [*front, *folded] if verb != refusal.verb]
    panels = {verb: _panel(verb, opinion, user, at, query, refusal) for verb in [*front, *folded]}
    return {
        "opinion": opinion,
        "place_words": place_words(opinion),
        "due": due_chip(opinion, at),
        "mark": state_mark(opinion.state),
        "steps": _steps(opinion, at),
        "identity": identity(user, opinion),
        "photos": [photo for photo in opinion.photos.filter(entry=None) if may_see_photo(user, photo)],
        "history": history(user, opinion),
        "past_replies": past.replies(user, opinion),
        "similar": similar(user, opinion, at),
        "assignments": list(opinion.assignments.select_related("unit").order_by("-round", "-role", "id")),
        "replies": list(opinion.replies.select_related("unit", "rating").order_by("-id")),
        "reached": reached(opinion),
        "has_ended_limits": opinion.deadlines.filter(ended_at__isnull=False).exists(),
        **of_matter(user, opinion, at),
        "front": [panels[verb] for verb in front],
        "folded": [panels[verb] for verb in folded],
        "waiting": acts.waiting_for(opinion),
        "toast": _toast(panels, opinion, at),
        **together.context(user, opinion, at),
        **on_paper(user, opinion),
        "refusal": refusal,
        "refused_verb_is_open": bool(refusal and refusal.verb in panels),
        "list_query": query,
        "word_papers": papers_for(user, opinion),
        "suggestions": suggestions_of(user, opinion),
        "post_record": PostRecord.objects.visible_to(user).filter(opinion=opinion).first(),
        "may_suggest": may_suggest(user, opinion),
        "beside": beside.links(user, opinion),
        "may_print": rules.has_perm("opinions.accept_opinion", user, opinion) or opinion.recorded_by_id == user.pk,
        "sees_internal": user.has_role(*SEES_INTERNAL),
        # Who has the receipt can rate: it is not shown to those who are rated.
        "holds_receipt": user.has_role(*SEES_INTERNAL) or opinion.recorded_by_id == user.pk,
    }


def _toast(panels: dict[str, ActPanel], opinion: Opinion, at: datetime) -> ActPanel | None:
    """Return the act that takes back what was done a moment ago: it floats above the page for some seconds."""
    undo = next((panel for verb, panel in panels.items() if verb.startswith("take_back_")), None)
    return undo if undo and at - opinion.changed_at < _A_MOMENT else None


def on_paper(user: Any, opinion: Opinion) -> dict[str, Any]:
    """Return the line of the paper book that the matter was copied from, and whether the reader may open its page."""
    if opinion.channel != Channel.BOOK:
        return {}
    line = BookLine.objects.select_related("page", "copied_by").filter(opinion=opinion).first()
    if line is None:  # kept without a page: written down in a hurry, or imported from an old ledger
        return {}
    return {"book_line": line, "sees_book_page": BookPage.objects.visible_to(user).filter(pk=line.page_id).exists()}


def suggestions_of(user: Any, opinion: Opinion) -> list[FormalSuggestion]:
    """Return the formal suggestions that rest on this matter, as far as the user sees them."""
    rows = FormalSuggestion.objects.visible_to(user).filter(matters__opinion=opinion)
    return list(rows.select_related("representative").order_by("-pk"))


def may_suggest(user: Any, opinion: Opinion) -> bool:
    """Tell whether the user may put this matter behind a formal suggestion at its station."""
    usable = opinion.state not in (State.WITHDRAWN, State.DECLINED)
    return usable and rules.has_perm("opinions.draft_suggestion", user, opinion.station)


def place_words(opinion: Opinion) -> str:
    """Say where it is: the village and the place in it, the village's name only once."""
    village, place = opinion.region.short_name, opinion.location
    if not place or place.startswith(village):
        return place or village
    return f"{village} · {place}"


def _open_verbs(user: Any, opinion: Opinion, at: datetime, running: set[str]) -> list[str]:
    started = opinion.assigned_at
    may_return = started is not None and deadlines.is_within(Step.REQUEST_RETURN, started, at)
    verbs = verbs_for(user, opinion)
    may_undo = verb_for(user, opinion, at) if any(verb.startswith("take_back_") for verb in verbs) else ""
    fitting = acts.fitting(verbs, opinion, running, may_return, may_undo)
    unfit = together.unfit(fitting, user, opinion, at)
    return [verb for verb in fitting if verb not in unfit]


def _panel(verb: str, opinion: Opinion, user: Any, at: datetime, query: str, refusal: Refusal | None) -> ActPanel:
    spec = acts.SPECS[verb]
    arguments = form_arguments(verb, opinion, user, at)
    form = spec.form_class(**arguments) if spec.form_class else None
    if refusal and refusal.verb == verb and refusal.form is not None:
        form = refusal.form
    url = reverse(f"opinions:{verb}", args=[opinion.pk]) + (f"?{query}" if query else "")
    extra = _assign_extra(opinion, at, arguments) if verb == "assign" else {}
    if verb == "grant_extension":
        extra = {"wish": together.pending(opinion)}
    return ActPanel(verb, spec, form, url, extra)


def _assign_extra(opinion: Opinion, at: datetime, arguments: dict[str, Any]) -> dict[str, Any]:
    suggested = arguments["suggested"]
    lead = suggested[0][0].short_name if suggested else ""
    return {"calendars": reply_calendars(opinion, at), "lead": lead}


def form_arguments(verb: str, opinion: Opinion, user: Any, at: datetime) -> dict[str, Any]:
    """Return what a verb's form needs besides the sent data: its ids, choices and what is filled in beforehand."""
    arguments: dict[str, Any] = {"auto_id": f"{verb}_%s"}
    if verb == "accept":
        guessed = opinion.category or guess_category(opinion.body)
        arguments["categories"] = leaf_categories()
        arguments["initial"] = {"category": guessed.pk if guessed else None, "title": opinion.title}
    elif verb == "assign":
        arguments["suggested"] = suggested_units(user, opinion, at)
        arguments["units"] = units_for(opinion)
        arguments["may_join"] = user.has_role(Role.COUNTY_STAFF)
        arguments["initial"] = {"kind": opinion.kind}
    elif verb == "merge":
        arguments |= together.merge_arguments(user, opinion, at)
    elif verb == "request_extension":
        arguments |= together.extension_arguments(opinion)
    elif verb == "reopen":
        arguments["units"] = units_for(opinion)
    elif verb == "answer_on_spot":
        arguments["initial"] = {"outcome": Outcome.A}
    return arguments


def leaf_categories() -> "QuerySet[Category]":
    """Return the categories a matter can belong to: those with nothing below."""
    return (
        Category.objects.filter(children=None)
        .select_related("parent", "usual_unit")
        .order_by("parent__position", "parent_id", "position", "id")
    )


def units_for(opinion: Opinion) -> "QuerySet[Unit]":
    """Return the units that may get a matter of this place: those of the county and of its own town."""
    codes = [opinion.region_id[:length] for length in (4, 6, 9, 12)]
    return Unit.objects.filter(is_active=True, region_id__in=codes).order_by("region_id", "id")


def suggested_units(user: Any, opinion: Opinion, at: datetime) -> list[tuple[Unit, str]]:
    """Return up to three units with the reason: the category's usual unit, then who did the like in the last year."""
    category = opinion.category
    if category is None:
        return []
    like = Opinion.objects.visible_to(user).filter(category=category)
    past = Assignment.objects.filter(
        role=Assignment.Part.LEAD, assigned_at__gte=at - timedelta(days=_HISTORY_DAYS), opinion__in=like.values("pk")
    )
    counts = dict(past.values_list("unit").annotate(times=Count("opinion", distinct=True)).order_by("-times")[:3])
    wanted = set(counts) | ({category.usual_unit_id} if category.usual_unit_id else set())
    units = {unit.pk: unit for unit in units_for(opinion).filter(pk__in=wanted)}
    order = sorted(units, key=lambda pk: (pk != category.usual_unit_id, -counts.get(pk, 0)))
    return [(units[pk], _why(pk, category, counts)) for pk in order[:3]]


def _why(pk: int, category: Category, counts: dict[int, int]) -> str:
    times = counts.get(pk, 0)
    parts = [f"{category.name}归它"] if pk == category.usual_unit_id else []
    parts += [f"近一年同类的事它办过 {times} 件"] if times else []
    return "；".join(parts)


def reply_calendars(opinion: Opinion, at: datetime) -> list[tuple[str, int, DueCalendar]]:
    """Return for each kind its value, working days and calendar, as if the matter were handed out now."""
    found = []
    for kind in Kind.values:
        due = deadlines.due(Step.REPLY, at, kind=kind, category_id=opinion.category_id)
        found.append((kind, due.working_days, due_calendar(due.reckoning)))
    return found


@dataclass(frozen=True)
class Identity:
    """Who brought the matter, as far as this user may know: masked; None fields are not shown at all."""

    name: str
    phone: str
    is_hidden: bool
    may_reveal: bool
    is_shared: bool


def identity(user: Any, opinion: Opinion, *, revealed: bool = False) -> Identity:
    """Return name and phone masked, or in full after `revealed`; a unit sees them only where the resident agreed.

    A representative sees no phone. What is not to be known is not in the page at all.
    """
    sees_phone = user.has_role(*SEES_INTERNAL) or opinion.recorded_by_id == user.pk
    is_unit_only = not sees_phone and user.has_role(Role.UNIT_HANDLER) and not user.has_role(Role.REPRESENTATIVE)
    if is_unit_only and opinion.hide_identity:
        return Identity("", "", True, False, False)
    may_reveal = bool(opinion.phone or opinion.name) and rules.has_perm("opinions.reveal_opinion", user, opinion)
    name = opinion.name if revealed else mask_name(opinion.name)
    phone = opinion.phone if revealed else mask_phone(opinion.phone)
    return Identity(name, phone if sees_phone or is_unit_only else "", False, may_reveal, not opinion.hide_identity)


def may_see_photo(user: Any, photo: Photo) -> bool:
    """Tell whether a user who sees the matter sees this photo: internal ones are for staff, the unit and its taker."""
    if photo.is_public or user.has_role(*SEES_INTERNAL, Role.UNIT_HANDLER):
        return True
    return photo.entry is not None and photo.entry.actor_id == user.pk


def history(user: Any, opinion: Opinion) -> list[HistoryEntry]:
    """Return the course, newest first. Staff read the internal lines too, a unit those written for it."""
    rows = opinion.history.prefetch_related(Prefetch("photos", Photo.objects.order_by("id"))).order_by("-at", "-id")
    if user.has_role(*SEES_INTERNAL):
        return list(rows)
    if user.has_role(Role.UNIT_HANDLER):
        rows = rows.exclude(Q(public_text="") & ~Q(verb__in=UNIT_READS))
        return [_without_internal(entry, entry.verb in UNIT_READS) for entry in rows]
    own = Q(actor_id=user.pk, verb__in=REPRESENTS)
    seen = (
        rows.exclude(Q(public_text="") & ~own) if user.has_role(Role.REPRESENTATIVE) else rows.exclude(public_text="")
    )
    return [_without_internal(entry, entry.verb in REPRESENTS and entry.actor_id == user.pk) for entry in seen]


def _without_internal(entry: HistoryEntry, keep: bool) -> HistoryEntry:
    if not keep:
        entry.internal_text = ""
    return entry


def similar(user: Any, opinion: Opinion, at: datetime) -> list[Row]:
    """Return up to four recent matters of the same place and category, for the station's own judgement."""
    if not user.has_role(Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF):
        return []
    return rows_of(together.like(user, opinion, at)[:4], at, "read")


def _steps(opinion: Opinion, at: datetime) -> list[dict[str, Any]]:
    """Return the five large steps with their moments."""
    place = five(opinion, at)
    moments = (opinion.created_at, opinion.accepted_at, opinion.assigned_at, opinion.replied_at, opinion.closed_at)
    found = []
    for number, (word, moment) in enumerate(zip(("收到", "受理", "办理", "答复", "评价"), moments, strict=True), 1):
        tone = "on" if place.done or number < place.step else "now" if number == place.step else "off"
        reached = tone != "off" and not (number == 5 and not place.done)
        when = timezone.localtime(moment) if moment and reached else None
        found.append({"word": word, "tone": tone, "glyph": _step_glyph(number, tone, place), "at": when})
    if place.ended:
        ended_at = timezone.localtime(opinion.closed_at) if opinion.closed_at else None
        return [
            *found[: place.step - 1],
            {"word": place.ended, "tone": "now stop", "glyph": place.glyph, "at": ended_at},
        ]
    return found


def _step_glyph(number: int, tone: str, place: Any) -> str:
    if tone == "now":
        return "tri" if place.late else "bull"
    if number == 5:
        return "hui" if place.done else "box"
    return "full" if tone == "on" else "none"
