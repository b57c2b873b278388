"""The verbs of a poll: open it, print slips, take voices, close it, report what was mended."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core.fields import keyed_hash
from core.text import tidy
from core.workdays import WorkCalendar, day_words, local_date
from core.workflow import BadInput, VerbError, WrongState
from opinions.actors import RESIDENT
from projects import notify, onetime
from projects.polls import notify as told
from projects.polls.models import Door, Face, Poll, PollMark, PollVoice, Verdict
from projects.polls.rulebook import numbers_of
from projects.polls.tally import Result, tally, verdict
from projects.states import TABLE, State
from projects.workflow.engine import Act, act, needed, permit

MOST_QUESTIONS, QUESTION, WORDS, MENDED = 5, 40, 300, 600
MOST_DAYS, MOST_SLIPS = 90, 400
CLOSED = "评议已经结束了，谢谢您。"


class AlreadySpoken(VerbError):
    """This device or representative has had its turn."""

    def __init__(self) -> None:
        super().__init__("您已经评过了，一个人评一次，不用再点。")


@dataclass(frozen=True)
class Answers:
    """What one voice says; all of it is looked at again before it is written."""

    overall: str
    answers: Sequence[str] = field(default=())
    words: str = ""


def open_poll(idea_id: int, *, actor: Any, at: datetime, closes_on: date, questions: Sequence[str] = ()) -> Poll:
    """Ask the people about a finished project, from today to `closes_on`; the county's numbers of today hold for it."""
    with act("open_poll", idea_id, actor, at) as doing:
        today = local_date(doing.at)
        if not today <= closes_on <= today + timedelta(days=MOST_DAYS):
            raise BadInput(f"请选今天起 {MOST_DAYS} 天以内的日子。", "closes_on")
        if doing.idea.polls.taking().exists():
            raise WrongState("这一件正在评，等这一次结束了再开。")
        numbers = numbers_of(doing.idea.region_id)
        poll = Poll.objects.create(
            idea=doing.idea, round=doing.idea.polls.count() + 1, opens_on=today, closes_on=closes_on,
            questions=_questions(questions), bar=numbers.bar, least=numbers.least, rectify_days=numbers.rectify_days,
            opened_by=actor, opened_at=doing.at,
        )  # fmt: skip
        again = "又请大家评一次" if poll.round > 1 else "请大家来评"
        doing.say(f"办完了，{again}，评到 {day_words(closes_on)}")
        doing.tell(notify.to_proposers("idea_poll_opened", doing.idea, at=doing.at))
        doing.tell(notify.to_seconders("idea_seconder_poll", doing.idea, at=doing.at))
    return poll


def _questions(given: Sequence[str]) -> list[str]:
    asked = list(dict.fromkeys(filter(None, (tidy(one).strip() for one in given))))
    if len(asked) > MOST_QUESTIONS:
        raise BadInput(f"另外问的最多 {MOST_QUESTIONS} 条。", "questions")
    if any(len(one) > QUESTION for one in asked):
        raise BadInput(f"一条最多 {QUESTION} 个字。", "questions")
    return asked


@contextmanager
def _on(verb: str, poll_id: int, actor: Any, at: datetime) -> Iterator[tuple[Act, Poll]]:
    """Run a verb on a poll's project, the fresh poll locked after it: always in this order."""
    idea_id = Poll.objects.values_list("idea_id", flat=True).get(pk=poll_id)
    with act(verb, idea_id, actor, at) as doing:
        poll = Poll.objects.select_for_update().get(pk=poll_id)
        poll.idea = doing.idea
        yield doing, poll


def hand_out(poll_id: int, *, actor: Any, at: datetime, number: int, key: UUID | None = None) -> list[str]:
    """Make one-time codes for slips and return them.

    A second press of the same button (the same `key`) gets the same codes and makes none, until one of them is used.
    """
    if not 1 <= number <= MOST_SLIPS:
        raise BadInput(f"一次印 1 到 {MOST_SLIPS} 张。", "number")
    with _on("hand_out", poll_id, actor, at) as (doing, poll):
        if not poll.is_taking(local_date(doing.at)):
            raise WrongState(CLOSED)
        codes = onetime.again(poll.box, number, key)
        if codes is not None:
            doing.say("", f"刚印的 {number} 张纸条又取了一次文件")
            return codes
        codes = onetime.make(poll.box, number, key)
        poll.codes_made += number
        poll.save(update_fields=["codes_made"])
        doing.say("", f"印了 {number} 张评议纸条，一共 {poll.codes_made} 张")
    return codes


