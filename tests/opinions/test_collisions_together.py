"""Two at once over merged matters: no loop, no deadlock, nobody left waiting for an answer that went past him."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from core.workdays import WorkCalendar
from core.workflow import VerbError
from opinions import deadlines, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import State
from tests.world import START, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
LATER = START + timedelta(hours=1)


@pytest.fixture
def lasting(transactional_db: None) -> World:
    """A world other connections can see."""
    WorkCalendar.forget()
    deadlines.forget()
    return make_world()


def at_once(*works: Callable[[], object]) -> list[str]:
    """Run all at the same moment, each on its own connection; return "done" or the sentence of each."""
    start, outcomes = threading.Barrier(len(works)), [""] * len(works)

    def run(number: int) -> None:
        start.wait()
        try:
            works[number]()
            outcomes[number] = "done"
        except VerbError as error:
            outcomes[number] = error.message
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def state_of(row: Opinion) -> str:
    return str(Opinion.objects.values_list("state", flat=True).get(pk=row.pk))


def test_each_into_the_other_at_once_makes_no_loop(lasting: World) -> None:
    one, two = lasting.submit(), lasting.submit()
    done = at_once(
        lambda: workflow.merge(one.pk, actor=lasting.clerk, at=LATER, lead_id=two.pk),
        lambda: workflow.merge(two.pk, actor=lasting.town_staff, at=LATER, lead_id=one.pk),
    )
    assert sorted([state_of(one), state_of(two)]) == ["MERGED", "SUBMITTED"]
    assert done.count("done") == 1
    assert "" not in done, "a deadlock"


def test_merged_while_the_lead_is_answered_gets_the_answer_or_stays_free(lasting: World) -> None:
    lead = lasting.opinion(State.REPLIED)
    rows = [lasting.submit() for _ in range(3)]
    done = at_once(
        lambda: workflow.approve_reply(lead.pk, actor=lasting.clerk, at=LATER),
        *[
            lambda pk=row.pk: workflow.merge(pk, actor=lasting.town_staff, at=LATER, lead_id=lead.pk)  # type: ignore[misc]
            for row in rows
        ],
    )
    assert done[0] == "done"
    assert "" not in done
    for row, outcome in zip(rows, done[1:], strict=True):
        assert state_of(row) == ("FED_BACK" if outcome == "done" else "SUBMITTED")


def test_taken_apart_while_the_lead_is_answered_is_one_or_the_other(lasting: World) -> None:
    lead, row = lasting.opinion(State.REPLIED), lasting.submit()
    workflow.merge(row.pk, actor=lasting.clerk, at=LATER, lead_id=lead.pk)
    done = at_once(
        lambda: workflow.approve_reply(lead.pk, actor=lasting.clerk, at=LATER),
        lambda: workflow.unmerge(row.pk, actor=lasting.town_staff, at=LATER, reason="不是一处"),
    )
    assert done[0] == "done"
    assert "" not in done
    assert state_of(row) == ("SUBMITTED" if done[1] == "done" else "FED_BACK")


def test_a_lead_withdrawn_while_somebody_is_merged_into_it_leaves_nobody_behind(lasting: World) -> None:
    lead, row = lasting.submit(), lasting.submit()
    at_once(
        lambda: workflow.withdraw(lead.pk, actor=RESIDENT, at=LATER),
        lambda: workflow.merge(row.pk, actor=lasting.clerk, at=LATER, lead_id=lead.pk),
    )
    assert (state_of(lead), state_of(row)) == ("WITHDRAWN", "SUBMITTED")


def test_many_taps_of_one_device_count_once(lasting: World) -> None:
    row = lasting.opinion(State.HANDLING)
    tap: Callable[[], object] = lambda: workflow.second(row.pk, at=LATER, device="a", phone="13700001111")  # noqa: E731
    assert at_once(tap, tap, tap, tap) == ["done"] * 4
    row.refresh_from_db()
    assert row.seconds == 1 == row.secondings.count()


def test_two_people_decide_on_one_wish(lasting: World) -> None:
    row = lasting.opinion(State.HANDLING)
    workflow.request_extension(row.pk, actor=lasting.handler, at=LATER, working_days=3, reason="等配件")
    done = at_once(
        lambda: workflow.grant_extension(row.pk, actor=lasting.clerk, at=LATER),
        lambda: workflow.refuse_extension(row.pk, actor=lasting.town_staff, at=LATER, reason="不用"),
    )
    assert done.count("done") == 1
    assert any("可能刚刚有人核过了" in sentence for sentence in done)
    assert row.extensions.get().verdict == ("GRANTED" if done[0] == "done" else "REFUSED")
