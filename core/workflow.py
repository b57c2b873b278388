"""The engine under every workflow: closed transition tables and the errors a verb may raise.

No domain words and no database here. An app writes its table in `states.py` and its verbs in `workflow.py`; a pair of
verb and state that the table does not list is refused to everyone, superusers included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CREATION = ""  # the state of a thing that does not exist yet; None means the same


class VerbError(Exception):
    """A verb was refused; `message` is a sentence for the person who tried."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class WrongState(VerbError):
    """The thing is not, or no longer, in a state that allows the verb."""


class NotAllowed(VerbError):
    """This person may not do this."""


class BadInput(VerbError):
    """The input is unusable; `field` names the form field to show the sentence at, "" for the whole form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Transition:
    """One verb: the states it may start from and the states it may end in."""

    verb: str
    sources: frozenset[str]
    targets: frozenset[str]

    def __post_init__(self) -> None:
        """Refuse an arrow that could never be used; accept any iterable of states."""
        object.__setattr__(self, "sources", frozenset(source or CREATION for source in self.sources))
        object.__setattr__(self, "targets", frozenset(self.targets))
        if not (self.verb and self.sources and self.targets):
            raise ValueError(f"Transition {self.verb!r} needs a verb, sources and targets.")


class Table:
    """A closed set of transitions.

    `state_labels` and `verb_labels` (identifier → words on screen) only make the refusals readable.
    A pair of verb and source listed twice is a mistake in the table and raises ValueError.
    """

    def __init__(
        self,
        transitions: Iterable[Transition],
        *,
        state_labels: Mapping[str, str] | None = None,
        verb_labels: Mapping[str, str] | None = None,
    ) -> None:
        self._targets: dict[tuple[str, str], frozenset[str]] = {}
        self._state_labels = dict(state_labels or {})
        self._verb_labels = dict(verb_labels or {})
        for transition in transitions:
            for source in transition.sources:
                if (transition.verb, source) in self._targets:
                    raise ValueError(f"{transition.verb!r} from {source!r} is listed twice.")
                self._targets[transition.verb, source] = transition.targets

    def verbs(self, state: str | None) -> tuple[str, ...]:
        """The verbs possible in `state`, in the order of the table."""
        return tuple(verb for verb, source in self._targets if source == (state or CREATION))

    def allows(self, verb: str, state: str | None) -> bool:
        """Whether `verb` may start from `state`."""
        return (verb, state or CREATION) in self._targets

    def check(self, verb: str, state: str | None) -> None:
        """Raise WrongState unless `verb` may start from `state`."""
        if not self.allows(verb, state):
            raise WrongState(self._refusal(verb, state or CREATION))

    def check_arrival(self, verb: str, source: str | None, target: str) -> None:
        """Raise WrongState unless `verb` may lead from `source` to `target`."""
        self.check(verb, source)
        if target not in self._targets[verb, source or CREATION]:
            raise WrongState(f"不能这样办理：“{self._verb(verb)}”不能把状态改成“{self._state(target)}”。")

    def pairs(self) -> frozenset[tuple[str, str, str]]:
        """Every (verb, source, target) of the table; what documents and tests compare with."""
        return frozenset(
            (verb, source, target) for (verb, source), targets in self._targets.items() for target in targets
        )

    def _refusal(self, verb: str, state: str) -> str:
        if state == CREATION:
            return f"还没有登记，不能“{self._verb(verb)}”。"
        return f"现在的状态是“{self._state(state)}”，不能“{self._verb(verb)}”。可能刚刚有人办理过，请刷新页面再看。"

    def _state(self, state: str) -> str:
        return self._state_labels.get(state, str(getattr(state, "label", state)))

    def _verb(self, verb: str) -> str:
        return self._verb_labels.get(verb, verb)
