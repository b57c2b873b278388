"""A notice in words: its kind's text template filled with the stored context."""

from datetime import datetime

from django.conf import settings
from django.template import Context, TemplateDoesNotExist, engines
from django.template.loader import select_template
from django.utils import timezone

from notices import kinds
from notices.models import Notice


def title(notice: Notice) -> str:
    """The kind's title; the bare kind when an app no longer registers it."""
    try:
        return kinds.get(notice.kind).title
    except kinds.UnknownKind:
        return notice.kind


def body(notice: Notice) -> str:
    """The text to send or show, plain text with single blank lines.

    Values are inserted as they are, because a text message is no HTML; a page that shows the text escapes it.
    Raises TemplateDoesNotExist when the kind has no text.
    """
    template = select_template(kinds.get(notice.kind).texts(notice.channel), using=engines.all()[0].name)
    text = template.template.render(Context(_values(notice), autoescape=False))  # type: ignore[attr-defined]
    return "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())


def preview(notice: Notice) -> str:
    """As `body`, but the title where no text is left."""
    try:
        return body(notice)
    except (TemplateDoesNotExist, kinds.UnknownKind):
        return title(notice)


def _values(notice: Notice) -> dict[str, object]:
    values = {key: _revived(value) for key, value in notice.context.items()}
    return values | {"notice_title": title(notice), "site_url": settings.SITE_URL}


def _revived(value: object) -> object:
    """Moments were stored as ISO text; templates get them back as local moments."""
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return value
