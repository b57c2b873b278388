"""/desk/duties/mine/: a representative's own duties and the verbs he has. Works with one thumb and without script.

What is sent twice (a double tap, the back button) does nothing the second time and ends on the same page.
"""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from accounts.access import PermissionMixin
from core.views import VerbView
from duties import workflow
from duties.mine.choosing import colleagues, exchanges
from duties.mine.forms import TAKE_OVER, AskForm, AwayForm
from duties.mine.reading import day_and_hours, mine
from duties.models import Shift, SwapRequest
from duties.states import ShiftState, SwapState
from stations.models import Representative


class MineMixin(PermissionMixin):
    """A page for representatives; others get 403."""

    permission = "duties.have_own"
    request: HttpRequest
    kwargs: dict[str, Any]

    def back_url(self) -> str:
        """His own page."""
        return reverse("my_duties:list")

    @cached_property
    def shift(self) -> Shift:
        """The duty of the address, as far as he may see it. Raises Http404."""
        rows = Shift.objects.visible_to(self.request.user).published().select_related("station", "representative")
        return get_object_or_404(rows.distinct(), pk=self.kwargs["pk"])

    @property
    def is_his(self) -> bool:
        """Whether the duty of the address is his, now."""
        person = self.shift.representative
        return person is not None and person.user_id == self.request.user.pk

    @cached_property
    def swap(self) -> SwapRequest:
        """The wish of the address that he asked or was asked. Raises Http404."""
        user = self.request.user
        rows = SwapRequest.objects.visible_to(user).select_related("asker", "colleague").distinct()
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        if user.pk not in (found.colleague.user_id, found.asker.user_id if found.asker else None):
            raise Http404
        return found


class MyDuties(MineMixin, View):
    """我的值班: what is asked of him, the next duties, the last ones."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return render(request, "duties/mine/list.html", {"mine": mine(request.user, timezone.now())})


class Confirm(MineMixin, VerbView):
    """确认: he comes."""

    verb_name = "确认值班"
    done_message = "好的，记下了：您到时候来。"

    def run(self, form: Any, at: datetime) -> Any:
        """Confirm; a second tap changes nothing."""
        if self.is_his and self.shift.state == ShiftState.CONFIRMED:
            return self.shift
        return workflow.confirm(self.shift.pk, actor=self.request.user, at=at)


class CannotCome(MineMixin, VerbView):
    """来不了: a page that asks once more, with room for a note."""

    form_class = AwayForm
    verb_name = "来不了"
    done_message = "已经告诉站点，他们会找人顶这一班。"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, or lead back when there is nothing to ask."""
        if not self.is_his or timezone.now() >= self.shift.ends_at:
            return redirect(self.back_url())
        context = {"shift": self.shift, "when": day_and_hours(self.shift), "form": AwayForm()}
        return render(request, "duties/mine/cannot_come.html", context)

    def run(self, form: Any, at: datetime) -> Any:
        """Give it up; a second tap finds that it is given up."""
        given_up = self.shift.roster.lines.filter(shift_uid=self.shift.uid, verb="cannot_come").order_by("-id").first()
        if self.shift.is_gap and given_up is not None and given_up.actor_id == self.request.user.pk:
            return self.shift
        reason = form.cleaned_data["reason"]
        return workflow.cannot_come(self.shift.pk, actor=self.request.user, at=at, reason=reason)


class AskSwap(MineMixin, VerbView):
    """请人换: first whom, then how."""

    verb_name = "请人换班"
    done_message = "问过去了。对方答应以前，这一班还是您的。"

    @cached_property
    def people(self) -> list[Representative]:
        """Who could come."""
        return colleagues(self.shift)

    def chosen(self, given: str) -> Representative | None:
        """The colleague of this id, None when he is not among those who could come."""
        return next((row for row in self.people if str(row.pk) == given), None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """List the colleagues; with `?who=` ask how."""
        at = timezone.now()
        if not self.is_his or at >= self.shift.starts_at:
            return redirect(self.back_url())
        context: dict[str, Any] = {"shift": self.shift, "when": day_and_hours(self.shift), "people": self.people}
        who = self.chosen(request.GET.get("who", ""))
        if who is not None:
            start = {"colleague": who.pk, "other": TAKE_OVER}
            context |= {"who": who, "form": self._form(who, at, initial=start)}
        return render(request, "duties/mine/ask_swap.html", context)

    def _form(self, who: Representative | None, at: datetime, *args: Any, **more: Any) -> AskForm:
        offered = exchanges(self.shift, who, at) if who else []
        return AskForm(*args, people=self.people, exchanges=offered, **more)

    def get_form(self) -> AskForm:
        """What was chosen, out of what could be."""
        who = self.chosen(self.request.POST.get("colleague", ""))
        return self._form(who, timezone.now(), self.request.POST)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask; the same asked twice is asked once."""
        if self._is_asked(request.POST.get("colleague", ""), request.POST.get("other", "")):
            return redirect(self.back_url())
        return super().post(request, *args, **kwargs)

    def _is_asked(self, who: str, other: str) -> bool:
        asked = SwapRequest.objects.filter(from_shift=self.shift, state=SwapState.ASKED).first()
        same = asked is not None and (str(asked.colleague_id), str(asked.to_shift_id or TAKE_OVER)) == (who, other)
        return same and self.is_his

    def run(self, form: Any, at: datetime) -> Any:
        """Ask."""
        given = form.cleaned_data
        return workflow.ask_swap(
            self.shift.pk, actor=self.request.user, at=at, colleague_id=given["colleague"],
            other_shift_id=int(given["other"]) or None, words=given["words"],
        )  # fmt: skip


class _SwapVerb(MineMixin, VerbView):
    """A verb on a wish; what is already so is left as it is."""

    becomes: str

    def act(self, form: Any, at: datetime) -> Any:
        """Run the verb."""
        raise NotImplementedError

    def run(self, form: Any, at: datetime) -> Any:
        """Run it once."""
        return self.swap if self.swap.state == self.becomes else self.act(form, at)


class Agree(_SwapVerb):
    """答应: now it changes hands."""

    verb_name, done_message, becomes = "答应换班", "换好了，两边和站点都知道了。", SwapState.AGREED

    def act(self, form: Any, at: datetime) -> Any:
        """Agree."""
        return workflow.agree(self.swap.pk, actor=self.request.user, at=at)


class Refuse(_SwapVerb):
    """不方便: all stays as it is."""

    verb_name, done_message, becomes = "回绝换班", "回过话了，班不变。", SwapState.REFUSED

    def act(self, form: Any, at: datetime) -> Any:
        """Refuse."""
        return workflow.refuse(self.swap.pk, actor=self.request.user, at=at)


class TakeBack(_SwapVerb):
    """不换了: his own wish, while nobody has answered."""

    verb_name, done_message, becomes = "收回换班", "收回了，和原来一样。", SwapState.TAKEN_BACK

    def act(self, form: Any, at: datetime) -> Any:
        """Take it back."""
        return workflow.take_back(self.swap.pk, actor=self.request.user, at=at)
