"""/desk/opinions/callbacks/: whom to ring or visit, what to say, and room to write down what he answers; made to print.

Two groups: whoever no message reached (no telephone, or the message did not arrive), and whoever was told and has not
rated. Names and numbers stay masked on paper; the whole number stands behind 看电话 on the matter's page.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from accounts.access import PermissionMixin
from core.text import mask_name, mask_phone
from notices.models import Channel, Notice
from opinions.models import Opinion, Reply
from opinions.states import Outcome, State
from opinions.views.page import place_words

MOST = 60


@dataclass(frozen=True)
class Call:
    """One person to reach, ready to print."""

    opinion: Opinion
    who: str
    phone: str
    why: str
    place: str
    unit: str
    outcome: str
    answer: str


class Callbacks(PermissionMixin, View):
    """The call sheet of a station or town."""

    permission = "opinions.see_callbacks"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Both groups, those who wait longest first."""
        user, at = request.user, timezone.now()
        waiting = Opinion.objects.visible_to(user).filter(state=State.FED_BACK)
        lost = Q(pk__in=unreached(user))
        untold = waiting.filter(Q(told_at=None) | lost)
        unrated = waiting.filter(told_at__isnull=False).exclude(lost)
        context = {
            "untold": calls(untold),
            "unrated": calls(unrated),
            "untold_total": untold.count(),
            "unrated_total": unrated.count(),
            "most": MOST,
            "at": at,
            "caller": user.label,
        }
        return render(request, "opinions/callbacks.html", context)


def unreached(user: Any) -> list[int]:
    """Return the matters whose message to the resident did not arrive and waits for a call."""
    lost = Notice.objects.parked_visible_to(user).filter(user=None, subject__startswith="opinion:")
    subjects = lost.exclude(channel=Channel.WECOM).values_list("subject", flat=True).distinct()[:1000]
    return [int(subject.partition(":")[2]) for subject in subjects]


def calls(rows: "QuerySet[Opinion]") -> list[Call]:
    """Return a group ready to print; the number of statements does not depend on its length."""
    answers = Reply.objects.filter(verdict=Reply.Verdict.APPROVED).select_related("unit").order_by("-id")
    first = rows.select_related("station", "region").prefetch_related(Prefetch("replies", answers, "answers"))
    return [_call(row) for row in first.order_by("fed_back_at", "pk")[:MOST]]


def _call(row: Opinion) -> Call:
    answer = row.answers[0] if row.answers else None  # type: ignore[attr-defined]
    if not row.phone:
        why = "没留电话，请上门或者托网格员、代表带话"
    else:
        why = "短信没送到" if row.told_at is None else "告诉过了，还没评"
    return Call(
        opinion=row,
        who=mask_name(row.name) or "没留名",
        phone=mask_phone(row.phone) if row.phone else "",
        why=why,
        place=place_words(row),
        unit=answer.unit.short_name if answer and answer.unit else row.station.name,
        outcome=Outcome(row.outcome).label if row.outcome else "",
        answer=answer.body if answer else "",
    )
