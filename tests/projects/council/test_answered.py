"""Whoever asked a unit hears that it has answered, once."""

from decimal import Decimal

import pytest

from notices.kinds import address_of
from notices.models import Notice
from projects.council import asking
from projects.council.models import Council, FeasibilityOpinion
from tests.projects.council.conftest import HOUR, OPENED, Table
from tests.world import make_user


def answer(table: Table, asked: FeasibilityOpinion, words: str = "能办，要先清管线。") -> None:
    handler = table.hall.world.handler
    asking.answer(asked.pk, actor=handler, at=OPENED, verdict="YES", words=words, cost=Decimal(30))


def asked_by(table: Table, *, of_county: bool) -> tuple[Council, FeasibilityOpinion]:
    council = table.council(of_county=of_county)
    item, unit = table.item(council), table.hall.world.unit
    asked = asking.ask(council.pk, actor=council.created_by, at=OPENED - HOUR, item_id=item.pk, unit=unit)
    return council, asked


def told() -> list[str]:
    rows = Notice.objects.filter(kind="council_answered", channel="IN_SITE").order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


def test_the_clerk_who_asked_is_told_once_however_often_it_is_mended(table: Table) -> None:
    council, asked = asked_by(table, of_county=False)
    assert told() == []
    answer(table, asked)
    answer(table, asked, "还是能办。")
    assert told() == ["clerk"]
    row = Notice.objects.get(kind="council_answered", channel="IN_SITE")
    assert row.context["title"] == f"{asked.item.idea.title}：{asked.unit.short_name}"
    assert address_of(row.subject) == council.get_absolute_url()


def test_at_the_countys_meeting_all_its_staff_hear_of_it(table: Table) -> None:
    make_user("colleague", "COUNTY_STAFF", region_code="411625")
    _, asked = asked_by(table, of_county=True)
    answer(table, asked)
    assert told() == ["colleague", "county_staff"]


def test_two_units_are_two_answers(table: Table) -> None:
    council, asked = asked_by(table, of_county=False)
    other = asking.ask(
        council.pk, actor=council.created_by, at=OPENED - HOUR, item_id=asked.item_id, unit=table.hall.world.co_unit
    )
    answer(table, asked)
    asking.answer(other.pk, actor=table.hall.world.co_handler, at=OPENED, verdict="NO", words="没有地。", cost=None)
    assert told() == ["clerk", "clerk"]


@pytest.mark.parametrize("of_county", [True, False])
def test_a_refused_answer_tells_nobody(table: Table, of_county: bool) -> None:
    _, asked = asked_by(table, of_county=of_county)
    with pytest.raises(Exception, match="请写几句"):
        answer(table, asked, "  ")
    assert told() == []
