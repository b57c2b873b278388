"""The only writer of an opinion's state, due dates, handler and history: one verb, one function.

Every verb takes an id and keyword `actor` and `at`, locks the fresh row, checks state, permission and input in this
order, and writes row, history line and notices in one transaction. It raises `core.workflow.VerbError` with a sentence.
"""

from opinions.workflow.feedback import close_unrated, feed_back, fulfil, look_back, rate, reopen
from opinions.workflow.handling import (
    approve_reply,
    assign,
    grant_return,
    refuse_return,
    reject_reply,
    reply,
    report_fulfilment,
    report_progress,
    request_return,
    sign,
)
from opinions.workflow.intake import (
    AlreadySent,
    Message,
    accept,
    add_words,
    answer_on_spot,
    decline,
    refer,
    submit,
    withdraw,
)

__all__ = [
    "AlreadySent",
    "Message",
    "accept",
    "add_words",
    "answer_on_spot",
    "approve_reply",
    "assign",
    "close_unrated",
    "decline",
    "feed_back",
    "fulfil",
    "grant_return",
    "look_back",
    "rate",
    "refer",
    "refuse_return",
    "reject_reply",
    "reopen",
    "reply",
    "report_fulfilment",
    "report_progress",
    "request_return",
    "sign",
    "submit",
    "withdraw",
]
