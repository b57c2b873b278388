"""Many matters with one button (成批办理): what would happen to each, and doing it, each in its own transaction.

Nothing here moves a matter by itself: every row goes through the verb it would go through alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime

from core.workflow import NotAllowed, VerbError, WrongState
from opinions.models import BulkRun, HistoryEntry, Opinion
from opinions.states import TABLE, VERB_LABELS, State
from opinions.workflow.engine import permit

MOST = 50  # as many as one page of the list holds
_KEPT = timedelta(days=30)
_DIGITS = 19  # what has fewer is a key the database can hold
GONE = "找不到这件事，或者已经不归您看。"
Verb = Callable[..., Opinion]


@dataclass(frozen=True)
class Order:
    """One matter to be done: the moment it last moved when it was previewed, and the verb's own input."""

    pk: int
    seen_at: datetime | None
    arguments: dict[str, Any]


def keys_of(values: Iterable[str]) -> list[int]:
    """Return the ids among what was sent, each once, in its order; what is no id is left out."""
    sound = (value for value in values if value.isascii() and value.isdigit() and len(value) < _DIGITS)
    return list(dict.fromkeys(map(int, sound)))


def chosen(user: Any, keys: Sequence[int], *, whole: bool = False) -> list[Opinion]:
    """Return the matters of these ids that the user sees, in the order of the ids, with one statement.

    The person comes along only when they are asked for `whole`, and whoever is answerable with him.
    """
    rows = Opinion.objects.visible_to(user).select_related("station", "region", "category__parent", "lead_unit")
    rows = rows.select_related("first_contact", "recorded_by") if whole else rows.defer("name", "phone", "body_folded")
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def why_not(verb: str, user: Any, opinion: Opinion) -> str:
    """Say why the verb would be refused as the matter stands, "" when it would not. No queries."""
    try:
        TABLE.check(verb, opinion.state)
    except WrongState:
        return f"现在是“{State(opinion.state).label}”，不用再{VERB_LABELS[verb]}。"
    try:
        permit(verb, user, opinion)
    except NotAllowed as error:
        return "已经提请县里交办，等县里交。" if opinion.needs_county else error.message
    return ""


def carry_out(act: str, verb: Verb, orders: Sequence[Order], *, actor: Any, key: UUID, at: datetime) -> BulkRun:
    """Do every order through its verb and keep what came of each; the same key gives back the first run untouched."""
    run, is_new = BulkRun.objects.get_or_create(user=actor, key=key, defaults={"act": act, "created_at": at})
    if not is_new:
        return run
    BulkRun.objects.filter(user=actor, created_at__lt=at - _KEPT).delete()
    visible = set(Opinion.objects.visible_to(actor).filter(pk__in=[o.pk for o in orders]).values_list("pk", flat=True))
    for order in orders:
        sentence = do_once(verb, order, actor, at) if order.pk in visible else GONE
        run.results.append([order.pk, not sentence, sentence])
    run.finished_at = at
    run.save(update_fields=["results", "finished_at"])
    return run


def moment_of(text: str) -> datetime | None:
    """Read back when a matter was seen; None for anything else, which counts as changed since."""
    try:
        return parse_datetime(text)
    except ValueError:  # looks like a moment and is none, such as the 45th of a month
        return None


def do_once(verb: Verb, order: Order, actor: Any, at: datetime) -> str:
    """Run the verb on one matter as it was seen; return "" when it was done, else the sentence that says why not."""
    try:
        with transaction.atomic():
            _refuse_changed(order)
            verb(order.pk, actor=actor, at=at, **order.arguments)
    except VerbError as error:
        return error.message
    return ""


def _refuse_changed(order: Order) -> None:
    """Lock the matter and refuse it when somebody acted on it after it was previewed."""
    changed_at = Opinion.objects.select_for_update().values_list("changed_at", flat=True).get(pk=order.pk)
    if order.seen_at is not None and changed_at == order.seen_at:
        return
    last = HistoryEntry.objects.filter(opinion_id=order.pk).order_by("-id").only("actor_label", "verb").first()
    who = f"{last.actor_label}刚刚办过（{VERB_LABELS.get(last.verb, '有变动')}）" if last else "刚刚有变动"
    raise WrongState(f"{who}，这件没有动。请打开看看现在的情况。")
