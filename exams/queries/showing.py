"""What of a result the learner may see now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Model, OuterRef, Subquery

from exams.models import Attempt, AttemptState, ExtraAttempt, Paper, ReviewRule, Session, ShowWhen, SittingRules
from exams.queries.admission import end_of
from exams.queries.rules import rules_of

AS_PAPER = {
    ReviewRule.AFTER_SUBMIT: ShowWhen.AT_ONCE,
    ReviewRule.AFTER_LAST: ShowWhen.AFTER_LAST,
    ReviewRule.NEVER: ShowWhen.NEVER,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of a result that may be shown now, and when the others will be (`when`: part → ShowWhen value)."""

    marks: bool
    answers: bool
    right: bool
    reasons: bool
    when: dict[str, str]


def may_show(attempt: Attempt, now: datetime, *, left: int | None = None) -> Shown:
    """What of a handed-in attempt its learner may see. Nothing of an attempt that is open or void.

    `left` is how many attempts the learner has left, if the caller knows. At most two statements.
    """
    sitting = getattr(attempt.paper, "sitting_rules", None) or SittingRules(paper=attempt.paper)
    as_paper = AS_PAPER[ReviewRule(attempt.paper.review)].value
    parts = ("marks", "answers", "right", "reasons")
    when = {part: str(getattr(sitting, f"show_{part}")) or as_paper for part in parts}
    if attempt.state in (AttemptState.OPEN, AttemptState.VOID):
        return Shown(False, False, False, False, when)
    reached = {ShowWhen.AT_ONCE.value}
    if ShowWhen.AFTER_LAST in when.values():
        if left is None:
            rules = rules_of(step_id=attempt.step_id, enrolment_id=attempt.enrolment_id)
            left = rules.left if rules else 0
        reached |= {ShowWhen.AFTER_LAST.value} if attempt.passed or left == 0 else set()
    if ShowWhen.AFTER_WINDOW in when.values() and now >= ended_for_all(attempt):
        reached.add(ShowWhen.AFTER_WINDOW.value)
    return Shown(**{part: when[part] in reached for part in parts}, when=when)


def ended_for_all(attempt: Attempt) -> datetime:
    """When the paper has ended for everybody: the last of its windows, sessions and grants, and of the deadlines of
    those who still sit it. Without any window, the end of the attempt's programme. One statement."""
    paper = attempt.paper
    ends = Paper.objects.filter(pk=paper.pk).values_list(
        "sitting_rules__closes_at",
        _latest(Session, "closes_at"),
        _latest(ExtraAttempt, "closes_at"),
        _latest(Attempt, "deadline", state=AttemptState.OPEN),
    )
    window, sessions, grants, sitting = ends.get()
    found: list[datetime] = [end for end in (window, sessions, grants, sitting) if end is not None]
    if window is None and sessions is None:
        found.append(end_of(attempt.enrolment.programme))
    return max(found)


def _latest(model: type[Model], field: str, **only: str) -> Subquery:
    rows = model._default_manager.filter(paper=OuterRef("pk"), **only).order_by()
    return Subquery(rows.values("paper").annotate(last=Max(field)).values("last"))
