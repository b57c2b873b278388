"""民生实事大家谈: the county opens one a year and may mend its words and days."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import rules
from django.db import IntegrityError, transaction

from accounts import audit
from core.text import tidy
from core.workflow import BadInput, NotAllowed
from projects.models import Campaign
from projects.workflow.engine import YEARS, in_years, needed
from stations.models import Region

TITLE, WORDS = 60, 600


@dataclass(frozen=True)
class Plan:
    """What a campaign says and when it runs."""

    year: int
    title: str
    words: str
    opens_on: date
    closes_on: date


@transaction.atomic
def open_campaign(*, region: Region, actor: Any, at: datetime, plan: Plan) -> Campaign:
    """Begin a campaign of a county. Raises NotAllowed, or BadInput where the year has one already."""
    _permit(actor, region.pk)
    return _keep(Campaign(region=region, created_by=actor, created_at=at), plan, actor, at, "campaign_opened")


@transaction.atomic
def change_campaign(campaign_id: int, *, actor: Any, at: datetime, plan: Plan) -> Campaign:
    """Mend the words or the days. Ideas that came in stay where they are."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    _permit(actor, campaign.region_id)
    if campaign.year != plan.year and campaign.ideas.exists():
        raise BadInput("已经有人提了，年度不能再改。", "year")
    return _keep(campaign, plan, actor, at, "campaign_changed")


def _permit(actor: Any, region_code: str) -> None:
    if not rules.has_perm("projects.run_campaign", actor, region_code):
        raise NotAllowed("大家谈由县人大代表工委来开。")


def _keep(campaign: Campaign, plan: Plan, actor: Any, at: datetime, action: str) -> Campaign:
    campaign.title = needed(tidy(plan.title), "请写一个名称。", "title", TITLE)
    campaign.words = needed(tidy(plan.words), "请写几句话，告诉群众什么样的事可以提。", "words", WORDS)
    in_years(plan.opens_on, "年份没有写对，请再看一下。", "opens_on")
    in_years(plan.closes_on, "年份没有写对，请再看一下。", "closes_on")
    if plan.closes_on < plan.opens_on:
        raise BadInput("结束的日子在开始以前，请再看一下。", "closes_on")
    if not YEARS[0] <= plan.year <= YEARS[1]:
        raise BadInput("年份没有写对。", "year")
    campaign.year, campaign.opens_on, campaign.closes_on = plan.year, plan.opens_on, plan.closes_on
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise BadInput(f"{plan.year} 年的已经有了，请改那一个。", "year") from error
    detail = {"what": f"{plan.year} 年", "from": str(plan.opens_on), "until": str(plan.closes_on)}
    audit.record(action, actor=actor, at=at, subject=f"campaign:{campaign.pk}", detail=detail)
    return campaign
