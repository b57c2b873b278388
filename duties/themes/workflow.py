"""The only writer of themes and notes: one verb, one function; rows and history line in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from core.workdays import day_words, local_date
from core.workflow import CREATION, BadInput, WrongState
from duties.rules import is_person
from duties.themes.models import TITLE, WORDS, MonthlyTheme, ThemeEntry, ThemeNote
from duties.themes.queries import theme_of
from duties.themes.states import NOTES, THEMES, NoteState, ThemeState
from duties.workflow.engine import permit
from stations.models import Region, Representative, Station, Unit

AHEAD, BACK = timedelta(days=366), timedelta(days=62)
MOST_PEOPLE = 5000
_LENGTHS = {"title": TITLE, "about": WORDS, "bring": WORDS}
_ONCE = "theme_once_a_month"


@dataclass(frozen=True)
class Wording:
    """What a theme says."""

    title: str
    about: str
    bring: str = ""
    units: tuple[Unit, ...] = ()

    @property
    def text(self) -> str:
        """All of it in one line, for the history."""
        parts = [self.title, self.about, self.bring]
        if self.units:
            parts.append("请：" + "、".join(unit.short_name for unit in self.units))
        return "；".join(part.rstrip("。；") for part in parts if part)


def set_theme(place: Region | Station, month: date, wording: Wording, *, actor: Any, at: datetime) -> MonthlyTheme:
    """Say what a month is about: a county for all its stations, a station for itself."""
    theme = MonthlyTheme(month=month.replace(day=1), state=ThemeState.SET, changed_at=at)
    if isinstance(place, Station):
        theme.station = place
    else:
        theme.county = place
    THEMES.check("set_theme", CREATION)
    permit("set_theme", actor, theme)
    _not_over(theme.month, at)
    if theme.month > local_date(at) + AHEAD:
        raise BadInput("太远了，最多提前一年定。")
    try:
        with transaction.atomic():
            _say(theme, wording, "set_theme", actor, at)
    except IntegrityError as error:
        if _ONCE not in str(error):
            raise
        raise WrongState("这个月的主题刚刚有人定了，请刷新页面再看。") from error
    return theme


def change_theme(theme_id: int, wording: Wording, *, actor: Any, at: datetime) -> MonthlyTheme:
    """Say it in other words, before the month or within it; the old words stay in the history."""
    with transaction.atomic():
        theme = _locked(theme_id, "change_theme", actor, at)
        _say(theme, wording, "change_theme", actor, at)
    return theme


def drop_theme(theme_id: int, *, actor: Any, at: datetime) -> MonthlyTheme:
    """Take it away: a station goes back to the county's, a county's month has none."""
    with transaction.atomic():
        theme = _locked(theme_id, "drop_theme", actor, at)
        theme.state, theme.changed_at = ThemeState.DROPPED, at
        theme.save()
        _line(theme, "drop_theme", actor, at, theme.title)
    return theme


def _locked(theme_id: int, verb: str, actor: Any, at: datetime) -> MonthlyTheme:
    rows = MonthlyTheme.objects.select_for_update(of=("self",)).select_related("station")
    theme = rows.get(pk=theme_id)
    THEMES.check(verb, theme.state)
    permit(verb, actor, theme)
    _not_over(theme.month, at)
    return theme


def _not_over(month: date, at: datetime) -> None:
    if month < local_date(at).replace(day=1):
        raise WrongState("这个月已经过去了，主题不再改。")


def _say(theme: MonthlyTheme, wording: Wording, verb: str, actor: Any, at: datetime) -> None:
    theme.title, theme.about, theme.bring = wording.title.strip(), wording.about.strip(), wording.bring.strip()
    if not theme.title:
        raise BadInput("请写这个月的主题。", "title")
    if not theme.about:
        raise BadInput("请用一两句话写这个月主要说什么。", "about")
    for name, most in _LENGTHS.items():
        if len(getattr(theme, name)) > most:
            raise BadInput(f"最多 {most} 个字。", name)
    theme.changed_at = at
    theme.save()
    theme.units.set(wording.units)
    _line(theme, verb, actor, at, wording.text)


def _line(theme: MonthlyTheme, verb: str, actor: Any, at: datetime, text: str) -> None:
    ThemeEntry.objects.create(theme=theme, at=at, actor=actor, actor_label=actor.label, verb=verb, text=text[:400])


def write_note(
    station: Station,
    *,
    actor: Any,
    at: datetime,
    day: date,
    what: str,
    people: int,
    place: str = "",
    representatives: Iterable[Representative] = (),
) -> ThemeNote:
    """Note what was done under the month's theme, how many people came and which representatives took part."""
    note = ThemeNote(
        station=station, day=day, what=what.strip(), place=place.strip(), people=people, written_by=actor, written_at=at
    )
    NOTES.check("write_note", CREATION)
    permit("write_note", actor, note)
    named = list(representatives)
    _check_note(note, named, local_date(at), actor)
    with transaction.atomic():
        note.save(force_insert=True)
        note.representatives.set(named)
    return note


def _check_note(note: ThemeNote, named: list[Representative], today: date, actor: Any) -> None:
    if not note.what or len(note.what) > WORDS:
        raise BadInput(f"请用一两句话写做了什么，最多 {WORDS} 个字。", "what")
    if not today - BACK <= note.day <= today:
        raise BadInput("日期要在今天以前、两个月以内。", "day")
    if not 0 <= note.people <= MOST_PEOPLE:
        raise BadInput(f"来了多少人，填 0 到 {MOST_PEOPLE} 之间的数。", "people")
    if theme_of(note.station, note.day) is None:
        raise BadInput(f"{day_words(note.day)}那个月没有定主题，请先定主题。", "day")
    serving = Representative.objects.serving_on(note.station, note.day).filter(pk__in=[row.pk for row in named])
    if len(set(serving.values_list("pk", flat=True))) != len({row.pk for row in named}):
        raise BadInput("有一位代表那天不在本站点进站。", "representatives")
    # It counts in the record of whoever is named, so nobody writes himself in.
    if any(is_person(actor, row) for row in named):
        raise BadInput("不能把自己写进去，请站点的另一位来记。", "representatives")


def strike_note(note_id: int, *, actor: Any, at: datetime, reason: str) -> ThemeNote:
    """Strike out what was noted wrongly; it leaves the month's page and the records, the reason stays."""
    with transaction.atomic():
        note = ThemeNote.objects.select_for_update(of=("self",)).select_related("station").get(pk=note_id)
        NOTES.check("strike_note", note.state)
        permit("strike_note", actor, note)
        if not reason.strip():
            raise BadInput("请写为什么划掉。", "reason")
        note.state, note.reason = NoteState.STRUCK, reason.strip()[:WORDS]
        note.struck_by, note.struck_at = actor, at
        note.save()
    return note
