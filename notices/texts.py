"""A notice in words: the county's own text or the kind's template, filled with the stored context."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template import Context, Template, TemplateDoesNotExist, engines
from django.template.loader import select_template
from django.utils import timezone

from core.workdays import day_words
from notices import kinds, words
from notices.kinds import Kind
from notices.models import Notice
from notices.rules_cache import current_texts
from notices.states import PHONE, Channel

INBOX = "/desk/notices/"


def title(notice: Notice) -> str:
    """The kind's title, with the number for one message about several; the bare kind when nobody registers it."""
    try:
        kind = kinds.get(notice.kind)
    except kinds.UnknownKind:
        return notice.kind
    count = notice.context.get("count") if kind.name.startswith("digest_") else None
    return f"有 {count} 件{kind.title}" if count else kind.title


def body(notice: Notice) -> str:
    """The text to send or show, plain text with single blank lines.

    Values are inserted as they are, because a text message is no HTML; a page that shows the text escapes it.
    Raises TemplateDoesNotExist when the kind has no text.
    """
    return written(kinds.get(notice.kind), notice.channel, values(notice))


def written(kind: Kind, channel: str, with_values: dict[str, object]) -> str:
    """The text of a kind for a channel: the county's where there is one, else the template's."""
    if words.is_guarded(channel):
        with_values = words.guarded(with_values)
    own = current_texts().get((kind.name, channel))
    if own is not None:
        return words.neat(words.fill(own, with_values))
    return words.neat(_template(kind, channel).render(Context(with_values, autoescape=False)))


def standard(kind: Kind, channel: str) -> str:
    """Our own text with placeholders in braces, as the county edits it; "" for one that does more than insert."""
    try:
        return words.from_template(str(_template(kind, channel).source))
    except (TemplateDoesNotExist, ValueError):
        return ""


def faults(kind: Kind, channel: str, text: str) -> list[str]:
    """What is wrong with a text of the county's; see `words.faults`. A resident's short message must lead somewhere."""
    must = ("link",) if channel == Channel.SMS else ()
    offered = words.offered(kind.words, channel)
    return words.faults(text, offered, channel, must=must, sign=settings.SMS_GATEWAY_SIGN)


def script(notice: Notice) -> str:
    """What to say on the telephone in the place of a message that did not arrive."""
    try:
        return written(kinds.get(notice.kind), PHONE, values(notice))
    except (TemplateDoesNotExist, kinds.UnknownKind):
        return title(notice)


def preview(notice: Notice) -> str:
    """As `body`, but the title where no text is left."""
    try:
        return body(notice)
    except (TemplateDoesNotExist, kinds.UnknownKind):
        return title(notice)


def link(notice: Notice) -> str:
    """The whole address that a message leads to: the receiver's own page, else the desk's."""
    path = str(notice.context.get("path") or "")
    if not path:  # a resident has no desk
        is_for_desk = notice.user_id is not None or notice.channel in (Channel.IN_SITE, Channel.WECOM)
        path = (kinds.address_of(notice.subject) or INBOX) if is_for_desk else "/"
    return f"{settings.SITE_URL}{path}"


def values(notice: Notice) -> dict[str, object]:
    """What a text may insert. A moment `due` comes as it is, for templates, and as `due_day` in words."""
    found = {key: _revived(value) for key, value in notice.context.items()}
    for key, value in list(found.items()):
        if isinstance(value, datetime):
            found.setdefault(f"{key}_day", day_words(value))
    receipt = str(found.get("receipt") or "")
    name = title(notice)
    standing = {"notice_title": name, "subject": name, "site_url": settings.SITE_URL, "link": link(notice)}
    return {"receipt2": receipt[:2], "list": numbered(found.get("items") or ())} | found | standing


def numbered(items: object) -> str:
    """A list as lines with numbers."""
    rows = items if isinstance(items, Sequence) and not isinstance(items, str) else ()
    return "\n".join(f"{number}. {item}" for number, item in enumerate(rows, 1))


def _template(kind: Kind, channel: str) -> Template:
    return select_template(kind.texts(channel), using=engines.all()[0].name).template  # type: ignore[attr-defined]


def _revived(value: object) -> object:
    """Moments were stored as ISO text; templates get them back as local moments."""
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return value
