"""Whom the county thanks: a year's commendations for everybody, with name, station and reason and nothing else."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.workdays import local_date
from dashboards.public_kept import kept
from dashboards.public_views import MINUTE, for_everybody
from duties.commendations.models import Commendation

FIRST_YEAR = 2020


@require_safe
@kept(MINUTE)
def commendations(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """A year, this one unless another is asked for; by the day, newest first."""
    this = local_date(timezone.now()).year
    asked = this if year is None else year
    if not FIRST_YEAR <= asked <= this:
        raise Http404("没有这一年。")
    rows = Commendation.objects.published().filter(day__year=asked).select_related("station").order_by("-day", "-pk")
    years = sorted({this, asked, *(day.year for day in Commendation.objects.published().dates("day", "year"))})
    context = {"rows": rows, "year": asked, "years": years[::-1]}
    return for_everybody(render(request, "dashboards/public/commendations.html", context))
