"""What the pages of the service posts share: who reads them, and the record through `visible_to`."""

from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from opinions.models import PostRecord
from opinions.views.base import DeskMixin


class Reader(DeskMixin):
    """A page for those who read rosters: stations, towns, the county, leaders, representatives."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else."""
        if request.user.is_authenticated and not rules.has_perm("opinions.read_post_records", request.user):
            raise PermissionDenied("服务岗的记录是站点和代表的事。")
        return super().dispatch(request, *args, **kwargs)


def visible_or_404(user: Any, pk: int) -> PostRecord:
    """The record as this user may see it; out of sight is 404."""
    related = ("station__region", "representative", "recorder", "region", "opinion")
    return get_object_or_404(PostRecord.objects.visible_to(user).select_related(*related), pk=pk)
