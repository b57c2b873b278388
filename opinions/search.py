"""Words to matters: which rows hold some words, found through an index of characters and pairs of neighbours.

A word asks the index for its pairs (a single character for itself) and is then compared as a whole, so that a hit is
a hit. The index is only worth its while for what is rare: a character that stands in every second message is found
sooner by going through the newest ones. How frequent something is the database has counted itself (ANALYZE), and the
same count decides how to look. Both ways find the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, prod, sqrt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BigAutoField, Q, QuerySet, TextField
from django.db.models.lookups import Lookup

from accounts.models import Role
from core.minute import Minute
from core.text import fold
from opinions.models import Opinion, OpinionWords
from opinions.search_models import grams_of_row
from stations.queries import ids_of_stations

MOST_WORDS = 6
_PAIR = 21  # bits of a code point
_STATION = -(10**15)  # below every region code, which has at most twelve digits
_CODE_LENGTHS = (6, 9, 12)  # county, town, village; other prefixes are not in the index
# One hit brought by the index costs about as much as this many rows passed on the way through the newest ones.
_HIT_COST = 4
# Rows that may be passed while counting up to the cap.
_MOST_PASSED = 10_000
_WIDE = 0.5
_COUNTED = "SELECT most_common_elems::text::bigint[], most_common_elem_freqs FROM pg_stats WHERE tablename = %s"
_INDEX = "opinion_words_grams"


@TextField.register_lookup
class Holds(Lookup):
    """`body_folded__holds="路灯"`: the text stands in the column, every character meaning itself.

    Unlike LIKE it tells the planner nothing, which is meant: that a row found through the index also holds the whole
    word is almost certain, and LIKE's guess would make it look rare a second time.
    """

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `strpos(column, word) <> 0`."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"strpos({left}, {right}) <> 0", (*left_params, *right_params)


@BigAutoField.register_lookup
class Among(Lookup):
    """`pk__among=ArraySubquery(…)`: one of the keys that the statement has found before it does anything else."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `column = ANY(keys)`."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_params, *right_params)


def grams(word: str) -> list[int]:
    """Return what a folded word asks the index for, as `opinion_grams` numbers it in the database."""
    if len(word) == 1:
        return [ord(word)]
    return [ord(left) << _PAIR | ord(right) for left, right in zip(word, word[1:], strict=False)]


def place_gram(code: str) -> int:
    """Return the number under which the index knows a county, town or village and all that lies in it."""
    return -int(code)


def station_gram(pk: int) -> int:
    """Return the number under which the index knows a station."""
    return _STATION - pk


