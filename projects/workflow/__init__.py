"""The verbs of livelihood projects: the only writers of state and history."""

from projects.workflow.campaigns import Plan, change_campaign, open_campaign
from projects.workflow.grouping import merge, unmerge
from projects.workflow.pooling import pool, reveal, reword, shelve
from projects.workflow.proposing import AlreadySent, Wish, propose, withdraw
from projects.workflow.screening import enlist, screen
from projects.workflow.seconding import second

__all__ = [
    "AlreadySent",
    "Plan",
    "Wish",
    "change_campaign",
    "enlist",
    "merge",
    "open_campaign",
    "pool",
    "propose",
    "reveal",
    "reword",
    "screen",
    "second",
    "shelve",
    "unmerge",
    "withdraw",
]
