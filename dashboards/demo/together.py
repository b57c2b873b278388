"""What the demo shows of several people and several units on one matter: merged, seconded, co-handled, extended."""

from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from dashboards.demo.people import HOME_STATION, HOME_UNIT, People
from dashboards.demo.stories import Teller
from opinions import consent, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import Channel, State, Step
from opinions.workflow import Message
from opinions.workflow.seconding import MAY_BE_SECONDED
from stations.models import Station, Unit

DAY = timedelta(days=1)
SAME = (
    ("{place}往学校去的路口积水，下雨天孩子绕着走。", "积水最深的地方到脚脖子，请看看下水道是不是堵了。"),
    ("{place}学校路口一下雨就淹。", "接孩子的电动车都熄了火。"),
    ("{place}路口下水道往外冒水。", "味儿大，走路得捂着鼻子。"),
)
PARTS = "查过排水图纸，路口下面的干管是通的，堵在支管，归城管清。"
WAITS_FOR = "支管要换两节，配件从市里调，路面要等天晴才能开挖。"
LATER_BECAUSE = "连着下雨，沟槽里有水，没法回填。"


def tell_together(teller: Teller, people: People, at: datetime) -> None:
    """Write one flooded crossing with everything that can be on it, and seconders over the home station's board."""
    station = Station.objects.select_related("contact", "region").get(code=HOME_STATION)
    clerk, unit = people.clerks[station.pk], Unit.objects.get(code=HOME_UNIT)
    rows = [_say(teller, station, at - 4 * DAY + timedelta(hours=2 * number), number) for number in range(len(SAME))]
    lead = rows[0]
    category = next(row for code, row in sorted(teller.categories.items()) if code.startswith("sr-"))
    workflow.accept(lead.pk, actor=clerk, at=at - 3 * DAY, category=category, kind="ORDINARY")
    workflow.refer(lead.pk, actor=clerk, at=at - 3 * DAY, reason="城管和水利都说要对方先看，请县里定。")
    _by_two_units(lead, people, unit, at)
    workflow.merge(rows[1].pk, actor=clerk, at=at - 2 * DAY, lead_id=lead.pk)
    workflow.request_extension(lead.pk, actor=people.handlers[unit.pk], at=at - DAY, working_days=5, reason=WAITS_FOR)
    workflow.grant_extension(lead.pk, actor=people.county, at=at - DAY + timedelta(hours=1))
    _one_asks(unit, people.handlers[unit.pk], at)
    _one_promise_moves(station, clerk, at)
    _seconders(station, teller.luck, at)


def _say(teller: Teller, station: Station, at: datetime, number: int) -> Opinion:
    place = teller.villages[station.pk][0]
    words, more = SAME[number]
    message = Message(
        body=words.format(place=place.short_name) + more,
        channel=Channel.QR,
        region=place,
        location=f"{place.short_name} · 小学门口",
        entry_code=teller.codes[station.pk],
        phone=f"137{teller.luck.randrange(10**8):08d}",
        consent_version=consent.VERSION,
    )
    return workflow.submit(station=station, actor=RESIDENT, at=at, message=message)


def _by_two_units(lead: Opinion, people: People, unit: Unit, at: datetime) -> None:
    helper = Unit.objects.get(code="shuili")
    handed = at - 3 * DAY + timedelta(hours=2)
    demand = "查清哪一段堵了，由城管清，水利配合。"
    workflow.assign(lead.pk, actor=people.county, at=handed, lead=unit, co_units=[helper], demand=demand)
    workflow.sign(lead.pk, actor=people.handlers[unit.pk], at=handed + timedelta(hours=1))
    workflow.co_sign(lead.pk, actor=people.handlers[helper.pk], at=handed + timedelta(hours=2))
    workflow.give_part(lead.pk, actor=people.handlers[helper.pk], at=at - 2 * DAY, part=PARTS)


def _one_asks(unit: Unit, handler: User, at: datetime) -> None:
    """Leave one wish for more days that the station has to decide today."""
    running = Opinion.objects.filter(lead_unit=unit, state=State.HANDLING, reply_due_at__gt=at, extensions=None)
    row = running.filter(assignments__is_from_county=False, station__code=HOME_STATION).order_by("pk").first()
    if row is not None:
        workflow.request_extension(row.pk, actor=handler, at=at, working_days=3, reason=WAITS_FOR)


def _one_promise_moves(station: Station, clerk: User, at: datetime) -> None:
    kept = Opinion.objects.filter(station=station, state=State.TRACKING, step_due_at__gt=at, promised_on__isnull=False)
    row = kept.filter(deadlines__step=Step.PROMISE, deadlines__ended_at=None).order_by("step_due_at").first()
    if row is not None and row.promised_on is not None:
        later = row.promised_on + timedelta(days=20)
        workflow.move_promise(row.pk, actor=clerk, at=at, promised_on=later, reason=LATER_BECAUSE)


def _seconders(station: Station, luck: Random, at: datetime) -> None:
    open_ones = Opinion.objects.public().filter(station=station, state__in=MAY_BE_SECONDED).order_by("pk")
    for row in open_ones[:12]:
        for number in range(luck.choice((0, 0, 1, 3, 8))):
            phone = f"136{luck.randrange(10**8):08d}" if luck.random() < 0.2 else ""
            workflow.second(row.pk, at=at, device=f"demo-{row.pk}-{number}", phone=phone)
