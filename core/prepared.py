"""A queryset put into SQL once per process, then only executed: for the few pages where asking costs more than reading.

Putting the same query together again takes Django about a millisecond, three times what PostgreSQL needs to answer it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet


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
