"""How a page of the desk finds its station or code: through `visible_to`, after the role was asked."""

from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.access import PermissionMixin
from core.codes import normalise
from stations.models import EntryCode, Station


class DeskMixin(PermissionMixin):
    """A page for those who look after stations; others get 403, and a station out of sight is 404."""

    permission = "stations.open_desk"
    request: HttpRequest

    def find_station(self, code: str) -> Station:
        """The station of the address. Raises Http404."""
        rows = Station.objects.visible_to(self.request.user).select_related("region", "contact")
        return get_object_or_404(rows, code=code)

    def find_code(self, code: str) -> EntryCode:
        """The code of a station in sight. Raises Http404."""
        rows = EntryCode.objects.select_related("station", "representative")
        return get_object_or_404(rows, station__in=Station.objects.visible_to(self.request.user), code=normalise(code))


def refuse_page(permission: str, user: Any, station: Station) -> None:
    """Answer 403 unless the user holds `permission` for this station, which he may well see."""
    if not rules.has_perm(permission, user, station):
        raise PermissionDenied("这个站点不归您管，请找本站点或上级的工作人员。")
