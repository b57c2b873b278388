"""New ideas at the desk: from a paper sheet, the telephone, the project post, a representative, or a matter.

What the project post collected brings its person along unseen: who may not read the name carries none.
"""

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
from opinions.models import Opinion, PostRecord
from projects import links, workflow
from projects.forms import DeskIdeaForm
from projects.models import ProjectIdea
from projects.states import Source
from projects.views.base import ProjectMixin, number_from, places_for
from stations.models import Region, ServicePost

CLERKS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF)


class New(ProjectMixin, View):
    """登记一件, 我提一件, or 从意见转来: one form with what the occasion needs."""

    permission = "projects.write"

    record: PostRecord | None = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The form, filled from the matter or the record where it comes from one."""
        opinion = self._opinion(request.GET.get("opinion", ""))
        self.record = self._record(request.GET.get("record", ""))
        made = ProjectIdea.objects.filter(post_record=self.record).first() if self.record else None
        if made is not None:
            return redirect(made)
        first: dict[str, Any] = {"client_key": uuid4(), "source": Source.PAPER}
        places = self._places(opinion)
        if self.record is not None:
            first |= {"body": _told(self.record), "region": self.record.region_id, "location": self.record.place}
        if opinion is not None:
            first |= {"body": opinion.body, "region": opinion.region_id, "location": opinion.location}
        elif len(places) == 1:
            first["region"] = places[0].pk
        form = DeskIdeaForm(initial=first, places=places, is_own=self._is_own(opinion))
        return self._page(form, opinion)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Write it down; "save and next" stays here."""
        opinion = self._opinion(request.POST.get("opinion", ""))
        self.record = self._record(request.POST.get("record", ""))
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
            if isinstance(error, workflow.AlreadySent):  # the next press is meant as another one
                form.data = form.data.copy()
                form.data["client_key"] = str(uuid4())
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

    def _record(self, typed: str) -> PostRecord | None:
        """The record it comes from. Raises Http404 and PermissionDenied."""
        if not typed:
            return None
        rows = PostRecord.objects.visible_to(self.request.user).filter(kind=ServicePost.Kind.PROJECT)
        record: PostRecord = get_object_or_404(rows.select_related("station"), pk=number_from(typed))
        if not links.takes(self.request.user, record):
            raise PermissionDenied("这一条不归您收进民生实事，或者已经交给单位办了。")
        return record

    def _places(self, opinion: Opinion | None) -> Any:
        """The places he may write for; the own place of a matter or a record is always among them."""
        places = places_for(self.request.user)
        if self.record is not None:
            own = [self.record.region_id, self.record.station.region_id]
            return places | Region.objects.filter(pk__in=[code for code in own if code]).order_by("code")
        if opinion is None:
            return places
        if not rules.has_perm("projects.propose_idea", self.request.user, opinion):
            raise PermissionDenied("这件意见不归您提成项目。")
        return places | Region.objects.filter(pk=opinion.region_id).order_by("code")

    def _is_own(self, opinion: Opinion | None) -> bool:
        """Whether no name is typed beside it: a representative's own wish, or what has its person already."""
        return opinion is not None or self.record is not None or not self.request.user.has_role(*CLERKS)

    def _wish(self, form: DeskIdeaForm, opinion: Opinion | None) -> workflow.Wish:
        data = form.cleaned_data
        source = Source.OPINION if opinion else Source.POST if self.record else Source.REPRESENTATIVE
        return workflow.Wish(
            body=data["body"], region=data["region"], source=data.get("source", source), location=data["location"],
            opinion=opinion, post_record=self.record, photos=data["photos"],
            **(self._person() or {"name": data.get("name", ""), "phone": data.get("phone", "")}),
        )  # fmt: skip

    def _person(self) -> dict[str, str]:
        """Whoever brought it to the post and wants to hear of it."""
        record = self.record
        if record is None or not record.wants_word:
            return {}
        person = record.people.first()
        may = rules.has_perm("opinions.read_post_people", self.request.user, record)
        return {"name": person.name, "phone": person.phone} if person is not None and may else {}

    def _page(self, form: DeskIdeaForm, opinion: Opinion | None, status: int = 200) -> HttpResponse:
        is_representative = opinion is None and self.record is None and self._is_own(opinion)
        context = {
            "form": form,
            "opinion": opinion,
            "record": self.record,
            "brings_person": bool(self._person()),
            "is_representative": is_representative,
        }
        return render(self.request, "projects/new.html", context, status=status)


def _told(record: PostRecord) -> str:
    """What was said at the post, in one piece."""
    return f"{record.subject}\n受益的：{record.beneficiaries}" if record.beneficiaries else record.subject
