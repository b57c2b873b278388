"""The county's list of cards, the card on a matter's page, the 督办单 as Word, and the call sheet."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from docx import Document

from opinions import sweeps, workflow
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import Opinion, SupervisionCard
from opinions.states import State
from opinions.supervision.levels import Cleared, Level
from tests.world import SHANGHAI, START, World

PAGE = "/desk/supervision/"
SHEET = "/desk/opinions/callbacks/"


def at_day(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.fixture
def red(world: World) -> Opinion:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 20))
    return row


# --- the list


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("county_staff", True), ("leader", True), ("town_staff", True), ("clerk", True), ("handler", True),
        ("other_clerk", False), ("other_handler", False),
    ],
)  # fmt: skip
def test_who_sees_the_matter_in_office_sees_its_card(world: World, red: Opinion, who: str, sees: bool) -> None:
    text = text_of(signed_in(world, who), PAGE)
    assert ("郸督〔2026〕1号" in text) is sees
    assert (red.title in text) is sees


@pytest.mark.parametrize("who", ["rep", "grid", "admin", "security", "audit"])
def test_others_have_no_such_page(world: World, red: Opinion, who: str) -> None:
    assert signed_in(world, who).get(PAGE).status_code == 403
    assert not SupervisionCard.objects.visible_to(world.users[who]).exists()


def test_the_list_is_cut_by_colour_unit_place_and_standing(world: World, red: Opinion) -> None:
    blue = world.opinion(State.ASSIGNED, at=at_day(4, 16))
    sweeps.sweep_deadlines(at_day(4, 20))
    staff = signed_in(world, "county_staff")
    rows = {
        "": {red.pk, blue.pk},
        "?level=3": {red.pk},
        "?level=1": {blue.pk},
        f"?unit={world.unit.pk}": {red.pk, blue.pk},
        f"?unit={world.other_unit.pk}": set(),
        "?place=411625101": set(),
        "?cause=UNSIGNED": {blue.pk},
        "?standing=cleared": set(),
        "?level=nonsense": set(),
    }
    for query, wanted in rows.items():
        found = {row["card"].opinion_id for row in staff.get(PAGE + query).context["rows"]}
        assert found == wanted, query


def test_the_counts_are_those_of_the_lists_behind_them(world: World, red: Opinion) -> None:
    world.opinion(State.ASSIGNED, at=at_day(4, 16))
    sweeps.sweep_deadlines(at_day(4, 20))
    staff = signed_in(world, "county_staff")
    for level, _, count in staff.get(PAGE).context["counts"]:
        assert staff.get(f"{PAGE}?level={level}").context["page"].paginator.count == count


def test_red_stands_before_yellow_and_the_oldest_first(world: World) -> None:
    for hour in range(3):
        world.opinion(State.HANDLING, at=START + timedelta(days=hour))
    sweeps.sweep_deadlines(at_day(4, 14))
    levels = [row["card"].level for row in signed_in(world, "county_staff").get(PAGE).context["rows"]]
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) > 1


def test_the_list_costs_the_same_for_one_card_and_for_thirty(world: World, django_assert_max_num_queries: Any) -> None:
    staff = signed_in(world, "county_staff")
    counted = []
    for wanted in (1, 29):
        for _ in range(wanted):
            world.opinion(State.HANDLING)
        sweeps.sweep_deadlines(at_day(4, 20))
        staff.get(PAGE)
        with django_assert_max_num_queries(20) as queries:
            staff.get(PAGE)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_an_empty_list_says_that_all_is_in_time(world: World) -> None:
    assert "都在期限里" in text_of(signed_in(world, "county_staff"), PAGE)


# --- clearing


def test_the_county_clears_from_the_list_with_a_reason(world: World, red: Opinion) -> None:
    staff = signed_in(world, "county_staff")
    address = f"/desk/opinions/{red.pk}/clear_card/"
    assert address in text_of(staff, PAGE)
    empty = staff.post(address, {"reason": " ", "back": "cards"})
    assert empty.status_code == 422
    assert red.cards.open().exists()
    done = staff.post(address, {"reason": "材料到货才能修，约好五月", "back": "cards"})
    assert done["Location"] == PAGE
    card = red.cards.get()
    assert (card.cleared_how, card.cleared_by) == (Cleared.PERSON, world.county_staff)
    assert "材料到货才能修，约好五月" in text_of(staff, f"{PAGE}?standing=cleared")
    again = staff.post(address, {"reason": "再来一次"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 403), ("town_staff", 403), ("leader", 403), ("handler", 403), ("other_clerk", 404), ("rep", 403)],
)
def test_nobody_else_clears(world: World, red: Opinion, who: str, status: int) -> None:
    client = signed_in(world, who)
    assert client.post(f"/desk/opinions/{red.pk}/clear_card/", {"reason": "算了"}).status_code == status
    assert red.cards.open().exists()
    if status == 403 and who != "rep":
        assert "clear_card" not in text_of(client, PAGE)


def test_a_matters_page_shows_its_card_to_the_office_and_not_to_the_representative(world: World, red: Opinion) -> None:
    shown = text_of(signed_in(world, "handler"), red.get_absolute_url())
    assert "郸督〔2026〕1号" in shown
    assert "改日子消不了号" in shown
    assert "郸督" not in text_of(signed_in(world, "rep"), red.get_absolute_url())
    assert "/clear_card/" not in shown
    assert "/clear_card/" in text_of(signed_in(world, "county_staff"), red.get_absolute_url())


def test_earlier_cards_stay_readable(world: World, red: Opinion) -> None:
    workflow.reply(red.pk, actor=world.handler, at=at_day(4, 21), body="修好了", outcome="A")
    workflow.approve_reply(red.pk, actor=world.clerk, at=at_day(4, 21))
    text = text_of(signed_in(world, "clerk"), red.get_absolute_url())
    assert "以前亮过的牌" in text
    assert "办到了" in text


def test_the_residents_pages_hold_no_word_of_it(world: World, red: Opinion) -> None:
    for address in (f"/t/{red.receipt}/", f"/s/{world.station.code}/board/", f"/s/{world.station.code}/"):
        page = Client().get(address).content.decode()
        assert not [word for word in ("督办", "红牌", "黄牌", "消号") if word in page], address


# --- the paper


def test_the_order_is_a_word_file_with_number_dates_and_no_identity(world: World, red: Opinion) -> None:
    card = red.cards.get()
    answer = signed_in(world, "handler").get(f"{PAGE}{card.pk}/paper/")
    assert answer.status_code == 200
    assert "wordprocessingml" in answer["Content-Type"]
    document = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(line.text for line in document.paragraphs), *cells])
    for said in ("郸督〔2026〕1号", red.title, "郸城县城管局", "2026年4月9日", "2026年4月23日", "查明原因并修复"):
        assert said in text, said
    for hidden in ("田大山", "13800001234", red.receipt):
        assert hidden not in text


def test_a_paper_out_of_sight_or_of_a_lesser_card_is_not_there(world: World, red: Opinion) -> None:
    card = red.cards.get()
    assert signed_in(world, "other_handler").get(f"{PAGE}{card.pk}/paper/").status_code == 404
    blue = world.opinion(State.ASSIGNED, at=at_day(4, 16))
    sweeps.sweep_deadlines(at_day(4, 20))
    lesser = blue.cards.get()
    assert lesser.level == Level.BLUE
    assert signed_in(world, "county_staff").get(f"{PAGE}{lesser.pk}/paper/").status_code == 404


# --- the call sheet


def fed_back(world: World, **message: Any) -> Opinion:
    row = world.submit(**message)
    workflow.answer_on_spot(row.pk, actor=world.clerk, at=START, body="已经换了灯泡", outcome="A")
    return row


def test_the_sheet_lists_whom_no_message_reached_and_who_has_not_rated(world: World) -> None:
    nobody = fed_back(world, phone="", name="田大山")
    lost = fed_back(world, phone="13900000002", name="刘小河")
    reached = fed_back(world, phone="13900000003", name="赵东街")
    rated = fed_back(world, phone="13900000004")
    workflow.rate(rated.pk, actor=RESIDENT, at=START, solved="YES", satisfaction="SATISFIED")
    workflow.bounce(lost.pk, actor=SYSTEM, at=START)
    context = signed_in(world, "clerk").get(SHEET).context
    assert {call.opinion.pk for call in context["untold"]} == {nobody.pk, lost.pk}
    assert [call.opinion.pk for call in context["unrated"]] == [reached.pk]


def test_the_sheet_has_words_to_say_and_room_to_write(world: World) -> None:
    fed_back(world, phone="", name="田大山")
    text = text_of(signed_in(world, "clerk"), SHEET)
    for said in (
        "怎么说",
        "已经换了灯泡",
        "没留电话，请上门",
        "<span>基本满意</span>",
        "<span>没解决</span>",
        "谁问的",
    ):
        assert said in text, said
    assert "data-print-button" in text


def test_names_and_numbers_are_masked_on_the_sheet(world: World) -> None:
    fed_back(world, phone="13900000003", name="赵东街")
    text = text_of(signed_in(world, "clerk"), SHEET)
    assert "13900000003" not in text
    assert "赵东街" not in text


@pytest.mark.parametrize("who", ["county_staff", "leader", "handler", "rep", "grid", "admin"])
def test_only_those_who_ring_have_the_sheet(world: World, who: str) -> None:
    assert signed_in(world, who).get(SHEET).status_code == 403


def test_another_stations_residents_are_not_on_it(world: World) -> None:
    row = fed_back(world, phone="")
    assert row.title not in text_of(signed_in(world, "other_clerk"), SHEET)
    assert "答复过的都告诉了" in text_of(signed_in(world, "other_clerk"), SHEET)


def test_the_sheet_costs_the_same_for_one_and_for_thirty(world: World, django_assert_max_num_queries: Any) -> None:
    clerk = signed_in(world, "clerk")
    counted = []
    for wanted in (1, 29):
        for _ in range(wanted):
            fed_back(world, phone="")
        clerk.get(SHEET)
        with django_assert_max_num_queries(20) as queries:
            clerk.get(SHEET)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_clerks_day_leads_to_the_sheet(world: World) -> None:
    assert f'href="{SHEET}"' in text_of(signed_in(world, "clerk"), "/desk/")


def test_a_card_says_who_works_on_it_and_blames_nobody(world: World, red: Opinion) -> None:
    for address in (PAGE, f"/desk/opinions/{red.pk}/"):
        words = text_of(signed_in(world, "county_staff"), address)
        assert "现在由" in words, address
        assert "责任在" not in words, address
