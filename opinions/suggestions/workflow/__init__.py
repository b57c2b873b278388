"""The only writer of a suggestion's state, limit, handler and history: one verb, one function.

Every verb takes an id and keyword `actor` and `at`, locks the fresh row, checks state, permission and input in this
order, and writes everything in one transaction. It raises `core.workflow.VerbError` with a sentence.
"""

from opinions.suggestions.workflow.county import accept, assign, grant_extension, refuse_extension, send_back
from opinions.suggestions.workflow.drafting import (
    answer_invitation,
    draft,
    gather,
    invite,
    leave_out,
    let_off,
    submit,
    withdraw,
    write,
)
from opinions.suggestions.workflow.handling import judge, reply, request_extension

__all__ = [
    "accept",
    "answer_invitation",
    "assign",
    "draft",
    "gather",
    "grant_extension",
    "invite",
    "judge",
    "leave_out",
    "let_off",
    "refuse_extension",
    "reply",
    "request_extension",
    "send_back",
    "submit",
    "withdraw",
    "write",
]
