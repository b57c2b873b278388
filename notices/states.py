"""The channels of a notice and its short life, as data."""

from django.db import models


class Channel(models.TextChoices):
    """How a notice reaches somebody."""

    IN_SITE = "IN_SITE", "站内"
    EMAIL = "EMAIL", "邮件"
    SMS = "SMS", "短信"
    WECOM = "WECOM", "企业微信群"
    WECHAT = "WECHAT", "微信公众号"


class State(models.TextChoices):
    """PENDING → CLAIMED → SENT; a failure goes back to PENDING, after too many to PARKED.

    What the telephone did not take goes from SENT to PARKED. From there a person tries again (PENDING) or has told
    the receiver in another way (TOLD).
    """

    PENDING = "PENDING", "待发送"
    CLAIMED = "CLAIMED", "发送中"
    SENT = "SENT", "已发送"
    PARKED = "PARKED", "已搁置"
    TOLD = "TOLD", "已另外告知"


FINISHED = frozenset({State.SENT, State.PARKED, State.TOLD})

# A text that nobody sends: what a clerk says on the telephone when the message did not arrive.
PHONE = "PHONE"
TEXT_CHANNELS = [*Channel.choices, (PHONE, "电话里怎么说")]
