"""A read of one model instance whose statement is put together once per process.

Django builds a statement anew each time. For the attempt with its paper and rules that costs more than the database
and the marking together, and it is done at every hand-in.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

M = TypeVar("M", bound=Model)


class CompiledRead(Generic[M]):
    """What `queryset` reads, with other values in the place of those it was made with.

    `select_related`, `defer`, annotations and locks work as in the queryset. Make it inside a transaction if it locks.
    """

    def __init__(self, queryset: QuerySet[M]) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.parameters = compiler.as_sql()
        self.converters = compiler.get_converters([column[0] for column in compiler.select]).items()
        info: Any = compiler.klass_info
        places = info["select_fields"]
        self.model, self.own = info["model"], slice(places[0], places[-1] + 1)
        self.names = [column[0].target.attname for column in compiler.select[self.own]]
        self.related = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]
        self.annotations = list(compiler.annotation_col_map.items())

    def first(self, given: Mapping[Any, Any]) -> M | None:
        """The first row, or None. `given`: what stands for each parameter of the queryset that is replaced."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [given.get(value, value) for value in self.parameters])
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, (steps, expression) in self.converters:
            for step in steps:
                row[place] = step(row[place], expression, connection)
        instance: M = self.model.from_db(connection.alias, self.names, row[self.own])
        for populator in self.related:
            populator.populate(row, instance)
        for name, place in self.annotations:
            setattr(instance, name, row[place])
        return instance
