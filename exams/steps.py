"""The one door from exams to programmes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.grading import Outcome, recent_right, standing
from exams.models import (
    Attempt,
    AttemptState,
    ClassDrill,
    Counting,
    DrillAnswer,
    Paper,
    PaperMode,
    PaperState,
    PaperStep,
    Score,
)
from programmes.actions import complete_steps, revoke_step
from programmes.contracts import Duty, Evidence, Progress, Result
from programmes.models import Enrolment, EnrolmentState, ProgrammeState, Step, StepCompletion
from programmes.queries import GateError, LearningView, OpenStep, StepView, learning_of, require_open

__all__ = ["GateError", "OpenStep", "Step", "enter", "finished", "marked", "paper_steps", "recounted"]


def enter(
    *, user: AbstractBaseUser, step_public_id: str, reading: bool = False, now: datetime | None = None
) -> OpenStep:
    """Pass the gate of a drill, exam or self-assessment. Raises a GateError (a page or JSON with its status)."""
    return require_open(user=user, step_public_id=step_public_id, kind=PaperMode.values, reading=reading, now=now)


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


def is_in_open_programme(paper: Paper) -> bool:
    """True while learners work in a programme that asks for `paper`."""
    return PaperStep.objects.filter(paper=paper, step__programme__state=ProgrammeState.OPEN).exists()


PREPARE_BEFORE = timedelta(days=7)
RESERVE = 10


def papers_wanted(paper: Paper, now: datetime | None = None) -> int:
    """How many papers should lie ready: one for everybody who is enrolled and has not begun, and a tenth (at least
    ten) in reserve, from a week before the programme opens to its last day. Or as many as the paper itself says."""
    if paper.prepare is not None:
        return paper.prepare
    today = timezone.localdate(now)
    programmes = PaperStep.objects.filter(
        paper=paper,
        step__programme__state__in=[ProgrammeState.DRAFT, ProgrammeState.OPEN],
        step__programme__opens_on__lte=today + PREPARE_BEFORE,
        step__programme__closes_on__gte=today,
    ).values("step__programme_id")
    begun = Attempt.objects.filter(paper=paper, enrolment=OuterRef("pk"))
    waiting = Enrolment.objects.filter(programme_id__in=programmes, state=EnrolmentState.ACTIVE)
    count = waiting.filter(~Exists(begun)).count()
    if not count and not waiting.exists():
        return 0
    return count + max(RESERVE, count // 10)


def chosen_paper(step: Step) -> int | None:
    """The id of the paper that `step` asks for."""
    return PaperStep.objects.filter(step=step).values_list("paper_id", flat=True).first()


def exam_steps(units: QuerySet[Any]) -> QuerySet[Step]:
    """Exams that somebody of `units` is enrolled for, the newest programme first."""
    people = Enrolment.objects.filter(organisation__in=units, state=EnrolmentState.ACTIVE)
    found = Step.objects.filter(kind="exam", programme_id__in=people.values("programme_id"))
    return found.select_related("programme").order_by("-programme__opens_on", "programme_id", "stage", "position")


def people_of(step: Step) -> QuerySet[Enrolment]:
    """Who should take this step."""
    return Enrolment.objects.filter(programme_id=step.programme_id, state=EnrolmentState.ACTIVE)


def done_in(step: Step) -> QuerySet[StepCompletion]:
    """Who has completed it."""
    return StepCompletion.objects.filter(step=step)


def paper_of(step: Step) -> Paper | None:
    """What it asks for."""
    paper: Paper | None = Paper.objects.filter(steps__step=step).first()
    return paper


def finished(attempt: Attempt) -> None:
    """Tell the programme, in the caller's transaction, that this attempt completes its step."""
    assert attempt.submitted_at is not None, "handed in"
    complete_steps(
        evidence=[Evidence(attempt.enrolment_id, attempt.step_id, attempt.submitted_at, _source(attempt.pk))]
    )


