"""Taking notices out of the house: claim, send, mark; try again later, park what never works, erase what is old.

Several workers may run at once: a row is claimed under SKIP LOCKED with a fresh token, and only the holder of
the token may mark it. A worker that dies leaves its claim behind; after the lease another takes it over, which
counts as an attempt, so a message that kills workers is parked as well.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from accounts import audit
from accounts.models import User
from core.workflow import WrongState
from notices import kinds, texts
from notices.channels import Outgoing, Refused, SendFailure, TooFast, Undeliverable
from notices.gates import Gates, name_of
from notices.lost import report_lost
from notices.models import DeliveryRules, Notice
from notices.senders import sender_for
from notices.states import FINISHED, Channel, State

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)
KEEP_ROWS = timedelta(days=730)
BATCH = 20
# No claim is sent this close to the quiet hours, so that a slow gateway cannot carry it over the edge.
MARGIN = timedelta(seconds=30)
_LOST_CLAIM = "发送时中断。"


@dataclass(frozen=True)
class Delivery:
    """What one run did: how many notices left, will be tried again, or were parked."""

    sent: int = 0
    retried: int = 0
    parked: int = 0

    def __add__(self, other: "Delivery") -> "Delivery":
        return Delivery(self.sent + other.sent, self.retried + other.retried, self.parked + other.parked)

    @property
    def is_idle(self) -> bool:
        """Was there nothing to do?"""
        return not (self.sent or self.retried or self.parked)


def backoff(attempts: int) -> timedelta:
    """The wait after the `attempts`-th failure: 30 s, 2 min, 8 min, 32 min, then 2 h."""
    return min(FIRST_WAIT * 4 ** min(max(attempts, 1) - 1, 8), LONGEST_WAIT)


def deliver_due(at: datetime, limit: int = BATCH, clock: Callable[[], float] = time.monotonic) -> Delivery:
    """Send up to `limit` notices that are due at `at`; nothing in quiet hours.

    `clock` (seconds) tells how long the run has taken, so that it stops before quiet hours begin: what was
    claimed by then goes back untouched.
    """
    rules = DeliveryRules.current()
    parked = _reclaim(at, rules.max_attempts)
    allowed = (rules.quiet.allowed_for(at) - MARGIN).total_seconds()
    done = Delivery(parked=parked)
    if allowed <= 0:
        return done
    gates, began = Gates.load(), clock()
    for notice in _claim(at, limit, gates):
        passed = clock() - began
        moment = at + timedelta(seconds=passed)
        closed_until = gates.closed_until(name_of(notice), moment)
        if passed >= allowed:
            _give_back(notice)
        elif closed_until:
            _give_back(notice, closed_until)
        else:
            done += _send(notice, at, moment, rules.max_attempts, gates)
    return done


def _reclaim(at: datetime, max_attempts: int) -> int:
    """Free the claims of workers that died; park those that ran out of attempts. Returns the parked."""
    lost = Notice.objects.filter(state=State.CLAIMED, claimed_at__lte=at - LEASE)
    with transaction.atomic():
        spent = list(lost.filter(attempts__gte=max_attempts).select_for_update(skip_locked=True))
        Notice.objects.filter(pk__in=[notice.pk for notice in spent]).update(
            state=State.PARKED, claim=None, claimed_at=None, last_error=_LOST_CLAIM
        )
    for notice in spent:  # its person waits to be told in another way, as after any parked message
        report_lost(notice, at)
    again = lost.filter(attempts__lt=max_attempts)
    again.update(state=State.PENDING, claim=None, claimed_at=None, next_try_at=at, last_error=_LOST_CLAIM)
    return len(spent)


def _claim(at: datetime, limit: int, gates: Gates) -> list[Notice]:
    """Take up to `limit` due rows that nobody else is taking; urgent kinds first, then the longest waiting."""
    token = uuid.uuid4()
    urgent = [kind.name for kind in kinds.known() if kind.urgent]
    due = gates.open_rows(Notice.objects.due(at), at)
    with transaction.atomic():
        found = list(due.filter(kind__in=urgent).order_by("next_try_at", "pk").values_list("pk", flat=True)
                     .select_for_update(skip_locked=True)[:limit]) if urgent else []  # fmt: skip
        rest = due.exclude(kind__in=urgent).order_by("next_try_at", "pk").values_list("pk", flat=True)
        found += rest.select_for_update(skip_locked=True)[: limit - len(found)]
        Notice.objects.filter(pk__in=found).update(
            state=State.CLAIMED, claim=token, claimed_at=at, attempts=F("attempts") + 1
        )
    claimed = Notice.objects.filter(claim=token)
    return sorted(claimed, key=lambda notice: (notice.kind not in urgent, notice.next_try_at, notice.pk))


def _give_back(notice: Notice, next_try_at: datetime | None = None, **changes: object) -> None:
    """Put a claimed notice back as if it had not been tried."""
    when = next_try_at or notice.next_try_at
    _mark(notice, state=State.PENDING, attempts=notice.attempts - 1, next_try_at=when, **changes)


def _mark(notice: Notice, **changes: object) -> None:
    """Write the outcome, unless the lease ran out and somebody else holds the row by now."""
    held = Notice.objects.filter(pk=notice.pk, state=State.CLAIMED, claim=notice.claim)
    if not held.update(claim=None, claimed_at=None, **changes):
        log.warning("notice %s: claim was lost before its outcome could be written", notice.pk)


def _send(notice: Notice, at: datetime, moment: datetime, max_attempts: int, gates: Gates) -> Delivery:
    try:
        sender_for(notice.channel).send(_outgoing(notice), moment)
    except Undeliverable as failure:
        if isinstance(failure, Refused):
            gates.failed(notice, moment, failure.sentence)
        return _park(notice, failure.sentence, moment)
    except TooFast as failure:
        _give_back(notice, moment + failure.wait)
        return Delivery(retried=1)
    except SendFailure as failure:
        return _failed(notice, at, moment, failure, max_attempts, gates)
    except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
        # The error's own words may hold the address: only its kind is logged and stored.
        log.error("notice %s could not be sent: %s", notice.pk, type(error).__name__)
        return _later(notice, at, f"发送程序出错({type(error).__name__})。", max_attempts)
    _mark(notice, state=State.SENT, sent_at=at, last_error="")
    gates.worked(notice)
    return Delivery(sent=1)


def _failed(
    notice: Notice, at: datetime, moment: datetime, failure: SendFailure, max_attempts: int, gates: Gates
) -> Delivery:
    """Try again later; where the whole channel is down the message keeps its attempts for when it is up again."""
    closed_until = gates.failed(notice, moment, failure.sentence)
    if closed_until is None:
        return _later(notice, at, failure.sentence, max_attempts, failure.wait)
    _give_back(notice, max(closed_until, moment + failure.wait), last_error=failure.sentence)
    return Delivery(retried=1)


def _outgoing(notice: Notice) -> Outgoing:
    """The message in words. Raises Undeliverable for a kind or text that no longer exists or an erased address."""
    if not notice.address:
        raise Undeliverable("没有可用的号码或邮箱。")
    try:
        return Outgoing(notice.key, notice.address, texts.title(notice), texts.body(notice), texts.link(notice))
    except (kinds.UnknownKind, TemplateDoesNotExist, TemplateSyntaxError) as error:
        raise Undeliverable("这种通知的文字模板缺失。") from error


def _later(notice: Notice, at: datetime, sentence: str, max_attempts: int, wait: timedelta = timedelta(0)) -> Delivery:
    if notice.attempts >= max_attempts:
        return _park(notice, sentence, at)
    wait = max(backoff(notice.attempts), wait)
    _mark(notice, state=State.PENDING, next_try_at=at + wait, last_error=sentence)
    return Delivery(retried=1)


def _park(notice: Notice, sentence: str, at: datetime) -> Delivery:
    log.warning("notice %s parked after %s attempts", notice.pk, notice.attempts)
    _mark(notice, state=State.PARKED, last_error=sentence)
    report_lost(notice, at)
    return Delivery(parked=1)


@transaction.atomic
def try_again(notice_id: int, *, actor: User, at: datetime, ip: str = "") -> Notice:
    """Put a parked notice back into the queue with all its attempts; after a bounce as a new message to the gateway.

    Raises Notice.DoesNotExist when it is out of the actor's sight, WrongState when it is no longer parked.
    """
    notice = Notice.objects.cared_for_by(actor).select_for_update().get(pk=notice_id)
    if notice.state != State.PARKED:
        raise WrongState("这条通知已经不在搁置中，可能刚刚有人处理过。")
    if not notice.address:
        raise WrongState("保存期已过，号码已抹去，不能再发。")
    rules = DeliveryRules.current()
    notice.state, notice.attempts = State.PENDING, 0
    notice.next_try_at = notice.not_before = rules.quiet.next_allowed(at)
    if notice.bounced_at:
        notice.round, notice.bounced_at, notice.sent_at = notice.round + 1, None, None
    notice.save(update_fields=[
        "state", "attempts", "next_try_at", "not_before", "round", "bounced_at", "sent_at",
    ])  # fmt: skip
    audit.record("notice_retried", actor=actor, at=at, subject=f"notice:{notice.pk}", ip=ip)
    return notice


@transaction.atomic
def try_all_again(*, actor: User, at: datetime, ip: str = "", limit: int = 2000) -> int:
    """Put back what could not be sent, of everything the actor looks after; returns how many.

    What the telephone did not take stays: it would not take it a second time either.
    """
    mine = Notice.objects.parked_visible_to(actor).filter(bounced_at=None).exclude(address="")
    found = list(mine.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    leaves = DeliveryRules.current().quiet.next_allowed(at)
    Notice.objects.filter(pk__in=found).update(state=State.PENDING, attempts=0, next_try_at=leaves, not_before=leaves)
    audit.record("notices_retried", actor=actor, at=at, subject="notices", detail={"count": len(found)}, ip=ip)
    return len(found)


def purge(at: datetime, limit: int = 5000) -> int:
    """Erase address and content of messages finished long ago, and remove rows after two years.

    The row itself stays until then: its key keeps a late sweep from telling the same thing twice.
    Returns how many rows changed; at most `limit` of each sort in one run.
    """
    cutoff = at - timedelta(days=DeliveryRules.current().erase_after_days)
    finished = Notice.objects.filter(state__in=FINISHED)
    old = finished.exclude(channel=Channel.IN_SITE).exclude(address="").filter(created_at__lt=cutoff)
    erased = Notice.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).update(address="", context={})
    gone = finished.filter(created_at__lt=at - KEEP_ROWS).values_list("pk", flat=True)[:limit]
    removed, _ = Notice.objects.filter(pk__in=list(gone)).delete()
    return erased + removed
