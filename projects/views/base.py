"""What the desk's pages share: who may open them, the idea through `visible_to`, the places one may write for."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.cache import add_never_cache_headers

from accounts.access import PermissionMixin
from accounts.models import Role
from projects.models import ProjectIdea
from stations.models import Region, Station


class ProjectMixin(PermissionMixin):
    """A page for those who read ideas; others get 403, an idea out of sight is 404. Nothing is kept by a cache."""

    permission = "projects.read"
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, go on, and keep nothing."""
        response = super().dispatch(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def find_idea(self, pk: int) -> ProjectIdea:
        """The idea of the address. Raises Http404."""
        related = ("station", "region", "category__parent", "opinion", "merged_into", "recorded_by", "campaign")
        return get_object_or_404(ProjectIdea.objects.visible_to(self.request.user).select_related(*related), pk=pk)


def list_query(asked: QueryDict, names: Iterable[str]) -> str:
    """Return what an address holds of a list, so that whoever opened a row comes back to where he was."""
    kept = asked.copy()
    for name in set(kept).difference(names):
        del kept[name]
    return kept.urlencode()


def with_list(address: str, asked: QueryDict, names: Iterable[str]) -> str:
    """Return an address that leads back to the same list from there."""
    query = list_query(asked, names)
    return f"{address}?{query}" if query else address


def places_for(user: Any) -> "QuerySet[Region]":
    """Return the places a colleague may write an idea for: his station's or town's villages, or the county's towns."""
    inside = Q(pk__in=[])
    for code in Station.objects.visible_to(user).filter(_own_stations(user)).values_list("region_id", flat=True):
        inside |= Q(code__startswith=code)
    for prefix in user.prefixes(Role.TOWN_STAFF):
        inside |= Q(code__startswith=prefix)
    for prefix in user.prefixes(Role.COUNTY_STAFF):
        inside |= Q(code__startswith=prefix, level__in=[Region.Level.COUNTY, Region.Level.TOWNSHIP])
    return Region.objects.filter(inside).order_by("code")


def counties_for(user: Any) -> "QuerySet[Region]":
    """Return the counties whose committee staff a user belongs to."""
    inside = Q(pk__in=[])
    for prefix in user.prefixes(Role.COUNTY_STAFF):
        inside |= Q(code__startswith=prefix)
    return Region.objects.filter(inside, level=Region.Level.COUNTY).order_by("code")


def _own_stations(user: Any) -> Q:
    own = Q(code__in=user.station_codes)
    if user.has_role(Role.REPRESENTATIVE):
        own |= Q(services__representative__user_id=user.pk, services__until=None)
    return own


def number_from(typed: str) -> int:
    """Return a number of the address bar. Raises Http404 for anything else."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
        raise Http404
    return int(typed)
