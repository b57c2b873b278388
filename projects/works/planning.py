"""What the county says of a project on the yearly list: its plan, its beginning, and each change with a reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from core.text import tidy
from core.workdays import day_words, local_date
from core.workflow import BadInput, WrongState
from projects.models import ProjectIdea
from projects.states import State
from projects.workflow.engine import Act, act, in_years, needed
from projects.works import notify
from projects.works.models import MOST_WEIGHT, Milestone, Work, WorkChange
from projects.works.posts import is_post
from stations.models import Unit

MOST_STEPS = 12
MOST_FUNDS = Decimal(9_999_999)  # in 10,000 yuan
LENGTHS = {"leader_post": 60, "scope": 400, "reason": 300, "title": 60}  # characters


@dataclass(frozen=True)
class Step:
    """One milestone of a plan: `id` names the kept one that it changes, None makes a new one."""

    title: str
    due_on: date
    weight: int = 1
    id: int | None = None


@dataclass(frozen=True)
class Plan:
    """Who builds what, for how much money (10,000 yuan), for how many, where, and by when."""

    unit: Unit
    leader_post: str
    scope: str
    funds: Decimal
    starts_on: date
    ends_on: date
    steps: Sequence[Step]
    funds_source: str = ""
    beneficiaries: int | None = None
    place: str = ""


def adopt(idea_id: int, *, actor: Any, at: datetime, plan: Plan) -> Work:
    """Put a listed project on the year's list (列入年度) with its plan. Raises BadInput naming the field.

    One that was shelved while it was built comes back with what had been done: its plan is changed, not begun anew.
    """
    with act("adopt", idea_id, actor, at) as doing:
        work = Work.objects.select_related("unit").filter(pk=idea_id).first()
        if work is None:
            work = first_work(doing.idea, plan, doing.at)
        else:
            work.begun_on = None
            _change(work, plan, "重新列入年度", doing)
        doing.target = State.ADOPTED
        doing.say(adopted_words(work))
        doing.tell(notify.to_all("work_adopted", doing.idea, at=doing.at))
        doing.tell(notify.to_unit("work_given", work, at=doing.at))
    return work


def first_work(idea: ProjectIdea, plan: Plan, at: datetime) -> Work:
    """Write a project's first plan: the days it names are the ones first promised. Raises BadInput naming the field."""
    work = Work(idea=idea, adopted_at=at, first_ends_on=plan.ends_on)
    _set(work, plan)
    steps = _checked(plan)
    work.save(force_insert=True)
    for number, step in enumerate(steps, 1):
        _new_step(work, number, step)
    return work


def look(plan: Plan) -> None:
    """Raise the BadInput that keeping this plan would raise; nothing is written."""
    _set(Work(), plan)
    _checked(plan)


def adopted_words(work: Work) -> str:
    """Say which year's list it stands on, who builds it, for how much and until when."""
    return (
        f"列入 {work.idea.year} 年民生实事，由{work.unit.name}来办，"
        f"资金 {money(work.funds)} 万元，计划 {whole_day(work.ends_on)}前完工"
    )


def start(idea_id: int, *, actor: Any, at: datetime, day: date) -> Work:
    """Begin the building (开工) on a day that is not ahead."""
    with act("start", idea_id, actor, at) as doing:
        work = work_of(doing)
        if day > local_date(doing.at):
            raise BadInput("开工的日子还没到，到了那天再记。", "day")
        work.begun_on = in_years(day, "开工的年份没有写对，请再看一下。", "day")
        work.save(update_fields=["begun_on"])
        doing.target = State.BUILDING
        doing.say(f"{whole_day(day)}开工")
        doing.tell(notify.to_all("work_started", doing.idea, at=doing.at))
    return work


def change_plan(
    idea_id: int, *, actor: Any, at: datetime, plan: Plan, reason: str, seen: int | None = None
) -> list[WorkChange]:
    """Change the plan (改计划); every thing that is another than before gets a line that everybody reads.

    The days first promised stay. A milestone is never removed: what it weighs would vanish from the whole. `seen`: the
    newest change that the page knew of; where there is a newer one, the page would undo it and is refused.
    """
    with act("change_plan", idea_id, actor, at) as doing:
        work = work_of(doing)
        if seen is not None and seen != newest_change(work):
            raise WrongState("刚刚有人改过这个计划，您写的还没有存。请重新打开“改计划”，看了新的再改。")
        unit_before = work.unit
        reason = needed(tidy(reason), "请写明为什么改，人人看得到。", "reason", LENGTHS["reason"])
        rows = _change(work, plan, reason, doing)
        if not rows:
            raise BadInput("和原来一样，没有改什么。", "reason")
        said = "；".join(f"{row.what}由{row.old or '没有'}改为{row.new}" for row in rows)
        doing.say(f"改了计划：{said}。{reason}")
        if work.unit != unit_before:
            doing.tell(notify.to_unit("work_given", work, at=doing.at))
    return rows


def newest_change(work: Work) -> int:
    """Return the number of the newest line about the plan, 0 where it never changed."""
    return work.changes.aggregate(newest=Max("pk"))["newest"] or 0


def work_of(doing: Act) -> Work:
    """Return the building of the locked idea."""
    return Work.objects.select_related("unit").get(pk=doing.idea.pk)


def money(funds: Decimal) -> str:
    """Write an amount without needless noughts, its thousands set apart."""
    return f"{funds.normalize():,f}"


def whole_day(day: date) -> str:
    """Say a day with its year: plans go over the end of one."""
    return day_words(day, unless_in=0)


