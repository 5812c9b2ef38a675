"""Start, save, take over, hand in, sweep."""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils import timezone

from exams import queries
from exams.actions.marking import close_attempt
from exams.models import Attempt, AttemptState, ExtraAttempt, Paper, PaperMode, Response
from exams.queries import Rules
from exams.sampling import CannotFill, draw
from exams.steps import OpenStep, revoked
from foundation.audit.actions import record

logger = logging.getLogger(__name__)
EVIDENCE_KEPT = timedelta(days=1)
MAX_BATCH, MAX_VALUE = 200, 4000
MAX_INT = 2**31 - 1


class NoAttemptsLeft(ValueError):
    """All attempts are used; only a make-up (补考) grants another."""


class PaperNotReady(ValueError):
    """No paper is set for the step, or the bank cannot fill it."""


@transaction.atomic
def start_attempt(*, entry: OpenStep, at: datetime | None = None) -> Attempt:
    """Draw a paper and start the clock; a second call returns the open attempt.

    `entry` is the proof that the gate was passed (`exams.steps.enter`). Raises NoAttemptsLeft or PaperNotReady.
    """
    enrolment = entry.enrolment
    rules = queries.rules_of(step_id=entry.step.pk, enrolment_id=enrolment.pk)
    if rules is None:
        raise PaperNotReady(entry.step.public_id)
    now = at or rules.now
    if rules.open_attempt_id:
        attempt = Attempt.objects.select_for_update(of=("self",)).select_related("paper").get(pk=rules.open_attempt_id)
        if not queries.is_overdue(attempt, now):
            return attempt
        close_attempt(attempt=attempt, now=now, by=None, action="exams.sweep_attempt")
    if rules.paper.mode == PaperMode.EXAM and not rules.left:
        raise NoAttemptsLeft(entry.step.public_id)
    try:
        with transaction.atomic():
            attempt = _insert(entry, rules, now)
    except IntegrityError:  # two requests at once: the other one was first, and may have been handed in since
        newest = Attempt.objects.filter(enrolment=enrolment, paper=rules.paper).order_by("-number")
        return newest.select_related("paper")[0]
    record(action="exams.start_attempt", actor=enrolment.user, target=f"exams.Attempt:{attempt.pk}")
    return attempt


def _insert(entry: OpenStep, rules: Rules, now: datetime) -> Attempt:
    seed = secrets.token_hex(16)
    return Attempt.objects.create(
        enrolment=entry.enrolment,
        step=entry.step,
        paper=rules.paper,
        number=rules.last_number + 1,
        seed=seed,
        drawn=_draw(rules, seed),
        pass_mark=rules.paper.pass_mark,
        started_at=now,
        deadline=_deadline(rules.paper, entry, now),
    )


def _deadline(paper: Paper, entry: OpenStep, now: datetime) -> datetime | None:
    """The paper's minutes, but not beyond the last moment of the programme's last day in China."""
    if paper.minutes is None:
        return None
    closes = entry.enrolment.programme.closes_on + timedelta(days=1)
    end = datetime.combine(closes, time.min, timezone.get_default_timezone())
    return min(now + timedelta(minutes=paper.minutes), end)


def _draw(rules: Rules, seed: str) -> list[list[Any]]:
    """What this attempt asks. A drill draws question by question, so nothing beforehand. Raises PaperNotReady."""
    paper = rules.paper
    if paper.mode == PaperMode.DRILL:
        return []
    fixed = queries.fixed_items(paper) if rules.has_fixed else []
    drawn: list[list[Any]] = [[version, points] for version, _item, points in fixed]
    if paper.blueprint_id:
        sections = queries.sections_of(paper.blueprint_id)
        try:
            more = draw(seed, sections, queries.pool_for(sections), taken=[item for _v, item, _p in fixed])
        except CannotFill as short:
            raise PaperNotReady(str(short)) from None
        drawn += [[version, points] for version, points in more]
    if not drawn:
        raise PaperNotReady(paper.slug)
    return drawn


class BadAnswers(ValueError):
    """The batch is not what our page sends."""


class AttemptClosed(ValueError):
    """The attempt is not open any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One change: its place in the client's sequence, the question, and what is there now (None: cleared)."""

    seq: int
    position: int
    value: Any


