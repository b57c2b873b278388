"""公布结果: one result and one reason an item, sent at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from core.workflow import BadInput, VerbError
from projects.council import closing
from projects.council.forms import DECISION_CHOICES
from projects.council.models import Council
from projects.council.present import Entry, agenda
from projects.council.states import State
from projects.council.views.base import CouncilMixin, wrong_of


@dataclass(frozen=True)
class Part:
    """One item on the closing page: what is known, what was chosen and typed, what is wrong."""

    entry: Entry
    choices: list[tuple[str, str, bool]]
    reason: str
    result_error: str
    reason_error: str
    is_gone: bool
    hindrance: str


class Close(CouncilMixin, View):
    """The page and the verb."""

    permission = "projects.hold_councils"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The form; a meeting that is not open leads to its page."""
        council = self.council("close")
        return self._page(council) if council.state == State.OPEN else redirect(council)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Close it, or show what is missing with everything typed kept."""
        council = self.council("close")
        said = {
            item: closing.Decision(request.POST.get(f"result_{item}", ""), request.POST.get(f"reason_{item}", ""))
            for item in council.items.values_list("pk", flat=True)
        }
        try:
            closing.close(council.pk, actor=request.user, at=timezone.now(), decisions=said)
        except BadInput as error:
            return self._page(council, error)
        except VerbError as error:  # a colleague was quicker: what he published stands on the meeting's page
            messages.warning(request, f"{error.message}您刚才写的没有公布。")
            return redirect(council)
        messages.success(request, "结果公布了。提议的人都会收到通知，理由写在里面。")
        return redirect(council)

    def _page(self, council: Council, error: BadInput | None = None) -> HttpResponse:
        wrong = wrong_of(error) if error else ("", "")
        parts = [self._part(council, entry, wrong) for entry in agenda(council)]
        context = {"council": council, "parts": parts, "error": error}
        return render(self.request, "projects/council/close.html", context, status=422 if error else 200)

    def _part(self, council: Council, entry: Entry, wrong: tuple[str, str]) -> Part:
        sent, pk = self.request.POST, entry.item.pk
        chosen = sent.get(f"result_{pk}", "")
        return Part(
            entry=entry,
            choices=[(value, label, value == chosen) for value, label in DECISION_CHOICES],
            reason=sent.get(f"reason_{pk}", ""),
            result_error=wrong[1] if wrong[0] == f"result_{pk}" else "",
            reason_error=wrong[1] if wrong[0] == f"reason_{pk}" else "",
            is_gone=not closing.can_be_decided(council, entry.item.idea.state),
            hindrance=closing.why_not_kept(entry.item),
        )
