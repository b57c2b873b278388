"""Small tables kept for a minute: read once, read again when old, and never blind to a row just written."""

import pytest

from core import minute
from core.minute import Minute, Names


def test_it_reads_once_and_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now, reads = [0.0], []
    monkeypatch.setattr(minute, "monotonic", lambda: now[0])
    kept = Minute(lambda: reads.append(now[0]) or len(reads))
    assert [kept(), kept()] == [1, 1]
    now[0] = 60.5
    assert kept() == 2


def test_whoever_changes_the_table_makes_it_read_again() -> None:
    table = ["old"]
    kept = Minute(lambda: table[0])
    assert kept() == "old"
    table[0] = "new"
    assert kept() == "old"
    kept.forget()
    assert kept() == "new"


def test_all_are_forgotten_at_once() -> None:
    table = [1]
    both = [Minute(lambda: table[0]), Minute(lambda: table[0] * 2)]
    assert [one() for one in both] == [1, 2]
    table[0] = 5
    Minute.forget_all()
    assert [one() for one in both] == [5, 10]


def test_a_row_written_a_moment_ago_has_its_name() -> None:
    table = {"a": "甲"}
    names = Names(lambda: dict(table))
    assert names.of("a") == "甲"
    table["b"] = "乙"
    assert names.of("b") == "乙"
    with pytest.raises(KeyError):
        names.of("c")
