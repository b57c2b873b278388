"""A county whose people are being asked, and an idea brought to any state by its verbs alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from opinions.actors import RESIDENT
from projects import workflow
from projects.models import Campaign, ProjectIdea
from projects.states import ON_THE_LIST, State
from projects.works.models import Work
from stations.queries import forget
from tests.world import START, World, make_world

WORDS = "东街小学门口那条路没有人行道，孩子放学和汽车挤在一起，盼着修一条两米宽的人行道。"
TITLE, SUMMARY = "东街小学门口修人行道", "在东街小学门口修两米宽的人行道，八百多个学生上学放学用得上。"
PHONE = "13800001234"
MINUTE = timedelta(minutes=1)
PLAN = workflow.Plan(2027, "2027 年民生实事大家谈", "您盼着办成哪件事？", date(2026, 3, 1), date(2026, 4, 30))


@dataclass
class Hall:
    """The small county with a running campaign."""

    world: World
    campaign: Campaign

    def propose(self, *, at: datetime = START, actor: Any = RESIDENT, key: Any = None, **wish: Any) -> ProjectIdea:
        """Let somebody propose; the town's street and a telephone unless said otherwise."""
        given = {"body": WORDS, "region": self.world.town, "phone": PHONE, "name": "田大山"} | wish
        return workflow.propose(actor=actor, at=at, wish=workflow.Wish(**given), client_key=key)

    def pool(self, idea: ProjectIdea, *, at: datetime = START + MINUTE, **words: Any) -> ProjectIdea:
        """Put it into the pool."""
        given = {"title": TITLE, "summary": SUMMARY, "category": self.world.category} | words
        return workflow.pool(idea.pk, at=at, **{"actor": self.world.clerk} | given)

    def idea(self, state: str = State.IDEA, *, at: datetime = START, **wish: Any) -> ProjectIdea:
        """Bring a fresh idea to a state, a minute a step."""
        row, clerk = self.propose(at=at, **wish), self.world.clerk
        if state == State.POOLED:
            self.pool(row, at=at + MINUTE)
        elif state == State.SHELVED:
            workflow.shelve(row.pk, actor=clerk, at=at + MINUTE, reason="要等管网改造一起做。")
        elif state == State.MERGED:
            lead = self.propose(at=at, phone="", name="")
            workflow.merge(row.pk, actor=clerk, at=at + MINUTE, lead_id=lead.pk)
        elif state == State.WITHDRAWN:
            workflow.withdraw(row.pk, actor=RESIDENT, at=at + MINUTE)
        elif state in (State.SCREENED, State.LISTED):
            staff = self.world.county_staff
            self.pool(row, at=at + MINUTE, actor=staff)
            workflow.screen(row.pk, actor=staff, at=at + 2 * MINUTE, reason="盼的人多，用得上")
            if state == State.LISTED:
                workflow.enlist(row.pk, actor=staff, at=at + 3 * MINUTE, reason="一年里办得完")
        elif state != State.IDEA:  # what the later steps' own tests reach by their verbs
            self.pool(row, at=at + MINUTE, actor=self.world.county_staff)
            ProjectIdea.objects.filter(pk=row.pk).update(state=state)
            if state in ON_THE_LIST:
                self.plan(row)
        return ProjectIdea.objects.get(pk=row.pk)

    def plan(self, row: ProjectIdea) -> Work:
        """Give a project a plan with one milestone that is done, as one on the yearly list has."""
        day = START.date()
        work = Work.objects.create(
            idea=row, unit=self.world.unit, leader_post="分管副县长", funds=38, scope="人行道一百五十米", starts_on=day,
            ends_on=day, first_ends_on=day, begun_on=day, adopted_at=START,
        )  # fmt: skip
        work.milestones.create(position=1, title="铺完", due_on=day, first_due_on=day, percent=100, done_on=day)
        return work


@pytest.fixture
def hall(db: None) -> Hall:
    """A county that asks its people from March to April."""
    forget()
    world = make_world()
    campaign = workflow.open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)
    return Hall(world, campaign)


@pytest.fixture
def asking(hall: Hall) -> Hall:
    """The same, for pages: the campaign runs whenever the test does."""
    Campaign.objects.update(opens_on=date(2020, 1, 1), closes_on=date(2099, 12, 31))
    return hall
