"""Additions to the demo representative's duty record: one that a second person has checked, one that waits."""

from datetime import datetime, timedelta

from accounts.models import User
from core.workdays import local_date
from dashboards.demo.people import HOME_STATION, People
from opinions.records import workflow
from opinions.records.states import DutyKind
from stations.models import Representative, Station

CHECKED = ("到友谊社区讲医保怎么缴、怎么报，来了二十多位老人", "社区签到表在站里")
WAITS = ("跟水利局的人沿南沟看了清淤，量了两处淤泥", "照片在代表手机上，水利局老张在场")


def tell_records(people: People, at: datetime) -> None:
    """Write both at the home station."""
    station, person = Station.objects.get(code=HOME_STATION), Representative.objects.get(user__username="rep")
    first = at - timedelta(days=4)
    row = workflow.add(
        person, station, actor=people.clerks[station.pk], at=first, kind=DutyKind.OUTREACH,
        day=local_date(first - timedelta(days=1)), what=CHECKED[0], note=CHECKED[1],
    )  # fmt: skip
    workflow.approve(row.pk, actor=User.objects.get(username="town"), at=first + timedelta(hours=3))
    workflow.add(
        person, station, actor=person.user, at=at - timedelta(hours=20), kind=DutyKind.INSPECTION,
        day=local_date(at - timedelta(days=2)), what=WAITS[0], note=WAITS[1],
    )  # fmt: skip
