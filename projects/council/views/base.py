"""What the pages of a council share: the meeting through `visible_to`, and who may run it."""

from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import add_never_cache_headers

from accounts.access import PermissionMixin
from core.views import VerbView
from core.workflow import BadInput
from projects.council.models import Council


class CouncilMixin(PermissionMixin):
    """A page for those who read councils; others get 403, a meeting out of sight is 404. No cache keeps it."""

    permission = "projects.read_councils"
    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, go on, and keep nothing."""
        response = super().dispatch(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def council(self, verb: str = "") -> Council:
        """The meeting of the address; with a verb, only for whom its rule names."""
        rows = Council.objects.visible_to(self.request.user).select_related("station", "region")
        found: Council = get_object_or_404(rows, pk=self.kwargs["pk"])
        if verb and not rules.has_perm(f"projects.{verb}_council", self.request.user, found):
            raise PermissionDenied("这一步不归您办。")
        return found


class CouncilVerb(CouncilMixin, VerbView):
    """Runs one verb on a visible meeting and leads back to its page."""

    verb = ""

    def get_form(self) -> Any:
        """Find the meeting, then the form."""
        self.found = self.council(self.verb)
        return super().get_form()

    def back_url(self) -> str:
        """The meeting's page."""
        return self.council().get_absolute_url()


def wrong_of(error: Exception) -> tuple[str, str]:
    """Return field and sentence of a refusal; no field for one that is about the whole."""
    return (error.field if isinstance(error, BadInput) else "", str(error))
