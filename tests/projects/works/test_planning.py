"""Onto the yearly list, begun, changed: every change says what it was, what it is and why."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, connection, transaction

from core.workflow import BadInput, NotAllowed
from notices.models import Notice
from projects import workflow
from projects.states import State
from projects.works import planning
from projects.works.models import Work, WorkChange
from projects.works.planning import Step
from tests.projects.works.conftest import STEPS, Site
from tests.world import START

LATER = START + timedelta(hours=6)


def told(kind: str) -> set[Any]:
    return set(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_adopting_writes_the_plan_and_tells_everybody(site: Site) -> None:
    work = site.adopted()
    assert site.idea(work).state == State.ADOPTED
    assert [(row.title, row.due_on, row.weight) for row in work.milestones.all()] == [
        (step.title, step.due_on, step.weight) for step in STEPS
    ]
    assert (work.funds, work.first_ends_on, work.percent) == (Decimal("38.50"), date(2026, 7, 31), 0)
    assert "38.5 万元，计划 2026 年 7 月 31 日前完工" in site.idea(work).history.first().public_text
    assert told("work_given") == {"handler"}
    assert Notice.objects.filter(kind="work_adopted").exclude(address="").count() == 1


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("leader_post", {"leader_post": " "}),
        ("leader_post", {"leader_post": "分管副县长王建国"}),
        ("leader_post", {"leader_post": "李明"}),
        ("scope", {"scope": ""}),
        ("scope", {"scope": "长" * 401}),
        ("funds", {"funds": Decimal(-1)}),
        ("funds", {"funds": Decimal(10_000_000)}),
        ("ends_on", {"ends_on": date(2026, 3, 1)}),
        ("steps", {"steps": ()}),
        ("steps", {"steps": STEPS * 5}),
        ("steps", {"steps": (replace(STEPS[0], title=" "),)}),
        ("steps", {"steps": (replace(STEPS[0], weight=0),)}),
        ("steps", {"steps": (replace(STEPS[0], weight=1001),)}),
        ("steps", {"steps": (replace(STEPS[0], due_on=date(2026, 8, 1)),)}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_written(site: Site, field: str, other: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        site.adopted(plan=site.plan(**other))
    assert refused.value.field == field
    assert not Work.objects.exists()
    assert not Notice.objects.filter(kind__startswith="work").exists()


def test_it_begins_on_a_day_that_has_come(site: Site) -> None:
    work = site.adopted()
    with pytest.raises(BadInput):
        planning.start(work.pk, actor=site.county, at=LATER, day=LATER.date() + timedelta(1))
    assert planning.start(work.pk, actor=site.county, at=LATER, day=LATER.date()).begun_on == LATER.date()
    assert site.idea(work).state == State.BUILDING
    with pytest.raises(NotAllowed):
        planning.change_plan(work.pk, actor=site.hall.world.handler, at=LATER, plan=site.again(work), reason="钱少了")


def test_each_thing_that_changed_has_a_line(site: Site) -> None:
    work = site.begun()
    plan = site.again(work, funds=Decimal(42), place="", ends_on=date(2026, 9, 30), unit=site.hall.world.other_unit)
    late = replace(plan.steps[1], due_on=date(2026, 8, 30))
    plan = replace(plan, steps=(plan.steps[0], late, plan.steps[2], Step("画上斑马线", date(2026, 9, 20), 10)))
    planning.change_plan(work.pk, actor=site.county, at=LATER, plan=plan, reason="雨天多，工期顺延。")
    said = {row.what: (row.field, row.old, row.new) for row in WorkChange.objects.all()}
    assert said == {
        "责任单位": ("UNIT", site.hall.world.unit.name, site.hall.world.other_unit.name),
        "资金": ("FUNDS", "38.5 万元", "42 万元"),
        "建设地点": ("SCOPE", "东街小学门口", "不写"),
        "计划完工": ("DATES", "2026 年 7 月 31 日", "2026 年 9 月 30 日"),
        "节点“路面铺完”": ("DATES", "2026 年 6 月 30 日", "2026 年 8 月 30 日"),
        "节点“画上斑马线”": ("SCOPE", "", "2026 年 9 月 20 日前完成"),
    }
    row = Work.objects.get()
    assert (row.first_ends_on, row.ends_on) == (date(2026, 7, 31), date(2026, 9, 30))
    assert row.milestones.get(title="路面铺完").first_due_on == date(2026, 6, 30)
    assert told("work_given") == {"handler", "other_handler"}


def test_no_change_and_no_reason_is_no_change(site: Site) -> None:
    work = site.begun()
    with pytest.raises(BadInput, match="没有改什么"):
        planning.change_plan(work.pk, actor=site.county, at=LATER, plan=site.again(work), reason="试试")
    with pytest.raises(BadInput, match="为什么改"):
        planning.change_plan(work.pk, actor=site.county, at=LATER, plan=site.again(work, funds=Decimal(1)), reason=" ")
    assert not WorkChange.objects.exists()
    assert Work.objects.get().funds == Decimal("38.50")


def test_no_milestone_can_be_taken_out(site: Site) -> None:
    work = site.begun()
    plan = site.again(work)
    for steps in (plan.steps[:2], (*plan.steps, plan.steps[0]), (*plan.steps[:2], replace(plan.steps[2], id=10**9))):
        with pytest.raises(BadInput):
            planning.change_plan(work.pk, actor=site.county, at=LATER, plan=replace(plan, steps=steps), reason="不做了")
    assert work.milestones.count() == 3


def test_what_was_put_aside_comes_back_with_what_was_done(site: Site) -> None:
    work = site.begun()
    site.report(work, 100, 40)
    workflow.shelve(work.pk, actor=site.county, at=LATER, reason="钱先用到防汛上。")
    idea = site.idea(work)
    assert idea.state == State.SHELVED
    site.hall.pool(idea, at=LATER)
    type(idea).objects.filter(pk=idea.pk).update(state=State.LISTED)
    planning.adopt(idea.pk, actor=site.county, at=LATER, plan=site.again(work, funds=Decimal(50)))
    again = Work.objects.get()
    assert (again.percent, again.begun_on, again.funds) == (40, None, Decimal(50))
    assert WorkChange.objects.get().reason == "重新列入年度"


@pytest.mark.parametrize("table", ["progressreport", "progressline", "workchange", "inspection", "finding"])
def test_the_database_refuses_to_rewrite_what_was_said(site: Site, table: str) -> None:
    work = site.begun()
    site.report(work, 10)
    site.inspect(work, "边石没有勾缝。")
    planning.change_plan(work.pk, actor=site.county, at=LATER, plan=site.again(work, funds=Decimal(1)), reason="少了")
    for statement in (f"DELETE FROM projects_{table}", f"UPDATE projects_{table} SET id = id"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
