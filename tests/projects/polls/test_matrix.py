"""Who may press which verb of a poll in which state, typed by hand: role × verb × state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from core.workflow import NotAllowed, WrongState
from projects.models import ProjectIdea
from projects.polls import workflow
from projects.polls.models import Poll
from projects.states import State
from tests.projects.conftest import Hall
from tests.projects.polls.conftest import AFTER, DURING, GOOD, Booth
from tests.projects.test_matrix import ROLES, who

KEEPERS = {"clerk", "town_staff", "county_staff"}
MAY = {
    "open_poll": KEEPERS,
    "hand_out": KEEPERS,
    "evaluate": KEEPERS | {"system"},
    "report_rectified": KEEPERS | {"handler"},
    "recount": {"system"},
    "vote": {"rep"},  # whoever signs in; residents come through the two open doors
}
FROM = {
    "open_poll": {"COMPLETED"},
    "hand_out": {"COMPLETED"},
    "evaluate": {"COMPLETED"},
    "report_rectified": {"RECTIFYING"},
    "recount": {"RECTIFYING"},
    "vote": {"COMPLETED"},
}


def prepared(booth: Booth, verb: str) -> Poll | None:
    """A poll that the verb fits but for the project's state."""
    if verb == "open_poll":
        return None
    poll = booth.open()
    if verb in ("report_rectified", "recount"):
        booth.speak(poll, bad=10)
        poll = booth.close(poll)
        Poll.objects.filter(pk=poll.pk).update(rectify_by=F("rectify_by") - timedelta(days=1))
        poll.refresh_from_db()
    return poll


def press(booth: Booth, verb: str, poll: Poll | None, actor: Any) -> None:
    pk = poll.pk if poll else booth.idea.pk
    later = AFTER + timedelta(days=1)
    acts: dict[str, Callable[[], Any]] = {
        "open_poll": lambda: booth.open(actor=actor),
        "hand_out": lambda: workflow.hand_out(pk, actor=actor, at=DURING, number=1),
        "evaluate": lambda: workflow.evaluate(pk, actor=actor, at=AFTER),
        "report_rectified": lambda: workflow.report_rectified(pk, actor=actor, at=later, words="填平了"),
        "recount": lambda: workflow.recount(pk, actor=actor, at=later),
        "vote": lambda: workflow.speak_as_representative(pk, actor=actor, at=DURING, said=GOOD),
    }
    acts[verb]()


@pytest.mark.parametrize("verb", MAY)
def test_each_verb_in_its_state_by_each_role(hall: Hall, verb: str) -> None:
    booth = Booth(hall, hall.idea(State.COMPLETED))
    poll, before, may = prepared(booth, verb), booth.stands(), set()
    for role in set(ROLES) - {"resident"}:
        with transaction.atomic():
            try:
                press(booth, verb, poll, who(hall, role))
                may.add(role)
            except NotAllowed:
                assert booth.stands() == before
            transaction.set_rollback(True)
    assert may == MAY[verb]


@pytest.mark.parametrize("verb", MAY)
def test_no_verb_in_any_other_state(hall: Hall, verb: str) -> None:
    booth = Booth(hall, hall.idea(State.COMPLETED))
    poll = prepared(booth, verb)
    for state in set(State.values) - FROM[verb] - {"MERGED"}:
        booth.idea.refresh_from_db()
        booth.idea.shelved_reason = "x"
        booth.idea.save()
        ProjectIdea.objects.filter(pk=booth.idea.pk).update(state=state)
        with pytest.raises(WrongState):
            press(booth, verb, poll, who(hall, {"vote": "rep", "recount": "system"}.get(verb, "clerk")))
