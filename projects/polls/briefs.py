"""What came of the newest poll of each of many projects, in one line: for the year's list. No HTML."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from projects.polls.models import Door, Face, Poll, Verdict
from projects.polls.present import mark_of
from projects.polls.tally import Sum


@dataclass(frozen=True)
class Brief:
    """The mark of a poll, and how many came and were satisfied; nothing is counted while it runs."""

    mark: tuple[str, str, str]
    words: str


def briefs(idea_ids: Iterable[int], today: date) -> dict[int, Brief]:
    """Return the line of each project that was or is being judged, by the project's number; one statement."""
    people = ~Q(voices__door=Door.REPRESENTATIVE)
    counted = {face.lower(): Count("voices", filter=people & Q(voices__overall=face)) for face in Face.values}
    polls = Poll.objects.filter(idea__in=list(idea_ids)).annotate(**counted).order_by("round")
    return {poll.idea_id: _brief(poll, today) for poll in polls}  # the newest comes last and stays


def _brief(poll: Poll, today: date) -> Brief:
    said = Sum(poll.good, poll.fair, poll.bad)  # type: ignore[attr-defined]  # counted above
    if poll.closed_at is None:
        words = "请您也来评" if poll.is_taking(today) else ""
    elif poll.verdict == Verdict.FEW:
        words = f"来评的有 {said.all} 人，太少"
    else:
        words = f"{said.all} 人来评，{said.percent}% 满意或基本满意"
    return Brief(mark_of(poll, today), words)
