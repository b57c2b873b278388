"""Days, money, people and posts as offices write them; what can be read in two ways is asked about."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opinions.ledger.fields import BadCell
from projects.yearly import cells


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026年9月底前", "2026-09-30", "2026-09-30"),
        ("2026.9", "2026-09-01", "2026-09-30"),
        ("2026.01", "2026-01-01", "2026-01-31"),
        ("2026年10月前", "2026-10-01", "2026-10-31"),
        ("9月30日", "2026-09-30", "2026-09-30"),
        ("9月30日前完工", "2026-09-30", "2026-09-30"),
        ("9.30", "2026-09-30", "2026-09-30"),
        ("26.9.30", "2026-09-30", "2026-09-30"),
        ("2026-09-30", "2026-09-30", "2026-09-30"),
        ("2026-09-30 09:00", "2026-09-30", "2026-09-30"),
        ("2026/9/3", "2026-09-03", "2026-09-03"),
        ("２０２６年９月３０日", "2026-09-30", "2026-09-30"),
        ("20260930", "2026-09-30", "2026-09-30"),
        ("46295", "2026-09-30", "2026-09-30"),
        ("预计 10 月完工", "2026-10-01", "2026-10-31"),
        ("10月下旬", "2026-10-21", "2026-10-31"),
        ("2月", "2026-02-01", "2026-02-28"),
        ("2月份", "2026-02-01", "2026-02-28"),
        ("2026年3月份底前", "2026-03-31", "2026-03-31"),
        ("2028年2月", "2028-02-01", "2028-02-29"),
        ("第三季度", "2026-07-01", "2026-09-30"),
        ("2026年上半年", "2026-01-01", "2026-06-30"),
        ("年底前", "2026-12-01", "2026-12-31"),
        ("2027年", "2027-01-01", "2027-12-31"),
    ],
)
def test_a_day_is_understood(text: str, first: str, last: str) -> None:
    assert cells.span(text, 2026) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026.1", "可能是 1 月，也可能是 10 月"),
        ("9.3", "可能是 9月3日，也可能是 9月30日"),
        ("2月30日", "没有“2月30日”这一天"),
        ("13月", "没有“13月”这个月"),
        ("2019年3月", "离 2026 年太远"),
        ("随时", "看不懂“随时”，请写成 2026年9月30日"),
        ("春节前", "看不懂"),
        ("12", "看不懂"),
        ("", "看不懂"),
    ],
)
def test_what_is_no_day_says_what_to_write(text: str, said: str) -> None:
    with pytest.raises(BadCell, match=said):
        cells.span(text, 2026)


@given(
    st.dates(date(2025, 1, 1), date(2030, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y%m%d"])
)
@settings(max_examples=50)
def test_every_whole_day_is_that_day_however_it_is_written(day: date, shape: str) -> None:
    assert cells.span(day.strftime(shape), 2026) == (day, day)
    assert cells.span(str((day - date(1899, 12, 30)) // timedelta(1)), 2026) == (day, day)


@pytest.mark.parametrize(
    ("text", "heading", "amount"),
    [
        ("120", "资金（万元）", "120"),
        ("120", "投资", "120"),
        ("120万元", "投资（元）", "120"),
        ("1.2亿元", "", "12000"),
        ("1.2 亿", "", "12000"),
        ("1,200", "", "1200"),
        ("约３０万元", "", "30"),
        ("50000元", "", "5"),
        ("50000", "投资（元）", "5"),
        ("1.5", "总投资(单位:亿元)", "15000"),
        ("3千万元", "", "3000"),
        ("1234567元", "", "123.46"),
        ("0", "", "0"),
    ],
)
def test_money_is_in_ten_thousands(text: str, heading: str, amount: str) -> None:
    assert cells.funds(text, heading) == Decimal(amount)


@pytest.mark.parametrize("text", ["-5", "120-150", "/", "待定", "1.2.3", "120万美元"])
def test_what_is_no_money_says_what_to_write(text: str) -> None:
    with pytest.raises(BadCell, match="不花钱的写 0"):
        cells.funds(text, "")


@pytest.mark.parametrize(
    ("text", "number"), [("800", 800), ("约1.2万人", 12000), ("3,000余人", 3000), ("8千人次", 8000)]
)
def test_people_are_counted(text: str, number: int) -> None:
    assert cells.people(text) == number


@pytest.mark.parametrize("text", ["全县居民", "300户", "12.5", "-3", "9999万人"])
def test_what_is_no_number_of_people(text: str) -> None:
    with pytest.raises(BadCell):
        cells.people(text)


@pytest.mark.parametrize(
    "text",
    [
        "分管副县长",
        "县委常委、常务副县长",
        "县长助理",
        "副书记、县长",
        "县政府党组成员",
        "住建局局长（牵头领导小组组长）",
        "县人大常委会副主任",
        "常委会副主任、常务副书记",
        "石槽镇党委书记、汲冢镇镇长",
        "金融办主任、安全委主任、周口市副市长",
        "马庄村书记、白马镇主任",
    ],
)
def test_a_post_stays_as_it_is(text: str) -> None:
    assert cells.post(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "李明", "副县长 李明", "副县长李明", "张三（副县长）", "副县长：欧阳小山",
        "李明副县长", "王县长", "张小山书记", "欧阳小山常委", "分管副县长、李明主任",
    ],
)  # fmt: skip
def test_a_name_is_not_taken_in(text: str) -> None:
    with pytest.raises(BadCell, match="只写职务"):
        cells.post(text)


def test_milestones_are_days_with_what_is_done_by_then() -> None:
    assert cells.steps("1、3月底前完成招标；2026年6月主体封顶\n第三季度验收。", 2026) == [
        ("完成招标", date(2026, 3, 31)),
        ("主体封顶", date(2026, 6, 30)),
        ("验收", date(2026, 9, 30)),
    ]
    assert cells.steps("", 2026) == []
    with pytest.raises(BadCell, match="看不懂“招标”"):
        cells.steps("3月底前开工；招标", 2026)


@pytest.mark.parametrize("text", ["9" * 40, f"1{'0' * 13}", f"{'9' * 5000}亿元"])
def test_an_amount_beyond_all_reckoning_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadCell, match="太多了"):
        cells.funds(text, "投资（元）")


def test_a_large_amount_in_yuan_is_still_reckoned_exactly() -> None:
    assert cells.funds("9999999999999.99", "投资（元）") == Decimal("1000000000.00")
    assert cells.funds(f"0.{'1' * 60}", "") == Decimal("0.11")
