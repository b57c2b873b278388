"""How every verb runs: lock the roster, check state, permission, input; write rows, history and notices at once.

All shifts of a roster change under the lock of its row, so two people who act at the same time act one after the
other, and the second is told what became of the shift meanwhile.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rules
from django.db import IntegrityError, transaction

from core.workflow import NotAllowed, WrongState
from duties.models import Roster, RosterLine, Shift, SwapRequest
from duties.states import DRAFT_VERBS, SHIFTS, SWAPS, RosterState, SwapState
from notices.outbox import Draft, post_many

TWICE = "这一天他已经有别的班了。可能刚刚有人改过，请刷新页面再看。"
_ONE_A_DAY = "shift_nobody_twice_a_day"


@dataclass
class Act:
    """One verb being carried out on one locked roster."""

    verb: str
    roster: Roster
    actor: Any
    at: datetime
    lines: list[RosterLine] = field(default_factory=list)
    notices: list[Draft] = field(default_factory=list)

    @property
    def is_published(self) -> bool:
        """Whether people have been told of this roster."""
        return self.roster.state == RosterState.PUBLISHED

    def say(self, text: str = "", shift: Shift | None = None, before: int | None = None, verb: str = "") -> None:
        """Add a history line: of the roster, or of one shift, with who had it before."""
        self.lines.append(
            RosterLine(
                roster=self.roster,
                shift_uid=shift.uid if shift else None,
                day=shift.day if shift else None,
                start=shift.start if shift else None,
                end=shift.end if shift else None,
                sequence=shift.sequence if shift else None,
                at=self.at,
                actor=self.actor if self.actor.pk else None,
                actor_label=self.actor.label,
                verb=verb or self.verb,
                text=text[:300],
                person_before_id=before,
                person_after_id=shift.representative_id if shift else None,
            )
        )

    def tell(self, drafts: Iterable[Draft]) -> None:
        """Add notices to be written with the verb."""
        self.notices.extend(drafts)

    def keep(self, shifts: Iterable[Shift]) -> None:
        """Write changed shifts with one statement, so that people may change places; calendars see a new sequence."""
        rows = list(shifts)
        for row in rows:
            row.sequence += 1
            row.changed_at = self.at
        fields = ["day", "start", "end", "post", "representative", "stands_in_for", "state", "sequence", "changed_at"]
        Shift.objects.bulk_update(rows, fields)

    def lapse_swaps(self, shifts: Iterable[Shift], *, but: int | None = None) -> None:
        """End the open wishes that touch these shifts: what they asked for is no longer there to give."""
        ids = [row.pk for row in shifts]
        touching = SwapRequest.objects.filter(state=SwapState.ASKED).exclude(pk=but)
        for swap in (touching.filter(from_shift__in=ids) | touching.filter(to_shift__in=ids)).select_related(
            "from_shift", "to_shift"
        ):
            SWAPS.check_arrival("lapse", swap.state, SwapState.LAPSED)
            swap.state, swap.decided_at = SwapState.LAPSED, self.at
            swap.save(update_fields=["state", "decided_at"])
            self.say("班改了，换班的事作罢", swap.from_shift, swap.from_shift.representative_id, verb="lapse")

    def finish(self) -> None:
        """Write roster, history and notices; the caller's transaction makes them one."""
        self.roster.changed_at = self.at
        self.roster.save()
        RosterLine.objects.bulk_create(self.lines)
        post_many(self.notices)


def permit(verb: str, actor: Any, thing: Any) -> None:
    """Refuse an actor whom the rule of the verb does not name."""
    if not rules.has_perm(f"duties.{verb}", actor, thing):
        raise NotAllowed("这一步不归您办。")


@contextmanager
def one_a_day() -> Iterator[None]:
    """One transaction; the database's word that somebody would have two duties on a day becomes a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _ONE_A_DAY not in str(error):
            raise
        raise WrongState(TWICE) from error


def locked(roster_id: int) -> Roster:
    """Fetch the fresh row under a lock."""
    return Roster.objects.select_for_update(of=("self",)).select_related("station").get(pk=roster_id)


def shift_of(shift_id: int) -> Shift:
    """Fetch a shift whose roster is locked, with its people."""
    return Shift.objects.select_related("station", "roster", "representative", "stands_in_for").get(pk=shift_id)


def check_shift(verb: str, roster: Roster, shift: Shift) -> None:
    """Raise WrongState unless the verb is one for this shift in this roster."""
    SHIFTS.check(verb, shift.state)
    if roster.state == RosterState.DRAFT and verb not in DRAFT_VERBS:
        raise WrongState("这张值班表还没有公布。")


@contextmanager
def on_roster(verb: str, roster_id: int, actor: Any, at: datetime) -> Iterator[Act]:
    """Lock a roster, ask permission, run the body, write everything. State is the body's to check."""
    with one_a_day():
        roster = locked(roster_id)
        permit(verb, actor, roster)
        doing = Act(verb, roster, actor, max(at, roster.changed_at))
        yield doing
        doing.finish()


@contextmanager
def on_shift(verb: str, shift_id: int, actor: Any, at: datetime) -> Iterator[tuple[Act, Shift]]:
    """Lock a shift's roster, check verb against states and actor, run the body, write everything."""
    with one_a_day():
        roster = locked(Shift.objects.values_list("roster_id", flat=True).get(pk=shift_id))
        shift = shift_of(shift_id)
        check_shift(verb, roster, shift)
        permit(verb, actor, shift)
        doing = Act(verb, roster, actor, max(at, roster.changed_at))
        yield doing, shift
        doing.finish()


@contextmanager
def on_swap(verb: str, swap_id: int, actor: Any, at: datetime) -> Iterator[tuple[Act, SwapRequest]]:
    """Lock the rosters of a swap in the order of their ids, check state and actor, run the body, write everything."""
    with one_a_day():
        swap = SwapRequest.objects.select_related("from_shift", "to_shift").get(pk=swap_id)
        touched = {swap.from_shift.roster_id} | ({swap.to_shift.roster_id} if swap.to_shift else set())
        rosters = {roster_id: locked(roster_id) for roster_id in sorted(touched)}
        swap = SwapRequest.objects.select_for_update(of=("self",)).select_related(
            "asker", "colleague", "from_shift__station", "from_shift__representative", "to_shift__representative"
        ).get(pk=swap_id)  # fmt: skip
        SWAPS.check(verb, swap.state)
        permit(verb, actor, swap)
        roster = rosters[swap.from_shift.roster_id]
        doing = Act(verb, roster, actor, max(at, roster.changed_at))
        yield doing, swap
        doing.finish()
