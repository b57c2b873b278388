"""The demo county holds its meetings: results with reasons, a list to the government, one sheet that waits."""

from datetime import datetime
from random import Random

from dashboards.demo.councils import tell_councils
from dashboards.demo.people import seed_people
from projects.council.listing import listed, years
from projects.council.models import AgendaItem, Council, Score
from projects.states import State
from stations.models import Representative
from stations.queries import forget
from stations.seeding import seed_county
from tests.world import SHANGHAI

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


def test_the_meetings_have_results_and_one_waits_for_the_representative(db: None) -> None:
    forget()
    seed_county()
    people = seed_people(NOW, "demo pass phrase 9", Random(1))
    tell_councils(people, NOW)
    states = dict(Council.objects.values_list("title", "state"))
    assert sorted(states.values()) == ["CLOSED", "CLOSED", "OPEN"]
    decided = AgendaItem.objects.filter(council__state="CLOSED").select_related("idea")
    assert {item.idea.state for item in decided} == {State.SCREENED, State.SHELVED, State.LISTED}
    assert all(item.reason for item in decided)
    (year,) = years(people.county)
    (row,) = listed(people.county, year)
    assert row.benefit == "六个乡镇四万多老人"
    assert row.tally.voices >= 2
    rep = Representative.objects.get(user__username="rep")
    (waiting,) = Council.objects.waiting_for(rep.user)
    mine = Score.objects.filter(representative=rep)
    assert not mine.filter(item__council=waiting).exists()
    assert Score.objects.filter(item__council=waiting).exists()
    assert Council.objects.filter(changed_at__gt=NOW).count() == 0
