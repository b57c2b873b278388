"""Before the meeting: when and where, who is invited, the agenda in its order, the checklist; and opening it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from accounts import audit
from core.text import tidy
from core.workflow import BadInput, VerbError
from notices.outbox import post_many
from projects.council import notify
from projects.council.engine import act, item_of, permit
from projects.council.models import AgendaItem, Council, Score, Seat
from projects.council.states import QUESTIONS, Check, State
from projects.models import ProjectIdea
from projects.states import State as IdeaState
from projects.workflow.engine import in_years, locked, needed
from stations.models import Region, Representative, Service, Station

TITLE, PLACE, CHAIR, NOTE = 60, 100, 40, 200  # characters


@dataclass(frozen=True)
class Plan:
    """What a meeting is called, when and where it is, who chairs it and who is invited."""

    title: str
    day: date
    place: str
    chair: str
    invited: Collection[Representative] = ()


def invitable(station: Station | None, region_code: str) -> "QuerySet[Representative]":
    """Return the representatives in office who serve at the station, or anywhere in the county."""
    where = Q(station=station) if station else Q(station__region__code__startswith=region_code)
    serving = Service.objects.filter(where, until=None)
    return Representative.objects.filter(is_active=True, pk__in=serving.values("representative")).order_by("name", "pk")


def choosable(council: Council) -> "QuerySet[Representative]":
    """Return whom a meeting may invite, and who has a seat already: whoever left office meanwhile keeps his."""
    able, seated = invitable(council.station, council.region_id), council.seats.values("representative")
    return Representative.objects.filter(Q(pk__in=able.values("pk")) | Q(pk__in=seated)).order_by("name", "pk")


def eligible(council: Council) -> "QuerySet[ProjectIdea]":
    """Return the ideas that may come on this agenda: pooled at the station, or pooled or screened in the county."""
    if council.station_id is not None:
        rows = ProjectIdea.objects.filter(station_id=council.station_id, state=IdeaState.POOLED)
    else:
        states = (IdeaState.POOLED, IdeaState.SCREENED)
        rows = ProjectIdea.objects.filter(region__code__startswith=council.region_id, state__in=states)
    return rows.exclude(agenda_items__in=AgendaItem.objects.filter(result="")).order_by("-seconds", "pk")


@transaction.atomic
def plan(*, actor: Any, at: datetime, station: Station | None, region: Region, plan: Plan) -> Council:
    """Prepare a meeting of a station, or of the county where `station` is None."""
    where = station.region if station else region
    council = Council(
        station=station, region=where, state=State.PREPARED, created_by=actor, created_at=at, changed_at=at
    )
    permit("plan", actor, council)
    if station is None and where.level != Region.Level.COUNTY:
        raise BadInput("请选一个站点，或者由县里来开。", "station")
    _fill(council, plan)
    council.save()
    _seat(council, plan.invited)
    _audit("council_planned", council, actor, at)
    return council


def change(council_id: int, *, actor: Any, at: datetime, plan: Plan) -> Council:
    """Mend the words of a meeting and who is invited. Whoever has scored keeps his seat."""
    with act("change", council_id, actor, at) as council:
        _fill(council, plan)
        _seat(council, plan.invited, at)
    return council


def _fill(council: Council, plan: Plan) -> None:
    council.title = needed(tidy(plan.title), "请写一个名称。", "title", TITLE)
    council.place = needed(tidy(plan.place), "请写在哪里开。", "place", PLACE)
    council.chair = needed(tidy(plan.chair), "请写谁主持。", "chair", CHAIR)
    council.day = in_years(plan.day, "年份没有写对，请再看一下。", "day")


def _seat(council: Council, invited: Collection[Representative], at: datetime | None = None) -> None:
    """Make the seats those invited; `at`: tell the newcomers of a meeting that is open."""
    wanted = {one.pk for one in invited}
    before = set(council.seats.values_list("representative_id", flat=True))
    able = set(invitable(council.station, council.region_id).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - able - before:
        raise BadInput("有一位代表不在这里，请再看一下名单。", "invited")
    leaving = before - wanted
    if Score.objects.filter(item__council=council, representative__in=leaving).exists():
        raise BadInput("打过分的代表不能从名单里去掉。", "invited")
    council.seats.filter(representative__in=leaving).delete()
    coming = wanted - before
    Seat.objects.bulk_create(Seat(council=council, representative_id=pk) for pk in sorted(coming))
    if at is not None and council.state == State.OPEN:
        post_many(notify.to_invited(council, coming, at=at))


def add(council_id: int, *, actor: Any, at: datetime, idea_id: int) -> AgendaItem:
    """Put an idea at the end of the agenda. It stands on one agenda ahead at most."""
    with act("arrange", council_id, actor, at) as council:
        idea = locked(idea_id)
        if not eligible(council).filter(pk=idea.pk).exists():
            raise BadInput("这一件不能上这次会：不在储备库里，或者已经在别的会上。", "idea")
        last = council.items.aggregate(last=Max("position"))["last"] or 0
        return AgendaItem.objects.create(council=council, idea=idea, position=last + 1)


def drop(council_id: int, *, actor: Any, at: datetime, item_id: int) -> None:
    """Take an item off the agenda of a meeting that has not begun, with what the units said of it."""
    with act("arrange", council_id, actor, at) as council:
        item = item_of(council, item_id)
        item.opinions.all().delete()
        item.delete()


def raise_up(council_id: int, *, actor: Any, at: datetime, item_id: int) -> None:
    """Move an item one place up; the first stays."""
    with act("arrange", council_id, actor, at) as council:
        item = item_of(council, item_id)
        above = council.items.filter(position__lt=item.position).order_by("-position").first()
        if above is not None:
            above.position, item.position = item.position, above.position
            AgendaItem.objects.bulk_update([above, item], ["position"])


def check(council_id: int, *, actor: Any, at: datetime, item_id: int, answers: Mapping[str, tuple[str, str]]) -> None:
    """Keep the checklist of an item: each question yes, or no or unclear with a note."""
    with act("check", council_id, actor, at) as council:
        item = item_of(council, item_id)
        for name, label in QUESTIONS:
            answer, note = answers.get(name, ("", ""))
            note = tidy(note).strip()
            if answer not in Check.values:
                raise BadInput(f"请选“{label}”。", name)
            if answer != Check.YES and not note:
                raise BadInput("选了“不是”或“说不准”，请写一句为什么。", f"{name}_note")
            if len(note) > NOTE:
                raise BadInput(f"写了 {len(note)} 个字，最多 {NOTE} 个字。", f"{name}_note")
            setattr(item, name, answer)
            setattr(item, f"{name}_note", note)
        item.save()


def open_council(council_id: int, *, actor: Any, at: datetime) -> Council:
    """Open the meeting: the representatives are told, and may score until it closes."""
    with act("open", council_id, actor, at) as council:
        if not council.items.exists():
            raise VerbError("议程上还没有项目，先加一件再开会。")
        invited = set(council.seats.values_list("representative_id", flat=True))
        if not invited:
            raise VerbError("还没有请代表，先在“修改”里勾上要请的代表。")
        council.state = State.OPEN
        post_many(notify.to_invited(council, invited, at=at))
        _audit("council_opened", council, actor, at)
    return council


def _audit(action: str, council: Council, actor: Any, at: datetime) -> None:
    audit.record(action, actor=actor, at=at, subject=f"council:{council.pk}", detail={"what": council.title})
