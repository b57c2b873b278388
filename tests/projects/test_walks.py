"""Random walks over the verbs: whatever is pressed in whatever order, the rows keep their promises."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from opinions.actors import RESIDENT
from projects import workflow
from projects.models import ProjectIdea
from projects.states import TABLE, State
from tests.projects.conftest import SUMMARY, TITLE, Hall
from tests.world import START

STEPS = ("propose", "pool", "reword", "shelve", "merge", "unmerge", "withdraw", "second")
PRESSES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 4), st.integers(0, 4)), max_size=25)


def press(hall: Hall, step: str, idea: ProjectIdea, other: ProjectIdea, at: Any) -> None:
    clerk = hall.world.clerk
    words = {"title": TITLE, "summary": SUMMARY, "category": hall.world.category}
    {
        "propose": lambda: hall.propose(at=at),
        "pool": lambda: workflow.pool(idea.pk, actor=clerk, at=at, **words),
        "reword": lambda: workflow.reword(idea.pk, actor=clerk, at=at, **words),
        "shelve": lambda: workflow.shelve(idea.pk, actor=clerk, at=at, reason="等明年"),
        "merge": lambda: workflow.merge(idea.pk, actor=clerk, at=at, lead_id=other.pk),
        "unmerge": lambda: workflow.unmerge(idea.pk, actor=clerk, at=at, reason="不是一件"),
        "withdraw": lambda: workflow.withdraw(idea.pk, actor=RESIDENT, at=at),
        "second": lambda: workflow.second(idea.pk, at=at, device=f"{at:%M}"),
    }[step]()


def promises(idea: ProjectIdea) -> None:
    lines = list(idea.history.order_by("id"))
    assert lines[0].verb == "propose"
    assert lines[-1].to_state == idea.state
    for before, after in zip(lines, lines[1:], strict=False):
        assert after.from_state == before.to_state
        assert after.at >= before.at
    assert {(line.verb, line.from_state, line.to_state) for line in lines} <= TABLE.pairs()
    assert (idea.merged_into_id is not None) == (idea.state == State.MERGED)
    if idea.merged_into is not None:
        assert idea.merged_into.state in (State.IDEA, State.POOLED, State.SHELVED)
        assert not idea.followers.exists()
    assert idea.seconds == idea.secondings.count()
    assert idea.is_published == ProjectIdea.objects.published().filter(pk=idea.pk).exists()


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(presses=PRESSES)
def test_any_order_of_presses_keeps_the_promises(hall: Hall, presses: list[tuple[str, int, int]]) -> None:
    rows = [hall.propose().pk, hall.propose().pk]
    for number, (step, one, two) in enumerate(presses, 1):
        found = list(ProjectIdea.objects.filter(pk__in=rows).order_by("pk"))
        try:
            at = START + timedelta(minutes=number)
            press(hall, step, found[one % len(found)], found[two % len(found)], at)
        except VerbError:
            continue
        rows = list(ProjectIdea.objects.filter(pk__gte=rows[0]).values_list("pk", flat=True))
    for idea in ProjectIdea.objects.filter(pk__in=rows).select_related("merged_into"):
        promises(idea)
