"""民生实事大家谈 on the desk: the county opens and mends it; stations print the paper sheet."""

from datetime import date, datetime
from typing import Any

import rules
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from core.workflow import VerbError
from opinions.views.slip import qr_drawing
from projects import workflow
from projects.forms import CampaignForm, SheetForm
from projects.models import Campaign
from projects.views.base import ProjectMixin, counties_for
from stations.models import EntryCode, Station

WORDS = (
    "您盼着县里明年办成哪件事？修路、路灯、水、学校、看病、养老……一件就行。\n"
    "您提的，站点先看，代表商量，定下来的由政府办，办完请您来评。"
)


class Campaigns(ProjectMixin, View):
    """All of them, the newest first."""

    permission = "projects.run_campaigns"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        rows = Campaign.objects.visible_to(request.user).select_related("region").order_by("-year", "-pk")
        rows = rows.annotate(count=Count("ideas"))
        today = timezone.localdate()
        return render(request, "projects/campaigns.html", {"rows": [(row, _stands(row, today)) for row in rows]})


def _stands(row: Campaign, today: date) -> tuple[str, str, str]:
    if today < row.opens_on:
        return "is-wait", "none", "还没开始"
    return ("is-move", "half", "正在征集") if today <= row.closes_on else ("is-done", "full", "已经结束")


class EditCampaign(ProjectMixin, View):
    """A new one, or one that is there."""

    permission = "projects.run_campaigns"

    def get(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        """The form."""
        campaign = self._campaign(pk)
        form = CampaignForm(initial=_first_words(campaign), counties=counties_for(self.request.user), campaign=campaign)
        return self._page(form, campaign)

    def post(self, request: HttpRequest, pk: int = 0) -> HttpResponseBase:
        """Keep it."""
        campaign, counties = self._campaign(pk), counties_for(self.request.user)
        form = CampaignForm(request.POST, counties=counties, campaign=campaign)
        if not form.is_valid():
            return self._page(form, campaign, 422)
        try:
            self._keep(form, campaign, counties, timezone.now())
        except VerbError as error:
            name = getattr(error, "field", "")
            form.add_error(name if name in form.fields else None, error.message)
            return self._page(form, campaign, 422)
        messages.success(request, "存好了。到了日子，民生实事页面自己打开、自己关。")
        return redirect("projects:campaigns")

    def _keep(self, form: CampaignForm, campaign: Campaign | None, counties: Any, at: datetime) -> None:
        data = dict(form.cleaned_data)
        region = data.pop("region", None) or counties.first()
        plan = workflow.Plan(**data)
        if campaign is not None:
            workflow.change_campaign(campaign.pk, actor=self.request.user, at=at, plan=plan)
        elif region is None:
            raise PermissionDenied("没有找到您管的县。")
        else:
            workflow.open_campaign(region=region, actor=self.request.user, at=at, plan=plan)

    def _campaign(self, pk: int) -> Campaign | None:
        return get_object_or_404(Campaign.objects.visible_to(self.request.user), pk=pk) if pk else None

    def _page(self, form: CampaignForm, campaign: Campaign | None, status: int = 200) -> HttpResponse:
        return render(self.request, "projects/campaign.html", {"form": form, "campaign": campaign}, status=status)


def _first_words(campaign: Campaign | None) -> dict[str, Any]:
    """What the form starts with: what is there, or the usual words for next year."""
    if campaign is not None:
        return {name: getattr(campaign, name) for name in ("year", "title", "words", "opens_on", "closes_on")}
    year = timezone.localdate().year + 1
    return {"year": year, "title": f"{year} 年民生实事大家谈", "words": WORDS}


class PaperSheet(ProjectMixin, View):
    """纸质征集表: one A4 sheet for whoever has no telephone, with the code for whoever has one."""

    permission = "projects.print"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The sheet of the chosen station, or of the only one."""
        seen = Station.objects.visible_to(request.user).filter(is_active=True).order_by("region_id", "id")
        form = SheetForm(request.GET, stations=seen)
        station = form.cleaned_data["station"] if form.is_valid() else None
        station = station or seen.first()
        entry = EntryCode.objects.live().filter(station=station, kind=EntryCode.Kind.PROJECT).order_by("id").first()
        path = entry.get_absolute_url() if entry else reverse("projects_public:new")
        address = f"{settings.SITE_URL}{path}"
        context = {
            "station": station,
            "form": form,
            "has_choice": seen.count() > 1,
            "campaign": Campaign.objects.running(timezone.localdate()).first(),
            "qr": qr_drawing(address),
            "address": address.split("://", 1)[-1],
            "may_make_code": entry is None
            and station
            and rules.has_perm("stations.create_code", request.user, station),
        }
        return render(request, "projects/sheet.html", context)
