"""What other apps' pages show of notices: a line on a matter's page when a message about it did not arrive."""

from typing import Any

from django import template

from notices.models import Channel, Notice

register = template.Library()


@register.inclusion_tag("notices/_undelivered.html")
def undelivered(user: Any, word: str, key: int) -> dict[str, Any]:
    """`{% undelivered user "opinion" 12 %}`: how many messages wait for a call, as far as the user looks after them."""
    mine = Notice.objects.parked_visible_to(user).filter(subject=f"{word}:{key}", user=None)
    return {"count": mine.exclude(channel=Channel.WECOM).count()}
