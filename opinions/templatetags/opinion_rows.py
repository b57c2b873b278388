"""The rows of a table of matters, written without a template: a list draws fifty of them, and each costs a fortieth."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.look import due_chip, five_steps, state_mark
from opinions.views.rows import Row

register = template.Library()


@register.simple_tag
def opinion_rows(rows: Iterable[Row]) -> SafeString:
    """Draw rows: limit, title and second line, the five steps, state, and the button of the next act."""
    return mark_safe("".join([_row(row) for row in rows]))  # noqa: S308 - every value is escaped or drawn by `look`


def _row(row: Row) -> str:
    url, title, action = escape(row.url), escape(row.title), escape(row.action)
    five, mark = row.five, row.mark
    return (
        f'<tr><td>{due_chip(row.due)}</td><td><a class="t" href="{url}">{title}</a>'
        f'<span class="s">{escape(row.second)}</span></td><td class="c-five">'
        f"{five_steps(five.step, five.late, five.done, five.ended)}</td>"
        f"<td>{state_mark(mark.tone, mark.glyph, mark.label)}</td>"
        f'<td class="n"><a class="btn btn-sm" href="{url}" aria-label="{action}：{title}">{action}</a></td></tr>\n'
    )
