"""Swapping: nothing changes hands without consent, and what is taken back is as it was."""

from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction

from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from duties import workflow
from duties.models import RosterLine, Shift, SwapRequest
from duties.states import ShiftState, SwapState
from notices.models import Notice
from stations.models import Representative
from tests.duties.conftest import Office
from tests.world import START

pytestmark = pytest.mark.django_db


def as_it_is() -> list[tuple]:
    """Who has what and how it stands; the sequence for calendars is meant to grow."""
    fields = ("pk", "day", "start", "end", "post", "representative_id", "stands_in_for_id", "state", "uid")
    return list(Shift.objects.order_by("pk").values_list(*fields))


def pair(office: Office) -> tuple[Shift, Shift]:
    """A duty of 麦知秋 and one given to 白露明, each on a day that the other has free."""
    mine, other = office.people["麦知秋"], office.people["白露明"]
    days = {who: set(Shift.objects.filter(representative=who).values_list("day", flat=True)) for who in (mine, other)}
    window = Shift.objects.filter(post="WINDOW")
    theirs = window.exclude(day__in=days[mine] | days[other]).first()
    Shift.objects.filter(pk=theirs.pk).update(representative=other)
    Shift.objects.filter(representative=other, day__in=days[mine]).update(representative=None)
    return window.filter(representative=mine).first(), Shift.objects.get(pk=theirs.pk)


def kinds() -> list[str]:
    return list(Notice.objects.exclude(kind="duty_published").order_by("id").values_list("kind", flat=True))


def test_nothing_changes_until_the_other_agrees(office: Office) -> None:
    office.published()
    mine, theirs = pair(office)
    before = as_it_is()
    swap = workflow.ask_swap(
        mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=theirs.representative_id, other_shift_id=theirs.pk,
        words="那天要嫁女儿",
    )  # fmt: skip
    assert (swap.state, as_it_is()) == (SwapState.ASKED, before)
    assert [row.user for row in Notice.objects.filter(kind="duty_swap_asked", channel="IN_SITE")] == [
        office.user("白露明")
    ]
    workflow.agree(swap.pk, actor=office.user("白露明"), at=START)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.representative.name, theirs.representative.name) == ("白露明", "麦知秋")
    assert {mine.state, theirs.state} == {ShiftState.CONFIRMED}
    assert (mine.sequence, theirs.sequence) == (1, 1)
    assert {"duty_swap_done", "duty_swapped"} <= set(kinds())
    assert RosterLine.objects.filter(verb="trade").count() == 2


def test_a_colleague_takes_a_duty_over(office: Office) -> None:
    office.published()
    mine, _ = pair(office)
    swap = workflow.ask_swap(mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=office.people["白露明"].pk)
    workflow.agree(swap.pk, actor=office.user("白露明"), at=START)
    mine.refresh_from_db()
    assert mine.representative.name == "白露明"
    assert "duty_dropped" in kinds()


def test_refusing_changes_nothing(office: Office) -> None:
    office.published()
    mine, theirs = pair(office)
    before = as_it_is()
    swap = workflow.ask_swap(mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=theirs.representative_id)
    done = workflow.refuse(swap.pk, actor=office.user("白露明"), at=START, words="那天出差")
    assert (done.state, done.answer, as_it_is()) == (SwapState.REFUSED, "那天出差", before)
    assert "duty_swap_refused" in kinds()


@pytest.mark.parametrize("how", ["asked", "agreed", "arranged"])
@pytest.mark.parametrize("is_swap", [True, False])
def test_taken_back_is_as_it_was(office: Office, how: str, is_swap: bool) -> None:
    office.published()
    mine, theirs = pair(office)
    workflow.confirm(theirs.pk, actor=office.user("白露明"), at=START)
    before, other = as_it_is(), theirs.pk if is_swap else None
    asker, clerk = office.user("麦知秋"), office.world.clerk
    told = {"colleague_id": office.people["白露明"].pk, "other_shift_id": other}
    if how == "arranged":
        swap = workflow.arrange(mine.pk, actor=clerk, at=START, note="打过电话", **told)
    else:
        swap = workflow.ask_swap(mine.pk, actor=asker, at=START, **told)
    if how == "agreed":
        workflow.agree(swap.pk, actor=office.user("白露明"), at=START)
    assert (as_it_is() == before) is (how == "asked")
    if how != "asked":
        with pytest.raises(NotAllowed):
            workflow.take_back(swap.pk, actor=asker, at=START)
    workflow.take_back(swap.pk, actor=asker if how == "asked" else clerk, at=START)
    assert as_it_is() == before
    assert "duty_swap_taken_back" in kinds()
    with pytest.raises(WrongState):
        workflow.take_back(swap.pk, actor=clerk, at=START)


