"""A queryset put into SQL once per process, then only executed: for the few pages where asking costs more than reading.

Putting the same query together again takes Django about a millisecond, three times what PostgreSQL needs to answer it.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Prepared:
    """`Prepared(lambda receipt: Opinion.objects.filter(receipt=receipt).values_list("pk"))(receipt)` returns the rows.

    Each argument stands for one plain value compared with text or a number: nothing may be computed from it while the
    query is made, and no column may need converting on the way out (encrypted text does). `marks` are values of the
    right kind that occur nowhere else in the query; the first call finds them in the parameters.
    """

    def __init__(self, make: Callable[..., "QuerySet[Any, Any]"], *marks: Any) -> None:
        self._make = make
        self._marks = marks
        self._sql = ""
        self._slots: Sequence[tuple[int, Any]] = ()

    def __call__(self, *values: Any) -> list[tuple[Any, ...]]:
        """Run the statement with `values` in the places of the marks, in one round trip."""
        if not self._sql:
            self._put_together()
        given = [fixed if place < 0 else values[place] for place, fixed in self._slots]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, given)
            return cursor.fetchall()  # type: ignore[no-any-return]

    def _put_together(self) -> None:
        compiler = self._make(*self._marks).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if compiler.get_converters([column for column, _, _ in compiler.select]):
            raise TypeError("A prepared query has no column that must be converted.")
        slots = [(self._marks.index(one), None) if one in self._marks else (-1, one) for one in params]
        if {place for place, _ in slots if place >= 0} != set(range(len(self._marks))):
            raise TypeError("Each mark of a prepared query stands somewhere in it, as it is.")
        self._slots, self._sql = slots, sql


class PreparedRows(Generic[M]):
    """The same for whole rows: instances of the model, each with the rows it is joined to by `related` (one to one).

    Columns that must be converted (encrypted text) and those `without` are left deferred: reading one asks again.
    """

    def __init__(
        self,
        make: Callable[..., "QuerySet[M, M]"],
        *marks: Any,
        related: Sequence[str] = (),
        without: Collection[str] = (),
    ) -> None:
        self._make = make
        self._related = related
        self._without = without
        self._parts: list[tuple[str, type[Model], list[str]]] = []
        self._rows = Prepared(self._columns, *marks)

    def __call__(self, *values: Any) -> list[M]:
        """Run the statement and return the instances, in its order."""
        return [self._instance(row) for row in self._rows(*values)]

    def _columns(self, *marks: Any) -> "QuerySet[Any, Any]":
        rows = self._make(*marks)
        parts: list[tuple[str, Any]] = [("", rows.model)]
        parts += [(name, rows.model._meta.get_field(name).related_model) for name in self._related]
        self._parts = [(name, model, self._plain_columns(model)) for name, model in parts]
        names = [f"{name}__{column}" if name else column for name, _, columns in self._parts for column in columns]
        return rows.values_list(*names)

    def _plain_columns(self, model: type[Model]) -> list[str]:
        fields = [field for field in model._meta.concrete_fields if field.name not in self._without]
        return [field.attname for field in fields if not hasattr(field, "from_db_value")]

    def _instance(self, row: tuple[Any, ...]) -> M:
        made, place = [], 0
        for _, model, columns in self._parts:
            values = row[place : place + len(columns)]
            place += len(columns)
            made.append(model.from_db(connection.alias, columns, values) if values[0] is not None else None)
        for (name, _, _), other in zip(self._parts[1:], made[1:], strict=True):
            setattr(made[0], name, other)
        return made[0]  # type: ignore[return-value]
