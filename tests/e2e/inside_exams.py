"""What the insider can do about exams."""

import json
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.actions import create_account
from accounts.models import User
from exams import actions, queries
from exams.models import Attempt, Paper, Response, Score
from exams.steps import enter
from organisations.actions import add_membership
from organisations.models import Organisation
from programmes.actions import add_step, create_programme, enrol, open_programme
from programmes.models import Audience, Programme, Stage, StepKind

PASSWORD = "xinxing-demo"
TYPES = {"single": 3, "multiple": 1, "true_false": 1}


def exam_step(username: str, name: str, unit: str = "housing-construction-2") -> str:
    """A new learner with an exam that has not begun; the step's public id."""
    user = create_account(by=None, username=username, name=name, password=PASSWORD)
    organisation = Organisation.objects.get(code=unit)
    add_membership(by=None, user=user, organisation=organisation, is_home=True)
    today = timezone.localdate()
    programme = create_programme(
        by=None, slug=f"exam-{username}", title="一场考试", title_en="One exam", audience=Audience.CIVIL_SERVANT,
        summary="", opens_on=today - timedelta(days=30), closes_on=today + timedelta(days=30),
    )  # fmt: skip
    step = add_step(by=None, programme=programme, stage=Stage.TEST, kind=StepKind.EXAM, title="考试")
    actions.set_paper_step(by=None, step=step, paper=_paper(username))
    open_programme(by=None, programme=programme)
    enrol(by=None, programme=programme, user=user, organisation=organisation)
    return str(step.public_id)


def exam(username: str, name: str, seconds_left: int = 3600) -> dict[str, Any]:
    """A new learner whose exam has begun: the attempt's public id and the step's."""
    step = exam_step(username, name)
    began = timezone.now() - timedelta(seconds=3600 - seconds_left)
    entry = enter(user=User.objects.get(username=username), step_public_id=step)
    attempt = actions.start_attempt(entry=entry, at=began)
    return {"attempt": attempt.public_id, "step": step}


def _paper(slug: str) -> Paper:
    """Five questions from the demo's bank for civil servants, sixty minutes."""
    demo = Programme.objects.filter(audience=Audience.CIVIL_SERVANT).order_by("pk")[0]
    row = Paper.objects.filter(mode="exam", steps__step__programme=demo)[0]
    bank = row.blueprint.sections.order_by("sort_order")[0].bank
    sections = [{"bank": bank, "type": kind, "count": count, "points": 20} for kind, count in TYPES.items()]
    made = actions.create_paper(
        by=None, mode="exam", slug=slug, title=f"考试{slug}", minutes=60, pass_mark=60, attempts_allowed=2,
        sections=sections,
    )  # fmt: skip
    return actions.publish_paper(by=None, paper=made)


def counted(attempt: str) -> dict[str, Any]:
    """The answers that count, by position."""
    found = Attempt.objects.get(public_id=attempt)
    return {str(position): value for position, value in queries.answers_of(found).items()}


def late(attempt: str) -> list[list[Any]]:
    """What was kept but does not count: [epoch, position, value]."""
    rows = Response.objects.filter(attempt__public_id=attempt, late=True).order_by("epoch", "seq")
    return [[epoch, place, json.loads(value)] for epoch, place, value in rows.values_list("epoch", "position", "value")]


def outcome(attempt: str) -> dict[str, Any]:
    """How the attempt stands and how often it was scored."""
    found = Attempt.objects.get(public_id=attempt)
    return {"state": found.state, "scores": Score.objects.filter(attempt=found).count(), "epoch": found.epoch}


def give_minutes(attempt: str, minutes: int) -> None:
    """The deadline moves, as when the invigilator gives more time."""
    Attempt.objects.filter(public_id=attempt).update(deadline=F("deadline") + timedelta(minutes=minutes))


def sweep() -> int:
    """What the sweeper does every quarter of a minute."""
    return actions.sweep_overdue()


def end(attempt: str, seconds_ago: int) -> None:
    """The deadline was so many seconds ago."""
    Attempt.objects.filter(public_id=attempt).update(deadline=timezone.now() - timedelta(seconds=seconds_ago))


def events(attempt: str) -> list[str]:
    """What the page noticed, in order."""
    found = Attempt.objects.get(public_id=attempt)
    return [str(kind) for kind in found.events.order_by("epoch", "n").values_list("kind", flat=True)]


def lock(attempt: str, locked: bool) -> None:
    """Lock or unlock, as the invigilator does."""
    moment = timezone.now() if locked else None
    Attempt.objects.filter(public_id=attempt).update(locked_at=moment, locked_for="person" if locked else "")