def speak_by_code(typed: str, *, at: datetime, said: Answers) -> Poll:
    """Take the voice of whoever holds a slip. Raises WrongCode for a code that is not good any more, or never was."""
    poll_id = poll_of(typed)
    return _speak(poll_id, Door.CODE, RESIDENT, at, said, lambda poll: onetime.spend(typed, poll.box))


def poll_of(typed: str) -> int:
    """Return the poll that a typed code is good for. Raises WrongCode."""
    kind, _, number = onetime.box_of(typed).partition(":")
    if kind != "poll":
        raise onetime.WrongCode
    return int(number)


def speak_by_device(poll_id: int, *, at: datetime, said: Answers, device: str) -> Poll:
    """Take the voice of whoever scanned the code on the wall: one for each device."""
    return _speak(poll_id, Door.DEVICE, RESIDENT, at, said, lambda poll: _mark(poll, f"device:{device}"))


def speak_as_representative(poll_id: int, *, actor: Any, at: datetime, said: Answers) -> Poll:
    """Take a representative's voice; it stands apart from the people's."""
    return _speak(poll_id, Door.REPRESENTATIVE, actor, at, said, lambda poll: _mark(poll, f"user:{actor.pk}"))


def has_spoken(poll: Poll, who: str) -> bool:
    """Tell whether "device:…" or "user:…" has had its turn in a poll that runs."""
    return poll.marks.filter(mark=_mark_of(poll, who)).exists()


def without_voice(poll: Poll, user_ids: Iterable[int]) -> list[int]:
    """Return those of the accounts that have not had their turn in a poll that runs; how one spoke stands nowhere."""
    marks = {_mark_of(poll, f"user:{user_id}"): user_id for user_id in user_ids}
    used = set(poll.marks.filter(mark__in=marks).values_list("mark", flat=True))
    return [user_id for mark, user_id in marks.items() if mark not in used]


def _speak(
    poll_id: int, door: Door, actor: Any, at: datetime, said: Answers, take_turn: Callable[[Poll], None]
) -> Poll:  # fmt: skip
    with transaction.atomic():
        poll = Poll.objects.select_for_update(of=("self",)).select_related("idea__station").get(pk=poll_id)
        permit("vote", actor, poll.idea)
        if not (TABLE.allows("vote", poll.idea.state) and poll.is_taking(local_date(at))):
            raise WrongState(CLOSED)
        voice = _voice(poll, door, said)
        take_turn(poll)
        voice.save(force_insert=True)
    return poll


def _voice(poll: Poll, door: Door, said: Answers) -> PollVoice:
    if said.overall not in Face.values:
        raise BadInput("请先点一个：满意、基本满意，还是不满意。", "overall")
    words = tidy(said.words).strip()
    if len(words) > WORDS:
        raise BadInput(f"写了 {len(words)} 个字，最多 {WORDS} 个字。", "words")
    answers = [face if face in Face.values else "" for face in said.answers][: len(poll.questions)]
    return PollVoice(poll=poll, door=door, overall=said.overall, answers=answers, words=words)


def _mark(poll: Poll, who: str) -> None:
    try:
        with transaction.atomic():
            PollMark(mark=_mark_of(poll, who), poll=poll).save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySpoken from error


def _mark_of(poll: Poll, who: str) -> str:
    return keyed_hash(f"{poll.pk}:{who}", "poll-mark")


