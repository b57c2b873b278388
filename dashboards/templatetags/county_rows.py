"""The county board's rows, written without a template: a board has several hundred cells, each with its list."""

from collections.abc import Iterable, Sequence
from html import escape

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.look import glyph, honest_bar, md, state_mark
from dashboards.county_board import Figure, Heat, MonthRow, StationRow, TownTile, UnitRow

register = template.Library()
RATES = (("timely", "按期 %"), ("satisfied", "满意 %"), ("took_part", "参与 %"), ("again", "重办 %"))
TOWN_MARKS = {"SHELL": ("late", "is-late", "shell"), "DORMANT": ("soon", "is-soon", "moon")}
HOTTEST = 3  # towns of a subject that a telephone shows
ALIVE = ("", "is-done", "full")


def _whole(rows: Iterable[str]) -> SafeString:
    return mark_safe("".join(rows))  # noqa: S308 - numbers, addresses of our own, and names escaped below


def _address(url: str) -> str:
    return url.replace("&", "&amp;")  # numbers, days and known words are all that stands in it besides


def _rate(figure: Figure, label: str) -> str:
    value = f'<span class="is-late">▲ {figure.value}</span>' if figure.is_off else figure.value
    return f'<td class="n" data-label="{label}"><a href="{_address(figure.url)}" title="{figure.base}">{value}</a></td>'


@register.simple_tag
def county_stations(rows: Iterable[StationRow]) -> SafeString:
    """Draw the lines of the stations' table."""
    return _whole(map(_station, rows))


def _station(row: StationRow) -> str:
    url, counts, figures, moved = _address(row.url), row.counts, row.figures, row.life.moved_at
    when = f'<time datetime="{timezone.localtime(moved).isoformat()}">{md(moved)}</time>' if moved else "—"
    return (
        f'<tr>\n<td><a class="t" href="{url}">{escape(row.name)}</a></td><td>{state_mark(*row.mark)}</td>'
        f'<td class="n" data-label="收到"><a href="{url}">{counts.received}</a></td>'
        f"{_rate(figures['timely'], '按期 %')}"
        f'<td class="hc">{honest_bar(counts.happy, counts.unhappy, counts.silent)}</td>'
        f"{_rate(figures['satisfied'], '满意 %')}{_rate(figures['took_part'], '参与 %')}"
        f'{_rate(figures["again"], "重办 %")}<td class="n nowrap" data-label="最近动静">{when}</td>\n</tr>'
    )


@register.simple_tag
def county_units(rows: Iterable[UnitRow]) -> SafeString:
    """Draw the lines of the units' table."""
    return _whole(map(_unit, rows))


def _unit(row: UnitRow) -> str:
    url, parts = _address(row.url), row.parts
    words = "，".join([f"{word} {count} 件" for word, _, count, _, _ in parts])
    bars = "".join(
        [
            f'<rect class="b{number}" x="{left}" y="1" width="{width}" height="14"/>'
            for _, number, count, left, width in parts
            if count
        ]
    )
    return (
        f'<tr>\n<td><a class="t" href="{url}">{escape(row.name)}</a></td>'
        f'<td class="n" data-label="经手"><a href="{url}">{row.counts.received}</a></td>{_rate(row.timely, "按期 %")}'
        f'<td class="n" data-label="中位天">{"—" if row.median is None else row.median}</td>'
        '<td class="oc"><svg class="chart outs" viewBox="0 0 302 16" preserveAspectRatio="none" role="img" '
        f'aria-label="{words}">{bars}</svg><span class="num" aria-hidden="true">'
        f"{' / '.join(map(str, row.counts.outcomes))}</span></td>\n</tr>"
    )


@register.simple_tag
def county_heat(heat: Heat) -> SafeString:
    """Draw the lines of subjects by towns."""
    return _whole(
        f'<tr><th scope="row">{escape(name)}</th>{_heat_cells(heat.towns, cells)}'
        f'<td class="sum" data-town="合计"><a href="{_address(url)}">{total}</a></td></tr>'
        for name, total, url, cells in heat.rows
    )


def _heat_cells(towns: Sequence[str], cells: Sequence[tuple[int, str, str]]) -> str:
    """Draw a subject's towns; on a telephone only the `HOTTEST` stand beside the total."""
    ranked = sorted(range(len(cells)), key=lambda place: -cells[place][0])[:HOTTEST]
    return "".join([_heat_cell(town, cells[at], at not in ranked) for at, town in enumerate(towns)])


def _heat_cell(town: str, cell: tuple[int, str, str], is_few: bool) -> str:
    number, depth, link = cell
    if not number:
        return f'<td class="{depth} few"><span aria-label="没有">·</span></td>'
    few = " few" if is_few else ""
    return f'<td class="{depth}{few}" data-town="{escape(town)}"><a href="{_address(link)}">{number}</a></td>'


@register.simple_tag
def county_months(rows: Sequence[MonthRow]) -> SafeString:
    """Draw the lines of the months."""
    return _whole(map(_month, rows))


def _month(row: MonthRow) -> str:
    return (
        f'<tr><th scope="row" class="num">{row.month.year} 年 {row.month.month} 月</th>'
        f'<td class="n" data-label="收到"><a href="{_address(row.url)}">{row.counts.received}</a></td>'
        f"{''.join([_rate(row.figures[key], label) for key, label in RATES])}</tr>"
    )


@register.simple_tag
def county_towns(towns: Iterable[TownTile]) -> SafeString:
    """Draw the tiles of the towns."""
    return _whole(map(_town, towns))


def _town(town: TownTile) -> str:
    css, tone, shape = TOWN_MARKS.get(town.vitality, ALIVE)
    marked = f' class="{css}"' if css else ""
    return (
        f'<li><a href="{_address(town.url)}"{marked}><b>{escape(town.name)}</b>'
        f'<span class="state {tone}">{glyph(shape)}{escape(town.note)}</span></a></li>'
    )