def _change(work: Work, plan: Plan, reason: str, doing: Act) -> list[WorkChange]:
    """Write the plan over the kept one, and a line for each thing that is another than before."""
    before = _words_of(work)
    _set(work, plan)
    changes = [*_differences(before, _words_of(work)), *_change_steps(work, _checked(plan))]
    work.save()
    return WorkChange.objects.bulk_create(
        WorkChange(
            work=work, field=field, what=what, old=old[:400], new=new[:400], reason=reason, actor=doing.actor,
            actor_label=doing.actor.label, at=doing.at,
        )
        for field, what, old, new in changes
    )  # fmt: skip


def _new_step(work: Work, position: int, step: Step) -> None:
    work.milestones.create(
        position=position, title=step.title, due_on=step.due_on, first_due_on=step.due_on, weight=step.weight
    )


def _set(work: Work, plan: Plan) -> None:
    work.unit = plan.unit
    work.leader_post = needed(
        tidy(plan.leader_post), "请写责任领导的职务，不写姓名。", "leader_post", LENGTHS["leader_post"]
    )
    if not is_post(work.leader_post):
        raise BadInput("这里像是有姓名。只写职务，比如“分管副县长”。", "leader_post")
    work.scope = needed(tidy(plan.scope), "请写建设内容：建什么、建多少。", "scope", LENGTHS["scope"])
    if not 0 <= plan.funds <= MOST_FUNDS:
        raise BadInput("资金请按万元写，不能是负数。", "funds")
    in_years(plan.starts_on, "开工的年份没有写对，请再看一下。", "starts_on")
    in_years(plan.ends_on, "完工的年份没有写对，请再看一下。", "ends_on")
    if plan.ends_on < plan.starts_on:
        raise BadInput("完工的日子在开工以前，请再看一下。", "ends_on")
    work.funds, work.starts_on, work.ends_on = plan.funds, plan.starts_on, plan.ends_on
    work.funds_source, work.place = tidy(plan.funds_source)[:60], tidy(plan.place)[:200]
    work.beneficiaries = plan.beneficiaries


def _checked(plan: Plan) -> Sequence[Step]:
    if not plan.steps:
        raise BadInput("请至少写一个节点，写明哪天完成。", "steps")
    if len(plan.steps) > MOST_STEPS:
        raise BadInput(f"节点最多 {MOST_STEPS} 个。", "steps")
    for number, step in enumerate(plan.steps, 1):
        if not tidy(step.title).strip() or len(step.title) > LENGTHS["title"]:
            raise BadInput(f"第 {number} 个节点的名称没有写好，最多 {LENGTHS['title']} 个字。", "steps")
        if not 1 <= step.weight <= MOST_WEIGHT:
            raise BadInput(f"第 {number} 个节点的权重要在 1 到 {MOST_WEIGHT} 之间。", "steps")
        if not plan.starts_on <= step.due_on <= plan.ends_on:
            raise BadInput(f"第 {number} 个节点的日子不在开工和完工之间。", "steps")
    return plan.steps


def _words_of(work: Work) -> dict[str, tuple[str, str, str]]:
    kinds = WorkChange.Field
    return {
        "unit": (kinds.UNIT, "责任单位", work.unit.name),
        "leader_post": (kinds.OTHER, "责任领导职务", work.leader_post),
        "scope": (kinds.SCOPE, "建设内容", work.scope),
        "funds": (kinds.FUNDS, "资金", f"{money(work.funds)} 万元"),
        "funds_source": (kinds.FUNDS, "资金来源", work.funds_source),
        "beneficiaries": (kinds.SCOPE, "受益人数", "" if work.beneficiaries is None else str(work.beneficiaries)),
        "place": (kinds.SCOPE, "建设地点", work.place),
        "starts_on": (kinds.DATES, "计划开工", whole_day(work.starts_on)),
        "ends_on": (kinds.DATES, "计划完工", whole_day(work.ends_on)),
    }


def _differences(
    before: dict[str, tuple[str, str, str]], after: dict[str, tuple[str, str, str]]
) -> Iterator[tuple[str, str, str, str]]:
    for name, (field, what, new) in after.items():
        old = before[name][2]
        if old != new:
            yield field, what, old, new or "不写"


def _change_steps(work: Work, steps: Sequence[Step]) -> list[tuple[str, str, str, str]]:
    """Write what is new or other among the milestones, and say it."""
    kept = {row.pk: row for row in work.milestones.select_for_update()}
    named = [step.id for step in steps if step.id is not None]
    if len(set(named)) != len(named) or set(named) != set(kept):
        raise BadInput("节点只能改、能加，不能去掉。请重新打开这一页再改。", "steps")
    said: list[tuple[str, str, str, str]] = []
    for step in (step for step in steps if step.id is not None):
        row = kept[step.id]  # type: ignore[index]
        said += _step_said(row, step)
        row.title, row.due_on, row.weight = step.title, step.due_on, step.weight
        row.save(update_fields=["title", "due_on", "weight"])
    position = max(row.position for row in kept.values())
    for number, step in enumerate((step for step in steps if step.id is None), position + 1):
        _new_step(work, number, step)
        said.append((WorkChange.Field.SCOPE, f"节点“{step.title}”", "", f"{whole_day(step.due_on)}前完成"))
    return said


def _step_said(row: Milestone, step: Step) -> Iterator[tuple[str, str, str, str]]:
    kinds, name = WorkChange.Field, f"节点“{row.title}”"
    if row.title != step.title:
        yield kinds.SCOPE, name, row.title, step.title
    if row.due_on != step.due_on:
        yield kinds.DATES, name, whole_day(row.due_on), whole_day(step.due_on)
    if row.weight != step.weight:
        yield kinds.OTHER, f"{name}的权重", str(row.weight), str(step.weight)
