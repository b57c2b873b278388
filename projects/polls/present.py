"""How a poll is shown, at the desk and to everybody: where it stands, what came of it, in words. No HTML."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import rules

from projects.models import ProjectIdea
from projects.polls.models import Poll, Verdict
from projects.polls.story import story_of
from projects.polls.tally import Result, tally
from projects.states import ON_THE_LIST, TABLE

OWN = 3  # under so many voices a sum would be somebody's own


@dataclass(frozen=True)
class Shown:
    """A closed poll with its sums and the words beside them."""

    poll: Poll
    result: Result
    tone: str
    glyph: str
    sentence: str
    slips: str
    is_overdue: bool = False  # what was wanting should have been mended by a day that has passed

    @property
    def counts(self) -> bool:
        """Tell whether enough people came for any sum to be shown."""
        return self.poll.verdict != Verdict.FEW

    @property
    def shows_representatives(self) -> bool:
        """Tell whether enough representatives spoke for their sums to be nobody's own."""
        return self.result.representatives.all >= OWN

    @property
    def doors(self) -> list[str]:
        """Say of each door how many came through it, and how many of them were satisfied unless that would tell who.

        The whole is known, so that what one door is told of tells the other: of both, or of none.
        """
        said = (("凭纸条来评的", self.result.by_code), ("用手机来评的", self.result.by_device))
        came = [(words, one) for words, one in said if one.all]
        tells = all(one.all >= OWN for _, one in came)
        return [
            f"{words} {one.all} 人" + (f"，满意和基本满意的 {one.satisfied} 人。" if tells else "。")
            for words, one in came
        ]


def shown(poll: Poll, today: date) -> Shown:
    """Count a closed poll and say what came of it."""
    result = tally(poll)
    people = result.people
    if poll.verdict == Verdict.FEW:
        sentence = f"来评的有 {people.all} 人，不到 {poll.least} 人，太少了，这一次不作数。"
        return Shown(poll, result, "is-wait", "none", sentence, _slips(poll))
    sentence = f"{people.all} 人来评，{people.satisfied} 人满意或基本满意，占百分之 {people.percent}"
    if poll.verdict == Verdict.GOOD:
        return Shown(poll, result, "is-done", "full", f"{sentence}，达到了。", _slips(poll))
    why = "，没有达到" if not people.reaches(poll.bar) else "；可是凭纸条来评的没有达到"
    return Shown(poll, result, "is-soon", "ret", f"{sentence}{why}，要整改。", _slips(poll), _is_overdue(poll, today))


def _is_overdue(poll: Poll, today: date) -> bool:
    return poll.rectified_at is None and poll.rectify_by is not None and poll.rectify_by < today


def _slips(poll: Poll) -> str:
    if not poll.codes_made:
        return "没有印纸条。"
    return f"纸条印了 {poll.codes_made} 张，发出 {poll.codes_given} 张，收回 {poll.codes_used} 张。"


def mark_of(poll: Poll, today: date) -> tuple[str, str, str]:
    """Return tone, shape and word of a poll."""
    if poll.closed_at is None:
        return ("is-move", "half", "正在评") if poll.is_taking(today) else ("is-soon", "dia", "等着结束")
    if poll.verdict == Verdict.GOOD:
        return "is-done", "full", "达到了"
    if poll.verdict == Verdict.FEW:
        return "is-wait", "none", "不作数"
    if poll.rectified_at is not None:
        return "is-done", "box", "整改好了"
    return ("is-late", "tri", "整改超期") if _is_overdue(poll, today) else ("is-soon", "ret", "正在整改")


def for_everybody(idea: ProjectIdea, gathered: int, today: date, tied: Iterable[date] = ()) -> dict[str, Any]:
    """Return what the public page of a project says of its polls: where to speak now, what came of those closed, and
    the whole way there, with the days of ballots that settled nothing.

    While a poll runs nothing of it is counted.
    """
    if idea.state not in ON_THE_LIST:
        return {}
    polls = list(idea.polls.order_by("round"))
    return {
        "running": next((poll for poll in polls if poll.is_taking(today)), None),
        "counting": next((poll for poll in polls if poll.closed_at is None and not poll.is_taking(today)), None),
        "closed": [shown(poll, today) for poll in polls if poll.closed_at is not None],
        "story": story_of(idea, gathered, tied),
    }


def beside(user: Any, idea: ProjectIdea, today: date) -> dict[str, Any]:
    """Return what the desk's page of a project says of its polls: each with its mark, and whether to open one now."""
    if idea.state not in ON_THE_LIST:
        return {}
    rows = list(idea.polls.order_by("round"))
    runs = any(row.closed_at is None for row in rows)
    is_ready = TABLE.allows("open_poll", idea.state) and not runs
    return {
        "rows": [(row, mark_of(row, today)) for row in rows],
        "may_open": is_ready and rules.has_perm("projects.open_poll_idea", user, idea),
    }
