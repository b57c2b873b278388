"""How a log line is written: a receipt or an entry code in an address is cut to its first two characters.

A receipt is all one needs to open a matter, and a calendar's address to read it, so no log may keep a whole one. Done
where the finished line is made and not on the way to it, because a trace or another program's message can hold an
address as well.
"""

import logging
import re

KEPT = 2  # characters; enough to see that two lines speak of the same code
_IN_PATH = re.compile(r"(/(?:t|q|desk/stations/codes|duty/feed)/)([^/\s?&#\"'<>]+)")
_IN_QUERY = re.compile(r"([?&](?:code|digits|q)=)([^&\s#\"'<>]+)")


def without_codes(line: str) -> str:
    """The line with every code in an address shortened: /t/K7QM4XWD3R/rate/ → /t/K7…/rate/."""
    return _IN_QUERY.sub(_cut, _IN_PATH.sub(_cut, line))


def _cut(found: re.Match[str]) -> str:
    before, code = found.groups()
    return f"{before}{code[:KEPT]}…" if len(code) > KEPT else f"{before}{code}"


class PlainLine(logging.Formatter):
    """A formatter whose lines hold no code."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, trace included."""
        return without_codes(super().format(record))
