"""The demo county builds: one project at each step from the list to the second verdict, with a slip and a finding."""

from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from django.test import override_settings

from dashboards.demo.ballots import tell_ballot
from dashboards.demo.people import seed_people
from dashboards.demo.works import BUILDS, tell_works
from opinions.models import Opinion
from projects.ballots.tally import agrees, tally
from projects.models import IdeaLine, OneTimeCode, ProjectIdea
from projects.polls.models import Poll
from projects.states import State
from projects.works import queries
from projects.works.measure import Light
from projects.works.models import Finding, Work, WorkChange, WorkPhoto
from stations.queries import forget
from stations.seeding import seed_county
from tests.world import SHANGHAI

DAYS = (datetime(2026, 11, 20, 10, 0), datetime(2027, 1, 1, 0, 30), datetime(2026, 10, 6, 9, 0))


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day:%Y-%m-%d}")
def test_every_step_is_there_and_nothing_lies_ahead(db: None, day: datetime, tmp_path: Path) -> None:
    now = day.replace(tzinfo=SHANGHAI)
    forget()
    seed_county()
    with override_settings(MEDIA_ROOT=tmp_path):
        people = seed_people(now, "demo pass phrase 9", Random(1))
        tell_works(people, now)
        ballot = tell_ballot(people, now)
    assert agrees(ballot, tally(ballot))
    assert (ballot.valid, ballot.given, ballot.returned) == (8, 8, 8)
    assert not OneTimeCode.objects.filter(box=ballot.box).exists()
    aside = ProjectIdea.objects.get(state=State.SHELVED)
    assert aside.shelved_reason == "票决未通过：赞成 1 票，应到 9 人，没有过半数"
    states = {idea.title: idea.state for idea in ProjectIdea.objects.all()}
    assert states == {build.title: build.state for build in BUILDS}
    assert set(states.values()) == {
        State.ADOPTED, State.BALLOTED, State.BUILDING, State.COMPLETED, State.EVALUATED, State.RECTIFYING, State.SHELVED
    }  # fmt: skip
    assert not IdeaLine.objects.filter(at__gt=now).exists()
    assert Poll.objects.filter(closed_at=None).count() == 1


def test_one_is_late_and_says_why_and_another_was_looked_at(db: None, tmp_path: Path) -> None:
    now = DAYS[0].replace(tzinfo=SHANGHAI)
    forget()
    seed_county()
    with override_settings(MEDIA_ROOT=tmp_path):
        tell_works(seed_people(now, "demo pass phrase 9", Random(1)), now)
    found = queries.summaries(Work.objects.values_list("pk", flat=True), now.date())
    late = [row for row in found.values() if row.light == Light.LATE]
    assert [row.work.idea.title for row in late] == ["老城区六条街换自来水管"]
    assert WorkChange.objects.get().work == late[0].work
    assert Finding.objects.get().opinion == Opinion.objects.get()
    assert WorkPhoto.objects.count() == 3
    for row in found.values():
        assert (row.percent == 100) == (row.work.finished_on is not None)
