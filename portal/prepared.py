"""Queries that nearly every request asks, written by the ORM once and run many times.

Making the SQL of a small query costs Django some twenty times what running it does. What is
prepared here is made when it is first asked, and then only run with new values. For queries of
values with as many values each time; a filter on a list of any length cannot be prepared.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

# Stands for the values while the SQL is made; no row has so great a number as these.
_FIRST_MARK = 2_000_000_011


class _Statement(NamedTuple):
    """What is run, and how its answer is read."""

    sql: str
    values: tuple[Any, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]


class Prepared:
    """A query of `values_list`, given as a function of the whole numbers that it is asked with."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
        self._statements: dict[str, _Statement] = {}

    def rows(self, *numbers: int) -> list[tuple[Any, ...]]:
        """Return the rows for these *numbers*. Raises what the query itself would."""
        statement = self._statements.get(connection.vendor)
        if statement is None:
            statement = self._statements[connection.vendor] = self._prepare(len(numbers))
        marks = {_FIRST_MARK + place: number for place, number in enumerate(numbers)}
        values = [
            marks.get(value, value) if type(value) is int else value for value in statement.values
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, values)
            rows = cursor.fetchall()
        if statement.converters:
            rows = statement.compiler.apply_converters(rows, statement.converters)
        return [tuple(row) for row in rows]

    def _prepare(self, count: int) -> _Statement:
        query = self.make(*range(_FIRST_MARK, _FIRST_MARK + count)).query
        compiler = query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return _Statement(sql, tuple(values), compiler, converters)
