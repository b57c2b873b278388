"""A finished project, and a poll on it brought as far as a test needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from core.workdays import local_date
from projects.models import ProjectIdea
from projects.polls import workflow
from projects.polls.models import Face, Poll
from projects.polls.workflow import Answers
from projects.states import State
from tests.projects.conftest import Hall
from tests.world import START

OPENED = START + timedelta(days=1)
DURING = OPENED + timedelta(hours=3)
CLOSES = local_date(OPENED) + timedelta(days=6)
AFTER = OPENED + timedelta(days=7)
ASKED = ("路面平不平", "晚上亮不亮")
GOOD, FAIR, BAD = (Answers(face) for face in (Face.GOOD, Face.FAIR, Face.BAD))
_devices = count()


@dataclass
class Booth:
    """The small county with a finished project."""

    hall: Hall
    idea: ProjectIdea

    @property
    def clerk(self) -> Any:
        """The station's clerk."""
        return self.hall.world.clerk

    def open(self, *, at: datetime = OPENED, days: int = 6, questions: tuple[str, ...] = ASKED, **more: Any) -> Poll:
        """Let the clerk open a poll for some days."""
        actor, idea = more.get("actor", self.clerk), more.get("idea", self.idea)
        closes = local_date(at) + timedelta(days=days)
        return workflow.open_poll(idea.pk, actor=actor, at=at, closes_on=closes, questions=questions)

    def slips(self, poll: Poll, number: int) -> list[str]:
        """Print some."""
        return workflow.hand_out(poll.pk, actor=self.clerk, at=poll.opened_at, number=number)

    def speak(self, poll: Poll, good: int = 0, fair: int = 0, bad: int = 0, *, by_slip: bool = False) -> None:
        """Let so many speak, each on a device of his own or each with a slip."""
        said = [GOOD] * good + [FAIR] * fair + [BAD] * bad
        codes = self.slips(poll, len(said)) if by_slip and said else []
        for number, one in enumerate(said):
            if by_slip:
                workflow.speak_by_code(codes[number], at=poll.opened_at, said=one)
            else:
                device = f"{next(_devices):032x}"
                workflow.speak_by_device(poll.pk, at=poll.opened_at, said=one, device=device)

    def close(self, poll: Poll, *, left: int = 0, actor: Any = None) -> Poll:
        """End it the day after its last."""
        at = poll.opened_at + timedelta(days=(poll.closes_on - poll.opens_on).days + 1)
        return workflow.evaluate(poll.pk, actor=actor or self.clerk, at=at, left=left)

    def came_to(self, good: int, fair: int = 0, bad: int = 0, *, by_slip: bool = False) -> Poll:
        """A whole poll with so many voices, closed."""
        poll = self.open()
        self.speak(poll, good, fair, bad, by_slip=by_slip)
        return self.close(poll)

    def stands(self) -> str:
        """Where the project is now."""
        self.idea.refresh_from_db()
        return str(self.idea.state)


@pytest.fixture
def booth(hall: Hall) -> Booth:
    """A project of the home station that is finished."""
    return Booth(hall, hall.idea(State.COMPLETED))
