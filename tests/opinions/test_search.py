"""The search for words: what stands in a matter is found, whichever way the database looks, and nothing else is."""

import importlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.text import fold
from opinions import search, workflow
from opinions.filters import OpinionFilter
from opinions.models import Opinion, OpinionWords
from opinions.search import Words, grams, place_gram, scope_of, station_gram
from opinions.tasks import tidy_search
from tests.world import START, WORDS, World, make_user

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = "Ａ3区东街的路灯（共３盏）、垃圾桶%_坏了 \\ 'and' \"or\" & | <!> 菜巿场 Wi-Fi，旁边𠮷野家。"
COMMON = {gram: 0.5 for character in fold(WORDS) for gram in grams(character)} | dict.fromkeys(grams(fold(WORDS)), 0.5)


@pytest.fixture
def frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after years: what the sample message holds is in every second one of a million."""
    monkeypatch.setattr(search, "frequencies", lambda: (COMMON, 1e6))


class Everything(dict[int, float]):
    """A count in which each gram is frequent."""

    def get(self, key: int, default: Any = None) -> Any:
        return 0.5


@pytest.fixture
def all_frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is typed, the newest matters are passed."""
    monkeypatch.setattr(search, "frequencies", lambda: (Everything(), 1e6))


def asked(world: World, who: str, typed: str, **more: str) -> OpinionFilter:
    query = QueryDict(mutable=True)
    query.update({"q": typed, "group": "all", **more})
    user = world.users[who]
    rows = Opinion.objects.visible_to(user)
    return OpinionFilter(query, queryset=rows, user=user, at=START + timedelta(hours=1))


def found(world: World, who: str, typed: str, **more: str) -> list[int]:
    """Return what is listed, after comparing it with what is counted."""
    wanted = asked(world, who, typed, **more)
    listed = list(wanted.in_order(50).values_list("pk", flat=True))
    assert sorted(listed) == sorted(wanted.qs.values_list("pk", flat=True))
    return listed


def by_index(words: Words, rows: Any) -> set[int]:
    """Return what the index finds, however frequent the words are."""
    return set(rows.filter(pk__in=words._hits().values("opinion_id")).values_list("pk", flat=True))


def both_ways(words: Words, rows: Any) -> tuple[set[int], set[int]]:
    return (
        by_index(words, rows),
        set(words._by_passing(rows).values_list("pk", flat=True)),
    )


@QUICK
@given(start=st.integers(0, 60), length=st.integers(1, 6))
def test_every_piece_of_a_text_finds_it(world: World, start: int, length: int) -> None:
    row = _once(world)
    piece = TEXT[start : start + length]
    words = Words.read(piece, ())
    if words.words:
        through_index, by_passing = both_ways(words, Opinion.objects.all())
        assert row.pk in through_index
        assert through_index == by_passing


@QUICK
@given(word=st.text(st.sampled_from(sorted(set(fold(TEXT)) - {" "}) + list("灯路东西AB的")), min_size=1, max_size=4))
def test_what_does_not_stand_there_is_not_found(world: World, word: str) -> None:
    """Pairs that stand apart in the text are in the index, but the whole word is compared."""
    row = _once(world)
    words = Words.read(word, ())
    through_index, by_passing = both_ways(words, Opinion.objects.filter(pk=row.pk))
    assert through_index == by_passing == ({row.pk} if all(one in row.body_folded for one in words.words) else set())


@pytest.mark.parametrize("way", ["index", "passing"])
def test_pairs_that_stand_apart_are_no_word(world: World, way: str, request: pytest.FixtureRequest) -> None:
    if way == "passing":
        request.getfixturevalue("all_frequent")
    apart, word = world.submit(body="路灯亮着，灯杆歪了"), world.submit(body="路灯杆歪了")
    assert found(world, "clerk", "路灯杆") == [word.pk]
    assert sorted(found(world, "clerk", "路灯 灯杆")) == [apart.pk, word.pk]


def _once(world: World) -> Opinion:
    row = Opinion.objects.filter(body=TEXT).first()
    return row or world.submit(body=TEXT)


