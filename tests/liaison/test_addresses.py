"""DATABASE_URL and REDIS_URL as the environment spells them."""

import pytest

from liaison.runtime.urls import broker_options, broker_url, parse_database_url


def test_a_plain_address() -> None:
    found = parse_database_url("postgresql://li:pw@db.example:5433/liaison")
    assert found == {
        "NAME": "liaison",
        "USER": "li",
        "PASSWORD": "pw",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {},
    }


def test_signs_in_a_password_are_unquoted() -> None:
    assert parse_database_url("postgres://li:p%40ss%2Fw%3A@h/liaison")["PASSWORD"] == "p@ss/w:"


def test_a_socket_folder() -> None:
    found = parse_database_url("postgresql://postgres@/liaison?host=%2Ftmp%2Fliaison-0-abc")
    assert found["HOST"] == "/tmp/liaison-0-abc"
    assert found["PORT"] == ""
    assert found["OPTIONS"] == {}


def test_other_query_items_go_to_the_driver() -> None:
    assert parse_database_url("postgresql://li@h/liaison?sslmode=require")["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("bad", ["", "sqlite:///db", "mysql://a@b/c", "postgresql://li@h/", "postgresql://li@h"])
def test_anything_else_is_refused_with_the_variable_named(bad: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        parse_database_url(bad)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("rediss://h:6379/0", "rediss://h:6379/0"),
        ("unix:///tmp/x/redis.sock", "redis+socket:///tmp/x/redis.sock"),
    ],
)
def test_the_queue_in_celerys_spelling(given: str, expected: str) -> None:
    assert broker_url(given) == expected


def test_a_queue_that_is_away_costs_less_than_a_second() -> None:
    options = broker_options(60)
    assert options["socket_connect_timeout"] < 1
    assert options["socket_timeout"] < 1
    assert options["visibility_timeout"] > 60, "a task is not handed out twice while it may still run"
