"""One project's whole way by the real verbs, 群众提、代表议、政府办、大家评, with a slip, a finding, a second poll."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from notices.models import Notice
from opinions import workflow as matters
from opinions.actors import RESIDENT
from opinions.states import State as MatterState
from projects import workflow
from projects.council import preparing
from projects.models import IdeaLine, ProjectIdea
from projects.polls import workflow as polls
from projects.states import State
from projects.works import measure, planning, present, reporting
from projects.works.models import Finding, Work
from stations.models import Representative
from tests.projects.conftest import PHONE, Hall
from tests.projects.council.conftest import CLOSED, OPENED, Table
from tests.projects.polls.conftest import Booth
from tests.projects.works.conftest import STEPS, Site
from tests.world import START

DAY = timedelta(days=1)


@pytest.fixture
def table(hall: Hall) -> Table:
    """A council of one representative with an account."""
    made = Table(hall)
    made.people["rep"], made.users["rep"] = Representative.objects.get(user=hall.world.rep), hall.world.rep
    return made


def listed(hall: Hall, table: Table) -> ProjectIdea:
    """From an idea by telephone, through the pool and the station's council and the county's, onto the list."""
    idea = hall.pool(hall.propose(phone=PHONE))
    for of_county in (False, True):
        council = table.council(of_county=of_county)
        item = table.item(council, idea)
        preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
        table.score(council, "rep", {item.pk: {"need": 5, "benefit": 4, "feasibility": 4, "cost": 3}})
        table.close(council, "KEEP")
    return ProjectIdea.objects.get(pk=idea.pk)


def built(site: Site, idea: ProjectIdea) -> Work:
    """Adopted, begun, late at one milestone, looked at, mended, finished."""
    at = CLOSED + DAY
    planning.adopt(idea.pk, actor=site.county, at=at, plan=site.plan())
    planning.start(idea.pk, actor=site.county, at=at + DAY, day=(at + DAY).date())
    work = Work.objects.get(pk=idea.pk)
    slipped = STEPS[0].due_on + timedelta(5)
    building = present.building_of(idea, slipped)
    assert building is not None
    assert (building.summary.light, building.steps[0].days_late) == (measure.Light.LATE, 5)
    site.report(work, 100, 60, at=at + 2 * DAY)
    site.inspect(work, "边石没有勾缝。", at=at + 3 * DAY)
    _handled(site, at + 4 * DAY)
    site.report(work, 100, 100, 100, at=at + 10 * DAY)
    return reporting.complete(work.pk, actor=site.county, at=at + 11 * DAY, day=(at + 11 * DAY).date())


def _handled(site: Site, at: datetime) -> None:
    """The finding goes the road of every matter."""
    matter, world, hour = Finding.objects.get().opinion, site.hall.world, timedelta(hours=1)
    matters.accept(matter.pk, actor=world.clerk, at=at, category=world.category)
    matters.assign(matter.pk, actor=world.clerk, at=at + hour, lead=world.unit, demand="勾缝")
    matters.sign(matter.pk, actor=world.handler, at=at + 2 * hour)
    matter.refresh_from_db()
    assert matter.state == MatterState.HANDLING


def test_from_the_first_wish_to_the_second_verdict(hall: Hall, table: Table) -> None:
    idea = listed(hall, table)
    assert idea.state == State.LISTED
    site = Site(hall)
    work = built(site, idea)
    assert site.idea(work).state == State.COMPLETED
    booth = Booth(hall, site.idea(work))
    at = CLOSED + 20 * DAY
    first = booth.open(at=at)
    booth.speak(first, good=6, bad=6)
    booth.speak(first, good=3, bad=3, by_slip=True)
    booth.close(first)
    assert booth.stands() == State.RECTIFYING
    polls.report_rectified(first.pk, actor=booth.clerk, at=at + 20 * DAY, words="裂的地方都重铺了。")
    second = booth.open(at=at + 21 * DAY)
    booth.speak(second, good=12)
    booth.close(second)
    assert booth.stands() == State.EVALUATED
    line = list(IdeaLine.objects.filter(idea=idea).order_by("at", "id").values_list("verb", flat=True))
    road = ["propose", "pool", "screen", "list", "adopt", "start", "report", "inspect", "report", "complete"]
    assert [verb for verb in line if verb in road] == road
    assert line.index("complete") < line.index("evaluate") < line.index("report_rectified")


def test_whoever_wished_for_it_is_told_at_every_stage(hall: Hall, table: Table) -> None:
    idea = listed(hall, table)
    built(Site(hall), idea)
    told = set(Notice.objects.exclude(address="").filter(subject=f"idea:{idea.pk}").values_list("kind", flat=True))
    assert {"idea_pooled", "work_adopted", "work_started", "work_completed"} <= told
    assert len(told) >= 6  # and that it was screened, and listed


def test_everybody_reads_the_whole_way_and_nobody_the_proposer(hall: Hall, table: Table) -> None:
    idea = listed(hall, table)
    built(Site(hall), idea)
    page = Client().get(f"/projects/{idea.pk}/").content.decode()
    for words in ("完工", "100%", "边石没有勾缝。", "麦知秋"):
        assert words in page
    for secret in ("田大山", PHONE, PHONE[3:], "挤在一起"):
        assert secret not in page


def test_a_withdrawn_idea_leaves_no_orphan(hall: Hall) -> None:
    """What was put under a wish that is taken back stands by itself again, with its own number and person."""
    lead, others = hall.propose(), [hall.propose() for _ in range(3)]
    for one in others:
        workflow.merge(one.pk, actor=hall.world.clerk, at=START + DAY, lead_id=lead.pk)
    workflow.withdraw(lead.pk, actor=RESIDENT, at=START + 2 * DAY)
    assert set(ProjectIdea.objects.exclude(pk=lead.pk).values_list("state", "merged_into")) == {(State.IDEA, None)}
    assert not ProjectIdea.objects.filter(merged_into__state=State.WITHDRAWN).exists()
