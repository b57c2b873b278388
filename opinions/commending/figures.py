"""What stands beside a commendation: a person's year in sentences, as his record has it at that moment."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from opinions.models import Opinion, Reception
from opinions.receptions.states import State as ReceptionState
from opinions.records import gathering
from stations.models import Representative

NOTHING = "这一年在系统里还没有记录。"


def figures(person: Any, year: int, at: datetime) -> list[str]:
    """The sentences of a year: a representative's five kinds, or what a member of staff wrote down and held."""
    span = gathering.span_of(year, at)
    if isinstance(person, Representative):
        parts = gathering.parts(gathering.gather([person], span)[person.pk])
        found = [f"{part.label}：{'；'.join(part.done)}。" for part in parts if part.done]
    else:
        found = _of_staff(person, span)
    return found or [NOTHING]


def _of_staff(person: Any, span: gathering.Span) -> list[str]:
    since, until = span.moments
    written = Opinion.objects.filter(recorded_by=person, created_at__gte=since, created_at__lt=until)
    counts = written.aggregate(n=Count("pk"), closed=Count("pk", filter=Q(closed_at__isnull=False)))
    held = Reception.objects.filter(recorder=person, day__range=(span.first, span.last))
    receptions = held.exclude(state=ReceptionState.CANCELLED).count()
    found = [f"登记来访：替群众记了 {counts['n']} 件，{counts['closed']} 件已经办结。"] if counts["n"] else []
    return [*found, f"选民接待：组织了 {receptions} 次。"] if receptions else found
