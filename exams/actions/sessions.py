"""Set sessions and rules of sitting up."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from exams.actions.anchors import PAPERS_JOB
from exams.models import AnchorCause, Paper, PaperState, Session, SittingRules
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue


@transaction.atomic
def create_session(
    *,
    by: AbstractBaseUser | None,
    paper: Paper,
    units: Iterable[Any],
    invigilators: Iterable[Any] = (),
    **fields: Any,
) -> Session:
    """Add a session of a paper for units and what is below them. Raises ValidationError if a field is wrong."""
    session = Session(paper=paper, **fields)
    session.full_clean()
    session.save()
    session.units.set(units)
    session.invigilators.set(invigilators)
    record(action="exams.create_session", actor=by, target=f"exams.Session:{session.pk}")
    return session


@transaction.atomic
def set_rules(*, by: AbstractBaseUser | None, paper: Paper, **fields: Any) -> SittingRules:
    """Set rules of sitting of a paper; what is not named stays. Raises ValidationError if a field is wrong."""
    rules = SittingRules.objects.filter(paper=paper).first() or SittingRules(paper=paper)
    for name, value in fields.items():
        setattr(rules, name, value)
    rules.full_clean()
    rules.save()
    rules_changed(paper=paper)
    details = {name: str(value) for name, value in sorted(fields.items())}
    record(action="exams.set_rules", actor=by, target=f"exams.SittingRules:{rules.pk}", details=details)
    return rules


def rules_changed(*, paper: Paper) -> None:
    """Have the public log told, if the paper is published. In the caller's transaction."""
    if paper.state == PaperState.PUBLISHED:
        enqueue(kind=PAPERS_JOB, payload={"paper": paper.pk, "cause": AnchorCause.RULES.value})
