"""The parts of a page that every app draws alike: marks, chips, lines, bars, dates. HTML only; no queries, no domain.

Shapes are symbols of one sprite that the portal serves itself; each is silent for reading aloud, the word beside it
speaks.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.codes import spell as spell_code
from core.portraits import portrait
from core.text import mask_name, mask_phone
from core.workdays import day_words

register = template.Library()
WEEKDAYS = "一二三四五六日"
STEP_NAMES = ("收到", "受理", "办理", "答复", "评价")
_MOST_SHOWN = 99
PLACES = (8, 30, 52, 74, 96)


@lru_cache(maxsize=256)  # a list draws the same few shapes in every row
def _use(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, static("img/sprite.svg"), name
    )


@register.simple_tag
def glyph(name: str, tone: str = "") -> SafeString:
    """Draw a state shape: `{% glyph "full" "is-done" %}`."""
    return _use(f"g-{name}", f"g {tone}".strip())


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon: `{% icon "pen" %}`, with a further class `{% icon "tickk" "ok" %}`. A word stands beside it."""
    return _use(f"i-{name}", f"i {css}".strip())


@register.simple_tag
def rail_links(links: Iterable[Any], here: str, unread: int) -> SafeString:
    """Draw the lines of the desk's rail; each link has address, icon and label. The bell says how many are unread."""
    return mark_safe("".join([_rail_link(link, link.address == here, unread) for link in links]))  # noqa: S308 - below


def _rail_link(link: Any, is_here: bool, unread: int) -> SafeString:
    count = unread if unread and link.icon == "bell" else 0
    shown = "99+" if count > _MOST_SHOWN else count
    return format_html(
        '<a class="nav" href="{}"{}>{}<span>{}</span>{}</a>\n',
        link.address,
        mark_safe(' aria-current="page"') if is_here else "",
        _use(f"i-{link.icon}", "i"),
        link.label,
        format_html('<span class="num" aria-label="{} 条没看">{}</span>', count, shown) if count else "",
    )


@register.simple_tag
@lru_cache(maxsize=64)
def state_mark(tone: str, shape: str, label: str) -> SafeString:
    """Draw a state as shape, colour and word."""
    return format_html('<span class="state {}">{}{}</span>', tone, _use(f"g-{shape}", "g"), label)


@register.simple_tag
def due_chip(due: Any) -> SafeString:
    """Draw a limit; `due` has tone, glyph, words, is_provisional, is_plain."""
    return _chip(due.tone, due.glyph, due.words, due.is_provisional, due.is_plain)


@lru_cache(maxsize=512)
def _chip(tone: str, shape: str, words: str, is_provisional: bool, is_plain: bool) -> SafeString:
    css = " ".join(filter(None, ["due", tone, "is-tent" if is_provisional else "", "is-plain" if is_plain else ""]))
    said = f"{words}，暂定" if is_provisional else words
    return format_html('<span class="{}">{}{}</span>', css, _use(f"g-{shape}", "g"), said)


@register.simple_tag
@lru_cache(maxsize=128)  # five places, late or not, done or not, and the few that end early
def five_steps(step: int, late: bool = False, done: bool = False, ended: str = "") -> SafeString:
    """Draw the line 收到 受理 办理 答复 评价 with a ring at `step` (1 to 5), a triangle when late, 回 when done.

    With `ended`, the word of a matter that went no further, the line stops with a bar in the place of `step`.
    """
    if ended:
        return _stopped(step, ended)
    step = 6 if done else step
    lines = format_html_join(
        "",
        '<path d="M{} 7H{}" class="{}" stroke-width="{}"/>',
        (
            (left, right, "on" if number < step else "off", "2" if number < step else "1.2")
            for number, (left, right) in enumerate(zip(PLACES, PLACES[1:], strict=False), 1)
        ),
    )
    dots = [_dot(number, step, late) for number in range(1, 5)]
    return format_html(
        '<svg class="five" viewBox="0 0 104 14" role="img" aria-label="{}">{}{}{}</svg>',
        _five_words(step, late, done),
        lines,
        mark_safe("".join(dots)),  # noqa: S308 - made of numbers and the fixed shapes below
        _end(step, done),
    )


def _stopped(step: int, word: str) -> SafeString:
    x = PLACES[step - 1]
    dots = format_html_join(
        "", '<circle class="on" cx="{}" cy="7" r="4" stroke="none"/>', ((place,) for place in PLACES[: step - 1])
    )
    return format_html(
        '<svg class="five" viewBox="0 0 104 14" role="img" aria-label="走完“{}”以后{}">'
        '<path d="M{} 7H{}" class="on" stroke-width="2"/>{}<path class="stop" d="M{} 2v10" stroke-width="3"/></svg>',
        STEP_NAMES[step - 2],
        word,
        PLACES[0],
        x,
        dots,
        x,
    )


