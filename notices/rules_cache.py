"""The delivery rules and the county's texts as of at most a minute ago, so that a notice costs no query of its own."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from notices.models import DeliveryRules, NoticeText

_SECONDS = 60.0
T = TypeVar("T")


class _Held(Generic[T]):
    """A value read from the table at most once a minute per process."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._kept: list[tuple[float, T]] = []

    def __call__(self) -> T:
        if not self._kept or time.monotonic() - self._kept[0][0] > _SECONDS:
            self._kept[:] = [(time.monotonic(), self._read())]
        return self._kept[0][1]

    def forget(self) -> None:
        self._kept.clear()


def _texts() -> dict[tuple[str, str], str]:
    return {(kind, channel): text for kind, channel, text in NoticeText.objects.values_list("kind", "channel", "text")}


# Delivery itself always asks the table for the rules.
current_rules = _Held(DeliveryRules.current)
current_texts = _Held(_texts)


def forget() -> None:
    """Ask the tables again next time: after something was saved, and between tests."""
    current_rules.forget()
    current_texts.forget()
