"""The pages of receptions: the list with today's on top, opening one, the day's page, its verbs and its sheets."""

from datetime import datetime
from typing import Any

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts.models import Role
from core.views import UNUSABLE_INPUT, VerbView
from core.workdays import local_date
from core.workflow import BadInput, NotAllowed, VerbError
from duties import workflow as duties
from duties.models import Shift
from duties.rules import is_station_staff
from duties.themes.queries import theme_of, themes
from opinions.models import Opinion
from opinions.papers import access
from opinions.papers.kinds import RECEPTION
from opinions.papers.store import template_of
from opinions.posts.present import POSTS
from opinions.present import state_mark
from opinions.receptions import queries, workflow
from opinions.receptions.forms import NoteForm, PeopleForm
from opinions.receptions.models import Reception
from opinions.receptions.states import TABLE, VERB_LABELS, State
from opinions.views import papers
from opinions.views.base import DeskMixin
from stations.models import Station

_A_PAGE, _MOST_SHEETS = 30, 200
MARKS = {State.OPEN: ("is-move", "half"), State.CLOSED: ("is-done", "full"), State.CANCELLED: ("is-rest", "minus")}


class Reader(DeskMixin):
    """A page for those who read rosters: stations, towns, the county, leaders, representatives."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else."""
        if request.user.is_authenticated and not rules.has_perm("opinions.read_receptions", request.user):
            raise PermissionDenied("选民接待是站点和代表的事。")
        return super().dispatch(request, *args, **kwargs)


def mark_of(row: Reception) -> dict[str, str]:
    """A reception's state as shape, colour and word."""
    tone, glyph = MARKS[State(row.state)]
    return {"tone": tone, "glyph": glyph, "label": row.get_state_display()}


def own_stations(user: Any) -> "QuerySet[Station]":
    """The open stations whose receptions this user keeps: his own, or those of his town."""
    inside = Q(code__in=user.station_codes)
    for prefix in user.prefixes(Role.TOWN_STAFF):
        inside |= Q(region__code__startswith=prefix)
    return Station.objects.filter(inside, is_active=True).select_related("region").order_by("region_id", "id")


class Receptions(Reader, View):
    """选民接待: what goes on today, then what was, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of them."""
        at = timezone.now()
        rows = Reception.objects.visible_to(request.user).select_related("station").prefetch_related("people")
        page = Paginator(rows.annotate(count=Count("visits")).order_by("-day", "-pk"), _A_PAGE).get_page(
            request.GET.get("page")
        )
        own = list(own_stations(request.user))
        about = themes({row.day for row in page}, {row.station_id for row in page})
        context = {
            "page": page,
            "rows": [{"row": row, "mark": mark_of(row), "theme": about.of(row.station, row.day)} for row in page],
            "running": queries.of_today(own, at),
            "may_open": [
                station for station in own if rules.has_perm("opinions.open_reception", request.user, station)
            ],
            "today": local_date(at),
        }
        return render(request, "opinions/receptions/list.html", context)


class Open(Reader, View):
    """开始接待: the station, who receives (as the roster says), where."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form, filled in from the roster; with a reception going on, that one."""
        station, at = self._station(), timezone.now()
        running = queries.of_today([station], at)
        if running:
            return HttpResponseRedirect(running[0].get_absolute_url())
        day = local_date(at)
        last = Reception.objects.filter(station=station).exclude(place="").order_by("-pk").first()
        initial = {"people": queries.proposed(station, day), "place": last.place if last else ""}
        return self._page(PeopleForm(initial=initial, representatives=queries.serving(station, day)), station, at)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin; whoever comes second is led to what the first has begun."""
        station, at = self._station(), timezone.now()
        form = PeopleForm(request.POST, representatives=queries.serving(station, local_date(at)))
        if not form.is_valid():
            return self._page(form, station, at, UNUSABLE_INPUT)
        place = form.cleaned_data["place"]
        try:
            row = workflow.open_reception(station.pk, actor=request.user, at=at, people=form.chosen, place=place)
        except workflow.AlreadyOpen as error:
            messages.info(request, error.message)
            row = error.reception
        except NotAllowed as error:
            raise PermissionDenied(error.message) from error
        except BadInput as error:
            form.add_error(error.field or None, error.message)
            return self._page(form, station, at, UNUSABLE_INPUT)
        return HttpResponseRedirect(row.get_absolute_url())

    def _station(self) -> Station:
        rows = own_stations(self.request.user)
        code = self.request.POST.get("station") or self.request.GET.get("station", "")
        station = rows.filter(code=code).first() if code else rows.first()
        if station is None or not rules.has_perm("opinions.open_reception", self.request.user, station):
            raise PermissionDenied("开始接待是站点工作人员的事。")
        return station

    def _page(self, form: PeopleForm, station: Station, at: datetime, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "station": station,
            "stations": own_stations(self.request.user),
            "today": local_date(at),
            "theme": theme_of(station, local_date(at)),
            "has_roster": Shift.objects.published().filter(station=station, day=local_date(at)).exists(),
        }
        return render(self.request, "opinions/receptions/open.html", context, status=status)


def visible_or_404(user: Any, pk: int) -> Reception:
    """The reception as this user may see it; out of sight is 404."""
    rows = Reception.objects.visible_to(user).select_related("station", "recorder")
    return get_object_or_404(rows, pk=pk)


def visits_of(row: Reception, user: Any) -> list[dict[str, Any]]:
    """Who came, in order: the matter where this user sees it. No name has a place here."""
    seen = Opinion.objects.visible_to(user).filter(reception_visit__reception=row)
    columns = ("pk", "title", "state", "created_at", "reception_visit__number", "recorded_by__name")
    return [
        {"pk": pk, "title": title, "mark": state_mark(state), "at": timezone.localtime(at), "number": number, "by": by}
        for pk, title, state, at, number, by in seen.order_by("reception_visit__number").values_list(*columns)
    ]


class Detail(Reader, View):
    """The day's page: write down the next one, who sits here, who came, what is left of the roster."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        row = visible_or_404(request.user, pk)
        visits = visits_of(row, request.user)
        is_own = is_station_staff(request.user, row)
        may = {verb: is_own and TABLE.allows(verb, row.state) for verb in VERB_LABELS}
        may["receive"] = row.is_open and rules.has_perm("opinions.receive_reception", request.user, row)
        may["cancel"] = may["cancel"] and not row.visits.exists()
        may["reopen"] = may["reopen"] and row.day == local_date(timezone.now())
        people = list(row.people.order_by("name"))
        form = PeopleForm(
            initial={"people": people, "place": row.place}, representatives=queries.serving(row.station, row.day)
        )
        context = {
            "row": row,
            "mark": mark_of(row),
            "theme": theme_of(row.station, row.day),
            "people": people,
            "visits": visits,
            "others": row.visits.count() - len(visits),
            "may": may,
            "form": form if may["change"] else None,
            "awaited": queries.on_roster(row) if is_own and row.state != State.CANCELLED else (),
            "history": row.history.all() if is_own else (),
            "sheets": len(printable(row, request.user)),
            "posts": POSTS if may["receive"] else (),
            "next_url": f"{reverse('opinions:new')}?channel=RECEPTION&station={row.station_id}",
        }
        return render(request, "opinions/receptions/detail.html", context)


