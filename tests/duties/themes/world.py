"""A county with themes: short ways to set one and to note what was done."""

from datetime import date, datetime
from typing import Any

from duties.themes import workflow
from duties.themes.models import MonthlyTheme, ThemeNote
from duties.themes.workflow import Wording
from tests.world import START, World

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
WATER = Wording("夏季用水", "说说自来水和下水道。停水、积水都可以提。", "水费单、停水的日子。")
MARKET = Wording("农贸市场怎么改", "市场要改造，说说摊位和停车。")


def county_theme(world: World, month: date = MARCH, wording: Wording = WATER, *, at: datetime = START) -> MonthlyTheme:
    """The county's theme of a month."""
    return workflow.set_theme(world.county, month, wording, actor=world.county_staff, at=at)


def own_theme(world: World, month: date = MARCH, wording: Wording = MARKET, *, at: datetime = START) -> MonthlyTheme:
    """The station's own."""
    return workflow.set_theme(world.station, month, wording, actor=world.clerk, at=at)


def note(world: World, *, at: datetime = START, **more: Any) -> ThemeNote:
    """A talk in the village."""
    given = {"day": at.date(), "what": "在东街社区讲怎么看水费单", "people": 32, "place": "东街社区"} | more
    return workflow.write_note(world.station, actor=given.pop("actor", world.clerk), at=at, **given)  # type: ignore[arg-type]
