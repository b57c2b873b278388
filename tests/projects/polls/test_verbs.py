"""A poll from the first question to the verdict: what each verb writes, tells and refuses."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from core.workdays import WorkCalendar
from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from notices.models import Notice
from projects.models import ProjectIdea
from projects.onetime import OneTimeCode, WrongCode
from projects.polls import workflow
from projects.polls.models import Door, Poll, PollMark, PollVoice, Verdict
from projects.polls.rulebook import Numbers, change
from projects.polls.tally import Sum, tally
from projects.polls.workflow import AlreadySpoken, Answers
from projects.states import State
from tests.projects.polls.conftest import AFTER, ASKED, BAD, CLOSES, DURING, FAIR, GOOD, OPENED, Booth

DEVICE = "a" * 32


def test_a_poll_takes_todays_numbers_of_the_county(booth: Booth) -> None:
    poll = booth.open()
    assert (poll.round, poll.opens_on, poll.closes_on) == (1, date(2026, 3, 26), CLOSES)
    assert (poll.bar, poll.least, poll.rectify_days, poll.questions) == (80, 10, 20, list(ASKED))
    region, staff = booth.hall.world.county, booth.hall.world.county_staff
    assert change(region, Numbers(90, 3, 5), seen=Numbers(), actor=staff, at=DURING)
    poll.refresh_from_db()
    assert poll.bar == 80
    assert booth.stands() == State.COMPLETED


def test_the_proposer_is_asked_to_come(booth: Booth) -> None:
    booth.open()
    told = Notice.objects.get(kind="idea_poll_opened")
    assert told.channel == "SMS"
    assert booth.idea.history.first().public_text == "办完了，请大家来评，评到 4 月 1 日"


@pytest.mark.parametrize(
    ("closes_on", "questions", "field"),
    [
        (date(2026, 3, 25), (), "closes_on"),
        (date(2026, 6, 25), (), "closes_on"),
        (CLOSES, ("一", "二", "三", "四", "五", "六"), "questions"),
        (CLOSES, ("很" * 41,), "questions"),
    ],
)
def test_what_cannot_be_asked(booth: Booth, closes_on: date, questions: tuple[str, ...], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        workflow.open_poll(booth.idea.pk, actor=booth.clerk, at=OPENED, closes_on=closes_on, questions=questions)
    assert refused.value.field == field
    assert not Poll.objects.exists()


def test_empty_and_doubled_questions_are_left_out(booth: Booth) -> None:
    assert booth.open(questions=("", " 路面平不平 ", "路面平不平", "亮不亮")).questions == ["路面平不平", "亮不亮"]


def test_one_runs_at_a_time(booth: Booth) -> None:
    booth.open()
    with pytest.raises(WrongState):
        booth.open()
    assert Poll.objects.count() == 1


def test_a_slip_is_one_voice(booth: Booth) -> None:
    poll = booth.open()
    code = booth.slips(poll, 3)[0]
    said = Answers("FAIR", ["GOOD", ""], " 好 ")
    assert workflow.speak_by_code(code, at=DURING, said=said) == poll
    voice = PollVoice.objects.get()
    assert (voice.door, voice.overall, voice.answers, voice.words) == (Door.CODE, "FAIR", ["GOOD", ""], "好")
    with pytest.raises(WrongCode):
        workflow.speak_by_code(code, at=DURING, said=BAD)
    assert PollVoice.objects.get().overall == "FAIR"


def test_a_device_is_one_voice_in_each_poll(booth: Booth) -> None:
    poll = booth.open()
    workflow.speak_by_device(poll.pk, at=DURING, said=GOOD, device=DEVICE)
    assert workflow.has_spoken(poll, f"device:{DEVICE}")
    with pytest.raises(AlreadySpoken):
        workflow.speak_by_device(poll.pk, at=DURING, said=BAD, device=DEVICE)
    booth.close(poll)
    again = booth.open(at=AFTER + timedelta(hours=1))
    assert not workflow.has_spoken(again, f"device:{DEVICE}")
    workflow.speak_by_device(again.pk, at=AFTER + timedelta(hours=2), said=BAD, device=DEVICE)
    assert (poll.voices.count(), again.voices.count()) == (1, 1)


def test_a_representative_is_one_voice_and_apart(booth: Booth) -> None:
    poll, rep = booth.open(), booth.hall.world.rep
    workflow.speak_as_representative(poll.pk, actor=rep, at=DURING, said=FAIR)
    with pytest.raises(AlreadySpoken):
        workflow.speak_as_representative(poll.pk, actor=rep, at=DURING, said=GOOD)
    result = tally(poll)
    assert (result.representatives, result.people) == (Sum(0, 1, 0), Sum())


def test_nobody_else_speaks_as_a_representative(booth: Booth) -> None:
    poll = booth.open()
    for who in ("clerk", "leader", "handler", "county_staff"):
        with pytest.raises(NotAllowed):
            workflow.speak_as_representative(poll.pk, actor=booth.hall.world.users[who], at=DURING, said=GOOD)
    assert not PollVoice.objects.exists()


def test_a_representative_judges_what_is_for_the_whole_county(booth: Booth) -> None:
    world = booth.hall.world
    idea = booth.idea
    ProjectIdea.objects.filter(pk=idea.pk).update(station=None, region=world.county)
    poll = booth.open(idea=idea, actor=world.county_staff)
    workflow.speak_as_representative(poll.pk, actor=world.rep, at=DURING, said=GOOD)
    assert Poll.objects.visible_to(world.rep).get() == poll
    assert not Poll.objects.visible_to(world.other_clerk).exists()


def test_a_wrong_word_spends_nothing(booth: Booth) -> None:
    poll = booth.open()
    code = booth.slips(poll, 1)[0]
    for said in (Answers(""), Answers("BEST"), Answers("GOOD", words="很" * 301)):
        with pytest.raises(BadInput):
            workflow.speak_by_code(code, at=DURING, said=said)
    workflow.speak_by_code(code, at=DURING, said=GOOD)


def test_answers_that_nobody_asked_for_are_left_out(booth: Booth) -> None:
    poll = booth.open(questions=("平不平",))
    workflow.speak_by_device(poll.pk, at=DURING, said=Answers("GOOD", ["<b>", "GOOD"]), device=DEVICE)
    assert PollVoice.objects.get().answers == [""]


def test_nothing_is_taken_after_the_last_day(booth: Booth) -> None:
    poll = booth.open()
    code = booth.slips(poll, 1)[0]
    for speak in (
        lambda: workflow.speak_by_code(code, at=AFTER, said=GOOD),
        lambda: workflow.speak_by_device(poll.pk, at=AFTER, said=GOOD, device=DEVICE),
        lambda: workflow.hand_out(poll.pk, actor=booth.clerk, at=AFTER, number=1),
    ):
        with pytest.raises(WrongState):
            speak()
    assert not PollVoice.objects.exists()
    assert OneTimeCode.objects.get().is_spent is False


@pytest.mark.parametrize("number", [0, -1, 401])
def test_so_many_slips_are_not_printed(booth: Booth, number: int) -> None:
    with pytest.raises(BadInput):
        booth.slips(booth.open(), number)
    assert not OneTimeCode.objects.exists()


def test_it_does_not_end_before_its_last_day_is_over(booth: Booth) -> None:
    poll = booth.open()
    booth.speak(poll, good=12)
    for at in (DURING, OPENED + timedelta(days=6)):
        with pytest.raises(WrongState):
            workflow.evaluate(poll.pk, actor=booth.clerk, at=at)
    assert booth.stands() == State.COMPLETED
    booth.close(poll)
    assert booth.stands() == State.EVALUATED


def test_enough_are_satisfied(booth: Booth) -> None:
    poll = booth.came_to(6, 2, 2)
    assert (poll.verdict, poll.rectify_by, booth.stands()) == (Verdict.GOOD, None, State.EVALUATED)
    assert Notice.objects.filter(kind="idea_evaluated").count() == 1
    assert booth.idea.history.first().public_text == "10 人来评，满意和基本满意的 8 人，达到了"


def test_not_enough_are_satisfied_and_a_clock_begins(booth: Booth) -> None:
    poll = booth.came_to(6, 1, 3)
    assert (poll.verdict, booth.stands()) == (Verdict.BAD, State.RECTIFYING)
    closed = date(2026, 4, 2)
    assert poll.rectify_by == WorkCalendar.load().count(closed, 20).due
    assert poll.rectify_by == date(2026, 5, 6)  # over 清明 and 劳动节
    assert Notice.objects.filter(kind="idea_rectifying").count() == 1


def test_mended_and_judged_a_second_time(booth: Booth) -> None:
    poll = booth.came_to(1, 0, 11)
    later = AFTER + timedelta(days=3)
    with pytest.raises(BadInput):
        workflow.report_rectified(poll.pk, actor=booth.clerk, at=later, words="  ")
    workflow.report_rectified(poll.pk, actor=booth.clerk, at=later, words="坑填平了。")
    assert booth.stands() == State.COMPLETED
    assert Notice.objects.filter(kind="idea_rectified").count() == 1
    with pytest.raises(WrongState):
        workflow.report_rectified(poll.pk, actor=booth.clerk, at=later, words="坑填平了。")
    second = booth.open(at=later + timedelta(hours=1))
    assert second.round == 2
    booth.speak(second, good=10)
    booth.close(second)
    assert booth.stands() == State.EVALUATED
    assert [row.verb for row in booth.idea.history.order_by("id")][-5:] == [
        "open_poll", "evaluate", "report_rectified", "open_poll", "evaluate",
    ]  # fmt: skip


@pytest.mark.parametrize("good", [0, 1, 9])
def test_too_few_are_no_verdict(booth: Booth, good: int) -> None:
    poll = booth.came_to(good)
    assert (poll.verdict, booth.stands()) == (Verdict.FEW, State.COMPLETED)
    assert f"来评的有 {good} 人，不到 10 人" in booth.idea.history.first().public_text
    assert not Notice.objects.filter(kind__in=["idea_evaluated", "idea_rectifying"]).exists()
    assert booth.open(at=AFTER + timedelta(hours=1)).round == 2


def test_the_open_door_does_not_lift_what_the_slips_refused(booth: Booth) -> None:
    poll = booth.open()
    booth.speak(poll, good=5, bad=5, by_slip=True)
    booth.speak(poll, good=60)
    assert booth.close(poll).verdict == Verdict.BAD


def test_representatives_do_not_move_the_verdict(booth: Booth) -> None:
    poll = booth.open()
    booth.speak(poll, good=8, bad=2)
    workflow.speak_as_representative(poll.pk, actor=booth.hall.world.rep, at=DURING, said=BAD)
    assert booth.close(poll).verdict == Verdict.GOOD


def test_closing_says_how_many_slips_went_out(booth: Booth) -> None:
    poll = booth.open()
    codes = booth.slips(poll, 20)
    for code in codes[:12]:
        workflow.speak_by_code(code, at=DURING, said=GOOD)
    with pytest.raises(BadInput) as refused:
        booth.close(poll, left=9)
    assert refused.value.field == "left"
    assert OneTimeCode.objects.count() == 20
    booth.close(poll, left=5)
    poll.refresh_from_db()
    assert (poll.codes_made, poll.codes_given, poll.codes_used) == (20, 15, 12)
    assert not OneTimeCode.objects.exists()


def test_closing_twice_is_one(booth: Booth) -> None:
    poll = booth.came_to(10)
    for _ in range(2):
        with pytest.raises(VerbError):
            booth.close(poll)
    few = booth.hall.idea(State.COMPLETED)
    unheard = booth.close(booth.open(idea=few))
    with pytest.raises(WrongState):
        booth.close(unheard)
    assert booth.idea.history.filter(verb="evaluate").count() == few.history.filter(verb="evaluate").count() == 1


def test_nothing_is_left_of_who_had_his_turn(booth: Booth) -> None:
    poll = booth.open()
    booth.speak(poll, good=3)
    booth.slips(poll, 2)
    assert PollMark.objects.count() == 3
    booth.close(poll)
    assert not PollMark.objects.exists()
    assert not OneTimeCode.objects.exists()
    assert poll.voices.count() == 3


def test_the_button_that_prints_is_pressed_twice_and_prints_one_batch(booth: Booth) -> None:
    poll, key = booth.open(), uuid4()
    press = {"actor": booth.clerk, "at": DURING, "key": key}
    codes = workflow.hand_out(poll.pk, number=5, **press)
    assert workflow.hand_out(poll.pk, number=5, **press) == codes
    assert OneTimeCode.objects.count() == 5
    poll.refresh_from_db()
    assert poll.codes_made == 5
    assert booth.idea.history.first().internal_text == "刚印的 5 张纸条又取了一次文件"
    assert not set(codes) & set(workflow.hand_out(poll.pk, number=5, actor=booth.clerk, at=DURING, key=uuid4()))
    workflow.speak_by_code(codes[0], at=DURING, said=GOOD)
    with pytest.raises(WrongState, match="不会再印一遍"):
        workflow.hand_out(poll.pk, number=5, **press)
