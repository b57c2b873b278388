"""New ideas at the desk: from a paper sheet, the telephone, the project post, a representative, or a matter."""

from typing import Any
from uuid import uuid4

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from accounts.models import Role
from core.workflow import VerbError
from opinions.models import Opinion
from projects import workflow
from projects.forms import DeskIdeaForm
from projects.states import Source
from projects.views.base import ProjectMixin, number_from, places_for
from stations.models import Region

CLERKS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF)


class New(ProjectMixin, View):
    """登记一件, 我提一件, or 从意见转来: one form with what the occasion needs."""

    permission = "projects.write"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, filled from the matter where it comes from one."""
        opinion = self._opinion(request.GET.get("opinion", ""))
        first: dict[str, Any] = {"client_key": uuid4(), "source": Source.PAPER}
        places = self._places(opinion)
        if opinion is not None:
            first |= {"body": opinion.body, "region": opinion.region_id, "location": opinion.location}
        elif len(places) == 1:
            first["region"] = places[0].pk
        form = DeskIdeaForm(initial=first, places=places, is_own=self._is_own(opinion))
        return self._page(form, opinion)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Write it down; "save and next" stays here."""
        opinion = self._opinion(request.POST.get("opinion", ""))
        form = DeskIdeaForm(
            request.POST, request.FILES, places=self._places(opinion), is_own=self._is_own(opinion)
        )  # fmt: skip
        if not form.is_valid():
            return self._page(form, opinion, 422)
        try:
            idea = workflow.propose(
                actor=request.user, at=timezone.now(), wish=self._wish(form, opinion),
                client_key=form.cleaned_data["client_key"],
            )  # fmt: skip
        except VerbError as error:
            name = getattr(error, "field", "")
            form.add_error(name if name in form.fields else None, error.message)
            return self._page(form, opinion, 422)
        messages.success(request, f"记下了：{idea.heading}")
        if "next" in request.POST:
            return redirect("projects:new")
        return redirect(idea)

    def _opinion(self, typed: str) -> Opinion | None:
        """The matter it comes from, as far as the user sees it. Raises Http404."""
        if not typed:
            return None
        rows = Opinion.objects.visible_to(self.request.user).select_related("region", "station")
        return get_object_or_404(rows, pk=number_from(typed))

    def _places(self, opinion: Opinion | None) -> Any:
        """The places he may write for; a matter's own place is always among them."""
        places = places_for(self.request.user)
        if opinion is None:
            return places
        if not rules.has_perm("projects.propose_idea", self.request.user, opinion):
            raise PermissionDenied("这件意见不归您提成项目。")
        return places | Region.objects.filter(pk=opinion.region_id).order_by("code")

    def _is_own(self, opinion: Opinion | None) -> bool:
        """Whether nobody's name stands beside it: a representative's own wish, or a matter that has its person."""
        return opinion is not None or not self.request.user.has_role(*CLERKS)

    def _wish(self, form: DeskIdeaForm, opinion: Opinion | None) -> workflow.Wish:
        data = form.cleaned_data
        source = Source.OPINION if opinion else data.get("source", Source.REPRESENTATIVE)
        return workflow.Wish(
            body=data["body"], region=data["region"], source=source, location=data["location"], opinion=opinion,
            name=data.get("name", ""), phone=data.get("phone", ""), photos=data["photos"],
        )  # fmt: skip

    def _page(self, form: DeskIdeaForm, opinion: Opinion | None, status: int = 200) -> HttpResponse:
        is_representative = opinion is None and self._is_own(opinion)
        context = {"form": form, "opinion": opinion, "is_representative": is_representative}
        return render(self.request, "projects/new.html", context, status=status)
