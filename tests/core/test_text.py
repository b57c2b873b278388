"""Text: kept as typed, found however typed, masked for others."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import clean_phone, fold, headline, mask_name, mask_phone, tidy

anything = st.text(max_size=120)
chinese = st.text(alphabet=st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF), max_size=120)


# --- tidy


@given(anything)
def test_tidy_keeps_everything_but_controls(text: str) -> None:
    kept = tidy(text)
    assert tidy(kept) == kept
    kept.encode()  # can be stored
    assert "\x00" not in kept
    assert [c for c in kept if c.isprintable()] == [c for c in text if c.isprintable()]


def test_tidy_keeps_what_people_type() -> None:
    typed = "  洺南街道\u3000㙟庄，巿场\u00a0门口\t😀\n第二行  "
    assert tidy(typed) == typed


def test_tidy_drops_nul_controls_and_broken_surrogates() -> None:
    assert tidy("a\x00b\x1bc\x85d\ud800e") == "abcde"
    assert tidy("一\r\n二\r三") == "一\n二\n三"


# --- fold


@given(anything)
def test_fold_is_idempotent(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(chinese)
def test_fold_of_chinese_is_idempotent(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(anything)
def test_fold_does_not_depend_on_the_unicode_form(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("name", ["洺南街道", "塅上村", "溁湾镇", "墈头", "㙟庄", "䢺村", "𠅤店", "𫞩河"])
def test_fold_keeps_rare_place_names_findable(name: str) -> None:
    assert fold(name) == name
    assert fold(name) in fold(f"我住在{name}，门前的路坏了")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("农贸巿场", "农贸市场"),
        ("釆购", "采购"),
        ("中囯", "中国"),
        ("己经三天", "已经三天"),
        ("⻋站⻔口", "车站门口"),
        ("Ｗｉ－Ｆｉ　密码", "wi-fi 密码"),
        ("路\u200b灯\ufeff坏\u00ad了", "路灯坏了"),
        ("路灯\u00a0\u00a0坏\n\n了", "路灯 坏 了"),
        ("㈠号楼", "(一)号楼"),
        ("５００㎡", "500m2"),
    ],
)
def test_fold_brings_slips_and_intent_together(typed: str, meant: str) -> None:
    assert fold(typed) == fold(meant)


def test_fold_does_not_confuse_different_places() -> None:
    assert len({fold(name) for name in ("洺南", "洛南", "铭南", "名南")}) == 4


def test_fold_of_a_long_text_is_quick_enough_to_be_done_at_once() -> None:
    text = "洺南街道巿场门口的路灯坏了。" * 500
    assert len(fold(text)) == len(text)


def test_fold_of_invisible_text_is_empty() -> None:
    assert fold(" \u200b\u3164\ufeff\n\u00a0") == ""


# --- headline


@given(anything, st.integers(12, 60))
def test_headline_is_short_and_on_one_line(text: str, limit: int) -> None:
    title = headline(text, limit)
    assert len(title) <= limit
    assert not set(title) & set("\n\r\t")


@given(anything)
def test_headline_is_blank_only_for_texts_that_say_nothing(text: str) -> None:
    if any(c.isalnum() for c in fold(text)):
        assert headline(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        ("  \n ", ""),
        ("路灯坏了", "路灯坏了"),
        ("路灯坏了三天。晚上看不见。", "路灯坏了三天"),
        ("您好，小区门口的路灯坏了。", "小区门口的路灯坏了"),
        ("尊敬的领导：\n您好！我们村的水有味道，喝了肚子疼。", "我们村的水有味道，喝了肚子疼"),
        ("急！急！下水道堵了", "下水道堵了"),
        (
            "洺南街道健康路东头的下水道从上个月起一直往外冒水，请派人来看",
            "洺南街道健康路东头的下水道从上个月起一直往外冒水",
        ),
        ("一" * 40, "一" * 27 + "…"),
        ("你好", "你好"),
        ("停电了，三天没来电", "停电了，三天没来电"),
        ("您好！\u3000\u3000早上 8:30 门口堵车", "早上 8:30 门口堵车"),
        ("1.村里的水井干了；2.路也坏了", "村里的水井干了"),
        ("3.5 米宽的路被占了", "3.5 米宽的路被占了"),
        ("各位领导：\r\n张县长，您好！_x000D_\n公交车一小时一班", "公交车一小时一班"),
        ("投诉物业主任，他收钱不办事", "投诉物业主任，他收钱不办事"),
    ],
)
def test_headline_of_real_messages(text: str, title: str) -> None:
    assert headline(text) == title


@pytest.mark.parametrize(
    "introduction",
    [
        "我是友谊社区居民吕洺，",
        "我叫吕洺。",
        "本人吕洺，",
        "书记您好：我们是晋菜园村的吕洺等人，",
        "本人系退休教师吕洺，",
    ],
)
def test_headline_does_not_tell_who_wrote(introduction: str) -> None:
    assert headline(introduction + "村口的路灯坏了三天") == "村口的路灯坏了三天"


def test_headline_hides_long_numbers() -> None:
    assert headline("请打13812341234问路灯的事") == "请打****问路灯的事"
    assert headline("411625199001011234的低保没发") == "****的低保没发"
    assert headline("808路车2019-02-25改线") == "808路车2019-02-25改线"


def test_headline_keeps_what_only_begins_like_an_introduction() -> None:
    assert headline("本人在健康路买的房子漏水，没人管") == "本人在健康路买的房子漏水，没人管"


# --- masks


@given(anything)
def test_a_masked_name_shows_at_most_its_first_character(name: str) -> None:
    masked = mask_name(name)
    assert set(masked[1:]) <= {"*"}
    assert len(masked) <= 3
    visible = [c for c in name if c.isprintable() and not c.isspace()]
    if len(visible) == 1:
        assert visible[0] == "*" or visible[0] not in masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("田大山", "田**"),
        ("田山", "田*"),
        ("田", "*"),
        ("", ""),
        ("  ", ""),
        ("阿卜杜热合曼·吾买尔", "阿**"),
        ("\u200b田\u200b", "*"),
        ("㙟大山", "㙟**"),
    ],
)
def test_masked_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(alphabet="0123456789 -+()转", max_size=24))
def test_a_masked_phone_hides_at_least_four_digits_or_all(phone: str) -> None:
    digits = [c for c in phone if c.isdigit()]
    shown = [c for c in mask_phone(phone) if c.isdigit()]
    assert not shown or len(shown) <= len(digits) - 4


@given(anything)
def test_a_masked_phone_never_shows_words(phone: str) -> None:
    assert set(mask_phone(phone)) <= set("0123456789*")


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138****1234"),
        ("03943221234", "0394*****34"),
        ("01088881234", "010******34"),
        ("3221234", "*******"),
        ("138123412345", "********"),
        ("", ""),
    ],
)
def test_masked_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


# --- telephone numbers


@pytest.mark.parametrize(
    "typed",
    [
        "13812341234",
        "138 1234 1234",
        "138-1234-1234",
        "+86 138 1234 1234",
        "0086-13812341234",
        "8613812341234",
        "１３８１２３４１２３４",
        "138\u200b1234\u00a01234",
        "（138）1234—1234",
    ],
)
def test_a_mobile_number_is_understood_however_typed(typed: str) -> None:
    assert clean_phone(typed) == "13812341234"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("0394-3221234", "03943221234"),
        ("(0394) 322 1234", "03943221234"),
        ("+86 394 3221234", "03943221234"),
        ("010-88881234", "01088881234"),
        ("+86 10 8888 1234", "01088881234"),
        ("021 68881234", "02168881234"),
    ],
)
def test_a_landline_is_understood(typed: str, plain: str) -> None:
    assert clean_phone(typed) == plain


@pytest.mark.parametrize("blank", ["", "  ", "\u200b", " - "])
def test_no_number_is_no_mistake(blank: str) -> None:
    assert clean_phone(blank) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "1381234123",
        "138123412345",
        "12812341234",
        "3221234",
        "0394-122",
        "电话没有",
        "13812341234 张三",
        "138١٢٣٤١٢٣٤",
        "<script>",
        "1" * 5000,
    ],
)
def test_anything_else_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="请填 11 位手机号"):
        clean_phone(typed)


@given(anything)
def test_a_cleaned_number_stays_as_it_is(typed: str) -> None:
    try:
        plain = clean_phone(typed)
    except ValueError:
        return
    assert clean_phone(plain) == plain
    assert plain == "" or (plain.isascii() and plain.isdigit())


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_number_is_accepted_and_masked(number: str) -> None:
    assert clean_phone(number) == number
    assert mask_phone(number) == number[:3] + "****" + number[-4:]
