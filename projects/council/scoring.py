"""The voices of the representatives: one each an item, by telephone or on paper, changed until the meeting closes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts import audit
from core.workflow import BadInput, VerbError
from projects.council.engine import act
from projects.council.models import Council, Score
from projects.council.states import HIGHEST, LOWEST, MEASURES
from stations.models import Representative

Marks = Mapping[str, int]  # measure -> 1..5


def score(council_id: int, *, actor: Any, at: datetime, marks: Mapping[int, Marks]) -> int:
    """Keep what a representative gives himself, by item; what he leaves out stays as it was. Return how many."""
    with act("score", council_id, actor, at) as council:
        person = council.seats.select_related("representative").get(representative__user_id=actor.pk).representative
        return _keep(council, person, marks, actor=actor, at=at, on_paper=False)


def enter(council_id: int, *, actor: Any, at: datetime, representative_id: int, marks: Mapping[int, Marks]) -> int:
    """Keep what stands on a representative's paper, entered by the clerk. Whoever scored himself is not overwritten."""
    with act("enter", council_id, actor, at) as council:
        seat = council.seats.select_related("representative").filter(representative=representative_id).first()
        if seat is None:
            raise BadInput("这位代表不在请到的名单里。", "representative")
        own = Score.objects.filter(item__council=council, representative=representative_id, on_paper=False)
        if own.exists():
            raise VerbError("这位代表自己在手机上打过分了，以他自己打的为准。")
        kept = _keep(council, seat.representative, marks, actor=actor, at=at, on_paper=True)
        detail = {"what": council.title, "count": kept}
        audit.record("scores_entered", actor=actor, at=at, subject=f"council:{council.pk}", detail=detail)
    return kept


def _keep(
    council: Council, person: Representative, marks: Mapping[int, Marks], *, actor: Any, at: datetime, on_paper: bool
) -> int:
    if not marks:
        raise BadInput("一件也没有打分，请至少打一件。")
    known = set(council.items.values_list("pk", flat=True))
    if set(marks) - known:
        raise BadInput("有一件不在这次会的议程上，请刷新页面再看。")
    for item_id, given in sorted(marks.items()):
        values = {name: _whole(item_id, name, label, given.get(name)) for name, label, _ in MEASURES}
        more = {"on_paper": on_paper, "entered_by": actor, "at": at}
        Score.objects.update_or_create(item_id=item_id, representative=person, defaults=values | more)
    return len(marks)


def _whole(item_id: int, name: str, label: str, value: int | None) -> int:
    if value is None:
        raise BadInput(f"“{label}”还没有打。四样都打了才算这一件。", f"{name}_{item_id}")
    if not LOWEST <= value <= HIGHEST:
        raise BadInput(f"“{label}”是 {LOWEST} 到 {HIGHEST} 分。", f"{name}_{item_id}")
    return value
