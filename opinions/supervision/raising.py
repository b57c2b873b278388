"""Raising cards for many matters at once, in SQL: the lower card gives way, the new one is written, numbered if red,
and gets its history line. Called with the matters locked; writes in the caller's transaction.

An occasion is a row (opinion_id, limit_id, step, due_at, cause, occasion). The same occasion never raises the same
level twice, and a matter that already carries an equal or higher card gets no second one.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.workdays import local_date
from opinions import deadlines
from opinions.actors import SYSTEM
from opinions.supervision.levels import Cause, Level, Threshold

CAUSES = {
    Level.BLUE: "CASE WHEN d.step = 'SIGN' THEN 'UNSIGNED' ELSE 'DUE_SOON' END",
    Level.YELLOW: "'OVERDUE'",
    Level.RED: "CASE d.step WHEN 'LOOK_BACK' THEN 'DISSATISFIED_TWICE' WHEN 'PROMISE' THEN 'PROMISE_MISSED' "
    "ELSE 'LONG_OVERDUE' END",
}
_LIMITS = """
SELECT d.opinion_id, d.id AS limit_id, d.step, d.due_at, {cause} AS cause,
    'limit:' || d.id || ':' || to_char(d.due_at AT TIME ZONE 'UTC', 'YYYYMMDD') AS occasion
FROM opinions_deadline d WHERE d.id = ANY(%(ids)s)
"""
_RETURNS = """
SELECT r.opinion_id, NULL::bigint AS limit_id, '' AS step, NULL::timestamptz AS due_at,
    'RETURNED_TWICE' AS cause, 'return:' || r.id AS occasion
FROM opinions_returnrequest r WHERE r.id = ANY(%(ids)s)
"""
_FREE = """
SELECT DISTINCT ON (o.id) o.id, left(o.region_id, 6) AS county, o.lead_unit_id, o.round, due.*
FROM ({occasions}) AS due JOIN opinions_opinion o ON o.id = due.opinion_id
WHERE NOT EXISTS (SELECT 1 FROM opinions_supervisioncard c WHERE c.opinion_id = o.id
    AND (c.cleared_at IS NULL AND c.level >= %(level)s OR c.level = %(level)s AND c.occasion = due.occasion))
ORDER BY o.id, due.due_at
"""
_GIVE_WAY = """
UPDATE opinions_supervisioncard c SET cleared_at = %(at)s, cleared_how = 'RAISED'
FROM ({free}) AS free WHERE c.opinion_id = free.opinion_id AND c.cleared_at IS NULL
"""
_RAISE = """
INSERT INTO opinions_supervisioncard (opinion_id, limit_id, level, cause, occasion, step, unit_id, round, due_at,
    raised_at, answer_by, county_code, year, serial, number, cleared_how, clear_reason)
SELECT free.id, free.limit_id, %(level)s, free.cause, free.occasion, free.step, free.lead_unit_id, free.round,
    free.due_at, %(at)s, %(answer_by)s, free.county, CASE WHEN n.serial IS NOT NULL THEN %(year)s END, n.serial,
    CASE WHEN n.serial IS NULL THEN '' ELSE left(county.short_name, 1) || '督〔' || %(year)s || '〕' || n.serial || '号'
    END, '', ''
FROM ({free}) AS free
    LEFT JOIN stations_region county ON county.code = free.county
    LEFT JOIN unnest(%(numbered)s::bigint[], %(serials)s::int[]) AS n(opinion_id, serial) ON n.opinion_id = free.id
RETURNING id
"""
_TAKE_NUMBERS = """
INSERT INTO opinions_supervisionseries (county_code, year, last) VALUES (%s, %s, %s)
ON CONFLICT (county_code, year) DO UPDATE SET last = opinions_supervisionseries.last + excluded.last
RETURNING last
"""
_HISTORY = """
INSERT INTO opinions_historyentry (opinion_id, at, actor_label, verb, from_state, to_state, round, public_text,
    internal_text)
SELECT o.id, greatest(%(at)s, o.changed_at), %(actor)s, 'supervise', o.state, o.state, o.round, '',
    %(colour)s || CASE WHEN c.number = '' THEN '' ELSE '，督办单 ' || c.number END
    || '：' || (%(words)s::jsonb ->> c.cause) || CASE WHEN c.due_at IS NULL THEN '' ELSE '，原定 '
    || to_char(c.due_at AT TIME ZONE 'Asia/Shanghai', 'FMMM 月 FMDD 日') END
FROM opinions_supervisioncard c JOIN opinions_opinion o ON o.id = c.opinion_id WHERE c.id = ANY(%(cards)s)
"""
_WORDS = "{" + ", ".join(f'"{cause.value}": "{cause.label}"' for cause in Cause) + "}"


def raise_for_limits(level: Level, limit_ids: Sequence[int], at: datetime) -> list[int]:
    """Raise cards of a level for limits of locked matters; return the ids of the new cards."""
    return _raise(level, _LIMITS.format(cause=CAUSES[level]), limit_ids, at)


def raise_for_returns(request_ids: Sequence[int], at: datetime) -> list[int]:
    """Raise yellow cards for return requests that were not the first of their matter."""
    return _raise(Level.YELLOW, _RETURNS, request_ids, at)


def _raise(level: Level, occasions: str, ids: Sequence[int], at: datetime) -> list[int]:
    free = _FREE.format(occasions=occasions)
    values: dict[str, Any] = {"ids": list(ids), "level": level.value, "at": at, "year": local_date(at).year}
    values |= {"numbered": [], "serials": [], "answer_by": None}
    with connection.cursor() as cursor:
        if level > Level.BLUE:
            cursor.execute(_GIVE_WAY.format(free=free), values)
        if level == Level.RED:
            values["answer_by"] = deadlines.due(Threshold.ORDER, at).due_at
            values["numbered"], values["serials"] = _numbers(cursor, free, values)
        cursor.execute(_RAISE.format(free=free), values)
        cards = [pk for (pk,) in cursor.fetchall()]
        words: dict[str, Any] = {
            "cards": cards,
            "at": at,
            "actor": SYSTEM.label,
            "colour": level.label,
            "words": _WORDS,
        }
        cursor.execute(_HISTORY, words)
    return cards


def _numbers(cursor: Any, free: str, values: dict[str, Any]) -> tuple[list[int], list[int]]:
    """Take the next numbers of each county for the matters that will get a card: none twice, none left out."""
    cursor.execute(f"SELECT id, county FROM ({free}) AS free", values)  # noqa: S608 - our own text, values apart
    matters = cursor.fetchall()
    following = {}
    for county, count in sorted(Counter(county for _, county in matters).items()):
        cursor.execute(_TAKE_NUMBERS, [county, values["year"], count])
        following[county] = cursor.fetchone()[0] - count
    serials = []
    for _, county in matters:
        following[county] += 1
        serials.append(following[county])
    return [pk for pk, _ in matters], serials
