"""Tables that only grow: the database itself refuses, whoever asks and however."""

import pytest
from django.db import ProgrammingError, connection, migrations, transaction

from core.appendonly import append_only

pytestmark = pytest.mark.django_db


@pytest.fixture
def _diary() -> None:
    """A table with two rows, made append-only by the operation under test."""
    operation = append_only("test_diary")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_diary (id serial PRIMARY KEY, words text NOT NULL)")
        cursor.execute("INSERT INTO test_diary (words) VALUES ('一'), ('二')")
        cursor.execute(operation.sql)


def _words() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM test_diary ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def _run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.usefixtures("_diary")
@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE test_diary SET words = '三'",),
        ("UPDATE test_diary SET words = words WHERE id = 1",),
        ("DELETE FROM test_diary",),
        ("DELETE FROM test_diary WHERE id = 2",),
        ("TRUNCATE test_diary",),
        ("TRUNCATE test_diary RESTART IDENTITY CASCADE",),
        ("SET LOCAL session_replication_role = replica", "DELETE FROM test_diary"),
        ("SET LOCAL session_replication_role = replica", "TRUNCATE test_diary"),
        ("SET LOCAL liaison.allow_truncate = 'on'", "DELETE FROM test_diary"),
        ("SET LOCAL liaison.allow_truncate = 'on'", "UPDATE test_diary SET words = ''"),
        ("SET LOCAL liaison.allow_truncate = 'off'", "TRUNCATE test_diary"),
        ("INSERT INTO test_diary (id, words) VALUES (1, '三') ON CONFLICT (id) DO UPDATE SET words = '三'",),
        ("WITH gone AS (DELETE FROM test_diary RETURNING *) SELECT count(*) FROM gone",),
    ],
)
def test_raw_sql_cannot_change_what_is_written(statements: tuple[str, ...]) -> None:
    with pytest.raises(ProgrammingError, match="only grows"):
        _run(*statements)
    assert _words() == ["一", "二"]


@pytest.mark.usefixtures("_diary")
def test_the_refusal_names_table_and_act() -> None:
    with pytest.raises(ProgrammingError, match="table test_diary only grows: DELETE is refused"):
        _run("DELETE FROM test_diary")


@pytest.mark.usefixtures("_diary")
def test_new_rows_are_welcome() -> None:
    _run("INSERT INTO test_diary (words) VALUES ('三')")
    assert _words() == ["一", "二", "三"]


@pytest.mark.usefixtures("_diary")
def test_an_update_of_no_row_disturbs_nobody() -> None:
    _run("UPDATE test_diary SET words = '三' WHERE id = 999", "DELETE FROM test_diary WHERE id = 999")
    assert _words() == ["一", "二"]


@pytest.mark.usefixtures("_diary")
def test_only_a_test_database_that_says_so_may_be_emptied() -> None:
    assert connection.settings_dict["NAME"].startswith("test_")
    _run("SET LOCAL liaison.allow_truncate = 'on'", "TRUNCATE test_diary")
    assert _words() == []


def test_elsewhere_the_setting_has_no_effect() -> None:
    # The function itself names the condition; a database whose name does not begin with test_ cannot be made here.
    with connection.cursor() as cursor:
        cursor.execute(append_only("test_anything").sql.split("CREATE TRIGGER")[0])
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'liaison_append_only'")
        source = cursor.fetchone()[0]
        cursor.execute("SELECT 'liaison' LIKE 'test\\_%', 'testing' LIKE 'test\\_%', 'test_core' LIKE 'test\\_%'")
        assert cursor.fetchone() == (False, False, True)
    assert "current_database() LIKE 'test\\_%'" in source


@pytest.mark.usefixtures("_diary")
def test_the_operation_can_be_taken_back() -> None:
    _run(append_only("test_diary").reverse_sql, "DELETE FROM test_diary WHERE id = 1")
    assert _words() == ["二"]


@pytest.mark.usefixtures("_diary")
def test_two_tables_may_be_append_only() -> None:
    _run("CREATE TABLE test_second (id int)", append_only("test_second").sql, "INSERT INTO test_second VALUES (1)")
    with pytest.raises(ProgrammingError, match="test_second"):
        _run("DELETE FROM test_second")


def test_it_is_a_migration_operation() -> None:
    assert isinstance(append_only("accounts_auditentry"), migrations.RunSQL)
    assert append_only("accounts_auditentry").reversible


@pytest.mark.parametrize("name", ["", "Diary", "a; DROP TABLE b", 'a"b', "1a", "a" * 60])
def test_an_odd_table_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="plain table name"):
        append_only(name)
