"""A process that knows the database of the site under attack: opens exams, and looks what is stored.

Answers one line of JSON with another: `["verb", {arguments}]`.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, F  # noqa: E402
from django.utils import timezone  # noqa: E402

from exams import actions, queries  # noqa: E402
from exams.grading import model_answer  # noqa: E402
from exams.models import Attempt, ItemVersion, Response, Score  # noqa: E402
from foundation.audit.models import Entry  # noqa: E402
from programmes.models import StepCompletion  # noqa: E402
from tests.factories import exams as make  # noqa: E402

QUESTIONS = 10
CLOSING = ["exams.submit_attempt", "exams.sweep_attempt"]


def seats(count: int) -> list[dict[str, Any]]:
    """So many learners, each signed in with an exam of ten questions that has begun."""
    bank = make.bank("故障")
    for _missing in range(QUESTIONS - bank.items.count()):
        make.item("single", of=bank)
    return [_seat(bank) for _ in range(count)]


def _seat(bank: Any) -> dict[str, Any]:
    sections = [{"bank": bank, "type": "single", "count": QUESTIONS, "points": 1}]
    entry = make.seat(the_paper=make.paper(sections=sections))
    attempt = actions.start_attempt(entry=entry)
    versions = ItemVersion.objects.select_related("item", "key").in_bulk([v for v, _p in attempt.drawn])
    user = entry.enrolment.user
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "accounts.backends.identifier.IdentifierBackend"
    session.save()
    return {
        "attempt": attempt.public_id,
        "session": session.session_key,
        "token": queries.pen_token(attempt.public_id, 1),
        "right": [model_answer(versions[v]) for v, _p in attempt.drawn],
    }


def stored(attempt: str) -> list[list[Any]]:
    """[epoch, seq, position, value, late] of everything that arrived."""
    rows = Response.objects.filter(attempt__public_id=attempt).order_by("epoch", "seq")
    return [
        [epoch, seq, position, json.loads(value), late]
        for epoch, seq, position, value, late in rows.values_list("epoch", "seq", "position", "value", "late")
    ]


def counted(attempt: str) -> dict[str, Any]:
    """The answers that count, by position."""
    found = Attempt.objects.get(public_id=attempt)
    return {str(position): value for position, value in queries.answers_of(found).items()}


def outcome(attempt: str) -> dict[str, Any]:
    """How the attempt stands: once scored, once completed, once noted down."""
    found = Attempt.objects.get(public_id=attempt)
    closings = Entry.objects.filter(action__in=CLOSING, target=f"exams.Attempt:{found.pk}")
    return {
        "state": found.state,
        "scores": Score.objects.filter(attempt=found).count(),
        "points": float(sum(score.points for score in Score.objects.filter(attempt=found))),
        "completions": StepCompletion.objects.filter(enrolment=found.enrolment, step=found.step).count(),
        "closings": closings.count(),
        "late_by": (found.submitted_at - found.deadline).total_seconds() if found.submitted_at else None,
    }


def run_out(attempt: str, seconds_ago: int) -> None:
    """The deadline was so many seconds ago."""
    Attempt.objects.filter(public_id=attempt).update(deadline=timezone.now() - timedelta(seconds=seconds_ago))


def stuck() -> int:
    """Attempts that are open although deadline and grace have passed, and attempts with two scores."""
    twice = Attempt.objects.annotate(n=Count("scores")).filter(n__gt=F("n") * 0 + 1).count()
    overdue = Attempt.objects.filter(state="open", deadline__lt=timezone.now() - queries.grace()).count()
    return overdue + twice


def _serve() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        verb, arguments = json.loads(line)
        connection.close_if_unusable_or_obsolete()
        try:
            reply = {"said": globals()[verb](**arguments)}
        except Exception as error:  # told to the test, which fails with it
            reply = {"problem": f"{verb}: {type(error).__name__}: {error}"}
            connection.close()
        out.write(json.dumps(reply) + "\n")
        out.flush()


if __name__ == "__main__":
    _serve()
