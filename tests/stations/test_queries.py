"""Guessing a category, opening hours, the station's card, figures of the last thirty days."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import CalendarDay
from core.workdays import WorkCalendar, local_date
from stations import codes, queries
from stations.models import Category, EntryCode, Representative, ScanCount, Service, Station
from stations.seeding import seed_county
from tests.world import SHANGHAI, START, World


@pytest.fixture
def county(db: None) -> None:
    seed_county()
    queries.forget()


SENTENCES = [
    ("东街往王寨去的路口，三盏路灯从过年前就不亮了", "路灯"),
    ("家里的自来水早晚没水压，停水也不通知", "水"),
    ("村里的公交车一天只有两班，老人等很久", "公交"),
    ("小区物业费年年涨，电梯坏了没人修", "物业"),
    ("医保卡里的钱为什么不能给父母用", "医保"),
    ("低保年审要带哪些材料", "低保"),
    ("学校门口放学的时候堵得水泄不通，孩子上学不安全", "学"),
    ("老板拖欠工资半年了，找谁要", "工资"),
    ("垃圾桶满了三天没人收，苍蝇多得很", "垃圾"),
    ("麦茬地里有人半夜焚烧秸秆，呛得睡不着", "秸秆"),
]


@pytest.mark.parametrize(("words", "about"), SENTENCES)
def test_plain_sentences_find_a_leaf_with_a_usual_unit(county: None, words: str, about: str) -> None:
    found = queries.guess_category(words)
    assert found is not None
    assert found.parent is not None
    assert found.usual_unit is not None
    assert about in found.keywords


def test_look_alikes_and_invisible_signs_do_not_hide_a_word(county: None) -> None:
    assert queries.guess_category("路\u200b灯 不亮") == queries.guess_category("路灯不亮")


@pytest.mark.parametrize("words", ["", "   ", "你好", "\u200b", "。。。", "🌾🌾🌾"])
def test_nothing_is_guessed_from_nothing(county: None, words: str) -> None:
    assert queries.guess_category(words) is None


def test_seven_thousand_characters_are_read_as_well(county: None) -> None:
    assert queries.guess_category("啊" * 6990 + "路灯不亮") is not None


@given(st.text(max_size=300))
def test_the_same_words_give_the_same_guess(words: str) -> None:
    queries.keywords._kept = (float("inf"), ((1, ("路灯", "灯不亮")), (2, ("停水",))))
    try:
        assert queries.guess_category_id(words) == queries.guess_category_id(words)
    finally:
        queries.forget()


def test_an_edited_keyword_counts_after_forgetting(world: World) -> None:
    assert queries.guess_category("水塔漏了") is None
    Category.objects.filter(code="ludeng").update(keywords="水塔")
    assert queries.guess_category("水塔漏了") is None, "kept for a minute"
    queries.forget()
    assert queries.guess_category("水塔漏了") == world.category


@pytest.mark.parametrize(("hour", "minute", "is_open"), [
    (8, 29, False), (8, 30, True), (11, 59, True), (12, 0, False), (14, 29, False), (14, 30, True), (17, 30, False),
])  # fmt: skip
def test_open_inside_the_spans(world: World, hour: int, minute: int, is_open: bool) -> None:
    assert queries.is_open_at(world.station, datetime(2026, 3, 25, hour, minute, tzinfo=SHANGHAI)) is is_open


@pytest.mark.parametrize(("day", "is_open"), [(28, False), (29, False), (30, True)])
def test_closed_on_weekends(world: World, day: int, is_open: bool) -> None:
    assert queries.is_open_at(world.station, datetime(2026, 3, day, 10, tzinfo=SHANGHAI)) is is_open


def test_open_on_a_weekend_that_the_county_works(world: World) -> None:
    CalendarDay.objects.create(date="2026-03-28", is_workday=True, name="调休上班")
    WorkCalendar.forget()
    assert queries.is_open_at(world.station, datetime(2026, 3, 28, 10, tzinfo=SHANGHAI))


def test_a_station_without_hours_is_never_open(world: World) -> None:
    world.station.opening_hours = ""
    assert not queries.is_open_at(world.station, START)


def test_the_card(world: World, django_assert_num_queries: object) -> None:
    card = queries.station_card(world.station, START)
    assert card.is_open
    assert [person.name for person in card.representatives] == ["麦知秋"]


def test_who_left_or_retired_is_not_on_the_card(world: World) -> None:
    gone = Representative.objects.create(name="离任", is_active=False)
    Service.objects.create(station=world.station, representative=gone, since=START.date())
    left = Representative.objects.create(name="离站")
    Service.objects.create(station=world.station, representative=left, since=START.date(), until=START.date())
    assert [p.name for p in queries.station_card(world.station, START).representatives] == ["麦知秋"]


def test_what_a_shell_lacks(world: World) -> None:
    assert queries.missing_parts(world.other_station) == ["没有站长", "没有代表进站"]
    world.station.head = "安可期"
    assert queries.missing_parts(world.station) == []


def test_the_list_s_figures_agree_with_the_single_questions(world: World, entry: EntryCode) -> None:
    codes.count_scan(entry, local_date(START))
    for row in queries.with_figures(Station.objects.all(), START):
        assert queries.missing_in(row) == queries.missing_parts(row)
        assert row.people == Representative.objects.serving(row).count()
        assert row.live_codes == row.entry_codes.live().count()
        assert row.recent == sum(count for _, count in queries.scans_by_day(row, START))


def test_thirty_days_and_not_one_more(world: World, entry: EntryCode) -> None:
    today = local_date(START)
    for back in (0, 29, 30, 31):
        ScanCount.objects.create(entry_code=entry, day=today - timedelta(days=back), count=1)
    days = queries.scans_by_day(world.station, START)
    assert len(days) == 30
    assert days[-1] == (today, 1)
    assert sum(count for _, count in days) == 2


def test_live_codes_come_first(world: World, entry: EntryCode) -> None:
    second = codes.create_code(world.station.pk, "WINDOW", actor=world.clerk, at=START, label="")
    codes.revoke_code(entry.pk, actor=world.clerk, at=START)
    assert list(queries.codes_of(world.station, START)) == [second, entry]