def evaluate(poll_id: int, *, actor: Any, at: datetime, left: int = 0) -> Poll:
    """Close a poll after its last day and say what came of it. `left`: slips that were printed and never given out."""
    with _on("evaluate", poll_id, actor, at) as (doing, poll):
        if poll.closed_at is not None:
            raise WrongState("这一次评议已经结束过了。")
        if local_date(at) <= poll.closes_on:
            raise WrongState(f"评到 {day_words(poll.closes_on)}为止，过了那天再结束。")
        made, used = onetime.count(poll.box)
        if not 0 <= left <= made - used:
            raise BadInput(f"一共印了 {made} 张，收回 {used} 张，没发出去的最多 {made - used} 张。", "left")
        result = tally(poll)
        poll.verdict = verdict(result, bar=poll.bar, least=poll.least)
        poll.closed_at, poll.codes_given, poll.codes_used = doing.at, made - left, used
        onetime.burn(poll.box)
        poll.marks.all().delete()
        _follow(doing, poll, result)
        if doing.user is None:
            doing.tell(told.closed_by_the_clock(poll, at=doing.at))
        poll.save()
    return poll


def _follow(doing: Act, poll: Poll, result: Result) -> None:
    """Move the project where the verdict leads, and tell those who proposed it."""
    people = result.people
    if poll.verdict == Verdict.FEW:
        doing.say(f"来评的有 {people.all} 人，不到 {poll.least} 人，太少了不作数，另定日子再评")
        return
    said = f"{people.all} 人来评，满意和基本满意的 {people.satisfied} 人"
    if poll.verdict == Verdict.GOOD:
        doing.target = State.EVALUATED
        doing.say(f"{said}，达到了")
        doing.tell(notify.to_proposers("idea_evaluated", doing.idea, at=doing.at))
        return
    doing.target = State.RECTIFYING
    poll.rectify_by = WorkCalendar.load().count(local_date(doing.at), poll.rectify_days).due
    doing.say(f"{said}，没有达到，{day_words(poll.rectify_by)}以前整改好，再请大家评")
    doing.tell(notify.to_proposers("idea_rectifying", doing.idea, at=doing.at))
    doing.tell(told.to_unit("rectify_wanted", poll, at=doing.at))


def report_rectified(poll_id: int, *, actor: Any, at: datetime, words: str) -> Poll:
    """Say what was mended; the project counts as finished again, and waits to be judged a second time."""
    with _on("report_rectified", poll_id, actor, at) as (doing, poll):
        words = needed(tidy(words), "请写清楚改了什么，大家看得到。", "words", MENDED)
        if poll.verdict != Verdict.BAD or poll.rectified_at is not None:
            raise WrongState("这一次评议不用整改，或者已经报过了。")
        poll.rectified_at, poll.rectified_words = doing.at, words
        poll.save(update_fields=["rectified_at", "rectified_words"])
        doing.target = State.COMPLETED
        doing.say(f"整改好了：{words}")
        doing.tell(notify.to_proposers("idea_rectified", doing.idea, at=doing.at))
        doing.tell(told.to_county("rectify_reported", poll, at=doing.at, but=doing.user))
    return poll


def recount(poll_id: int, *, actor: Any, at: datetime) -> Poll:
    """Move the day to mend by to what the calendar says now. Raises VerbError where it stays.

    Never earlier, and never once it has passed: nobody becomes late overnight, and lateness is not cured by a date.
    """
    with _on("recount", poll_id, actor, at) as (doing, poll):
        due = rectify_day(poll)
        if due is None or poll.rectify_by is None or due <= poll.rectify_by or poll.rectify_by < local_date(doing.at):
            raise VerbError("整改的日子不用改。")
        before, poll.rectify_by = poll.rectify_by, due
        poll.save(update_fields=["rectify_by"])
        doing.say(f"整改的日子从 {day_words(before)}改到 {day_words(due)}。原因：放假安排有变")
        doing.tell(told.to_unit("rectify_moved", poll, at=doing.at))
    return poll


def poll_to_mend(idea_id: int) -> int:
    """Return the poll that found a project wanting and is not answered yet. Raises WrongState where there is none."""
    found = Poll.objects.filter(idea=idea_id, verdict=Verdict.BAD, rectified_at=None).order_by("-round").first()
    if found is None:
        raise WrongState("这一件不用整改，或者已经报过了。")
    return found.pk


def rectify_day(poll: Poll) -> date | None:
    """Return until when must be mended what a closed poll found, counted anew; None where nothing is to be mended."""
    if poll.closed_at is None or poll.verdict != Verdict.BAD or poll.rectified_at is not None:
        return None
    return WorkCalendar.load().count(local_date(poll.closed_at), poll.rectify_days).due