@given(text=st.text(max_size=40))
@QUICK
def test_the_database_numbers_characters_and_pairs_as_python_does(db: None, text: str) -> None:
    folded = fold(text)
    pairs = {number for pair in zip(folded, folded[1:], strict=False) for number in grams("".join(pair))}
    places = {place_gram("411625"), place_gram("411625001"), place_gram("411625001002"), station_gram(7)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT opinion_grams(%s, '411625001002', 7)", [folded])
        (numbers,) = cursor.fetchone()
    assert set(numbers) == {ord(character) for character in folded} | pairs | places


@pytest.mark.parametrize(
    "typed",
    ["ＷＩ－ＦＩ", "wi-fi", "A3区", "ａ３区", "（共3盏）", "(共３盏)", "菜市场", "菜巿场", "𠮷野家", "灯\u200b（共",
     "路灯 垃圾", "坏了 路灯 坏了", "%_", "\\", "'and'", "& |", "<!>", '"or"'],
)  # fmt: skip
def test_width_case_and_marks_do_not_matter(world: World, typed: str) -> None:
    row = world.submit(body=TEXT)
    world.submit(body="别的事")
    assert found(world, "clerk", typed) == [row.pk]


@pytest.mark.parametrize(
    "typed", ["%", "_", "路%灯", "路_灯", "\\灯", "'灯", "灯'", "路灯 & 没有", "灯|没有", "!灯", "灯:*", "{灯}"]
)
@pytest.mark.parametrize("way", ["index", "passing"])
def test_signs_of_other_languages_mean_only_themselves(
    world: World, typed: str, way: str, request: pytest.FixtureRequest
) -> None:
    if way == "passing":
        request.getfixturevalue("all_frequent")
    world.submit()
    assert found(world, "clerk", typed) == []


@pytest.mark.parametrize("typed", ["", "   ", "\u3000", "\u200b"])
def test_nothing_typed_hides_nothing(world: World, typed: str) -> None:
    row = world.submit()
    assert found(world, "clerk", typed) == [row.pk]


def test_a_very_long_text_is_refused_by_the_form_and_many_words_are_cut(world: World) -> None:
    row = world.submit()
    assert found(world, "clerk", "灯" * 101) == []
    assert found(world, "clerk", "路 灯 三 盏 晚 上 龘") == [row.pk]  # the seventh word is not asked for
    assert found(world, "clerk", "路 灯 三 盏 晚 龘") == []
    assert found(world, "clerk", WORDS[:100]) == [row.pk]


def test_title_and_place_are_found_and_a_new_title_instead_of_the_old(world: World) -> None:
    row = world.submit(title="盼修水渠", location="老槐树下")
    assert found(world, "clerk", "水渠") == found(world, "clerk", "槐树") == [row.pk]
    workflow.accept(row.pk, actor=world.clerk, at=START, category=world.category, title="灌溉沟渠淤塞")
    assert found(world, "clerk", "沟渠") == found(world, "clerk", "槐树") == found(world, "clerk", "路灯") == [row.pk]
    assert found(world, "clerk", "水渠") == []


def test_who_wrote_is_not_among_the_words(world: World) -> None:
    row = world.submit(name="欧阳翠花", phone="13800007742")
    kept = OpinionWords.objects.get(pk=row.pk).folded
    assert "欧阳" not in kept
    assert "7742" not in kept
    assert row.receipt.lower() not in kept
    assert found(world, "clerk", "欧阳") == found(world, "clerk", "翠") == found(world, "clerk", "7742") == []
    assert found(world, "clerk", row.receipt[:6]) == []  # a part of a receipt is no way to guess the rest
    assert found(world, "clerk", row.receipt) == found(world, "clerk", "138 0000 7742") == [row.pk]


@pytest.mark.parametrize("way", ["index", "passing"])
def test_words_open_no_other_scope(world: World, way: str, request: pytest.FixtureRequest) -> None:
    if way == "passing":
        request.getfixturevalue("all_frequent")
    here, there = world.submit(), world.submit(station=world.other_station, region=None)
    both = [there.pk, here.pk]
    assert found(world, "clerk", "路灯") == found(world, "town_staff", "路灯") == [here.pk]
    assert sorted(found(world, "county_staff", "路灯")) == sorted(both)
    assert found(world, "leader", "灯", station=str(world.station.pk)) == [here.pk]
    assert found(world, "county_staff", "灯", place=world.other_town.code) == [there.pk]
    assert there.pk not in found(world, "clerk", "路灯", station=str(world.other_station.pk))
    assert found(world, "handler", "路灯") == []


def test_a_unit_finds_what_it_was_given(world: World) -> None:
    row = world.opinion("HANDLING")
    world.submit()
    assert found(world, "handler", "路灯") == [row.pk]
    assert found(world, "other_handler", "路灯") == []


def test_words_join_with_the_other_filters(world: World) -> None:
    closed = world.opinion("CLOSED")
    world.submit()
    assert found(world, "clerk", "路灯", state="CLOSED") == found(world, "clerk", "灯", group="closed") == [closed.pk]
    assert found(world, "clerk", "路灯", group="closed", kind="URGENT") == []


def test_scope_is_told_only_where_it_holds_everything(world: World) -> None:
    assert scope_of(world.clerk) == [station_gram(world.station.pk)]
    assert scope_of(world.town_staff) == [place_gram(world.town.code)]
    assert scope_of(world.county_staff) == [place_gram(world.county.code)]
    assert scope_of(world.handler) == scope_of(world.rep) == scope_of(world.grid) == []
    wide = make_user("city", "COUNTY_STAFF", region_code="4116")
    assert scope_of(wide) == []  # no such prefix is in the index
    world.submit()
    rows = Opinion.objects.visible_to(wide)
    assert len(by_index(Words.read("路灯", scope_of(wide)), rows)) == 1


def test_who_serves_a_unit_besides_finds_its_matters_elsewhere(world: World) -> None:
    both = make_user("besides", "STATION_STAFF", station_code=world.other_station.code)
    both.grants_set.create(role="UNIT_HANDLER", unit_code=world.unit.code, granted_at=START)
    both.forget_grants()
    world.users["besides"] = both
    given = world.opinion("HANDLING")
    world.submit()
    assert scope_of(both) == []
    assert found(world, "besides", "路灯") == [given.pk]


def test_two_offices_are_two_scopes(world: World) -> None:
    both = make_user("both", "TOWN_STAFF", region_code=world.town.code)
    both.grants_set.create(role="TOWN_STAFF", region_code=world.other_town.code, granted_at=START)
    both.forget_grants()
    assert len(scope_of(both)) == 2
    world.submit()
    world.submit(station=world.other_station, region=None)
    words = Words.read("路灯", scope_of(both))
    assert len(by_index(words, Opinion.objects.visible_to(both))) == 2


def is_by_index(rows: Any) -> bool:
    return "opinion_grams" in str(rows.query)


def test_rare_words_go_by_the_index_and_frequent_ones_pass_the_newest(world: World, frequent: None) -> None:
    for typed, first, counted in (("路灯", False, False), ("灯", False, False), ("水渠", True, True)):
        wanted = asked(world, "rep", typed)
        assert (is_by_index(wanted.in_order(50)), is_by_index(wanted.qs)) == (first, counted), typed


def test_between_frequent_and_rare_it_depends_on_how_many_rows_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "frequencies", lambda: ({ord("灯"): 0.01}, 1e6))
    words, rows = Words.read("灯", ()), Opinion.objects.all()
    assert not is_by_index(words.first(rows, 50))  # 5,000 rows to pass, or 10,000 hits to sort
    assert is_by_index(words.first(rows, 1000))
    assert is_by_index(words.any(rows, 1001))


