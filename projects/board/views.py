"""The year's list as a sheet for the wall: everybody may fetch it."""

from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from core import limits
from core.workdays import local_date
from opinions.public_access import HOUR
from projects.board import wall
from projects.board.year import Year, the_year
from stations.models import Region

KEPT = 300  # seconds; drawing letters costs more than all statements together
DRAWN_FOR_AN_ADDRESS = 120
TOO_OFTEN = "打印的人特别多，请过一会儿再点。"


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Draw the list of a year, of the county or of one town, as a PDF in A3; what is not known counts as not asked."""
    today, asked = local_date(timezone.now()), request.GET.get("town", "")[:12]
    town = Region.objects.townships().filter(code=asked).first() if asked.isascii() and asked.isdigit() else None
    year = the_year(today, year=request.GET.get("year", ""), town=town.code if town else "", is_short=True)
    key = f"wall:{year.number if year else 0}:{town.code if town else ''}:{today}"
    drawn = cache.get(key)
    if drawn is None:
        if not limits.is_allowed("wall", limits.caller(request), most=DRAWN_FOR_AN_ADDRESS, seconds=HOUR):
            return HttpResponse(TOO_OFTEN, status=429, content_type="text/plain; charset=utf-8")
        drawn = _drawn(year, town, today)
        cache.set(key, drawn, KEPT)
    response = HttpResponse(drawn, content_type="application/pdf")
    name = f"projects-{year.number if year else today.year}{f'-{town.code}' if town else ''}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    patch_cache_control(response, public=True, max_age=60)
    return response


def _drawn(year: Year | None, town: Region | None, today: date) -> bytes:
    from stations.prints import vector  # noqa: PLC0415 - heavy, and most web workers never need it

    if town is not None:
        place = town.short_name
    else:
        county = Region.objects.filter(level=Region.Level.COUNTY).order_by("code").first()
        place = county.short_name if county else ""
    return vector.pdf(*wall.sheets(year, place, today, settings.SITE_URL))