@dataclass(frozen=True)
class Words:
    """Some words to look for, and the places and stations outside of which nothing is visible anyway."""

    words: Sequence[str]
    scope: Sequence[int]

    @classmethod
    def read(cls, text: str, scope: Sequence[int]) -> "Words":
        """Read what was typed; nothing but blanks gives no words, which everything holds."""
        return cls(tuple(dict.fromkeys(fold(text).split()))[:MOST_WORDS], scope)

    def first(self, rows: "QuerySet[Opinion]", wanted: int) -> "QuerySet[Opinion]":
        """Keep what holds the words, in the way that finds the first `wanted` rows of an order soonest."""
        if not self.words:
            return rows
        (held, read), total = self.share()
        read_rows = read * self._scope_share(frequencies()[0]) * total
        if self._passed(wanted, held) < read_rows * _HIT_COST:
            return self._by_passing(rows)
        # All hits are sorted, so they are found first: joined, the planner would rather walk the order and probe them.
        return rows.filter(pk__among=ArraySubquery(self._hits().values("opinion_id")))

    def any(self, rows: "QuerySet[Opinion]", wanted: int) -> "QuerySet[Opinion]":
        """Keep what holds the words, in the way that finds any `wanted` rows soonest.

        Frequent words are passed from the newest on, because those rows are in the database's memory. Whoever is not
        tied to a place may have few matters among the newest; the database knows best where his are.
        """
        if not self.words:
            return rows
        (held, _read), _total = self.share()
        if self._passed(wanted, held) < _MOST_PASSED:
            passing = self._by_passing(rows)
            return passing.order_by("-created_at", "-id") if self.scope else passing
        return rows.filter(pk__in=self._hits().values("opinion_id"))

    def share(self) -> tuple[tuple[float, float], float]:
        """Return which part of all matters holds the words, which the index would bring, and how many there are.

        0 when something is too rare to be counted.
        """
        counted, total = frequencies()
        parts = [_share_of(word, counted) for word in self.words]
        return (prod(held for held, _read in parts), prod(read for _held, read in parts)), total

    def _passed(self, wanted: int, held: float) -> float:
        """Return how many rows are passed on the way to `wanted` that hold the words."""
        # A station's matters lie in order in an index of their own; of others every row is passed.
        is_one_station = len(self.scope) == 1 and self.scope[0] <= _STATION
        share = held if is_one_station else held * self._scope_share(frequencies()[0])
        return wanted / share if share else inf

    def _scope_share(self, counted: Mapping[int, float]) -> float:
        return min(1.0, sum(counted.get(gram, 0.0) for gram in self.scope)) if self.scope else 1.0

    def _by_passing(self, rows: "QuerySet[Opinion]") -> "QuerySet[Opinion]":
        for word in self.words:
            rows = rows.filter(body_folded__holds=word)
        return rows

    def _hits(self) -> "QuerySet[OpinionWords]":
        asked = sorted({gram for word in self.words for gram in grams(word)})
        # A scope that holds most of the rows would only make the index read a long list in vain.
        narrow = self.scope if self._scope_share(frequencies()[0]) < _WIDE else ()
        where = Q()
        for place in narrow:
            where |= Q(grams__contains=[*asked, place])
        found = OpinionWords.objects.alias(grams=grams_of_row()).filter(where or Q(grams__contains=asked))
        for word in self.words:
            if len(word) > 2:  # shorter ones are single grams: the index is exact
                found = found.filter(folded__holds=word)
        return found


def _share_of(word: str, counted: Mapping[int, float]) -> tuple[float, float]:
    """Guess the share of matters that hold a word, and of those that hold all its pairs anywhere; the latter are read.

    The word: as if each pair followed the one before by chance. The pairs: between that and the rarest of them, because
    people write set phrases, and because a pair may belong to other words.
    """
    shares = [counted.get(gram, 0.0) for gram in grams(word)]
    rarest = min(shares)
    if not rarest:
        return 0.0, 0.0
    by_chance = shares[0] * prod(
        share / max(counted.get(ord(character), share), share)
        for share, character in zip(shares[1:], word[1:], strict=False)
    )
    held = min(rarest, by_chance)
    return held, sqrt(held * rarest)


def scope_of(user: Any) -> list[int]:
    """Return the places and stations that hold all a user may see; [] when he sees matters by other ways as well."""
    if user.unit_codes or user.has_role(Role.REPRESENTATIVE, Role.GRID_WORKER):
        return []
    prefixes = user.prefixes(Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
    if not all(code.isdecimal() and len(code) in _CODE_LENGTHS for code in prefixes):
        return []
    return [*map(place_gram, prefixes), *map(station_gram, ids_of_stations(user.station_codes))]


def _read_frequencies() -> tuple[Mapping[int, float], float]:
    """Return the share of matters that hold each frequent gram, and how many matters there are, as last counted."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [_INDEX])
        found = cursor.fetchone()
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [OpinionWords._meta.db_table])
        (total,) = cursor.fetchone()
    counted = dict(zip(found[0], found[1], strict=False)) if found and found[0] else {}
    return counted, max(0.0, total)


frequencies = Minute(_read_frequencies)


def tidy_index() -> int:
    """Bring new matters' words from the index's waiting pages to their places; return how many pages waited.

    A search reads the waiting pages one by one, and the message that fills them would have to wait for the tidying.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [_INDEX])
        (pages,) = cursor.fetchone()
    return int(pages)
