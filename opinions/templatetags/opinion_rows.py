"""The rows of a table of matters, written without a template: a list draws fifty of them, and each costs a fortieth."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.look import due_chip, five_steps, state_mark
from opinions.views.rows import Row

register = template.Library()


@register.simple_tag
def opinion_rows(rows: Iterable[Row], may_choose: bool = False) -> SafeString:
    """Draw rows: limit, title and second line, the five steps, state, and the button of the next act.

    `may_choose` puts a tick before the limit, which belongs to the form `bulk` of the page.
    """
    tick = _tick if may_choose else _nothing
    return mark_safe("".join([_row(row, tick(row)) for row in rows]))  # noqa: S308 - every value is escaped


def _nothing(row: Row) -> str:
    return ""


def _tick(row: Row) -> str:
    return (
        f'<label class="rowtick"><input type="checkbox" name="row" value="{row.pk}" form="bulk" '
        f'aria-label="选中：{escape(row.title)}"></label>'
    )


def _row(row: Row, tick: str) -> str:
    url, title, action = escape(row.url), escape(row.title), escape(row.action)
    five, mark = row.five, row.mark
    pressed = f'<b class="pressed">{escape(row.pressed)}</b>　' if row.pressed else ""
    return (
        f'<tr><td>{tick}{due_chip(row.due)}</td><td><a class="t" href="{url}">{title}</a>'
        f'<span class="s">{pressed}{escape(row.second)}</span></td><td class="c-five">'
        f"{five_steps(five.step, five.late, five.done, five.ended)}</td>"
        f"<td>{state_mark(mark.tone, mark.glyph, mark.label)}</td>"
        f'<td class="n"><a class="btn btn-sm" href="{url}" aria-label="{action}：{title}">{action}</a></td></tr>\n'
    )
