"""How a page of the rosters finds its station, month or duty: through `visible_to`, after the role was asked."""

from datetime import date, datetime
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.access import PermissionMixin
from core.workdays import OFFICE
from duties.models import Shift
from stations.models import Station

FIRST_YEAR, LAST_YEAR = 2020, 2100


class DutyMixin(PermissionMixin):
    """A page for those who read rosters; others get 403, and a station out of sight is 404."""

    permission = "duties.read"
    request: HttpRequest

    def find_station(self, code: str) -> Station:
        """The station of the address. Raises Http404."""
        return get_object_or_404(Station.objects.visible_to(self.request.user).select_related("region"), code=code)

    def find_shift(self, pk: int) -> Shift:
        """The duty of the address. Raises Http404."""
        rows = Shift.objects.visible_to(self.request.user).distinct()
        people = ("station__region", "roster", "representative", "stands_in_for")
        return get_object_or_404(rows.select_related(*people), pk=pk)


def month_from(word: str) -> date:
    """The first day of a month written 2026-04. Raises Http404 for anything else."""
    try:
        found = datetime.strptime(word, "%Y-%m").replace(tzinfo=OFFICE).date()
    except ValueError as error:
        raise Http404("没有这个月份。") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Http404("没有这个月份。")
    return found


def refuse_page(permission: str, user: Any, thing: Any) -> None:
    """Answer 403 unless the user holds `permission` here, though he may well see it."""
    if not rules.has_perm(permission, user, thing):
        raise PermissionDenied("这个站点的值班不归您排，请找本站点的工作人员。")
