"""A project on the yearly list, planned and begun by the verbs."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from projects.models import ProjectIdea
from projects.states import State
from projects.works import inspecting, planning, reporting
from projects.works.models import Inspection, ProgressReport, Work
from projects.works.planning import Plan, Step
from tests.projects.conftest import Hall
from tests.world import START

HOUR = timedelta(hours=1)
STEPS = (
    Step("定好施工队", date(2026, 4, 10), 20),
    Step("路面铺完", date(2026, 6, 30), 50),
    Step("减速带装好", date(2026, 7, 20), 30),
)


@dataclass
class Site:
    """The small county, and how one of its projects is built."""

    hall: Hall

    @property
    def county(self) -> Any:
        """The staff of the county committee."""
        return self.hall.world.county_staff

    def plan(self, **other: Any) -> Plan:
        """Return a plan: a pavement by the city management, done by the end of July."""
        plan = Plan(
            unit=self.hall.world.unit, leader_post="分管副县长", scope="两米宽人行道一百五十米", funds=Decimal("38.50"),
            funds_source="县财政", beneficiaries=800, place="东街小学门口", starts_on=date(2026, 3, 20),
            ends_on=date(2026, 7, 31), steps=STEPS,
        )  # fmt: skip
        return replace(plan, **other)

    def again(self, work: Work, **other: Any) -> Plan:
        """Return the plan as it is kept, its milestones by their numbers."""
        steps = tuple(Step(row.title, row.due_on, row.weight, row.pk) for row in work.milestones.all())
        return self.plan(steps=steps, **other)

    def adopted(self, *, at: datetime = START + HOUR, plan: Plan | None = None, **wish: Any) -> Work:
        """Put a listed project on the yearly list."""
        idea = self.hall.idea(State.LISTED, **wish)
        return planning.adopt(idea.pk, actor=self.county, at=at, plan=plan or self.plan())

    def begun(self, *, at: datetime = START + 2 * HOUR, **more: Any) -> Work:
        """Begin one; the day it began is the day of `at`."""
        work = self.adopted(**more)
        planning.start(work.pk, actor=self.county, at=at, day=at.date())
        return Work.objects.get(pk=work.pk)

    def report(self, work: Work, *percents: int, at: datetime = START + 3 * HOUR, **more: Any) -> ProgressReport:
        """Let the unit report its milestones in order."""
        numbers = dict(zip(work.milestones.values_list("pk", flat=True), percents, strict=False))
        given: dict[str, Any] = {"actor": self.hall.world.handler, "words": "路基平好了。"} | more
        return reporting.report(work.pk, at=at, percents=numbers, **given)

    def inspect(self, work: Work, *findings: str, at: datetime = START + 4 * HOUR, **more: Any) -> Inspection:
        """Let the representative go and look."""
        given: dict[str, Any] = {
            "actor": self.hall.world.rep, "people": "麦知秋、安可期", "words": "路面平，边石没有勾缝。",
            "day": at.date(), "client_key": uuid4(),
        } | more  # fmt: skip
        return inspecting.inspect(work.pk, at=at, findings=findings, **given)

    def completed(self, *, at: datetime = START + 5 * HOUR) -> Work:
        """Build one to its end."""
        work = self.begun()
        self.report(work, 100, 100, 100)
        return reporting.complete(work.pk, actor=self.county, at=at, day=at.date())

    def idea(self, work: Work) -> ProjectIdea:
        """Return the project as it is now."""
        return ProjectIdea.objects.get(pk=work.pk)


@pytest.fixture
def site(hall: Hall) -> Site:
    """Where something is built."""
    return Site(hall)
