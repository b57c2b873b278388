"""The channels of a notice and its short life, as data."""

from django.db import models


class Channel(models.TextChoices):
    """How a notice reaches somebody."""

    IN_SITE = "IN_SITE", "站内"
    EMAIL = "EMAIL", "邮件"
    SMS = "SMS", "短信"


class State(models.TextChoices):
    """PENDING → CLAIMED → SENT; a failure goes back to PENDING, after too many to PARKED; a person may try again."""

    PENDING = "PENDING", "待发送"
    CLAIMED = "CLAIMED", "发送中"
    SENT = "SENT", "已发送"
    PARKED = "PARKED", "已搁置"


FINISHED = frozenset({State.SENT, State.PARKED})
