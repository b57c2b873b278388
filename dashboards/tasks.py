"""Celery entry points of the boards: each calls one function."""

import logging

from celery import shared_task

from dashboards import rollup

log = logging.getLogger(__name__)


@shared_task
def fold_board() -> int:
    """Keep the list of changes short that every board adds to the sums."""
    return rollup.fold()


@shared_task
def recount_board() -> int:
    """Prove the sums against the matters, and mend them where something was written behind the triggers' back."""
    wrong = rollup.recount()
    if wrong:
        log.warning("The board's sums were wrong in %s places and were mended.", wrong)
    return wrong
