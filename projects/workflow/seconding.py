"""Seconding (附议, 我也盼着): a resident says that a published idea is his wish too. It moves no state.

A device counts once and a telephone counts once; neither is kept readable, but for the number of somebody who asked
to be told what becomes of it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from core.fields import keyed_hash
from core.workflow import WrongState
from projects.models import IdeaSeconding, ProjectIdea
from projects.states import TABLE


def second(idea_id: int, *, at: datetime, device: str, phone: str = "") -> bool:
    """Count one more person; return False when this device or telephone has been counted before.

    `device` is the random mark in the device's cookie, `phone` a clean number or "". Raises WrongState where the idea
    is not in the pool.
    """
    with transaction.atomic():
        idea = ProjectIdea.objects.published().select_for_update().filter(pk=idea_id).first()
        if idea is None or not TABLE.allows("second", idea.state):
            raise WrongState("这一件眼下不收附议了，原因写在上面。")
        device_hash, phone_hash = keyed_hash(device, "idea-device"), keyed_hash(phone, "idea-seconding")
        counted = idea.secondings.filter(device_hash=device_hash)
        if counted.exists() or (phone_hash and idea.secondings.filter(phone_hash=phone_hash).exists()):
            return False
        IdeaSeconding.objects.create(
            idea=idea, device_hash=device_hash, phone=phone, phone_hash=phone_hash, created_at=at
        )
        ProjectIdea.objects.filter(pk=idea.pk).update(seconds=F("seconds") + 1)
    return True
