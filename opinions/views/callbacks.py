"""/desk/opinions/callbacks/: whom to ring or visit, what to say, and where to write down what he answers.

Two groups: whoever no message reached (no telephone, or the message did not arrive), and whoever was told and has not
rated. The same lines are made to print. Names and numbers stay masked; the whole number stands behind 看电话 on the
matter's page. What is written on a line runs one of the matter's own verbs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Max, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts.access import PermissionMixin
from core.text import mask_name, mask_phone
from core.views import UNUSABLE_INPUT
from opinions import workflow
from opinions.bulk import Order, Verb, do_once, moment_of
from opinions.forms_calls import MISSED, RESULTS, TOLD, CallForm
from opinions.models import Opinion, Reply
from opinions.states import Outcome, Satisfaction, Solved, State
from opinions.views.base import visible_or_404
from opinions.views.page import place_words

MOST = 60
SAID = dict(RESULTS)


@dataclass(frozen=True)
class Call:
    """One person to reach: what the sheet prints, how often nobody was found, and a form that was sent wrong."""

    opinion: Opinion
    who: str
    phone: str
    why: str
    place: str
    unit: str
    outcome: str
    answer: str
    following: int | None
    form: CallForm | None

    @property
    def results(self) -> Sequence[tuple[str, str]]:
        """Return what may be chosen: who was told already is not told again."""
        return [choice for choice in RESULTS if choice[0] != TOLD or self.opinion.told_at is None]


class Callbacks(PermissionMixin, View):
    """The call sheet of a station or town."""

    permission = "opinions.see_callbacks"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Both groups, those who wait longest first."""
        return sheet(request, timezone.now())


class RecordCall(PermissionMixin, View):
    """One line of the sheet: what he said, or that nobody was found."""

    permission = "opinions.see_callbacks"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Run the verb and go on to the next line; the same line sent twice is written once."""
        at = timezone.now()
        opinion = visible_or_404(request.user, pk)
        form = CallForm(request.POST)
        if not form.is_valid():
            return sheet(request, at, wrong={opinion.pk: form})
        data = form.cleaned_data
        verb, arguments = _verb_of(data, opinion)
        refusal = do_once(verb, Order(pk, moment_of(data["seen"]), arguments), request.user, at)
        if refusal:
            messages.warning(request, f"“{opinion.title}”：{refusal}")
            return redirect("opinions:callbacks")
        following = request.POST.get("following", "")
        if following.isascii() and following.isdigit() and len(following) < 12:
            return redirect(f"{reverse('opinions:callbacks')}?after={following}#call-{following}")
        messages.success(request, f"记好了：{SAID[data['result']]}。")
        return redirect("opinions:callbacks")


def _verb_of(data: dict[str, Any], opinion: Opinion) -> tuple[Verb, dict[str, Any]]:
    """Return the verb that a line means, and its arguments."""
    said = data["comment"].strip()
    if data["result"] == MISSED:
        return workflow.miss, {"note": said}
    if data["result"] == TOLD:
        how = "打电话告诉的" if opinion.phone else "上门或者托人告诉的"
        return workflow.feed_back, {"how": f"{how}。{said}" if said else how}
    return workflow.rate, {"solved": data["solved"], "satisfaction": data["result"], "comment": said}


def sheet(request: HttpRequest, at: datetime, wrong: dict[int, CallForm] | None = None) -> HttpResponse:
    """Draw the sheet; a line that was sent wrong keeps what was typed and says what is missing."""
    waiting = Opinion.objects.visible_to(request.user).filter(state=State.FED_BACK)
    groups = {"untold": waiting.filter(told_at=None), "unrated": waiting.filter(told_at__isnull=False)}
    context: dict[str, Any] = {key: calls(rows, wrong or {}) for key, rows in groups.items()}
    context |= {f"{key}_total": rows.count() for key, rows in groups.items()}
    context |= {
        "most": MOST,
        "at": at,
        "caller": request.user.label,  # type: ignore[union-attr]
        "solved": Solved.choices,
        "ratings": Satisfaction.values,
        "after": request.GET.get("after", ""),
    }
    return render(request, "opinions/callbacks.html", context, status=UNUSABLE_INPUT if wrong else 200)


def calls(rows: "QuerySet[Opinion]", wrong: dict[int, CallForm]) -> list[Call]:
    """Return a group ready to print; the number of statements does not depend on its length."""
    answers = Reply.objects.filter(verdict=Reply.Verdict.APPROVED).select_related("unit").order_by("-id")
    missed = Q(history__verb="miss", history__round=F("round"))
    found = list(
        rows.select_related("station", "region")
        .prefetch_related(Prefetch("replies", answers, "answers"))
        .annotate(misses=Count("history", filter=missed), missed_at=Max("history__at", filter=missed))
        .order_by("fed_back_at", "pk")[:MOST]
    )
    following = [row.pk for row in found[1:]] + [None]
    return [_call(row, next_pk, wrong.get(row.pk)) for row, next_pk in zip(found, following, strict=False)]


def _call(row: Opinion, following: int | None, form: CallForm | None) -> Call:
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
        following=following,
        form=form,
    )