def test_a_word_is_guessed_between_chance_and_its_rarest_pair() -> None:
    counted = {ord("路"): 0.4, ord("灯"): 0.1, ord("杆"): 0.1} | {grams("路灯")[0]: 0.08, grams("灯杆")[0]: 0.02}
    assert search._share_of("路灯", counted) == pytest.approx((0.08, 0.08))
    assert search._share_of("路灯杆", counted) == pytest.approx((0.016, 0.0179), abs=1e-4)
    assert search._share_of("路灯坏", counted) == (0, 0)


def test_pairs_of_other_words_are_read_in_vain() -> None:
    """子的合 hardly ever stands together, but 子的 and 的合 often stand in the same message."""
    counted = dict.fromkeys(map(ord, "子的合"), 0.6) | {grams("子的")[0]: 0.04, grams("的合")[0]: 0.04}
    held, read = search._share_of("子的合", counted)
    assert held == pytest.approx(0.04 * 0.04 / 0.6)
    assert read == pytest.approx(0.0103, abs=1e-4)


def test_a_station_passes_its_own_matters_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word in every tenth of its thousand matters: 500 rows to pass, or 100 hits. In a town's: 500,000 rows."""
    station, town, rows = station_gram(7), place_gram("411625001"), Opinion.objects.all()
    monkeypatch.setattr(search, "frequencies", lambda: ({ord("灯"): 0.1, station: 0.01, town: 0.01}, 1e6))
    assert not is_by_index(Words.read("灯", [station]).first(rows, 50))
    assert is_by_index(Words.read("灯", [town]).first(rows, 50))