def printable(row: Reception, user: Any) -> list[Opinion]:
    """The matters of a reception whose 选民接待登记表 this user may print, in the order of coming."""
    rows = Opinion.objects.visible_to(user).filter(reception_visit__reception=row)
    rows = rows.select_related("station", "region", "category__parent", "lead_unit", "first_contact", "recorded_by")
    found = rows.order_by("reception_visit__number")[:_MOST_SHEETS]
    return [opinion for opinion in found if access.may_print(user, RECEPTION.key, opinion)]


class Sheets(Reader, View):
    """The 选民接待登记表 of the whole reception, one page a visitor, as one Word file; names and numbers are masked."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the file."""
        from opinions.papers import joining  # noqa: PLC0415 - heavy, and most web workers never need it

        row, at = visible_or_404(request.user, pk), timezone.now()
        opinions = printable(row, request.user)
        if not opinions:
            raise Http404("还没有能打印的登记表。")
        texts = [papers.texts_of(RECEPTION.key, request.user, opinion, at) for opinion in opinions]
        content = joining.fill_many(template_of(RECEPTION.key), texts)
        return papers.word_file(content, f"{RECEPTION.label}-{row.day:%Y%m%d}-{len(opinions)}张")


class ReceptionVerb(Reader, VerbView):
    """A verb on one reception; out of sight is 404."""

    verb = ""
    form_class = NoteForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look first whether the reception is in sight."""
        self.reception = visible_or_404(request.user, kwargs["pk"])
        return super().post(request, *args, **kwargs)

    def back_url(self) -> str:
        """The day's page."""
        return reverse("receptions:detail", args=[self.kwargs["pk"]])


class Change(ReceptionVerb):
    """Who receives, and where, said anew."""

    verb_name, done_message, form_class = "改代表和地方", "改好了。", PeopleForm

    def form_kwargs(self) -> dict[str, Any]:
        """Offer those who serve on that day."""
        return {"representatives": queries.serving(self.reception.station, self.reception.day)}

    def run(self, form: PeopleForm, at: datetime) -> Reception:
        """Change it."""
        place = form.cleaned_data["place"]
        return workflow.change(self.reception.pk, actor=self.request.user, at=at, people=form.chosen, place=place)


class Close(ReceptionVerb):
    """The end of the reception."""

    verb_name, done_message = "结束接待", "接待结束了。登记表可以打印。"

    def run(self, form: NoteForm, at: datetime) -> Reception:
        """Close it."""
        note = form.cleaned_data["note"]
        return workflow.close(self.reception.pk, actor=self.request.user, at=at, note=note)


class Reopen(ReceptionVerb):
    """Going on the same day."""

    verb_name, done_message = "接着接待", "接着接待。"

    def run(self, form: NoteForm, at: datetime) -> Reception:
        """Open it again."""
        return workflow.reopen(self.reception.pk, actor=self.request.user, at=at)


class Cancel(ReceptionVerb):
    """Opened by mistake."""

    verb_name, done_message = "没有开", "记下了：没有开。"

    def run(self, form: NoteForm, at: datetime) -> Reception:
        """Cancel it."""
        reason = form.cleaned_data["note"]
        return workflow.cancel(self.reception.pk, actor=self.request.user, at=at, reason=reason)


class Absent(ReceptionVerb):
    """Somebody of the roster did not come: noted without blame, for the station and himself."""

    verb_name, done_message = "记没有来", "记下了。只有站点和他本人看得到。"

    def run(self, form: NoteForm, at: datetime) -> Shift:
        """Note it at his duty of that day."""
        shift = queries.on_roster(self.reception).filter(pk=self.kwargs["shift"]).first()
        if shift is None:
            raise VerbError("他的班已经改了，请刷新页面再看。")
        return duties.mark_absent(shift.pk, actor=self.request.user, at=at, note=form.cleaned_data["note"])
