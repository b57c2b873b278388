"""The pages of the duty record: people by name, one person's year, additions and their second person, the report."""

from datetime import datetime
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from core.views import VerbView
from duties.commendations.models import Commendation
from duties.querysets import KEEPS, READS, stations_of
from opinions.models import Opinion
from opinions.records import gathering, report, workflow
from opinions.records.forms import AddForm, RejectForm
from opinions.records.models import DutyRecord
from opinions.records.querysets import people_for, stations_for
from opinions.records.states import State
from opinions.views import papers
from opinions.views.base import DeskMixin
from stations.models import Representative, Service, Station

_A_PAGE, _MOST_LINES, _MOST_WAITING = 30, 60, 50


class Reader(DeskMixin):
    """A page for those who read rosters: stations, towns, the county, leaders, representatives."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else."""
        if request.user.is_authenticated and not rules.has_perm("opinions.read_duty_records", request.user):
            raise PermissionDenied("履职档案是站点和代表的事。")
        return super().dispatch(request, *args, **kwargs)


def person_or_404(user: Any, pk: int) -> Representative:
    """The representative, where this user sees his record."""
    return get_object_or_404(people_for(user), pk=pk)


def year_of(request: HttpRequest, at: datetime) -> gathering.Span:
    """The year asked for, among this and the two before it; this one otherwise."""
    asked, years = request.GET.get("year", ""), gathering.years_to_choose(at)
    return gathering.span_of(next((year for year in years if str(year) == asked), years[0]), at)


def record_of(user: Any, person: Representative, span: gathering.Span) -> list[gathering.Deed]:
    """His deeds of a year, cut to the stations whose part this user sees."""
    deeds, seen = gathering.gather([person], span)[person.pk], stations_for(user, person)
    return deeds if seen is None else [deed for deed in deeds if deed.station in seen]


class Records(Reader, View):
    """Everybody whose record the user sees, by name. No number stands beside a name: nobody is compared."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead a representative to his own; show others the list."""
        at = timezone.now()
        own = Representative.objects.filter(user_id=request.user.pk).first()
        if own is not None and not stations_of(request.user, READS):
            return HttpResponseRedirect(reverse("records:detail", args=[own.pk]))
        span, words = gathering.span_of(gathering.years_to_choose(at)[0], at), request.GET.get("q", "").strip()[:20]
        people = people_for(request.user).filter(is_active=True)
        page = Paginator(people.filter(name__contains=words).order_by("name", "pk"), _A_PAGE).get_page(
            request.GET.get("page")
        )
        found = gathering.gather(page, span)
        where = _serving(page, request.user)
        rows = [
            {"person": person, "stations": where.get(person.pk, []), "kinds": _kinds(found[person.pk])}
            for person in page
        ]
        context = {"page": page, "rows": rows, "q": words, "year": span.year, "waiting": waiting(request.user)}
        return render(request, "opinions/records/list.html", context)


def _kinds(deeds: list[gathering.Deed]) -> list[str]:
    return [part.label for part in gathering.parts(deeds) if part.done]


def _serving(people: Any, user: Any) -> dict[int, list[str]]:
    rows = Service.objects.filter(stations_of(user, READS), representative__in=list(people), until=None)
    found: dict[int, list[str]] = {}
    for who, name in rows.order_by("station_id").values_list("representative_id", "station__name"):
        found.setdefault(who, []).append(name)
    return found


def waiting(user: Any) -> list[dict[str, Any]]:
    """The additions that wait for a second person at the stations this user looks after."""
    where = stations_of(user, KEEPS)
    if not where:
        return []
    rows = DutyRecord.objects.filter(where, state=State.PENDING).select_related(
        "representative", "station__region", "added_by"
    )
    return [
        {"row": row, "may": rules.has_perm("opinions.approve_duty_record", user, row)}
        for row in rows.order_by("added_at")[:_MOST_WAITING]
    ]