def test_frequent_words_are_counted_from_the_newest_on(world: World, frequent: None) -> None:
    tied, free = asked(world, "clerk", "路灯").qs, asked(world, "handler", "路灯").qs
    assert tied.query.order_by == ("-created_at", "-id")
    assert not free.ordered
    assert not asked(world, "clerk", "水渠").qs.ordered


def test_a_wide_scope_is_left_out_of_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_gram("411625")
    for share, told in ((0.9, False), (0.1, True)):
        monkeypatch.setattr(search, "frequencies", lambda share=share: ({place: share}, 1e6))
        query = str(Words.read("灯", [place])._hits().query)
        assert (str(place) in query) is told


def test_what_the_database_counted_is_read(world: World) -> None:
    for _ in range(30):
        world.submit()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE opinions_opinionwords")
    search.frequencies.forget()
    counted, total = search.frequencies()
    assert counted[grams("路灯")[0]] == pytest.approx(1)
    assert counted[station_gram(world.station.pk)] == pytest.approx(1)
    assert total == 30


def test_the_index_answers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The expression of the question is the expression of the index, to the letter."""
    monkeypatch.setattr(search, "frequencies", lambda: ({}, 0))  # whatever other tests let the database count
    world.submit()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    words, rows = Words.read("路灯", ()), Opinion.objects.order_by("-created_at")
    with transaction.atomic(), connection.cursor() as cursor:
        # One row costs as much by any index: only the drawn one may answer.
        cursor.execute("SET LOCAL enable_indexscan = off")
        assert "opinion_words_grams" in words.any(rows, 1001).explain()
        transaction.set_rollback(True)
    first = words.first(rows, 50)[:50].explain()
    assert "opinion_words_grams" in first
    assert "InitPlan" in first  # found before anything is put in order
    assert re.search(r"Cond: \(id = ANY \(\(InitPlan", first)  # and read by their numbers, in whichever index they lie


def test_a_step_of_the_matter_does_not_touch_its_words(world: World) -> None:
    row = world.submit()
    workflow.accept(row.pk, actor=world.clerk, at=START, category=world.category)
    before = _place_of(row.pk)
    workflow.assign(row.pk, actor=world.clerk, at=START, lead=world.unit, demand="修好")
    assert _place_of(row.pk) == before


def _place_of(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM opinions_opinionwords WHERE opinion_id = %s", [pk])
        return str(cursor.fetchone()[0])


def test_a_matter_moved_elsewhere_is_found_there(world: World) -> None:
    row = world.submit()
    Opinion.objects.filter(pk=row.pk).update(region=world.other_town, station=world.other_station)
    kept = OpinionWords.objects.get(pk=row.pk)
    assert (kept.region_code, kept.station_id) == (world.other_town.code, world.other_station.pk)


def test_rows_from_before_get_their_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    migration = importlib.import_module("opinions.migrations.0007_words_found")
    monkeypatch.setattr(migration, "_ROWS", 2)
    rows = [world.submit() for _ in range(5)]
    OpinionWords.objects.exclude(pk=rows[2].pk).delete()
    OpinionWords.objects.filter(pk=rows[2].pk).update(folded="旧的")
    with connection.schema_editor() as editor:
        migration.copy_words(apps, editor)
    assert OpinionWords.objects.count() == 5
    assert OpinionWords.objects.get(pk=rows[2].pk).folded == "旧的"


def test_an_empty_register_has_nothing_to_copy(db: None) -> None:
    migration = importlib.import_module("opinions.migrations.0007_words_found")
    with connection.schema_editor() as editor:
        migration.copy_words(apps, editor)
    assert not OpinionWords.objects.exists()


def test_new_words_are_found_before_and_after_tidying(world: World) -> None:
    row = world.submit()
    assert found(world, "clerk", "路灯") == [row.pk]
    assert tidy_search() >= 1
    assert tidy_search() == 0
    assert found(world, "clerk", "路灯") == [row.pk]


def test_submit_and_search_cost_no_further_statement(
    world: World, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    world.submit()
    search.frequencies()
    wanted = asked(world, "clerk", "路灯")
    with django_assert_num_queries(1):
        list(wanted.in_order(50)[:50])
    with django_assert_num_queries(1):
        wanted.qs.order_by().values("pk")[:1001].count()
    with django_assert_max_num_queries(14) as seen:
        world.submit()
    assert not [one for one in seen.captured_queries if "opinionwords" in one["sql"]]
