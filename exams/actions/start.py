"""Start an attempt: take or draw its paper, start the clock."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from exams import queries
from exams.actions.marking import close_attempt
from exams.models import Attempt, Paper, PaperMode, PaperState, PreparedPaper, UncountedDraw
from exams.queries import Admission, Rules, SebProof
from exams.sampling import CannotFill
from exams.steps import OpenStep
from foundation.audit.actions import record


@dataclass(frozen=True, slots=True)
class Arrival:
    """What somebody brings who wants to begin: the invigilator's code, the mark of the device, the exam browser."""

    code: str = ""
    device: str = ""
    seb: SebProof | None = None


class PaperNotReady(ValueError):
    """No paper is set for the step, it is not published, or the bank cannot fill it."""


def start_attempt(*, entry: OpenStep, arrival: Arrival | None = None, at: datetime | None = None) -> Attempt:
    """Take a paper that was drawn beforehand, or draw one, and start the clock; a second call returns the open attempt.

    `entry` is the proof that the gate was passed (`exams.steps.enter`). Raises NotAdmitted or PaperNotReady.
    """
    try:
        return _start(entry=entry, arrival=arrival or Arrival(), at=at)
    except IntegrityError:  # two requests at once: the other one was first, and may have been handed in since
        twins = Attempt.objects.filter(enrolment=entry.enrolment, paper__steps__step=entry.step)
        newest = twins.select_related("paper").order_by("-number").first()
        if newest is None:
            raise
        return newest


@transaction.atomic
def _start(*, entry: OpenStep, arrival: Arrival, at: datetime | None) -> Attempt:
    enrolment = entry.enrolment
    rules = queries.rules_of(step_id=entry.step.pk, enrolment_id=enrolment.pk, at=at)
    if rules is None or rules.paper.state != PaperState.PUBLISHED:
        raise PaperNotReady(entry.step.public_id)
    now = rules.now
    if rules.open_attempt_id:
        attempt = Attempt.objects.select_for_update(of=("self",)).select_related("paper").get(pk=rules.open_attempt_id)
        if not queries.is_overdue(attempt, now):
            return attempt
        close_attempt(attempt=attempt, now=now, by=None, action="exams.sweep_attempt")
        rules = queries.rules_of(step_id=entry.step.pk, enrolment_id=enrolment.pk, at=at) or rules
    admitted = queries.admit(rules, code=arrival.code, seb=arrival.seb)
    seed, drawn, is_counted = _paper(rules)
    attempt = _insert(entry, rules, admitted, arrival.device, seed, drawn)
    if not is_counted:
        UncountedDraw.objects.create(attempt=attempt)
    record(action="exams.start_attempt", actor=enrolment.user, target=f"exams.Attempt:{attempt.pk}")
    return attempt


def _insert(
    entry: OpenStep, rules: Rules, admitted: Admission, device: str, seed: str, drawn: list[list[Any]]
) -> Attempt:
    return Attempt.objects.create(
        enrolment=entry.enrolment,
        step=entry.step,
        paper=rules.paper,
        number=rules.last_number + 1,
        seed=seed,
        drawn=drawn,
        pass_mark=rules.paper.pass_mark,
        started_at=rules.now,
        deadline=queries.deadline_of(rules, admitted, entry.enrolment.programme),
        kind=admitted.kind,
        grant_id=admitted.grant_id,
        session_id=admitted.session_id,
        device=device,
    )


def _paper(rules: Rules) -> tuple[str, list[list[Any]], bool]:
    """Seed, what is asked, and whether its items are counted already. Raises PaperNotReady.

    A drill draws question by question, so nothing beforehand.
    """
    paper, seed = rules.paper, secrets.token_hex(16)
    if paper.mode == PaperMode.DRILL:
        return seed, [], True
    if rules.has_prepared and (taken := _take_prepared(paper)):
        return *taken, True
    try:
        drawn = queries.draw_one(paper, seed)
    except CannotFill as short:
        raise PaperNotReady(str(short)) from None
    if not drawn:
        raise PaperNotReady(paper.slug)
    return seed, drawn, paper.mode != PaperMode.EXAM


def _take_prepared(paper: Paper) -> tuple[str, list[list[Any]]] | None:
    """Take one paper that was drawn beforehand and asks nothing that was retired since, with one statement.

    Whoever deletes the row has the paper; on PostgreSQL nobody waits for a row that another start is taking.
    """
    lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM exams_preparedpaper WHERE id = (SELECT p.id FROM exams_preparedpaper p"  # noqa: S608
            f" WHERE p.paper_id = %s AND NOT {queries.stale_sql('p')} ORDER BY p.id LIMIT 1{lock})"
            " RETURNING seed, drawn",
            [paper.pk],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    field: Any = PreparedPaper._meta.get_field("drawn")
    return row[0], field.from_db_value(row[1], None, connection)