def stations_to_add(user: Any, person: Representative) -> "QuerySet[Station]":
    """The stations at which this user may add to a person's record: his own, or where he serves himself."""
    ids = [
        row.station_id
        for row in person.services.select_related("station__region")
        if rules.has_perm("opinions.add_duty_record", user, DutyRecord(representative=person, station=row.station))
    ]
    return Station.objects.filter(pk__in=ids).order_by("pk")


class Detail(Reader, View):
    """One person's year in five kinds: what was done, what is still open, and every line behind it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        at, person = timezone.now(), person_or_404(request.user, pk)
        span = year_of(request, at)
        deeds = record_of(request.user, person, span)
        asked = {deed.opinion for deed in deeds[:_MOST_LINES] if deed.opinion is not None}
        seen = set(Opinion.objects.visible_to(request.user).filter(pk__in=asked).values_list("pk", flat=True))
        stations = stations_to_add(request.user, person)
        context = {
            "person": person,
            "span": span,
            "years": gathering.years_to_choose(at),
            "parts": gathering.parts(deeds),
            "lines": [deed for deed in deeds if not deed.is_ahead][:_MOST_LINES],
            "seen": seen,
            "is_own": person.user_id == request.user.pk,
            "form": AddForm(stations=stations, initial={"day": span.today}) if stations else None,
            "waiting": [item for item in waiting(request.user) if item["row"].representative_id == person.pk],
            "thanks": Commendation.objects.published().filter(representative=person).order_by("-day", "-pk"),
            "additions": _additions(request.user, person, span),
        }
        return render(request, "opinions/records/detail.html", context)


def _additions(user: Any, person: Representative, span: gathering.Span) -> "QuerySet[DutyRecord]":
    rows = DutyRecord.objects.visible_to(user).filter(representative=person, day__range=(span.first, span.last))
    return rows.select_related("added_by", "reviewed_by")


class Report(Reader, View):
    """The year as a Word file: the groundwork of the yearly report to voters."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it."""
        at, person = timezone.now(), person_or_404(request.user, pk)
        span = year_of(request, at)
        parts = gathering.parts(record_of(request.user, person, span))
        return papers.word_file(report.filled(person, parts, span, at), f"履职报告-{person.name}-{span.year}年")


class Add(Reader, VerbView):
    """An addition by hand."""

    form_class, verb_name = AddForm, "补记"
    done_message = "写好了。另一位工作人员核对过，就记进档案。"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look first whether the record is in sight."""
        self.person = person_or_404(request.user, kwargs["pk"])
        return super().post(request, *args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the stations where he serves and this user may write."""
        return {"stations": stations_to_add(self.request.user, self.person)}

    def run(self, form: AddForm, at: datetime) -> DutyRecord:
        """Write it."""
        return workflow.add(self.person, actor=self.request.user, at=at, **form.cleaned_data)

    def back_url(self) -> str:
        """The person's record."""
        return reverse("records:detail", args=[self.kwargs["pk"]])


class Review(Reader, VerbView):
    """What a second person says of an addition."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look first whether the addition is in sight."""
        self.record = get_object_or_404(DutyRecord.objects.visible_to(request.user), pk=kwargs["pk"])
        return super().post(request, *args, **kwargs)

    def back_url(self) -> str:
        """The person's record; without an addition in hand the list."""
        if not hasattr(self, "record"):
            return reverse("records:list")
        return reverse("records:detail", args=[self.record.representative_id])


class Approve(Review):
    """It stands in the record."""

    verb_name, done_message = "核对无误", "记进档案了。"

    def run(self, form: None, at: datetime) -> DutyRecord:
        """Approve it."""
        return workflow.approve(self.record.pk, actor=self.request.user, at=at)


class Reject(Review):
    """It does not."""

    verb_name, done_message, form_class = "不记", "没有记进档案，理由写在旁边。", RejectForm

    def run(self, form: RejectForm, at: datetime) -> DutyRecord:
        """Reject it."""
        return workflow.reject(self.record.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])
