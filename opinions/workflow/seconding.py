"""Seconding (附议, 我也遇到): a resident says that a published matter is his too. It moves neither state nor date.

A device counts once and a telephone counts once; neither is kept readable, but for the number of somebody who asked
to be told of the outcome.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from core.fields import keyed_hash
from core.workflow import WrongState
from opinions.models import Opinion, Seconding
from opinions.states import OPEN, State

MAY_BE_SECONDED = tuple(state for state in OPEN if state not in (State.SUBMITTED, State.FED_BACK))


def second(opinion_id: int, *, at: datetime, device: str, phone: str = "") -> bool:
    """Count one more person; return False when this device or telephone has been counted before.

    `device` is the random mark in the device's cookie, `phone` a clean number or "". Raises WrongState where the
    matter is not published or is answered already.
    """
    with transaction.atomic():
        opinion = Opinion.objects.public().select_for_update().filter(pk=opinion_id).first()
        if opinion is None or opinion.state not in MAY_BE_SECONDED:
            raise WrongState("这件事已经有结果了，不用再附议。还没好的话，请另外留言。")
        mine = {"device_hash": keyed_hash(device, "device"), "phone_hash": keyed_hash(phone, "seconding")}
        if _is_counted(opinion, **mine):
            return False
        Seconding.objects.create(opinion=opinion, phone=phone, created_at=at, **mine)
        Opinion.objects.filter(pk=opinion.pk).update(seconds=F("seconds") + 1)
    return True


def _is_counted(opinion: Opinion, device_hash: str, phone_hash: str) -> bool:
    """Tell whether this device or telephone stands among those who seconded."""
    rows = opinion.secondings.filter(device_hash=device_hash)
    return rows.exists() or bool(phone_hash and opinion.secondings.filter(phone_hash=phone_hash).exists())
