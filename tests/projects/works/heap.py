"""Projects of any stage written straight into the tables, for pages that count and list many of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from projects.models import Poll, ProjectIdea
from projects.polls.models import Verdict
from projects.states import State
from projects.works.models import Milestone, Work
from tests.world import START, World

DAY = timedelta(days=1)
TODAY = date(2026, 7, 1)
OLD, LATE, SOON, LATER = (TODAY + number * DAY for number in (-30, -3, 5, 60))
FINISHED = (State.COMPLETED, State.RECTIFYING, State.EVALUATED)


def wish(world: World, state: str = State.POOLED, *, year: int = 2026, **more: Any) -> ProjectIdea:
    """Write an idea that stands at a state."""
    aside = {"shelved_reason": "等管网改造。"} if state == State.SHELVED else {}
    given: dict[str, Any] = {
        "receipt": uuid4().hex[:10].upper(), "year": year, "region": world.town, "source": "PAPER", "state": state,
        "body": "盼着修路", "body_folded": "盼着修路", "heading": "修路", "title": "修一条路", "summary": "修",
        "name": "田大山", "phone": "13800001234", "created_at": START, "pooled_at": START, "changed_at": START,
    } | aside | more  # fmt: skip
    return ProjectIdea.objects.create(**given)


def build(world: World, state: str = State.BUILDING, *, due: date = LATER, plan: Any = None, **more: Any) -> Work:
    """Write a project on the list with two milestones, one of them done; a finished one was finished yesterday."""
    is_whole = state in FINISHED
    given: dict[str, Any] = {
        "unit": world.unit, "leader_post": "分管副县长", "funds": Decimal("38.50"), "funds_source": "县财政",
        "beneficiaries": 800, "place": "东街小学门口", "scope": "人行道一百五十米", "starts_on": OLD, "ends_on": LATER,
        "first_ends_on": LATER, "begun_on": OLD, "adopted_at": START, "finished_on": TODAY - DAY if is_whole else None,
    } | (plan or {})  # fmt: skip
    work = Work.objects.create(idea=wish(world, state, **more), **given)
    for number, (day, percent) in enumerate(((OLD, 100), (due, 100 if is_whole else 40)), 1):
        Milestone.objects.create(
            work=work, position=number, title=f"第 {number} 段", due_on=day, first_due_on=day, weight=1,
            percent=percent, done_on=day if percent == 100 else None,
        )  # fmt: skip
    return work


def poll(world: World, work: Work, verdict: str = "", *, number: int = 1) -> Poll:
    """Write a poll that came to a verdict, or that still runs."""
    closed = {"closed_at": START, "codes_used": 0, "codes_given": 0} if verdict else {}
    mend = {"rectify_by": LATER} if verdict == Verdict.BAD else {}
    return Poll.objects.create(
        idea=work.idea, round=number, opens_on=OLD, closes_on=TODAY, bar=80, least=5, rectify_days=20,
        opened_by=world.county_staff, opened_at=START, verdict=verdict, **closed, **mend,
    )  # fmt: skip
