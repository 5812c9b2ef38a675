"""The one door from exams to programmes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from exams.grading import recent_right
from exams.models import Attempt, AttemptState, DrillAnswer, Paper, PaperMode, PaperStep
from programmes.actions import complete_steps, revoke_step
from programmes.contracts import Evidence, Progress
from programmes.models import ProgrammeState, Step
from programmes.queries import GateError, LearningView, OpenStep, StepUnknown, StepView, learning_of, require_open

__all__ = ["GateError", "OpenStep", "enter", "finished", "paper_steps", "revoked"]


def enter(
    *, user: AbstractBaseUser, step_public_id: str, reading: bool = False, now: datetime | None = None
) -> OpenStep:
    """Pass the gate of a drill, exam or self-assessment. Raises a GateError (a page or JSON with its status)."""
    mode = PaperStep.objects.filter(step__public_id=step_public_id).values_list("paper__mode", flat=True).first()
    if mode is None:
        raise StepUnknown(step_public_id)
    return require_open(user=user, step_public_id=step_public_id, kind=mode, reading=reading, now=now)


def paper_steps(user: AbstractBaseUser) -> list[tuple[LearningView, list[StepView]]]:
    """The drills, exams and self-assessments of each of the learner's enrolments, in order."""
    views = [(view, [s for s in view.steps if s.step.kind in PaperMode.values]) for view in learning_of(user)]
    return [(view, rows) for view, rows in views if rows]


def papers_steps() -> QuerySet[Step]:
    """Steps of the kinds that exams owns."""
    return Step.objects.filter(kind__in=PaperMode.values)


def is_draft(step: Step) -> bool:
    """True while nobody works in the programme of `step`."""
    return Step.objects.filter(pk=step.pk, programme__state=ProgrammeState.DRAFT).exists()


def chosen_paper(step: Step) -> int | None:
    """The id of the paper that `step` asks for."""
    return PaperStep.objects.filter(step=step).values_list("paper_id", flat=True).first()


def finished(attempt: Attempt) -> None:
    """Tell the programme, in the caller's transaction, that this attempt completes its step."""
    complete_steps(evidence=[_evidence(attempt)])


def revoked(attempt: Attempt) -> None:
    """Tell the programme that this attempt no longer counts; another that passed takes its place."""
    revoke_step(enrolment_id=attempt.enrolment_id, step_id=attempt.step_id)
    others = _passed().filter(enrolment_id=attempt.enrolment_id, step_id=attempt.step_id)
    complete_steps(evidence=[_evidence(other) for other in others[:1]])


def _passed() -> QuerySet[Attempt]:
    return Attempt.objects.filter(state=AttemptState.SUBMITTED, passed=True).order_by("submitted_at", "pk")


def _evidence(attempt: Attempt) -> Evidence:
    assert attempt.submitted_at is not None, "handed in"
    return Evidence(attempt.enrolment_id, attempt.step_id, attempt.submitted_at, f"exams.Attempt:{attempt.pk}")


class PaperHandler:
    """Answers for steps of one kind: drill, exam or survey."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def entry_url(self, step_public_id: str) -> str:
        """The page with the rules and the start button."""
        return reverse("exams:step", args=[step_public_id])

    def evidence(self, enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
        """The first attempt that passed (drill: mastered; survey: answered) of each enrolment and step."""
        attempts = _passed().filter(paper__mode=self.kind)
        if enrolment_ids is not None:
            attempts = attempts.filter(enrolment_id__in=enrolment_ids)
        seen: set[tuple[int, int]] = set()
        for attempt in attempts.iterator():
            if (attempt.enrolment_id, attempt.step_id) not in seen:
                seen.add((attempt.enrolment_id, attempt.step_id))
                yield _evidence(attempt)

    def progress(self, enrolment_id: int, step_ids: Sequence[int]) -> Mapping[int, Progress]:
        """Drill: right among the last answers. Exam and survey: whether it is begun. Three statements."""
        papers = {row.step_id: row.paper for row in PaperStep.objects.filter(step__in=step_ids).select_related("paper")}
        attempts = Attempt.objects.filter(enrolment_id=enrolment_id, step__in=step_ids).exclude(state=AttemptState.VOID)
        by_step: dict[int, list[Attempt]] = {}
        for attempt in attempts:
            by_step.setdefault(attempt.step_id, []).append(attempt)
        if self.kind == PaperMode.DRILL:
            return self._drills(papers, by_step)
        return {step: Progress(0, 1, _begun(by_step.get(step, []))) for step in papers}

    def _drills(self, papers: Mapping[int, Paper], by_step: Mapping[int, list[Attempt]]) -> Mapping[int, Progress]:
        open_ids = {a.pk: a.step_id for rows in by_step.values() for a in rows if a.state == AttemptState.OPEN}
        results: dict[int, list[bool]] = {}
        answers = DrillAnswer.objects.filter(attempt__in=open_ids).order_by("attempt", "number")
        for attempt_id, is_right in answers.values_list("attempt_id", "is_right"):
            results.setdefault(open_ids[attempt_id], []).append(is_right)
        return {step: _mastery(paper, results.get(step, [])) for step, paper in papers.items()}


class PaperConfigurator:
    """Says in the admin which paper a step of one kind asks for."""

    changes_while_open = False

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def summaries(self, step_ids: Sequence[int]) -> Mapping[int, str]:
        """The titles of the papers. One statement."""
        return dict(PaperStep.objects.filter(step_id__in=step_ids).values_list("step_id", "paper__title"))

    def configure_url(self, step_id: int) -> str:
        """The list to choose from."""
        return reverse("exams_admin:step", args=[step_id])

    def forget(self, step_id: int) -> None:
        """The step goes."""
        PaperStep.objects.filter(step_id=step_id).delete()


def _mastery(paper: Paper, results: list[bool]) -> Progress:
    right, of = paper.mastery_right or 1, paper.mastery_of or 1
    done = min(recent_right(results, of=of), right)
    return Progress(done, right, f"{done}/{right}")


def _begun(attempts: list[Attempt]) -> str:
    if any(a.state == AttemptState.OPEN for a in attempts):
        return _("begun")
    return _("not passed yet") if attempts else ""
