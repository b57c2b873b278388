"""Puts the demo county together: people, a year of stories, and something waiting for everybody today."""

from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from dashboards.demo import texts
from dashboards.demo.ballots import tell_ballot
from dashboards.demo.book import tell_book
from dashboards.demo.commendations import tell_commendations
from dashboards.demo.councils import tell_councils
from dashboards.demo.duties import tell_duties
from dashboards.demo.people import HOME_STATION, People, seed_people, set_passwords
from dashboards.demo.posts import tell_posts
from dashboards.demo.projects import tell_projects
from dashboards.demo.receptions import tell_receptions
from dashboards.demo.records import tell_records
from dashboards.demo.representing import tell_representative
from dashboards.demo.stories import Teller
from dashboards.demo.suggestions import tell_suggestions
from dashboards.demo.themes import tell_themes
from dashboards.demo.together import tell_together
from dashboards.demo.works import tell_works
from notices.models import Notice
from notices.states import Channel, State
from opinions import consent, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from stations.models import EntryCode, ScanCount, Station, Unit
from stations.seeding import seed_county

LUCK = 411625
MATTERS = 520


@transaction.atomic
def seed_demo(at: datetime, password: str) -> bool:
    """Write the demo county once; a second call only sets the password again. Returns whether matters were written."""
    if Opinion.objects.exists() and User.objects.filter(username="county").exists():
        set_passwords(password)
        return False
    seed_county()
    luck = Random(LUCK)  # noqa: S311 - a demo must be the same each time, not secret
    people = seed_people(at, password, luck)
    teller = Teller(people, at, luck)
    for _ in teller.tell(MATTERS):
        pass
    _something_waits(teller, people, at)
    tell_together(teller, people, at)
    tell_duties(people, at)
    tell_representative(at)
    tell_suggestions(people, at)
    tell_receptions(people, at)
    tell_book(people, at)
    tell_records(people, at)
    tell_themes(people, at)
    tell_posts(people, at)
    tell_commendations(people, at)
    tell_projects(people, at)
    tell_councils(people, at)
    tell_works(people, at)
    tell_ballot(people, at)
    _scans(luck, at)
    settle_notices(at)
    return True


def _something_waits(teller: Teller, people: People, at: datetime) -> None:
    """Leave at the home station one matter at each stage that asks somebody to act today."""
    station = Station.objects.select_related("contact", "region").get(code=HOME_STATION)
    clerk, unit = people.clerks[station.pk], Unit.objects.get(code="chengguan")
    handler = people.handlers[unit.pk]
    lamps = [matter for matter in texts.MATTERS if matter.category.startswith("sr-")]
    started = at - timedelta(days=3)
    waiting = [teller.submit(station, started + timedelta(hours=number), matter) for number, matter in enumerate(lamps)]
    for number, row in enumerate(waiting[1:], 1):
        category = teller.categories[lamps[number].category]
        workflow.accept(row.pk, actor=clerk, at=started + timedelta(hours=9), category=category)
    workflow.refer(waiting[2].pk, actor=clerk, at=at - timedelta(days=1), reason="要城管和水利一起挖路换管。")
    for row in waiting[3:]:
        workflow.assign(row.pk, actor=clerk, at=started + timedelta(hours=10), lead=unit, demand="查明原因并修复。")
    workflow.request_return(
        waiting[3].pk, actor=handler, at=started + timedelta(hours=12), legal_basis=texts.RETURN_BASIS
    )
    for row in waiting[5:]:
        workflow.sign(row.pk, actor=handler, at=started + timedelta(hours=20))
    for row in waiting[6:]:
        answer = "已经修好，拍了照片。"
        workflow.reply(row.pk, actor=handler, at=at - timedelta(hours=20), body=answer, outcome="A")
    workflow.approve_reply(waiting[7].pk, actor=clerk, at=at - timedelta(hours=3))
    workflow.submit(
        station=station,
        actor=RESIDENT,
        at=at - timedelta(minutes=40),
        message=workflow.Message(
            body="友谊社区门口的垃圾桶满了三天没人收，苍蝇多得很。",
            region=teller.villages[station.pk][0],
            location="友谊社区门口",
            entry_code=teller.codes[station.pk],
            consent_version=consent.VERSION,
        ),
    )


def _scans(luck: Random, at: datetime) -> None:
    """Give every code a month of scans."""
    today = timezone.localdate(at)
    rows = [
        ScanCount(entry_code=code, day=today - timedelta(days=back), count=luck.randrange(1, 9))
        for code in EntryCode.objects.all()
        for back in range(30)
        if luck.random() < 0.4
    ]
    ScanCount.objects.bulk_create(rows, ignore_conflicts=True)


def settle_notices(at: datetime) -> None:
    """Count what was due in the past as delivered, and as read where it is older than a day."""
    past = Notice.objects.filter(created_at__lt=at - timedelta(hours=12))
    past.exclude(channel=Channel.IN_SITE).exclude(state=State.SENT).update(state=State.SENT, sent_at=at)
    past.filter(channel=Channel.IN_SITE, read_at=None).update(read_at=at)
