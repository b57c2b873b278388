"""The demo's stories follow the county's own table of limits."""

from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from dashboards.demo import texts
from dashboards.demo.stories import Teller
from opinions import deadlines
from opinions.models import DeadlineRule, Opinion
from opinions.states import Kind, State, Step
from tests.world import START, make_world

pytestmark = pytest.mark.django_db


class Luck(Random):
    """Chance that remembers between which days it chose, and is never late."""

    def __init__(self) -> None:
        super().__init__(7)
        self.between: list[tuple[int, int]] = []

    def randint(self, a: int, b: int) -> int:
        self.between.append((a, b))
        return super().randint(a, b)

    def random(self) -> float:
        return 0.5


@pytest.mark.parametrize(("rule", "days"), [(None, 20), (6, 6)])
def test_a_unit_takes_as_many_days_as_the_table_allows(rule: int | None, days: int) -> None:
    world, luck = make_world(), Luck()
    if rule:
        DeadlineRule.objects.create(step=Step.REPLY, kind=Kind.COMPLEX, working_days=rule)
    deadlines.forget()
    opinion = world.opinion(State.ASSIGNED)
    people: Any = SimpleNamespace(handlers={world.unit.pk: world.handler})
    teller = Teller(people, START + timedelta(days=300), luck)
    matter = texts.Matter("ludeng", Kind.COMPLEX, "灯不亮", "修好", "修好了", "A")
    walk = teller._worked(opinion, world.clerk, world.unit, START + timedelta(hours=1), matter)
    assert next(walk)
    assert luck.between == [(1, days)]
    assert Opinion.objects.get(pk=opinion.pk).state == State.REPLIED
    deadlines.forget()
