"""A published matter on its own page, and 我也遇到: no account, once a device and once a telephone. No identity here.

Nothing of what the resident wrote is shown but the title that the station published.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from core import limits
from core.once import device_of, has_just_said, remember_device, remember_said
from core.workflow import WrongState
from opinions import present, workflow
from opinions.models import Extension, Opinion, Verdict
from opinions.public_access import HOUR
from opinions.public_forms import SecondForm
from opinions.public_present import for_public
from opinions.states import State
from opinions.workflow.seconding import MAY_BE_SECONDED
from stations.models import Station

# One address may be a whole village behind one router.
FROM_AN_ADDRESS = 60  # secondings an hour from one address
SAID = {"1": "记下了，您也遇到。", "2": "您已经附议过这件事，不用再点。"}


def _matter(station: Station, pk: int) -> Opinion:
    rows = Opinion.objects.public().filter(station=station).with_list_columns()
    return get_object_or_404(rows, pk=pk)


def _station(code: str) -> Station:
    return get_object_or_404(Station.objects.active(), code=code)


@require_safe
def matter(request: HttpRequest, station: str, pk: int) -> HttpResponse:
    """One published matter: who has it, until when, how far it is, how many others met the same."""
    place = _station(station)
    lead = _lead_of(place, pk)
    if lead is not None:
        return redirect("resident:matter", lead.station.code, lead.pk)
    said = SAID.get(request.GET.get("said", ""), "") if has_just_said(request, f"matter:{pk}") else ""
    return _page(request, place, _matter(place, pk), SecondForm(), said=said)


def _lead_of(station: Station, pk: int) -> Opinion | None:
    """Return the published matter into which another published one was merged, so that an old address leads on."""
    merged = Opinion.objects.filter(pk=pk, station=station, is_public=True, merged_into__isnull=False)
    return Opinion.objects.public().select_related("station").filter(pk__in=merged.values("merged_into")).first()


@require_http_methods(["POST"])
def second(request: HttpRequest, station: str, pk: int) -> HttpResponse:
    """我也遇到."""
    place = _station(station)
    opinion = _matter(place, pk)
    form = SecondForm(request.POST)
    if not form.is_valid():
        return _page(request, place, opinion, form, status=422)
    if not limits.is_allowed("second", limits.caller(request), most=FROM_AN_ADDRESS, seconds=HOUR):
        form.add_error(None, "这会儿点的人特别多，请过一会儿再点。")
        return _page(request, place, opinion, form, status=429)
    device = device_of(request)
    try:
        is_new = workflow.second(opinion.pk, at=timezone.now(), device=device, phone=form.cleaned_data["phone"])
    except WrongState as error:
        form.add_error(None, error.message)
        return _page(request, place, opinion, form, status=409)
    response = redirect(f"{request.path.removesuffix('second/')}?said={1 if is_new else 2}")
    response.status_code = 303
    remember_device(response, device)
    remember_said(request, response, f"matter:{pk}")
    return response


def _page(
    request: HttpRequest, station: Station, opinion: Opinion, form: SecondForm, *, status: int = 200, said: str = ""
) -> HttpResponse:
    shown = for_public(opinion)
    at = timezone.now()
    moved = Extension.objects.filter(opinion=opinion, round=opinion.round, verdict=Verdict.GRANTED)
    context = {
        "station": station,
        "opinion": opinion,
        "five": present.five(shown, at),
        "due": present.due_chip(shown, at),
        "moved": moved.order_by("-pk").first(),
        "may_second": opinion.state in MAY_BE_SECONDED,
        "is_answered": opinion.state in (State.FED_BACK, State.TRACKING, State.CLOSED),
        "form": form,
        "said": said,
    }
    response = render(request, "opinions/public/matter.html", context, status=status)
    patch_cache_control(response, private=True, no_cache=True)
    return response
