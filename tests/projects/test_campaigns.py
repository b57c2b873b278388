"""民生实事大家谈: who opens it, what it needs, and what a mended one leaves alone."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from core.workflow import BadInput, NotAllowed
from opinions.actors import RESIDENT
from projects import workflow
from projects.models import Campaign
from projects.states import Source
from tests.projects.conftest import PLAN, Hall
from tests.world import START

LATER = START + timedelta(hours=1)
NEXT = replace(PLAN, year=2028, title="2028 年民生实事大家谈")


def opened(hall: Hall, actor: Any, **changes: Any) -> Campaign:
    return workflow.open_campaign(region=hall.world.county, actor=actor, at=LATER, plan=replace(NEXT, **changes))


@pytest.mark.parametrize(
    "role", ["clerk", "town_staff", "leader", "rep", "grid", "handler", "admin", "security", "audit"]
)
def test_nobody_but_the_county_opens_one(hall: Hall, role: str) -> None:
    with pytest.raises(NotAllowed):
        opened(hall, hall.world.users[role])
    assert Campaign.objects.count() == 1


def test_the_street_opens_none(hall: Hall) -> None:
    with pytest.raises(NotAllowed):
        opened(hall, RESIDENT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"words": ""}, "words"),
        ({"words": "长" * 601}, "words"),
        ({"closes_on": date(2026, 2, 28)}, "closes_on"),
        ({"opens_on": date(26, 3, 1)}, "opens_on"),
        ({"closes_on": date(9999, 12, 31)}, "closes_on"),
        ({"year": 1999}, "year"),
        ({"year": 2101}, "year"),
        ({"year": 2027}, "year"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(hall: Hall, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        opened(hall, hall.world.county_staff, **changes)
    assert refused.value.field == field
    assert Campaign.objects.count() == 1
    assert AuditEntry.objects.filter(action="campaign_opened").count() == 1


def test_one_day_is_enough(hall: Hall) -> None:
    day = date(2026, 5, 6)
    campaign = opened(hall, hall.world.county_staff, opens_on=day, closes_on=day)
    assert Campaign.objects.running(day).get() == campaign


def test_of_two_that_run_the_later_year_is_asked_for(hall: Hall) -> None:
    later = opened(hall, hall.world.county_staff)
    assert list(Campaign.objects.running(date(2026, 4, 1))) == [later, hall.campaign]
    assert hall.propose().campaign == later


def test_mending_the_days_leaves_the_ideas_where_they_are(hall: Hall) -> None:
    idea = hall.propose()
    shorter = replace(PLAN, closes_on=date(2026, 3, 10))
    workflow.change_campaign(hall.campaign.pk, actor=hall.world.county_staff, at=LATER, plan=shorter)
    idea.refresh_from_db()
    assert (idea.campaign, idea.year) == (hall.campaign, 2027)
    assert not Campaign.objects.running(date(2026, 3, 25)).exists()


def test_the_year_is_mended_only_while_nobody_proposed(hall: Hall) -> None:
    actor = hall.world.county_staff
    assert workflow.change_campaign(hall.campaign.pk, actor=actor, at=LATER, plan=NEXT).year == 2028
    hall.propose()
    with pytest.raises(BadInput, match="年度不能再改"):
        workflow.change_campaign(hall.campaign.pk, actor=actor, at=LATER, plan=PLAN)


def test_the_audit_knows_the_days_and_no_words(hall: Hall) -> None:
    line = AuditEntry.objects.get(action="campaign_opened")
    assert line.detail == {"what": "2027 年", "from": "2026-03-01", "until": "2026-04-30"}
    assert line.subject == f"campaign:{hall.campaign.pk}"


def test_another_countys_campaign_is_not_ours(hall: Hall) -> None:
    Campaign.objects.update(region=hall.world.other_town)  # a region that holds none of our places
    idea = hall.propose(actor=hall.world.clerk, source=Source.PAPER)
    assert idea.campaign is None