@dataclass(frozen=True, slots=True)
class Saved:
    """What is stored. The client may forget only the sequence numbers in `accepted`.

    `problem` is empty, "closed" (handed in, or past deadline and grace) or "elsewhere" (another page has the pen);
    with a problem the answers are kept as evidence and do not count.
    """

    accepted: list[int]
    saved_at: datetime
    remaining: int | None
    problem: str


def is_well_formed(value: Any) -> bool:
    """A text, a truth value, nothing, or a flat list or dict of texts."""
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    if isinstance(value, dict):
        return all(isinstance(part, str) for pair in value.items() for part in pair)
    return value is None or isinstance(value, (str, bool))


def checked_batch(answers: Sequence[Answer], questions: int) -> dict[int, tuple[int, str]]:
    """{seq: (position, canonical JSON)}. Raises BadAnswers."""
    rows: dict[int, tuple[int, str]] = {}
    if not 0 < len(answers) <= MAX_BATCH:
        raise BadAnswers("batch")
    for answer in answers:
        text = json.dumps(answer.value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if not is_well_formed(answer.value) or len(text) > MAX_VALUE or "\\u0000" in text:
            raise BadAnswers("value")
        if not 1 <= answer.position <= questions or not 1 <= answer.seq <= MAX_INT:
            raise BadAnswers("place")
        if rows.setdefault(answer.seq, (answer.position, text)) != (answer.position, text):
            raise BadAnswers("sequence")
    return rows


@transaction.atomic
def save_responses(
    *, by: AbstractBaseUser, attempt_id: str, epoch: int, answers: Sequence[Answer], at: datetime | None = None
) -> Saved:
    """Store a batch of answers; repeating it changes nothing. Two statements.

    The attempt must be the caller's own, in a live enrolment of an open programme: starting it passed the gate.
    Raises AttemptUnknown or BadAnswers.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id)
    if not 1 <= epoch <= attempt.epoch:
        raise BadAnswers("epoch")
    rows = checked_batch(answers, len(attempt.drawn))
    now = at or attempt.now  # type: ignore[attr-defined]
    problem = _problem(attempt, epoch, now)
    remaining = max(0, int((attempt.deadline - now).total_seconds())) if attempt.deadline else None
    end = attempt.submitted_at or attempt.deadline
    if problem and end and now > end + EVIDENCE_KEPT:
        return Saved([], now, remaining, problem)
    return Saved(_store(attempt.pk, epoch, rows, now, late=bool(problem)), now, remaining, problem)


def _problem(attempt: Attempt, epoch: int, now: datetime) -> str:
    if attempt.state != AttemptState.OPEN or queries.is_overdue(attempt, now):
        return "closed"
    return "elsewhere" if epoch != attempt.epoch else ""


def _store(attempt_pk: int, epoch: int, rows: Mapping[int, tuple[int, str]], now: datetime, *, late: bool) -> list[int]:
    """Insert; a row that is there already counts as accepted only if it is equal. Returns the accepted numbers.

    The update touches nothing (write-once triggers would refuse a change): it makes RETURNING name equal rows too.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    parameters = [
        field
        for seq, (position, text) in rows.items()
        for field in (attempt_pk, epoch, seq, position, text, moment, late)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exams_response (attempt_id, epoch, seq, position, value, received_at, late) VALUES "  # noqa: S608
            + ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(rows))
            + " ON CONFLICT (attempt_id, epoch, seq) DO UPDATE SET seq = excluded.seq"
            " WHERE exams_response.position = excluded.position AND exams_response.value = excluded.value"
            " RETURNING seq",
            parameters,
        )
        return sorted(row[0] for row in cursor.fetchall())


