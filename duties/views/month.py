"""/desk/duties/: the stations in sight, a station's month, and what is done with a whole month."""

from datetime import date, datetime, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

import rules
from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.generic import View

from core.qr import qr_svg
from core.views import VerbView
from core.workdays import local_date
from core.workflow import BadInput
from duties import notice_sheet, workflow
from duties.access import DutyMixin, month_from, refuse_page
from duties.forms import ShiftForm
from duties.models import Roster, month_of
from duties.planning import month_end
from duties.reading import Month
from duties.states import RosterState
from stations.models import EntryCode, Station

PAGE_ROWS = 50
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def month_url(station: Station, month: date) -> str:
    """The address of a station's month."""
    return reverse("duties:month", args=[station.code, f"{month:%Y-%m}"])


class Door(DutyMixin, View):
    """Whoever has one station goes to its month; others choose."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Lead on, or list the stations with how this month and the next stand."""
        month = month_of(local_date(timezone.now()))
        seen = Station.objects.visible_to(request.user).active().order_by("region_id", "id")
        first = list(seen[:2])
        if len(first) == 1:
            return redirect(month_url(first[0], month))
        page = Paginator(seen, PAGE_ROWS).get_page(request.GET.get("page"))
        following = month_end(month) + timedelta(days=1)
        rosters = Roster.objects.visible_to(request.user).filter(station__in=[row.pk for row in page])
        known = {(row.station_id, row.month): row for row in rosters.filter(month__in=[month, following]).distinct()}
        rows = [(row, known.get((row.pk, month)), known.get((row.pk, following))) for row in page]
        context = {"rows": rows, "page": page, "month": month, "following": following}
        context["may_rules"] = rules.has_perm("duties.edit_rules", request.user)
        return render(request, "duties/door.html", context)


class _MonthMixin(DutyMixin):
    kwargs: dict[str, Any]

    @cached_property
    def station(self) -> Station:
        """The station of the address."""
        return self.find_station(self.kwargs["station"])

    @cached_property
    def month(self) -> date:
        """The month of the address."""
        return month_from(self.kwargs["month"])

    def view(self, at: datetime) -> Month:
        """The month as it is shown to this user."""
        return Month(self.station, self.month, self.request.user, at)

    def back_url(self) -> str:
        """The month's page."""
        return month_url(self.station, self.month)


class MonthPage(_MonthMixin, View):
    """A month as a calendar, with what is wrong and how it is spread beside it."""

    def get(self, request: HttpRequest, station: str, month: str) -> HttpResponse:
        """Show it."""
        view = self.view(timezone.now())
        context: dict[str, Any] = {"view": view, "station": self.station}
        if view.may_edit and view.roster and not view.is_over:
            context["add_form"] = ShiftForm(station=self.station, initial={"day": view.month})
        return render(request, "duties/month.html", context)


class PrintPage(_MonthMixin, View):
    """One sheet for the wall: A4, or A3 as a poster that is read from three steps away."""

    def get(self, request: HttpRequest, station: str, month: str) -> HttpResponse:
        """Show it as paper."""
        at = timezone.now()
        context = {
            "view": self.view(at),
            "station": self.station,
            "printed_at": at,
            "is_poster": request.GET.get("size") == "a3",
            "code": self._code(),
        }
        return render(request, "duties/print.html", context)

    def _code(self) -> SafeString | None:
        """The station's own code: its page always says who sits, also after a swap."""
        entry = EntryCode.objects.live().filter(station=self.station, kind=EntryCode.Kind.STATION).first()
        return qr_svg(f"{settings.SITE_URL.rstrip('/')}{entry.get_absolute_url()}", "本站的二维码") if entry else None


class WordSheet(_MonthMixin, View):
    """值班公示 as a Word file; a draft has none."""

    def get(self, request: HttpRequest, station: str, month: str) -> FileResponse:
        """Hand it out."""
        rows = Roster.objects.visible_to(request.user).filter(state=RosterState.PUBLISHED).select_related("station")
        roster = get_object_or_404(rows.distinct(), station=self.station, month=self.month)
        name = f"{self.station.name}{self.month.month}月值班公示.docx"
        content = BytesIO(notice_sheet.written(roster))
        return FileResponse(content, as_attachment=True, filename=name, content_type=WORD)


class PublishPage(_MonthMixin, VerbView):
    """Look at it once more, then hang it on the wall."""

    verb_name = "公布值班表"
    done_message = "已公布，通知都发给各位代表了。"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The preview; a month that is not a draft leads back."""
        refuse_page("duties.publish", request.user, self.station)
        view = self.view(timezone.now())
        if not view.is_draft:
            return redirect(self.back_url())
        return render(request, "duties/publish.html", {"view": view, "station": self.station})

    def run(self, form: Any, at: datetime) -> Roster:
        """Publish."""
        roster = Roster.objects.visible_to(self.request.user).get(station=self.station, month=self.month)
        return workflow.publish(roster.pk, actor=self.request.user, at=at)


class Propose(_MonthMixin, VerbView):
    """排好这个月."""

    verb_name = "排班"
    done_message = "排好了。可以再改，改好了就公布。"

    def run(self, form: Any, at: datetime) -> Roster:
        """Propose."""
        return workflow.propose(self.station.pk, self.month, actor=self.request.user, at=at)


class _RosterVerb(_MonthMixin, VerbView):
    @cached_property
    def roster(self) -> Roster:
        """The roster of the address. Raises DoesNotExist, which answers 404."""
        return Roster.objects.visible_to(self.request.user).get(station=self.station, month=self.month)


class ChangePeople(_RosterVerb):
    """保存改动: every choice on the page at once."""

    verb_name = "改班"
    done_message = "改好了。"

    def run(self, form: Any, at: datetime) -> Any:
        """Read the choices; what is not on the page stays as it is."""
        people: dict[int, int | None] = {}
        for name, value in self.request.POST.items():
            if name.startswith("s-"):
                if not name[2:].isdecimal() or not (value.isdecimal() or value == ""):
                    raise BadInput("选的人没有认出来，请刷新页面再选。")
                people[int(name[2:])] = int(value) if value else None
        return workflow.change_people(self.roster.pk, people, actor=self.request.user, at=at)


class AddShift(_RosterVerb):
    """加一班."""

    form_class = ShiftForm
    verb_name = "加一班"
    done_message = "加好了。"

    def form_kwargs(self) -> dict[str, Any]:
        """The form asks who serves here."""
        return {"station": self.station}

    def run(self, form: Any, at: datetime) -> Any:
        """Add."""
        given = dict(form.cleaned_data)
        person = given.pop("representative")
        return workflow.add_shift(
            self.roster.pk, actor=self.request.user, at=at, representative_id=person.pk if person else None, **given
        )
