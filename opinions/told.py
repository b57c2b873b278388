"""What a matter keeps of it when a message did not arrive, and when its resident was told by telephone instead."""

import logging
from datetime import datetime
from typing import Any

import rules

from core.workflow import VerbError
from notices import kinds
from opinions import workflow
from opinions.actors import SYSTEM
from opinions.models import Opinion
from opinions.states import State

logger = logging.getLogger(__name__)
# The messages that bring an answer: only these put the matter into the state of "told".
_ANSWERS = ("resident_fed_back", "resident_reminded")


def by_phone(key: str, kind: str, actor: Any, at: datetime) -> None:
    """Write the call into the matter's course, where it waits for a rating and the caller may say so; else nothing."""
    if kind not in _ANSWERS:
        return
    opinion = Opinion.objects.visible_to(actor).filter(pk=key, state=State.FED_BACK).first()
    if opinion is not None and rules.has_perm("opinions.feed_back_opinion", actor, opinion):
        workflow.feed_back(opinion.pk, actor=actor, at=at, how="短信没送到，打电话告诉的")


def lost(key: str, kind: str, written_at: datetime, at: datetime) -> None:
    """Bring the matter back among those to be told, where this message was what told its resident; else nothing."""
    if kind != "resident_fed_back":
        return
    try:
        workflow.bounce(int(key), actor=SYSTEM, at=at, written_at=written_at)
    except VerbError as error:  # rated, told by telephone or answered anew in the meantime
        logger.info("opinion %s stays told: %s", key, type(error).__name__)


def arrived(key: str, kind: str, written_at: datetime, at: datetime) -> None:
    """Take the matter from among those to be told: the message with its answer is on the resident's telephone."""
    if kind not in _ANSWERS:
        return
    try:
        workflow.arrive(int(key), actor=SYSTEM, at=at, written_at=written_at)
    except VerbError as error:  # the common case: it counts as told since the message left
        logger.info("opinion %s needs no arrival: %s", key, type(error).__name__)


kinds.when_told("opinion", by_phone)
kinds.when_arrived("opinion", arrived)
kinds.when_lost("opinion", lost)
