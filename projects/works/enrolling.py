"""What the government had put on its yearly list before this portal knew of it: the verb `enrol` (照年度清单列入).

Such a project begins where it stands, on the list, with public words and a plan; nobody proposed it here.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core.codes import new_receipt
from core.fields import keyed_hash
from core.text import fold, tidy
from core.workdays import local_date
from core.workflow import BadInput
from notices.outbox import post_many
from projects.models import ProjectIdea
from projects.states import TABLE, Source, State
from projects.workflow.engine import YEARS, Act, needed, permit
from projects.works import notify
from projects.works.planning import Plan, adopted_words, first_work
from stations.models import Region, Station
from stations.queries import guess_category_id

TITLE = 80  # characters, as the column: an official name cannot be shortened


def same_name(title: str) -> str:
    """Return what is alike for two spellings of one name: wide or narrow signs, old or new ones, with blanks or not."""
    return fold(title).replace(" ", "")


def key_of(county: str, year: int, title: str) -> UUID:
    """Return what makes two rows of yearly lists the same project: county, year and title, however it is spaced.

    Keyed, so that nobody takes the place of a row beforehand by sending a wish under its key.
    """
    return UUID(keyed_hash(f"{county[:6]}:{year}:{same_name(title)}", "yearly-list")[:32])


def enrol(*, region: Region, year: int, title: str, plan: Plan, actor: Any, at: datetime) -> tuple[ProjectIdea, bool]:
    """Put what the government's list names on the year's list, and tell the unit unless its days are over.

    Returns the project and whether it is new: the same county, year and title again is the first one, left as it is.
    Raises BadInput naming the field, NotAllowed.
    """
    TABLE.check("enrol", "")
    title = needed(tidy(title), "请写项目名称。", "title", TITLE)
    if not YEARS[0] <= year <= YEARS[1]:
        raise BadInput("年份写得不对，请写四位数。", "year")
    idea = _new(region, year, title, plan, actor, at)
    permit("enrol", actor, idea)
    earlier = ProjectIdea.objects.filter(client_key=idea.client_key).first()
    if earlier is not None:
        return earlier, False
    try:
        with transaction.atomic():
            _write(idea, plan, actor, at)
    except IntegrityError:  # somebody else brought the same row this very moment
        earlier = ProjectIdea.objects.filter(client_key=idea.client_key).first()
        if earlier is None:
            raise
        return earlier, False
    return idea, True


def _new(region: Region, year: int, title: str, plan: Plan, actor: Any, at: datetime) -> ProjectIdea:
    scope = tidy(plan.scope).strip()
    return ProjectIdea(
        receipt=new_receipt(),
        client_key=key_of(region.pk, year, title),
        year=year,
        station=Station.objects.for_region(region.pk),
        region=region,
        location=tidy(plan.place)[:200],
        source=Source.LIST,
        body=f"{title}\n{scope}",
        body_folded=fold(f"{title} {scope} {plan.place}"),
        heading=title,
        category_id=guess_category_id(f"{title} {scope}"),
        title=title,
        summary=scope,
        state=State.ADOPTED,
        recorded_by=actor if actor.pk else None,
        created_at=at,
        pooled_at=at,
        changed_at=at,
    )


def _write(idea: ProjectIdea, plan: Plan, actor: Any, at: datetime) -> None:
    needed(idea.summary, "请写建设内容：建什么、建多少。", "scope", 400)
    idea.save(force_insert=True)
    work = first_work(idea, plan, at)
    doing = Act("enrol", idea, actor, at, source="", target=State.ADOPTED)
    doing.say(f"县里的年度清单上有它。{adopted_words(work)}")
    doing.write_line()
    if work.ends_on >= local_date(at):
        post_many(notify.to_unit("work_given", work, at=at))
