"""One duty: what is known of it, and the verbs of its life."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from core.views import VerbView
from core.workdays import local_date
from duties import workflow
from duties.access import DutyMixin, refuse_page
from duties.forms import ArrangeForm, ReasonForm, ShiftForm, SubstituteForm
from duties.models import RosterLine, Shift, SwapRequest
from duties.reading import MARKS
from duties.states import SHIFTS, VERB_LABELS, RosterState, ShiftState, SwapState
from duties.views.month import month_url


def others_of(shift: Shift, at: datetime) -> Any:
    """Duties of colleagues at the station that could be swapped with this one."""
    rows = Shift.objects.published().ahead().filter(station=shift.station, day__gte=local_date(at))
    rows = rows.exclude(representative=None).exclude(representative=shift.representative_id)
    return rows.select_related("representative").order_by("day", "start", "id")


class ShiftPage(DutyMixin, View):
    """The duty, its history, and what the station can do with it now."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it to those who arrange rosters there."""
        shift, at = self.find_shift(pk), timezone.now()
        refuse_page("duties.arrange", request.user, shift)
        is_out = shift.roster.state == RosterState.PUBLISHED
        drafted = {"change_shift", "drop_shift"}
        verbs = {verb for verb in SHIFTS.verbs(shift.state) if is_out or verb in drafted}
        asked = {"day": shift.day, "start": shift.start, "end": shift.end, "post": shift.post}
        swaps = (
            SwapRequest.objects.visible_to(request.user).filter(from_shift=shift).select_related("asker", "colleague")
        )
        context = {
            "shift": shift,
            "mark": None if shift.is_gap else (*MARKS[ShiftState(shift.state)], ShiftState(shift.state).label),
            "may": dict.fromkeys(verbs, True),
            "is_started": at >= shift.starts_at,
            "is_over": at >= shift.ends_at,
            "back": month_url(shift.station, shift.roster.month),
            "change_form": ShiftForm(
                station=shift.station, initial=asked | {"representative": shift.representative_id}
            ),
            "substitute_form": SubstituteForm(station=shift.station),
            "arrange_form": ArrangeForm(station=shift.station, others=others_of(shift, at)),
            "lines": _lines(shift, request.user),
            "swaps": [row for row in swaps if row.state in (SwapState.ASKED, SwapState.AGREED, SwapState.ARRANGED)],
        }
        return render(request, "duties/shift.html", context)


def _lines(shift: Shift, user: Any) -> list[tuple[RosterLine, str]]:
    rows = RosterLine.objects.visible_to(user).filter(roster=shift.roster, shift_uid=shift.uid)
    rows = rows.select_related("person_before", "person_after").order_by("-id")
    return [(row, VERB_LABELS.get(row.verb, row.verb)) for row in rows]


class _ShiftVerb(DutyMixin, VerbView):
    """A POST on one duty; the station goes back to its page, a representative to the month."""

    @cached_property
    def shift(self) -> Shift:
        """The duty of the address."""
        return self.find_shift(self.kwargs["pk"])

    def back_url(self) -> str:
        """The month, where the change is seen in its place."""
        return month_url(self.shift.station, self.shift.roster.month)


class Confirm(_ShiftVerb):
    """确认."""

    verb_name = "确认"
    done_message = "记下了，会来。"

    def run(self, form: Any, at: datetime) -> Shift:
        """Confirm."""
        return workflow.confirm(self.shift.pk, actor=self.request.user, at=at)


class CannotCome(_ShiftVerb):
    """来不了."""

    form_class = ReasonForm
    verb_name = "来不了"
    done_message = "记下了，这一班空出来了，请找人顶上。"

    def run(self, form: Any, at: datetime) -> Shift:
        """Leave a gap."""
        reason = form.cleaned_data["reason"]
        return workflow.cannot_come(self.shift.pk, actor=self.request.user, at=at, reason=reason)


class Substitute(_ShiftVerb):
    """顶班."""

    form_class = SubstituteForm
    verb_name = "顶班"
    done_message = "换好人了，两位都会收到通知。"

    def form_kwargs(self) -> dict[str, Any]:
        """Who serves here."""
        return {"station": self.shift.station}

    def run(self, form: Any, at: datetime) -> Shift:
        """Put somebody in."""
        person, reason = form.cleaned_data["representative"], form.cleaned_data["reason"]
        return workflow.substitute(
            self.shift.pk, actor=self.request.user, at=at, representative_id=person.pk, reason=reason
        )


class Arrange(_ShiftVerb):
    """安排换班."""

    form_class = ArrangeForm
    verb_name = "安排换班"
    done_message = "换好了，两位都会收到通知。"

    def form_kwargs(self) -> dict[str, Any]:
        """Who serves here, and which duties could be swapped."""
        return {"station": self.shift.station, "others": others_of(self.shift, timezone.now())}

    def run(self, form: Any, at: datetime) -> SwapRequest:
        """Swap for them."""
        given = form.cleaned_data
        return workflow.arrange(
            self.shift.pk, actor=self.request.user, at=at, colleague_id=given["colleague"].pk,
            other_shift_id=given["other"].pk if given["other"] else None, note=given["note"],
        )  # fmt: skip


class MarkHeld(_ShiftVerb):
    """记到岗."""

    verb_name = "记到岗"
    done_message = "记下了，到岗。"

    def run(self, form: Any, at: datetime) -> Shift:
        """Write it down."""
        return workflow.mark_held(self.shift.pk, actor=self.request.user, at=at)


class MarkAbsent(_ShiftVerb):
    """记没有来."""

    form_class = ReasonForm
    verb_name = "记没有来"
    done_message = "记下了。只有本站点和他自己看得到。"

    def run(self, form: Any, at: datetime) -> Shift:
        """Write it down."""
        return workflow.mark_absent(self.shift.pk, actor=self.request.user, at=at, note=form.cleaned_data["reason"])


class Change(_ShiftVerb):
    """改班."""

    form_class = ShiftForm
    verb_name = "改班"
    done_message = "改好了。"

    def form_kwargs(self) -> dict[str, Any]:
        """Who serves here."""
        return {"station": self.shift.station}

    def run(self, form: Any, at: datetime) -> Shift:
        """Change it."""
        given = dict(form.cleaned_data)
        person = given.pop("representative")
        return workflow.change_shift(
            self.shift.pk, actor=self.request.user, at=at, representative_id=person.pk if person else None, **given
        )


class Drop(_ShiftVerb):
    """去掉一班."""

    form_class = ReasonForm
    verb_name = "去掉一班"
    done_message = "去掉了。"

    def run(self, form: Any, at: datetime) -> None:
        """Take it out."""
        workflow.drop_shift(self.shift.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])


class TakeBack(DutyMixin, VerbView):
    """收回换班."""

    verb_name = "收回换班"
    done_message = "收回了，和换以前一样。"

    @cached_property
    def swap(self) -> SwapRequest:
        """The swap of the address."""
        rows = SwapRequest.objects.visible_to(self.request.user).distinct().select_related("from_shift__station")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def run(self, form: Any, at: datetime) -> SwapRequest:
        """Take it back."""
        return workflow.take_back(self.swap.pk, actor=self.request.user, at=at)

    def back_url(self) -> str:
        """The month of the duty."""
        return reverse("duties:month", args=[self.swap.from_shift.station.code, f"{self.swap.from_shift.day:%Y-%m}"])
