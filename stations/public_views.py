"""What a scanned code leads to. Nothing about who scanned is read, kept or set: no cookie, no address, no name."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from core import limits
from core.workdays import local_date
from stations import codes
from stations.models import EntryCode

MISSES = 60  # wrong codes from one address in an hour, before every code from there answers like a wrong one
HOUR, SHUT_SECONDS = 3600, 600
GONE, NOT_FOUND = 410, 404


@require_safe
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """Count the scan and lead to the station's page, or to the form that the code is for: a place's, a project's."""
    if _is_shut(request):
        return _no_way(request, NOT_FOUND)
    found = codes.find(code)
    if found is None:
        _count_miss(request)
        return _no_way(request, NOT_FOUND)
    if found.revoked_at is not None or not found.station.is_active:
        return _no_way(request, GONE, found)
    if _is_person(request):
        codes.count_scan(found, local_date(timezone.now()))
    response = HttpResponseRedirect(f"{_target(found)}?q={found.code}")
    add_never_cache_headers(response)  # a kept redirect would not be counted, and would outlive a revoked code
    return response


def _is_person(request: HttpRequest) -> bool:
    """Whether somebody opens the page: not a program that only checks that it is there, nor a browser reading ahead."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in ahead.lower()


def _target(found: EntryCode) -> str:
    if found.kind == EntryCode.Kind.PROJECT:
        return "/projects/ideas/new/"  # an address of the contract: who answers there is not known here
    page = found.station.get_absolute_url()
    return f"{page}message/" if found.kind == EntryCode.Kind.PLACE else page


def _no_way(request: HttpRequest, status: int, found: EntryCode | None = None) -> HttpResponse:
    station = found.station if found is not None and found.station.is_active else None
    context = {"is_gone": status == GONE, "station": station}
    response = render(request, "stations/no_way.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _shut_key(request: HttpRequest) -> str:
    return "entry-shut:" + hashlib.sha256(limits.caller(request).encode()).hexdigest()[:24]


def _is_shut(request: HttpRequest) -> bool:
    return bool(cache.get(_shut_key(request)))


def _count_miss(request: HttpRequest) -> None:
    if not limits.is_allowed("entry-miss", limits.caller(request), most=MISSES, seconds=HOUR):
        cache.set(_shut_key(request), 1, SHUT_SECONDS)