def marked(attempt: Attempt) -> None:
    """Tell the programme that an exam which was just handed in has its first score. `attempt.paper` is at hand."""
    if attempt.paper.counting != Counting.BEST:
        recounted(enrolment_id=attempt.enrolment_id, step_id=attempt.step_id)
    elif attempt.passed:
        finished(attempt)


def recounted(*, enrolment_id: int, step_id: int) -> None:
    """Bring the programme's index in line with what the attempts prove now, in the caller's transaction.

    After an attempt was voided, marked by people or marked again; several attempts under a rule that looks at all.
    """
    proven = next(_proven(_with_result().filter(enrolment_id=enrolment_id, step_id=step_id)), None)
    stored = StepCompletion.objects.filter(enrolment_id=enrolment_id, step_id=step_id)
    before = stored.values_list("source", "completed_at").first()
    if before != (proven and (proven.source, proven.completed_at)):
        revoke_step(enrolment_id=enrolment_id, step_id=step_id)
        complete_steps(evidence=[proven] if proven else [])


def _with_result() -> QuerySet[Attempt]:
    return Attempt.objects.filter(state=AttemptState.SUBMITTED)


def _proven(attempts: QuerySet[Attempt]) -> Iterator[Evidence]:
    """What attempts with a result prove, at most once per enrolment and step."""
    newest = Score.objects.filter(attempt=OuterRef("pk")).order_by("-run")
    rows = (
        attempts.order_by("enrolment_id", "step_id", "submitted_at", "pk")
        .annotate(points=Subquery(newest.values("points")[:1]), top=Subquery(newest.values("max_points")[:1]))
        .values_list(
            *("enrolment_id", "step_id", "paper__counting", "step__stage"),
            *("pk", "submitted_at", "passed", "points", "top", "pass_mark"),
        )
    )
    for (enrolment, step), group in groupby(rows.iterator(), key=lambda row: (row[0], row[1])):
        own = list(group)
        counting, stage = own[-1][2], own[-1][3]
        outcomes = [_outcome(*row[4:]) for row in own]
        acted_on = [] if counting == Counting.BEST or len(own) == 1 else _later_completions(enrolment, stage)
        stands = standing(outcomes, counting=counting, acted_on=acted_on)
        if stands is not None:
            yield Evidence(enrolment, step, stands.at, _source(stands.key))


def _outcome(pk: int, at: datetime, passed: bool, points: Any, top: Any, pass_mark: int | None) -> Outcome:
    return Outcome(pk, at, bool(passed), Decimal(points) * 100 / top if top else Decimal(0), pass_mark or 0)


def _later_completions(enrolment_id: int, stage: int) -> list[datetime]:
    """When this enrolment completed steps of later stages."""
    rows = StepCompletion.objects.filter(enrolment_id=enrolment_id, step__stage__gt=stage)
    return list(rows.values_list("completed_at", flat=True))


def _in_class(enrolment_ids: Sequence[int] | None, seen: set[tuple[int, int]]) -> Iterator[Evidence]:
    """What drills in class prove, where nothing on the site does."""
    facts = ClassDrill.objects.filter(revoked_at=None, mastered=True).order_by("done_at", "pk")
    if enrolment_ids is not None:
        facts = facts.filter(enrolment_id__in=enrolment_ids)
    for fact in facts:
        if (fact.enrolment_id, fact.step_id) not in seen:
            seen.add((fact.enrolment_id, fact.step_id))
            yield Evidence(fact.enrolment_id, fact.step_id, fact.done_at, f"exams.ClassDrill:{fact.pk}")


def drills_entered(enrolment_ids: Sequence[int]) -> None:
    """Tell the programme that drills in class were mastered, in the caller's transaction."""
    complete_steps(evidence=_in_class(enrolment_ids, set()))


