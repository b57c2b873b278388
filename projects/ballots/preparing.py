"""The county begins a ballot, prints its papers, and calls it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from core.text import tidy
from core.workflow import BadInput, WrongState
from notices.outbox import post_many
from projects import onetime
from projects.ballots import notify
from projects.ballots.engine import act, permit
from projects.ballots.models import FEWEST, MOST, Ballot, BallotItem
from projects.ballots.states import TABLE, State
from projects.models import ProjectIdea
from projects.states import State as IdeaState
from projects.workflow import engine
from stations.models import Region

TITLE, REASON, MOST_ITEMS = 60, 300, 20


@dataclass(frozen=True)
class Plan:
    """What the representatives are asked: which projects, how many of them at most, how many people there are."""

    title: str
    ideas: Sequence[int]
    places: int
    eligible: int


def candidates(region_code: str) -> "QuerySet[ProjectIdea]":
    """Return the projects of a county that can be put to the vote: on the yearly list, not begun, in no open ballot."""
    rows = ProjectIdea.objects.filter(region__code__startswith=region_code, state=IdeaState.ADOPTED)
    return rows.exclude(ballot_items__ballot__state=State.OPEN).select_related("region").order_by("-year", "pk")


def open_ballot(*, actor: Any, at: datetime, region: Region, plan: Plan) -> Ballot:
    """Put projects of one year to the vote (开始票决). From now on none of them is begun, shelved or changed."""
    TABLE.check("open", "")
    ballot = Ballot(
        region=region, title=engine.needed(tidy(plan.title), "请写票决的名称。", "title", TITLE), places=plan.places,
        eligible=plan.eligible, state=State.OPEN, opened_by_id=actor.pk, opened_at=at,
    )  # fmt: skip
    permit("open", actor, ballot)
    _check(plan)
    with transaction.atomic():
        wanted = sorted(set(plan.ideas))
        found = list(candidates(region.pk).filter(pk__in=wanted).values_list("pk", "year"))
        if len(found) != len(wanted):
            raise BadInput("有一件不能票决：要是列入年度、没有开工、没在票决的。请刷新页面再选。", "ideas")
        years = {year for _, year in found}
        if len(years) > 1:
            raise BadInput("一次票决里的项目要是同一个年度的。", "ideas")
        ballot.year = years.pop()
        ballot.save()
        for position, idea_id in enumerate(wanted, 1):
            _put(ballot, idea_id, position, actor, at)
        post_many(notify.to_concerned("ballot_opened", ballot, at=at))
        _audit("ballot_opened", ballot, actor, at, f"{len(wanted)} 件选 {plan.places} 件")
    return ballot


def _check(plan: Plan) -> None:
    if not FEWEST <= plan.eligible <= MOST:
        raise BadInput(f"应到代表写 {FEWEST} 到 {MOST} 人。", "eligible")
    if not 1 < len(set(plan.ideas)) <= MOST_ITEMS:
        raise BadInput(f"请选 2 到 {MOST_ITEMS} 件。", "ideas")
    if not 1 <= plan.places <= len(set(plan.ideas)):
        raise BadInput("选几件，不能多过列出来的项目。", "places")


def _put(ballot: Ballot, idea_id: int, position: int, actor: Any, at: datetime) -> None:
    with engine.act("ballot", idea_id, actor, at) as doing:
        if held(doing.idea):
            raise WrongState("有一件刚刚在别的票决里了，请刷新页面再选。")
        BallotItem.objects.create(ballot=ballot, idea=doing.idea, position=position)
        doing.say(f"提交代表票决：{ballot.title}")


def held(idea: ProjectIdea) -> bool:
    """Tell whether a project stands in a ballot that is open."""
    return bool(idea.ballot_items.filter(ballot__state=State.OPEN).exists())


def hand_out(
    ballot_id: int, *, actor: Any, at: datetime, number: int, key: UUID | None = None, renew: bool = False
) -> list[str]:
    """Make codes for papers (印票) and return them; never more in all than there are representatives.

    A second press of the same button gets the same codes. `renew`: papers that nobody has used are worth nothing any
    more, and others take their place.
    """
    with act("print", ballot_id, actor) as ballot:
        codes = onetime.again(ballot.box, number, key)
        if codes is None:
            if renew:
                _renew(ballot)
            room = ballot.eligible - ballot.codes_made
            if not 1 <= number <= room:
                raise BadInput(
                    f"应到 {ballot.eligible} 人，已经印了 {ballot.codes_made} 张，还能印 {room} 张。", "number"
                )
            codes = onetime.make(ballot.box, number, key)
            ballot.codes_made += number
        _audit("ballot_printed", ballot, actor, at, f"{number} 张" + ("，没用过的旧票作废" if renew else ""))
    return codes


def _renew(ballot: Ballot) -> None:
    if ballot.entries.exists():
        raise WrongState("有纸票登记了一半，先对完，再把旧票作废。")
    ballot.codes_made -= onetime.renew(ballot.box)


def cancel(ballot_id: int, *, actor: Any, at: datetime, reason: str) -> Ballot:
    """Call a ballot off (取消票决): nothing is counted, the projects stand as they stood before."""
    with act("cancel", ballot_id, actor) as ballot:
        ballot.cancelled_why = engine.needed(tidy(reason), "请写明为什么取消，大家看得到。", "reason", REASON)
        ballot.state, ballot.closed_at = State.CANCELLED, at
        onetime.burn(ballot.box)
        ballot.entries.all().delete()
        for idea_id in ballot.items.order_by("idea_id").values_list("idea_id", flat=True):
            with engine.act("ballot", idea_id, actor, at) as doing:
                doing.say(f"票决取消了：{ballot.cancelled_why}")
        post_many(notify.to_concerned("ballot_cancelled", ballot, at=at))
        _audit("ballot_cancelled", ballot, actor, at, ballot.cancelled_why)
    return ballot


def _audit(action: str, ballot: Ballot, actor: Any, at: datetime, what: str) -> None:
    detail = {"what": f"{ballot.title}：{what}"}
    audit.record(action, actor=actor, at=at, subject=f"ballot:{ballot.pk}", detail=detail)
