"""What saving must know of an attempt, in one cheap statement: it runs once per change of an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models.functions import Now

from exams.models import Attempt, AttemptState, Response, questions_in
from exams.queries.sittings import LIVE, PUBLIC_ID, USER, AttemptUnknown, grace


@dataclass(frozen=True, slots=True)
class Desk:
    """An attempt as far as saving needs it; its row is locked until the transaction ends."""

    pk: int
    epoch: int
    state: str
    deadline: datetime | None
    submitted_at: datetime | None
    questions: int
    now: datetime

    def problem(self, epoch: int, now: datetime) -> str:
        """ "" if answers of this epoch count now; "closed" when handed in or overdue; "elsewhere" without the pen."""
        overdue = self.deadline is not None and now > self.deadline + grace()
        if self.state != AttemptState.OPEN or overdue:
            return "closed"
        return "elsewhere" if epoch != self.epoch else ""

    def remaining(self, now: datetime) -> int | None:
        """Seconds to the deadline, if there is one."""
        return max(0, int((self.deadline - now).total_seconds())) if self.deadline else None


def lock_desk(*, user: AbstractBaseUser, public_id: str) -> Desk:
    """The attempt of `user`, locked for saving, while enrolment and programme are live. One statement.

    Raises AttemptUnknown. Call it inside a transaction.
    """
    sql, where, convert = _statement(connection.vendor)
    given = [{PUBLIC_ID: public_id, USER: user.pk}.get(value, value) for value in where]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        row = cursor.fetchone()
    if row is None:
        raise AttemptUnknown(public_id)
    pk, epoch, state, deadline, submitted_at, questions, now = row
    return Desk(pk, epoch, state, convert(deadline), convert(submitted_at), questions, convert(now))


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...], Callable[[Any], Any]]:
    """The statement, its parameters and what makes a datetime of a column; put together once per process, because
    Django's query compiler and model instances cost more than the statement itself."""
    rows = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .filter(public_id=PUBLIC_ID, enrolment__user_id=USER, **LIVE)
        .annotate(questions=questions_in("drawn"), now=Now())
    )
    plain = rows.values_list("pk", "epoch", "state", "deadline", "submitted_at", "questions", "now")
    sql, where = plain.query.sql_with_params()
    column = Attempt._meta.get_field("deadline").get_col("x")  # type: ignore[union-attr]
    steps = connection.ops.get_db_converters(column)

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return sql, where, convert


def newest_answers(attempt_pk: int) -> list[tuple[int, int, str]]:
    """Per position the answer that counts, with the epoch it was given in: (position, epoch, JSON). One statement."""
    rows = Response.objects.filter(attempt_id=attempt_pk, late=False).order_by("epoch", "seq")
    newest = {position: (epoch, value) for position, epoch, value in rows.values_list("position", "epoch", "value")}
    return [(position, *pair) for position, pair in sorted(newest.items())]
