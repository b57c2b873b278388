"""What a matter's page says of other matters and other units: merged ones, helpers, wishes; and which acts fit them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core.codes import normalise
from core.workdays import day_words
from core.workflow import WrongState
from opinions.models import Deadline, Extension, HistoryEntry, Opinion, Verdict
from opinions.present import Due, limit_chip, press_words
from opinions.states import BEFORE_ANSWER, PRESSED, State, Step
from opinions.workflow.charges import charges_of, missing_parts
from opinions.workflow.extending import may_still_ask
from opinions.workflow.representing import free_again, why_not
from stations.queries import guess_category_id

MOST_LEADS, MOST_SHOWN = 5, 50
LOOKS_BACK = timedelta(days=180)


def context(user: Any, opinion: Opinion, at: datetime) -> dict[str, Any]:
    """Return the parts of the page. Who does not see a merged matter reads its words: no link, receipt or person."""
    return {
        "followers": followers_of(user, opinion),
        "lead_matter": Opinion.objects.visible_to(user).filter(pk=opinion.merged_into_id).first(),
        "extensions": list(opinion.extensions.select_related("unit").order_by("-pk")),
        "return_requests": list(opinion.return_requests.select_related("unit").order_by("-pk")),
        "pressed": press_words(opinion.rep_presses, opinion.staff_presses) if opinion.state in PRESSED else "",
        "presses": _presses(opinion),
        "co_due": _own_sign_limit(user, opinion, at),
        "press_again": free_again(opinion, user, at) if opinion.rep_presses or opinion.staff_presses else None,
        "missing_parts": missing_parts(opinion) if opinion.state in (State.HANDLING, State.REPLIED) else [],
    }


def _own_sign_limit(user: Any, opinion: Opinion, at: datetime) -> Due | None:
    """Return until when this user's unit has to sign as a helper; None where it has not."""
    if not user.unit_codes or opinion.state not in (State.ASSIGNED, State.HANDLING):
        return None
    own = opinion.deadlines.filter(step=Step.CO_SIGN, ended_at=None, unit__code__in=user.unit_codes).first()
    return limit_chip(own.due_at, at, own.is_provisional) if own else None


def _presses(opinion: Opinion) -> list[HistoryEntry]:
    """Return who pressed the unit since it got the matter, the latest first: the history's own lines."""
    if not (opinion.rep_presses or opinion.staff_presses):
        return []
    lines = opinion.history.filter(verb="press", at__gte=opinion.assigned_at)
    return list(lines.only("actor_label", "at", "opinion_id"))


def followers_of(user: Any, opinion: Opinion) -> list[dict[str, Any]]:
    """Return what was merged into a matter, oldest first: what was said and when, no person."""
    rows = opinion.followers.order_by("created_at", "pk").select_related("region")
    seen = set(Opinion.objects.visible_to(user).filter(merged_into=opinion).values_list("pk", flat=True))
    return [
        {
            "title": row.title,
            "body": row.body,
            "place": row.location or row.region.short_name,
            "created_at": row.created_at,
            "url": reverse("opinions:detail", args=[row.pk]) if row.pk in seen else "",
            "waits": row.state == State.MERGED,
        }
        for row in rows.only("title", "body", "location", "created_at", "state", "region__short_name")[:MOST_SHOWN]
    ]


def like(user: Any, opinion: Opinion, at: datetime) -> "QuerySet[Opinion]":
    """Return the recent matters of the same place and category that this user sees, newest first."""
    category_id = opinion.category_id or guess_category_id(opinion.body)
    if category_id is None:
        return Opinion.objects.none()
    return (
        Opinion.objects.visible_to(user)
        .filter(region_id=opinion.region_id, category_id=category_id, created_at__gte=at - LOOKS_BACK)
        .exclude(pk=opinion.pk)
        .order_by("-created_at", "-pk")
    )


def merge_arguments(user: Any, opinion: Opinion, at: datetime) -> dict[str, Any]:
    """Return the choices of the merge form: similar matters that are not answered yet, and how to find another one."""
    rows = like(user, opinion, at).filter(state__in=BEFORE_ANSWER).select_related("lead_unit")[:MOST_LEADS]

    def find(receipt: str) -> int | None:
        found = Opinion.objects.visible_to(user).filter(receipt=normalise(receipt))
        return found.values_list("pk", flat=True).first()

    return {"leads": [(row.pk, row.title, _hint(row)) for row in rows], "find": find}


def _hint(row: Opinion) -> str:
    who = f"{row.lead_unit.short_name}在办" if row.lead_unit else row.get_state_display()
    until = f"，{day_words(row.reply_due_at)}前答复" if row.reply_due_at else ""
    return f"{day_words(row.created_at)}收到，{who}{until}"


def extension_arguments(opinion: Opinion) -> dict[str, Any]:
    """Return how many days may be asked for."""
    running = opinion.deadlines.filter(step=Step.REPLY, ended_at=None).first()
    return {"most": running.working_days if running else None}


def pending(opinion: Opinion) -> Extension | None:
    """Return the wish for more days that waits for a decision."""
    return opinion.extensions.filter(verdict=Verdict.PENDING).select_related("unit").first()


def unfit(verbs: list[str], user: Any, opinion: Opinion, at: datetime) -> set[str]:
    """Return the verbs that table and rules allow but that would only be refused as the matter stands."""
    found = set()
    if "request_extension" in verbs and not _may_ask(opinion, Step.REPLY, at):
        found.add("request_extension")
    if "move_promise" in verbs and not _may_ask(opinion, Step.PROMISE, at):
        found.add("move_promise")
    if "grant_extension" in verbs and pending(opinion) is None:
        found |= {"grant_extension", "refuse_extension"}
    if "merge" in verbs and opinion.followers.filter(state=State.MERGED).exists():
        found.add("merge")
    if "co_sign" in verbs and not charges_of(opinion, user).filter(signed_at=None).exists():
        found.add("co_sign")
    if "give_part" in verbs and not charges_of(opinion, user).filter(part_at=None).exists():
        found.add("give_part")
    if "press" in verbs and (why_not(opinion) or free_again(opinion, user, at)):
        found.add("press")
    if "request_return" in verbs and opinion.return_requests.filter(unit=opinion.lead_unit_id).exists():
        found.add("request_return")
    return found


def _may_ask(opinion: Opinion, step: str, at: datetime) -> Deadline | None:
    try:
        return may_still_ask(opinion, step, at)
    except WrongState:
        return None