@transaction.atomic
def save_form(
    *, by: AbstractBaseUser, attempt_id: str, epoch: int, values: Mapping[int, Any], at: datetime | None = None
) -> Saved:
    """Save a whole plain form: the server gives the sequence numbers. Only changed answers are stored.

    Raises AttemptUnknown or BadAnswers.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id)
    last = Response.objects.filter(attempt=attempt, epoch=epoch).aggregate(n=Max("seq"))["n"] or 0
    stored = queries.answers_of(attempt)
    changed = {
        position: value
        for position, value in values.items()
        if value != stored.get(position) and (queries.is_answer(value) or queries.is_answer(stored.get(position)))
    }
    if not changed:
        now = at or attempt.now  # type: ignore[attr-defined]
        remaining = max(0, int((attempt.deadline - now).total_seconds())) if attempt.deadline else None
        return Saved([], now, remaining, _problem(attempt, epoch, now))
    answers = [Answer(last + n, position, value) for n, (position, value) in enumerate(changed.items(), 1)]
    return save_responses(by=by, attempt_id=attempt_id, epoch=epoch, answers=answers, at=at)


@transaction.atomic
def take_over(*, by: AbstractBaseUser, attempt_id: str, at: datetime | None = None) -> Attempt:
    """Give the pen to the page that asks: the epoch grows, and what an older page sends no longer counts.

    Raises AttemptUnknown, or AttemptClosed unless it is open.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id)
    now = at or attempt.now  # type: ignore[attr-defined]
    taken = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.OPEN).update(epoch=F("epoch") + 1)
    if not taken or queries.is_overdue(attempt, now):
        raise AttemptClosed(attempt_id)
    attempt.epoch += 1
    record(action="exams.take_over", actor=by, target=f"exams.Attempt:{attempt.pk}", details={"epoch": attempt.epoch})
    return attempt


@transaction.atomic
def submit_attempt(*, by: AbstractBaseUser, attempt_id: str, at: datetime | None = None) -> Attempt:
    """Hand an exam in and mark it. A second call, or a hundred at once, return the first result.

    Raises AttemptUnknown, or AttemptClosed if it is void or not an exam.
    """
    attempt = queries.lock_live_attempt(user=by, public_id=attempt_id)
    if attempt.state == AttemptState.SUBMITTED:
        return attempt
    if attempt.state != AttemptState.OPEN or attempt.paper.mode != PaperMode.EXAM:
        raise AttemptClosed(attempt_id)
    now = at or attempt.now  # type: ignore[attr-defined]
    return close_attempt(attempt=attempt, now=now, by=by, action="exams.submit_attempt")


def sweep_overdue(*, at: datetime | None = None, limit: int = 500) -> int:
    """Hand in every attempt whose deadline and grace have passed, with what the server has. Returns how many.

    Each attempt has its own transaction; one that fails is logged and does not stop the others. Several sweepers
    may run at once.
    """
    moment = at or timezone.now()
    overdue = Attempt.objects.filter(state=AttemptState.OPEN, deadline__lt=moment - queries.grace())
    return sum(_sweep_one(pk, at) for pk in overdue.order_by("deadline").values_list("pk", flat=True)[:limit])


def _can_skip() -> bool:
    """Whether the database knows SKIP LOCKED (SQLite has one writer at a time and needs none)."""
    return bool(connection.features.has_select_for_update_skip_locked)


def _sweep_one(pk: int, at: datetime | None) -> bool:
    try:
        with transaction.atomic():
            attempt = (
                Attempt.objects.select_for_update(
                    of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
                )
                .select_related("paper")
                .annotate(now=Now())
                .filter(pk=pk, state=AttemptState.OPEN)
                .first()
            )
            now = at or (attempt.now if attempt else None)
            if attempt is None or now is None or not queries.is_overdue(attempt, now):
                return False
            close_attempt(attempt=attempt, now=now, by=None, action="exams.sweep_attempt")
            return True
    except Exception:
        logger.exception("attempt %s could not be closed", pk)
        return False


@transaction.atomic
def void_attempt(*, by: AbstractBaseUser, attempt: Attempt, reason: str) -> None:
    """Take an attempt out of the count; the step it completed is taken back unless another attempt passed.

    Raises AttemptClosed if it was void already.
    """
    if not Attempt.objects.filter(pk=attempt.pk).exclude(state=AttemptState.VOID).update(state=AttemptState.VOID):
        raise AttemptClosed(attempt.public_id)
    revoked(attempt)
    record(action="exams.void_attempt", actor=by, target=f"exams.Attempt:{attempt.pk}", details={"reason": reason})


@transaction.atomic
def grant_makeup(
    *, by: AbstractBaseUser | None, enrolment: Any, paper: Paper, reason: str, at: datetime | None = None
) -> ExtraAttempt:
    """Grant one more attempt (补考) to one enrolment. Raises ValidationError without a reason."""
    grant = ExtraAttempt(
        enrolment=enrolment,
        paper=paper,
        reason=reason.strip(),
        granted_by_id=by.pk if by else None,
        granted_at=at or timezone.now(),
    )
    grant.full_clean()
    grant.save()
    record(action="exams.grant_makeup", actor=by, target=f"exams.ExtraAttempt:{grant.pk}")
    return grant
