"""How a log line is written: a receipt or an entry code in an address is cut to its first two characters.

A receipt is all one needs to open a matter, and a calendar's address to read it, so no log may keep a whole one. Done
where the finished line is made and not on the way to it, because a trace or another program's message can hold an
address as well. What a stranger sent and Django refused – too much of it, a wrong host – is one line and not a trace:
it is no fault of ours, and whoever sends it a thousand times must not fill the log.
"""

import copy
import logging
import re

KEPT = 2  # characters; enough to see that two lines speak of the same code
_IN_PATH = re.compile(r"(/(?:t|q|desk/stations/codes|duty/feed)/)([^/\s?&#\"'<>]+)")
_REFUSED = "django.security."
_IN_QUERY = re.compile(r"([?&](?:code|digits|q)=)([^&\s#\"'<>]+)")


def without_codes(line: str) -> str:
    """The line with every code in an address shortened: /t/K7QM4XWD3R/rate/ → /t/K7…/rate/."""
    return _IN_QUERY.sub(_cut, _IN_PATH.sub(_cut, line))


def _cut(found: re.Match[str]) -> str:
    before, code = found.groups()
    return f"{before}{code[:KEPT]}…" if len(code) > KEPT else f"{before}{code}"


class PlainLine(logging.Formatter):
    """A formatter whose lines hold no code, and whose refusals hold no trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, trace included where something of ours broke."""
        if record.exc_info and record.name.startswith(_REFUSED):
            record = _in_one_line(record)
        return without_codes(super().format(record))


def _in_one_line(record: logging.LogRecord) -> logging.LogRecord:
    """Return a copy without its trace that says which address was asked; other handlers keep the record as it is."""
    short = copy.copy(record)
    short.exc_info, short.exc_text, short.args = None, None, ()
    short.msg = " ".join(record.getMessage().split())
    if request := getattr(record, "request", None):
        short.msg += f" ({request.method} {request.path!r})"
    return short
