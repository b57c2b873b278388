"""The delivery rules as of at most a minute ago, so that writing a notice costs no query of its own."""

import time

from notices.models import DeliveryRules

_SECONDS = 60.0
_held: list[tuple[float, DeliveryRules]] = []


def current_rules() -> DeliveryRules:
    """The rules; fresh at most once a minute per process. Delivery itself always asks the table."""
    if not _held or time.monotonic() - _held[0][0] > _SECONDS:
        _held[:] = [(time.monotonic(), DeliveryRules.current())]
    return _held[0][1]


def forget() -> None:
    """Ask the table again next time: after the rules were saved, and between tests."""
    _held.clear()