def test_what_changed_since_is_not_undone(office: Office) -> None:
    office.published()
    mine, _ = pair(office)
    clerk = office.world.clerk
    swap = workflow.arrange(mine.pk, actor=clerk, at=START, colleague_id=office.people["白露明"].pk, note="当面说好")
    workflow.cannot_come(mine.pk, actor=clerk, at=START)
    with pytest.raises(WrongState, match="又改过"):
        workflow.take_back(swap.pk, actor=clerk, at=START)
    swap.refresh_from_db()
    assert swap.state == SwapState.ARRANGED


def test_arranging_needs_a_note_and_ends_an_open_wish(office: Office) -> None:
    office.published()
    mine, theirs = pair(office)
    clerk, who = office.world.clerk, office.people["白露明"].pk
    swap = workflow.ask_swap(mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=who)
    with pytest.raises(BadInput) as caught:
        workflow.arrange(mine.pk, actor=clerk, at=START, colleague_id=who, note=" ")
    assert caught.value.field == "note"
    workflow.arrange(mine.pk, actor=clerk, at=START, colleague_id=who, other_shift_id=theirs.pk, note="都打过电话")
    swap.refresh_from_db()
    assert swap.state == SwapState.LAPSED
    with pytest.raises(WrongState):
        workflow.agree(swap.pk, actor=office.user("白露明"), at=START)


def test_one_open_wish_for_a_duty(office: Office) -> None:
    office.published()
    mine, theirs = pair(office)
    swap = workflow.ask_swap(
        mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=theirs.representative_id, other_shift_id=theirs.pk
    )
    with pytest.raises(WrongState, match="已经在请人换"):
        workflow.ask_swap(mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=theirs.representative_id)
    with pytest.raises(WrongState, match="已经在请人换"):
        workflow.ask_swap(theirs.pk, actor=office.user("白露明"), at=START, colleague_id=mine.representative_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        SwapRequest.objects.create(from_shift=mine, asker=swap.asker, colleague=swap.colleague, asked_at=START)


def test_a_change_by_the_station_ends_the_wish(office: Office) -> None:
    office.published()
    mine, _ = pair(office)
    swap = workflow.ask_swap(mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=office.people["白露明"].pk)
    workflow.cannot_come(mine.pk, actor=office.user("麦知秋"), at=START)
    swap.refresh_from_db()
    assert swap.state == SwapState.LAPSED


def test_nobody_is_asked_who_could_not(office: Office) -> None:
    office.published()
    shift = office.shift("麦知秋")
    busy = Shift.objects.filter(day=shift.day).exclude(pk=shift.pk).exclude(representative=None).first()
    asker = office.user("麦知秋")
    if busy is not None:
        with pytest.raises(BadInput, match="已经有班了"):
            workflow.ask_swap(shift.pk, actor=asker, at=START, colleague_id=busy.representative_id)
    with pytest.raises(BadInput, match="另一位"):
        workflow.ask_swap(shift.pk, actor=asker, at=START, colleague_id=shift.representative_id)
    stranger = Representative.objects.create(name="外乡人")
    with pytest.raises(BadInput, match="不在本站点"):
        workflow.ask_swap(shift.pk, actor=asker, at=START, colleague_id=stranger.pk)
    with pytest.raises(WrongState, match="开始了"):
        workflow.ask_swap(shift.pk, actor=asker, at=shift.starts_at, colleague_id=office.people["白露明"].pk)


@pytest.mark.parametrize("seed", range(8))
def test_on_any_walk_a_duty_changes_hands_only_when_both_agreed(office: Office, seed: int) -> None:
    """Representatives press what they like: who has which duty changes by `agree` alone, and by his own two shifts."""
    office.published()
    luck, users = Random(seed), [office.user(name) for name in ("麦知秋", "安知夏", "白露明", "陈守一")]
    for step in range(60):
        before = {row[0]: row[5] for row in as_it_is()}
        user, at = luck.choice(users), START + timedelta(minutes=step)
        verb, consented = luck.choice(("ask", "ask", "agree", "agree", "refuse", "take_back")), set()
        try:
            if verb == "ask":
                shift = luck.choice(Shift.objects.filter(representative__user=user) or Shift.objects.all())
                other = luck.choice([None, *Shift.objects.all()])
                colleague = other.representative_id if other else luck.choice(list(office.people.values())).pk
                workflow.ask_swap(
                    shift.pk, actor=user, at=at, colleague_id=colleague, other_shift_id=other.pk if other else None
                )
            elif SwapRequest.objects.exists():
                swap = luck.choice(SwapRequest.objects.filter(colleague__user=user) or SwapRequest.objects.all())
                getattr(workflow, verb)(swap.pk, actor=user, at=at)
                if verb == "agree":
                    assert swap.colleague.user == user
                    consented = {swap.from_shift_id, swap.to_shift_id}
        except VerbError:
            pass
        after = {row[0]: row[5] for row in as_it_is()}
        assert {pk for pk in after if after[pk] != before[pk]} <= consented
    assert SwapRequest.objects.filter(state=SwapState.AGREED).exists()
