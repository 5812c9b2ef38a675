"""One exam session that is under way, with candidates in every state. Loading again changes nothing."""

import datetime as dt
from collections.abc import Sequence

from accounts.models import User
from elearning.demo.learners import FRESH, HALFWAY
from exams import actions
from exams.actions import Answer, Noticed
from exams.models import Attempt, PaperMode, PaperStep, Session
from exams.queries import questions_of
from organisations.models import Kind, Organisation
from programmes.models import Enrolment, Programme
from programmes.queries import OpenStep, progress_of_all

REASON = "演示"


def load_session(*, programme: Programme, by: User, now: dt.datetime) -> Session | None:
    """A session for the department where most people stand before the exam; None if nobody does.

    Known demo accounts stay outside, so that a visitor can sit the exam at any time.
    """
    asked = PaperStep.objects.filter(step__programme=programme, paper__mode=PaperMode.EXAM).select_related("paper")
    row = asked.order_by("pk").first()
    if row is None:
        return None
    found = Session.objects.filter(paper=row.paper).first()
    if found is not None:
        return found
    unit, waiting = _department(_before(programme, row.step_id))
    if unit is None:
        return None
    session = actions.create_session(
        by=by,
        paper=row.paper,
        units=[unit],
        invigilators=[by],
        name="第一场",
        place="三楼机房",
        opens_at=now - dt.timedelta(hours=1),
        closes_at=now + dt.timedelta(days=30),
    )
    for enrolment, state in zip(waiting, (_sits, _is_locked, _is_lost, _handed_in), strict=False):
        state(_start(OpenStep(enrolment, row.step, None), now), by, now)
    return session


def _before(programme: Programme, step_id: int) -> list[Enrolment]:
    """Who has come to the exam and not passed it."""
    enrolments = Enrolment.objects.filter(programme=programme, state="active").select_related(
        "user", "organisation", "programme"
    )
    people = list(enrolments.exclude(user__username__in=[*FRESH, HALFWAY]).order_by("pk"))
    progress = progress_of_all(people)
    return [
        enrolment
        for enrolment in people
        for row in progress[enrolment.pk]
        if row.step.pk == step_id and row.is_open and not row.completed_at
    ]


def _department(people: Sequence[Enrolment]) -> tuple[Organisation | None, list[Enrolment]]:
    """The department with the most of `people`, without those of the known accounts, and these people."""
    known = Enrolment.objects.filter(user__username__in=[*FRESH, HALFWAY]).values_list("organisation__path", flat=True)
    taken = list(known)
    best: tuple[Organisation | None, list[Enrolment]] = (None, [])
    for unit in Organisation.objects.filter(kind=Kind.DEPARTMENT).order_by("path"):
        path = unit.path or "-"
        inside = [e for e in people if (e.organisation.path or "").startswith(path)]
        if len(inside) > len(best[1]) and not any((other or "").startswith(path) for other in taken):
            best = (unit, inside)
    return best


def _start(entry: OpenStep, now: dt.datetime) -> Attempt:
    attempt = actions.start_attempt(entry=entry, at=now - dt.timedelta(minutes=20))
    filled = [Answer(position, position, value) for position, value in _first_options(attempt).items()]
    actions.save_responses(
        by=entry.enrolment.user,
        attempt_id=attempt.public_id,
        epoch=1,
        answers=filled[: max(1, len(filled) // 2)],
        at=now - dt.timedelta(minutes=5),
    )
    return attempt


def _first_options(attempt: Attempt) -> dict[int, object]:
    """An answer to each single choice and judgement: the first option."""
    values: dict[int, object] = {}
    for question in questions_of(attempt, {}):
        if question.type == "single":
            values[question.position] = question.options[0].id
        elif question.type == "true_false":
            values[question.position] = True
    return values


def _pulse(attempt: Attempt, now: dt.datetime, *events: Noticed, waiting: int = 0) -> None:
    actions.pulse(
        by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=1, events=events, waiting=waiting, at=now
    )


def _sits(attempt: Attempt, by: User, now: dt.datetime) -> None:
    _pulse(attempt, now, Noticed(1, "left"), Noticed(2, "back", 9))
    actions.give_minutes(by=by, attempt=attempt, minutes=240, reason=REASON, at=now)


def _is_locked(attempt: Attempt, by: User, now: dt.datetime) -> None:
    left = [Noticed(n, "left" if n % 2 else "back", 0 if n % 2 else 15) for n in range(1, 9)]
    _pulse(attempt, now, *left, Noticed(9, "copy"))
    actions.give_minutes(by=by, attempt=attempt, minutes=240, reason=REASON, at=now)


def _is_lost(attempt: Attempt, by: User, now: dt.datetime) -> None:
    _pulse(attempt, now - dt.timedelta(minutes=4), Noticed(1, "offline"), waiting=2)
    actions.give_minutes(by=by, attempt=attempt, minutes=240, reason=REASON, at=now)


def _handed_in(attempt: Attempt, by: User, now: dt.datetime) -> None:
    actions.force_submit(by=by, attempt=attempt, reason=REASON, at=now)
