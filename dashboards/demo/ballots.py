"""The demo county lets its representatives choose: two projects for one place, by the slips that were handed out."""

from datetime import datetime, timedelta

from dashboards.demo.people import COUNTY, People
from dashboards.demo.works import TO_CHOOSE_FROM
from projects.ballots import closing, preparing, voting
from projects.ballots.models import Ballot
from projects.models import ProjectIdea
from stations.models import Region

SEATS, CAME = 9, 8
FOR_THE_FIRST = 7  # the one that is left ticked the other


def tell_ballot(people: People, at: datetime) -> Ballot:
    """Put them to the vote three weeks ago and publish the result the day after."""
    opened, county = at - timedelta(days=21), people.county
    first, other = (ProjectIdea.objects.get(title=build.title) for build in TO_CHOOSE_FROM)
    plan = preparing.Plan("民生实事项目票决", [first.pk, other.pk], places=1, eligible=SEATS)
    ballot = preparing.open_ballot(actor=county, at=opened, region=Region.objects.get(pk=COUNTY), plan=plan)
    codes = preparing.hand_out(ballot.pk, actor=county, at=opened, number=SEATS)
    items = {item.idea_id: item.pk for item in ballot.items.all()}
    for number, code in enumerate(codes[:CAME]):
        voting.vote(code, ticks=[items[first.pk if number < FOR_THE_FIRST else other.pk]])
    return closing.close(ballot.pk, actor=county, at=opened + timedelta(days=1), left=SEATS - CAME)
