"""The only writer of an opinion's state, due dates, handler and history: one verb, one function.

Every verb takes an id and keyword `actor` and `at`, locks the fresh row, checks state, permission and input in this
order, and writes row, history line and notices in one transaction. It raises `core.workflow.VerbError` with a sentence.
"""

from opinions.workflow.cohandling import co_sign, give_part
from opinions.workflow.extending import grant_extension, move_promise, refuse_extension, request_extension
from opinions.workflow.feedback import arrive, bounce, close_unrated, feed_back, fulfil, look_back, miss, rate, reopen
from opinions.workflow.handling import (
    approve_reply,
    assign,
    reject_reply,
    reply,
    report_fulfilment,
    report_progress,
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
from opinions.workflow.merging import merge, unmerge
from opinions.workflow.recounting import recount
from opinions.workflow.representing import explain, press, visit
from opinions.workflow.returning import grant_return, refuse_return, request_return
from opinions.workflow.revealing import reveal
from opinions.workflow.seconding import second
from opinions.workflow.supervising import clear_card
from opinions.workflow.taking_back import take_back_accept, take_back_assign, take_back_decline, take_back_merge

__all__ = [
    "AlreadySent",
    "Message",
    "accept",
    "add_words",
    "answer_on_spot",
    "approve_reply",
    "arrive",
    "assign",
    "bounce",
    "clear_card",
    "close_unrated",
    "co_sign",
    "decline",
    "explain",
    "feed_back",
    "fulfil",
    "give_part",
    "grant_extension",
    "grant_return",
    "look_back",
    "merge",
    "miss",
    "move_promise",
    "press",
    "rate",
    "recount",
    "refer",
    "refuse_extension",
    "refuse_return",
    "reject_reply",
    "reopen",
    "reply",
    "report_fulfilment",
    "report_progress",
    "request_extension",
    "request_return",
    "reveal",
    "second",
    "sign",
    "submit",
    "take_back_accept",
    "take_back_assign",
    "take_back_decline",
    "take_back_merge",
    "unmerge",
    "visit",
    "withdraw",
]
