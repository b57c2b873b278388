"""The demo county asks its people: a campaign that runs, ideas at each stage, voices that add up."""

from datetime import datetime
from random import Random

from dashboards.demo.people import seed_people
from dashboards.demo.projects import tell_projects
from projects.models import Campaign, ProjectIdea
from projects.states import Source, State
from stations.models import EntryCode
from stations.queries import forget
from stations.seeding import seed_county
from tests.world import SHANGHAI

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


def test_the_county_asks_its_people_and_has_ideas_at_every_stage(db: None) -> None:
    forget()
    seed_county()
    tell_projects(seed_people(NOW, "demo pass phrase 9", Random(1)), NOW)
    assert Campaign.objects.running(NOW.date()).get().year == NOW.year + 1
    ideas = list(ProjectIdea.objects.all())
    assert {idea.state for idea in ideas} == {State.IDEA, State.POOLED, State.SHELVED, State.MERGED}
    # A matter that becomes an idea needs a matter, which this small county has not.
    assert {idea.source for idea in ideas} == {Source.RESIDENT, Source.PAPER, Source.REPRESENTATIVE}
    for idea in ideas:
        assert idea.seconds == idea.secondings.count()
        assert idea.created_at <= idea.changed_at <= NOW
    assert EntryCode.objects.get(kind="PROJECT").station.code == "mingnan"
