"""A county with projects on its yearly list, and a ballot on them brought as far as a test needs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Role
from projects.ballots import closing, preparing, voting
from projects.ballots.models import Ballot
from projects.models import ProjectIdea
from projects.states import State
from tests.projects.conftest import Hall
from tests.world import START, make_user

OPENED = START + timedelta(days=1)
ENDED = OPENED + timedelta(hours=3)


@dataclass
class Session:
    """The congress of the small county."""

    hall: Hall
    ideas: list[ProjectIdea]
    second: Any

    @property
    def staff(self) -> Any:
        """The county committee's clerk; `second` is a colleague."""
        return self.hall.world.county_staff

    def open(self, *, places: int = 2, eligible: int = 7, actor: Any = None, **more: Any) -> Ballot:
        """Put all the projects to the vote."""
        ideas = more.get("ideas", [idea.pk for idea in self.ideas])
        plan = preparing.Plan(more.get("title", "2026 年民生实事票决"), ideas, places, eligible)
        region = more.get("region", self.hall.world.county)
        return preparing.open_ballot(actor=actor or self.staff, at=more.get("at", OPENED), region=region, plan=plan)

    def slips(self, ballot: Ballot, number: int) -> list[str]:
        """Print some."""
        return preparing.hand_out(ballot.pk, actor=self.staff, at=OPENED, number=number)

    def items(self, ballot: Ballot, *places: int) -> list[int]:
        """The numbers of the candidates at these places, from 1."""
        found = list(ballot.items.values_list("pk", flat=True))
        return [found[place - 1] for place in places]

    def vote(self, ballot: Ballot, *votes: tuple[int, ...]) -> list[str]:
        """Print a slip for each and let it be voted by telephone; return the codes."""
        codes = self.slips(ballot, len(votes))
        for code, places in zip(codes, votes, strict=True):
            voting.vote(code, ticks=self.items(ballot, *places))
        return codes

    def paper(self, ballot: Ballot, code: str, *places: int, actor: Any = None, **more: Any) -> voting.Came:
        """Let a clerk enter a paper."""
        ticks = self.items(ballot, *places)
        return voting.enter(ballot.pk, actor=actor or self.staff, typed=code, ticks=ticks, **more)

    def close(self, ballot: Ballot, **more: Any) -> Ballot:
        """Publish it."""
        return closing.close(ballot.pk, actor=more.pop("actor", self.staff), at=ENDED, **more)

    def states(self) -> list[str]:
        """Where the projects are now, in their order."""
        return list(ProjectIdea.objects.order_by("pk").values_list("state", flat=True))


def make_session(hall: Hall, number: int = 3) -> Session:
    """Put so many projects on the yearly list."""
    ideas = [hall.idea(State.ADOPTED) for _ in range(number)]
    second = make_user("county_second", Role.COUNTY_STAFF, region_code=hall.world.county.pk)
    return Session(hall, ideas, second)


@pytest.fixture
def session(hall: Hall) -> Session:
    """Three projects and two clerks of the county."""
    return make_session(hall)
