"""A station and a county that sit over what was pooled, with three representatives who may score."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Role, User
from projects.council import closing, preparing, scoring
from projects.council.models import AgendaItem, Council
from projects.council.states import QUESTIONS
from projects.models import ProjectIdea
from projects.states import State
from stations.models import Representative, Service
from tests.projects.conftest import Hall
from tests.world import START, make_user

HOUR = timedelta(hours=1)
OPENED, CLOSED = START + 2 * HOUR, START + 8 * HOUR
YES = dict.fromkeys([name for name, _ in QUESTIONS], ("YES", ""))
REASON = "盼的人多，一年里办得完。"


def marks(need: int = 5, benefit: int = 4, feasibility: int = 3, cost: int = 2) -> dict[str, int]:
    """One sheet's line."""
    return {"need": need, "benefit": benefit, "feasibility": feasibility, "cost": cost}


@dataclass
class Table:
    """The hall with its representatives: `people` by short name, `users` those with an account."""

    hall: Hall
    people: dict[str, Representative] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def plan(self, **changes: Any) -> preparing.Plan:
        """Return a plan with everybody invited."""
        given: dict[str, Any] = {
            "title": "四月民生议事会",
            "day": date(2026, 4, 10),
            "place": "站点二楼会议室",
            "chair": "街道人大工委主任",
            "invited": list(self.people.values()),
        }
        return preparing.Plan(**(given | changes))

    def council(self, *, of_county: bool = False, actor: Any = None, **changes: Any) -> Council:
        """Prepare a meeting of the home station, or of the county."""
        world = self.hall.world
        actor = actor or (world.county_staff if of_county else world.clerk)
        return preparing.plan(
            actor=actor,
            at=START + HOUR,
            station=None if of_county else world.station,
            region=world.county if of_county else world.town,
            plan=self.plan(**changes),
        )

    def item(self, council: Council, idea: ProjectIdea | None = None, *, is_checked: bool = True) -> AgendaItem:
        """Put a pooled idea on the agenda, with its conditions answered."""
        idea = idea or self.hall.idea(State.POOLED)
        actor = council.created_by
        item = preparing.add(council.pk, actor=actor, at=START + HOUR, idea_id=idea.pk)
        if is_checked:
            preparing.check(council.pk, actor=actor, at=START + HOUR, item_id=item.pk, answers=YES)
        return AgendaItem.objects.get(pk=item.pk)

    def opened(self, count: int = 1, *, of_county: bool = False) -> tuple[Council, list[AgendaItem]]:
        """Open a meeting with so many items."""
        council = self.council(of_county=of_county)
        items = [self.item(council) for _ in range(count)]
        preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
        return Council.objects.get(pk=council.pk), items

    def score(self, council: Council, who: str, given: Mapping[int, Mapping[str, int]]) -> int:
        """Let a representative score by telephone."""
        return scoring.score(council.pk, actor=self.users[who], at=OPENED + HOUR, marks=given)

    def close(self, council: Council, *results: str, reason: str = REASON) -> Council:
        """Close with one result an item, in the order of the agenda."""
        items = list(council.items.order_by("position"))
        said = {
            item.pk: closing.Decision(result, reason) for item, result in zip(items, results, strict=True) if result
        }
        return closing.close(council.pk, actor=council.created_by, at=CLOSED, decisions=said)


@pytest.fixture
def table(hall: Hall) -> Table:
    """Two with a telephone and an account, one without."""
    world, made = hall.world, Table(hall)
    made.people["rep"] = Representative.objects.get(user=world.rep)
    made.users["rep"] = world.rep
    made.users["second"] = make_user("second", Role.REPRESENTATIVE, region_code="411625001")
    for short, name, user in (("second", "田禾", made.users["second"]), ("paper", "林一苇", None)):
        made.people[short] = Representative.objects.create(name=name, user=user)
        Service.objects.create(station=world.station, representative=made.people[short], since=date(2026, 1, 1))
    return made