def drills_revoked(facts: Sequence[ClassDrill]) -> None:
    """Take back what these proved; an attempt or another drill in class may still prove it."""
    for row in StepCompletion.objects.filter(source__in=[f"exams.ClassDrill:{fact.pk}" for fact in facts]):
        revoke_step(enrolment_id=row.enrolment_id, step_id=row.step_id)
    complete_steps(evidence=PaperHandler(PaperMode.DRILL).evidence([fact.enrolment_id for fact in facts]))


def _source(attempt_id: int) -> str:
    return f"exams.Attempt:{attempt_id}"


class PaperHandler:
    """Answers for steps of one kind: drill, exam or survey."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def entry_url(self, step_public_id: str) -> str:
        """The page with the rules and the start button."""
        return reverse("exams:step", args=[step_public_id])

    def evidence(self, enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
        """The attempt that counts (exam), was mastered (drill) or answered (survey), per enrolment and step."""
        attempts = _with_result().filter(paper__mode=self.kind)
        if enrolment_ids is not None:
            attempts = attempts.filter(enrolment_id__in=enrolment_ids)
        seen: set[tuple[int, int]] = set()
        for row in _proven(attempts):
            if self.kind == PaperMode.DRILL:
                seen.add((row.enrolment_id, row.step_id))
            yield row
        if self.kind == PaperMode.DRILL:
            yield from _in_class(enrolment_ids, seen)

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
        """The titles of the papers that are published: a programme with a draft cannot open. One statement."""
        ready = PaperStep.objects.filter(step_id__in=step_ids, paper__state=PaperState.PUBLISHED)
        return dict(ready.values_list("step_id", "paper__title"))

    def configure_url(self, step_id: int) -> str:
        """The list to choose from."""
        return reverse("exams_admin:step", args=[step_id])

    def bind(self, step_id: int, wanted: Sequence[str]) -> bool:
        """The first of these papers that is published, of the same kind."""
        return self._ask(step_id, [self._papers().filter(slug=slug).first() for slug in wanted])

    def copy(self, step_id: int, to_step_id: int) -> bool:
        """The same paper, while it is published."""
        asked = PaperStep.objects.filter(step_id=step_id).values("paper")
        return self._ask(to_step_id, [self._papers().filter(pk__in=asked).first()])

    def _papers(self) -> QuerySet[Paper]:
        published: QuerySet[Paper] = Paper.objects.filter(mode=self.kind, state=PaperState.PUBLISHED)
        return published

    @staticmethod
    def _ask(step_id: int, papers: Sequence[Paper | None]) -> bool:
        paper = next((one for one in papers if one is not None), None)
        if paper is not None:
            PaperStep.objects.create(step_id=step_id, paper=paper)
        return paper is not None

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
    if any(a.state == AttemptState.MARKING for a in attempts):
        return _("being marked")
    return _("not passed yet") if attempts else ""


class ExamDuties:
    """Leads those who lead units to the figures of their exams."""

    def duties_of(self, user: AbstractBaseUser) -> Sequence[Duty]:
        """The page of figures. No statement."""
        sentence = _("Participation and pass rates, and who has not passed yet")
        return [Duty(_("Exams of my units"), reverse("exams:units"), "grid", sentence)]


class ExamResults:
    """Hands the results of exams down, so that the evidence of a signature can name the score before it."""

    def results_of(self, enrolment_id: int) -> list[Result]:
        """The newest score of every passed exam of this enrolment. One statement."""
        newest = Score.objects.filter(attempt=OuterRef("attempt")).order_by("-run").values("pk")[:1]
        rows = Score.objects.filter(
            pk=Subquery(newest),
            attempt__enrolment_id=enrolment_id,
            attempt__paper__mode=PaperMode.EXAM,
            attempt__passed=True,
        ).order_by("attempt_id")
        return [
            Result(f"exams.Attempt:{row.attempt_id}", row.run, str(row.points), str(row.max_points)) for row in rows
        ]