def _five_words(step: int, late: bool, done: bool) -> str:
    if done:
        return "五步都走完了"
    return f"第 {step} 步“{STEP_NAMES[step - 1]}”，共 5 步" + ("，已超期" if late else "")


def _dot(number: int, step: int, late: bool) -> str:
    x = PLACES[number - 1]
    if number < step:
        return f'<circle class="on" cx="{x}" cy="7" r="4" stroke="none"/>'
    if number == step and late:
        return f'<path class="latefill" stroke="none" d="M{x} 0l7 13h-14z"/>'
    if number == step:
        ring = f'<circle class="now" cx="{x}" cy="7" r="5.5" stroke-width="2"/>'
        return ring + f'<circle class="dot" cx="{x}" cy="7" r="2.5"/>'
    return f'<circle class="off" cx="{x}" cy="7" r="3.4" stroke-width="1.4"/>'


def _end(step: int, done: bool) -> SafeString:
    if done:
        return mark_safe(
            '<rect class="under" x="90" y="1" width="12" height="12"/><path class="end" fill-rule="evenodd" '
            'stroke="none" d="M90 1h12v12h-12zM92 3v8h8V3zM94 5h4v4h-4z"/>'
        )
    if step == len(PLACES):
        return mark_safe(
            '<rect class="now" x="91" y="2" width="10" height="10" stroke-width="2"/>'
            '<rect class="dot" x="94" y="5" width="4" height="4"/>'
        )
    return mark_safe('<rect class="off" x="92.5" y="3.5" width="7" height="7" stroke-width="1.4"/>')


@register.simple_tag
def honest_bar(satisfied: int, dissatisfied: int, silent: int) -> SafeString:
    """Draw satisfied, dissatisfied and silent in one bar, per hundred; nothing to draw gives an empty bar."""
    total = satisfied + dissatisfied + silent
    yes = round(300 * satisfied / total) if total else 0
    bad = max(round(300 * dissatisfied / total), 2) if dissatisfied else 0  # one in a thousand is still seen
    words = (
        f"{total} 件里：{satisfied} 件满意和基本满意，{dissatisfied} 件不满意，{silent} 件没有评"
        if total
        else "还没有办完的事"
    )
    return mark_safe(  # noqa: S308 - made of numbers
        f'<svg class="hon" viewBox="-1 0 302 12" preserveAspectRatio="none" role="img" aria-label="{words}">'
        '<rect class="no" x="0" y="1" width="300" height="10"/>'
        f'<rect class="yes" x="0" y="1" width="{yes}" height="10"/>'
        f'<rect class="bad" x="{yes}" y="1" width="{bad}" height="10"/></svg>'
    )


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Draw a person: `{% avatar representative "ava-sm" %}` or `{% avatar "麦知秋" %}`.

    An object gives its `name` and, where it has one, the `portrait` chosen for it; no photograph is kept.
    """
    name = person if isinstance(person, str) else getattr(person, "name", "")
    return portrait(str(name), getattr(person, "portrait", "") or "", size)


@register.simple_tag
def progress_bar(done: int, total: int, words: str = "") -> SafeString:
    """Draw how far a long work is; `words` is read aloud, else “22 个做好 13 个”."""
    share = min(100, round(100 * done / total)) if total else 0
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bg" width="100" height="8" rx="1"/><rect class="fg" width="{}" height="8" rx="1"/></svg>',
        words or f"{total} 个做好 {done} 个",
        share,
    )


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """4 月 9 日; with the year when it is another one than now."""
    return day_words(value, unless_in=timezone.localtime().year) if value else ""


@register.filter
def dayw(value: date | datetime | None) -> str:
    """4 月 9 日 周四."""
    return f"{day(value)} 周{WEEKDAYS[_local(value).weekday()]}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """4 月 9 日 9:41."""
    return f"{day(value)} {_local(value).hour}:{_local(value):%M}" if value else ""


@register.filter
def md(value: date | datetime | None) -> str:
    """4/9, for the small line under a step."""
    return f"{_local(value).month}/{_local(value).day}" if value else ""


@register.filter
def spell(value: str) -> str:
    """K7QM-4XWD-3R."""
    return spell_code(value) if value else ""


@register.filter
def masked_name(value: str) -> str:
    """The family name and stars."""
    return mask_name(value or "")


@register.filter
def masked_phone(value: str) -> str:
    """The first three and last four digits."""
    return mask_phone(value or "")
