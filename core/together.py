"""New rows of several tables in one round trip, for the one thing that must be quick when a whole county is in a storm.

Everything a model's `save` would do to the values is done; signals are not sent, and keys are not brought back.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def next_key(model: type[Model]) -> int:
    """Take the next number of a model's primary key, so that rows can name each other before they are written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [model._meta.db_table, model._meta.pk.column])
        return int(cursor.fetchone()[0])


def insert(rows: Iterable[Model]) -> None:
    """Write the rows in their order, all or none; inside the caller's transaction when there is one.

    Raises IntegrityError as `save` does. A row without a primary key gets the next number of its table.
    """
    statements, values = [], []
    for row in rows:
        statement, fields = _statement(type(row), row.pk is not None)
        statements.append(statement)
        values += [_value(field, row) for field in fields]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(";".join(statements), values)


def _value(field: "Field[Any, Any]", row: Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)


@cache
def _statement(model: type[Model], has_key: bool) -> "tuple[str, list[Field[Any, Any]]]":
    fields = [
        field for field in model._meta.concrete_fields if not field.generated and (has_key or not field.primary_key)
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608 - the model's own names
