"""A year of matters, told through the verbs at their own times; what lies after `now` has not happened yet."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from core.text import headline
from core.workdays import WorkCalendar, end_of_day, local_date
from dashboards.demo import pictures, texts
from dashboards.demo.people import People
from opinions import consent, deadlines, workflow
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import Opinion
from opinions.states import PROMISES, Channel, State, Step
from opinions.workflow import Message
from stations.models import Category, EntryCode, Region, Station, Unit

DAYS = 365
CHANNELS = (Channel.QR,) * 5 + (Channel.WINDOW,) * 3 + (Channel.PHONE, Channel.BOOK, Channel.VISIT, Channel.RECEPTION)

FIRST_ROUND, SECOND_ROUND = (38, 40, 16, 6), (20, 25, 25, 30)  # silent, satisfied, fair, dissatisfied
SLEEPING = ("lilou", "huji")  # stations where nothing has moved for long
ASLEEP_DAYS = 240

# Yields after each step, False when the next one lies in the future; returns when the walk arrived.
Walk = Generator[bool, None, datetime]


def _lead(opinion: Opinion) -> Unit:
    """Return the unit that leads; a matter in a unit's hands always has one."""
    return Unit.objects.get(pk=opinion.lead_unit_id or 0)


@dataclass
class Teller:
    """Tells one matter after another; deterministic for the same luck."""

    people: People
    now: datetime
    luck: Random

    def __post_init__(self) -> None:
        """Read once what every story needs."""
        self.stations = list(Station.objects.select_related("region", "contact"))
        self.villages = {row.pk: self._villages(row) for row in self.stations}
        self.codes = {row.station_id: row for row in EntryCode.objects.filter(kind="STATION")}
        self.categories = {row.code: row for row in Category.objects.select_related("parent", "usual_unit")}
        self.town_units = {row.region_id: row for row in Unit.objects.exclude(region__level="county")}

    def _villages(self, station: Station) -> list[Region]:
        inside = Region.objects.inside(station.region_id).villages()
        return list(inside) or [station.region]

    def tell(self, count: int) -> Iterator[Opinion]:
        """Tell `count` matters spread over the year, more of them in the lively stations and of late."""
        weights = [self._liveliness(number) for number, _ in enumerate(self.stations)]
        starts = sorted(self.now - timedelta(days=DAYS * self.luck.random() ** 1.3) for _ in range(count))
        for start in starts:
            station = self.luck.choices(self.stations, weights)[0]
            if station.code in SLEEPING:
                start = self.now - timedelta(days=ASLEEP_DAYS) - (self.now - start) / 3
            yield self._story(station, self._office_hour(start), self.luck.choice(texts.MATTERS))

    @staticmethod
    def _liveliness(number: int) -> int:
        return 12 if number == 0 else (1 if number % 7 == 5 else 3 + number % 4)

    def _office_hour(self, at: datetime) -> datetime:
        start = end_of_day(local_date(at)) - timedelta(hours=9)
        return min(start + timedelta(minutes=self.luck.randrange(15, 520)), self.now - timedelta(minutes=30))

    def submit(self, station: Station, at: datetime, matter: texts.Matter) -> Opinion:
        """Leave one message, by the resident himself or written down by the clerk."""
        luck = self.luck
        village = luck.choice(self.villages[station.pk])
        channel = luck.choice(CHANNELS)
        by_resident = channel == Channel.QR
        entry: Any = self.codes[station.pk] if by_resident else None
        words = matter.words.format(place=village.short_name)
        spot = luck.choice(texts.LOCATIONS)
        message = Message(
            body=luck.choice(texts.LEAD_INS) + words + luck.choice(texts.ENDINGS),
            title=headline(words),
            channel=channel,
            region=village,
            location=f"{village.short_name} · {spot}",
            entry_code=entry,
            name=luck.choice(texts.FAMILY) + luck.choice(("先生", "女士", "大娘", "大叔"))
            if luck.random() < 0.6
            else "",
            phone=f"139{luck.randrange(10**8):08d}" if luck.random() < 0.7 else "",
            hide_identity=luck.random() < 0.85,
            consent_version=consent.VERSION,
            photos=[pictures.draw(luck, matter.category)] if luck.random() < 0.08 else (),
        )
        actor = RESIDENT if by_resident else self.people.clerks[station.pk]
        return workflow.submit(station=station, actor=actor, at=at, message=message)

    def _story(self, station: Station, at: datetime, matter: texts.Matter) -> Opinion:
        opinion = self.submit(station, at, matter)
        for step in self._road(opinion, station, matter):
            if not step:
                break
        return opinion

    def _wait(self, at: datetime, days: float) -> datetime:
        """Let working days pass; the hour is an office hour."""
        whole = int(days)
        on = WorkCalendar.load().count(local_date(at), whole).due if whole else local_date(at)
        hours = self.luck.uniform(0.3, 2.5) if whole == 0 else 0.0
        later = (
            end_of_day(on) - timedelta(minutes=self.luck.randrange(20, 500)) if whole else at + timedelta(hours=hours)
        )
        return max(later, at + timedelta(minutes=7))

    def _road(self, opinion: Opinion, station: Station, matter: texts.Matter) -> Iterator[bool]:
        """Walk on until the next step lies in the future; yields False there."""
        luck, clerk = self.luck, self.people.clerks[station.pk]
        category = self.categories[matter.category]
        at = self._wait(opinion.created_at, luck.choice((0, 0, 1)))
        if at > self.now:
            yield False
        if luck.random() < 0.03:
            reason, place = texts.DECLINED
            workflow.decline(opinion.pk, actor=clerk, at=at, reason=reason, where_to_go=place)
            yield False
        public = luck.random() < 0.9
        workflow.accept(opinion.pk, actor=clerk, at=at, category=category, kind=matter.kind, is_public=public)
        yield True
        at = self._wait(at, luck.choice((0, 0, 1, 1, 2)))
        if at > self.now:
            yield False
        if matter.kind == "CONSULTATION" and luck.random() < 0.5:
            workflow.answer_on_spot(opinion.pk, actor=clerk, at=at, body=matter.answer, outcome="A")
        else:
            unit = category.usual_unit or self.town_units[station.region_id[:9]]
            at = yield from self._handled(opinion, clerk, unit, at, matter)
        yield from self._judged(opinion, clerk, at, matter, 1)

    def _handled(self, opinion: Opinion, clerk: User, unit: Unit, at: datetime, matter: texts.Matter) -> Walk:
        workflow.assign(opinion.pk, actor=clerk, at=at, lead=unit, demand=matter.demand)
        yield True
        return (yield from self._worked(opinion, clerk, unit, at, matter))

    def _worked(self, opinion: Opinion, clerk: User, unit: Unit, at: datetime, matter: texts.Matter) -> Walk:
        luck, handler = self.luck, self.people.handlers[unit.pk]
        assigned = at
        at = self._wait(at, luck.choice((0, 0, 1, 1, 2)))
        if at > self.now:
            yield False
        workflow.sign(opinion.pk, actor=handler, at=at)
        limit = deadlines.working_days(Step.REPLY, matter.kind, self.categories[matter.category].pk)
        days = luck.randint(1, limit) if luck.random() < 0.9 else limit + luck.randint(1, 8)
        middle = self._wait(at, max(1, days // 2))
        if middle <= self.now and luck.random() < 0.4:
            workflow.report_progress(opinion.pk, actor=handler, at=middle, note=luck.choice(texts.PROGRESS))
        at = max(self._wait(assigned, days), at + timedelta(minutes=30), middle + timedelta(minutes=30))
        if at > self.now:
            yield False
        promised = self._promise(at) if matter.outcome in PROMISES else None
        workflow.reply(
            opinion.pk, actor=handler, at=at, body=matter.answer, outcome=matter.outcome, promised_on=promised
        )
        yield True
        at = self._wait(at, luck.choice((0, 0, 1)))
        if at > self.now:
            yield False
        workflow.approve_reply(opinion.pk, actor=clerk, at=at)
        return at

    def _promise(self, at: datetime) -> date:
        return local_date(at) + timedelta(days=self.luck.randrange(30, 150))

    def _judged(self, opinion: Opinion, clerk: User, at: datetime, matter: texts.Matter, number: int) -> Iterator[bool]:
        """Let the resident rate or stay silent; 不满意 walks the second round, a promise is followed to its date."""
        weights = FIRST_ROUND if number == 1 else SECOND_ROUND
        fate = self.luck.choices(("silent", "SATISFIED", "FAIR", "DISSATISFIED"), weights)[0]
        at = self._verdict(opinion, clerk, at, fate)
        if at > self.now:
            yield False
        opinion.refresh_from_db()
        if opinion.state == State.ASSIGNED and number == 1:
            at = yield from self._worked(opinion, clerk, _lead(opinion), at, matter)
            yield from self._judged(opinion, clerk, at, matter, 2)
        elif opinion.state == State.TRACKING:
            self._follow(opinion, clerk, at)

    def _verdict(self, opinion: Opinion, clerk: User, at: datetime, fate: str) -> datetime:
        """Rate, or let the limit pass; returns when, which may lie in the future and is then not done."""
        luck = self.luck
        if fate == "silent":
            opinion.refresh_from_db()
            at = (opinion.step_due_at or at) + timedelta(hours=1)
            if at <= self.now:
                workflow.close_unrated(opinion.pk, actor=SYSTEM, at=at)
            return at
        at = self._wait(at, luck.choice((0, 1, 1, 2, 3)))
        if at > self.now:
            return at
        good = fate != "DISSATISFIED"
        solved = luck.choice(("YES", "YES", "PARTLY")) if good else luck.choice(("NO", "ANSWER_ONLY"))
        comment = luck.choice(texts.COMMENTS_GOOD if good else texts.COMMENTS_BAD)
        actor = RESIDENT if luck.random() < 0.8 else clerk
        workflow.rate(opinion.pk, actor=actor, at=at, solved=solved, satisfaction=fate, comment=comment)
        return at

    def _follow(self, opinion: Opinion, clerk: User, at: datetime) -> None:
        """Look back after a second 不满意; keep most promises near their date, leave a few open."""
        if opinion.promised_on is None or opinion.satisfaction == "DISSATISFIED":
            at = self._wait(at, 3)
            if at <= self.now:
                workflow.look_back(opinion.pk, actor=clerk, at=at, finding=texts.FINDING)
            return
        done = end_of_day(opinion.promised_on) - timedelta(days=self.luck.randrange(0, 12), hours=3)
        at = max(done, at + timedelta(hours=1))
        if at > self.now or self.luck.random() < 0.06:
            return
        workflow.fulfil(opinion.pk, actor=clerk, at=at, finding=texts.KEPT)
        self._verdict(opinion, clerk, at, self.luck.choice(("silent", "SATISFIED", "FAIR")))
