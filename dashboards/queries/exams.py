"""Exam figures by unit as they follow from the attempts: what the tallies are compared with."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from dashboards.models import ExamMeasure, ExamTally
from exams.models import Attempt, AttemptKind, AttemptState, PaperStep, Score
from programmes.models import Enrolment, EnrolmentState, ProgrammeState, Step, StepCompletion, StepKind

COUNTED_AFTER_THE_END = timedelta(days=60)

# step, organisation, measure
ExamKey = tuple[int, int, str]


def steps_to_count(today: date | None) -> list[int]:
    """Exams of programmes that run or ended not long ago; all with None."""
    steps = Step.objects.filter(kind=StepKind.EXAM)
    if today is not None:
        steps = steps.filter(
            programme__state__in=[ProgrammeState.OPEN, ProgrammeState.CLOSED],
            programme__closes_on__gte=today - COUNTED_AFTER_THE_END,
        )
    return list(steps.order_by("pk").values_list("pk", flat=True))


def derived(step_ids: Sequence[int], people: QuerySet[Enrolment] | None = None) -> "Counter[ExamKey]":
    """What the figures of these exams are, for all active enrolments or for `people`. Three statements."""
    found: Counter[ExamKey] = Counter()
    handed_in = Attempt.objects.filter(
        step__in=step_ids, state__in=[AttemptState.SUBMITTED, AttemptState.MARKING], enrolment__state="active"
    ).order_by()
    done = StepCompletion.objects.filter(step__in=step_ids, enrolment__state=EnrolmentState.ACTIVE).order_by()
    if people is not None:
        handed_in = handed_in.filter(enrolment__in=people.values("pk"))
        done = done.filter(enrolment__in=people.values("pk"))
    heads = Count("enrolment", distinct=True)
    sums = handed_in.values_list("step_id", "enrolment__organisation_id").annotate(
        took=heads, excellent=Count("enrolment", distinct=True, filter=_is_excellent())
    )
    for step, unit, took, excellent in sums:
        found[step, unit, ExamMeasure.TOOK_PART.value] = took
        found[step, unit, ExamMeasure.EXCELLENT.value] = excellent
    first = _first_results(handed_in).values_list("step_id", "enrolment__organisation_id")
    for step, unit, sat, passed in first.annotate(sat=heads, well=Count("pk", filter=Q(passed=True))):
        found[step, unit, ExamMeasure.SAT_FIRST.value] = sat
        found[step, unit, ExamMeasure.PASSED_FIRST.value] = passed
    for step, unit, n in done.values_list("step_id", "enrolment__organisation_id").annotate(n=Count("pk")):
        found[step, unit, ExamMeasure.PASSED.value] = n
    return +found


def _is_excellent() -> Exists:
    """The newest score of the attempt reaches what its step's paper calls excellent."""
    scores = Score.objects.filter(attempt=OuterRef("pk"))
    newer = Score.objects.filter(attempt=OuterRef("attempt"), run__gt=OuterRef("run"))
    mark = PaperStep.objects.filter(step=OuterRef("attempt__step"), paper__excellence_mark__lte=_share())
    return Exists(scores.filter(~Exists(newer), Exists(mark), max_points__gt=0))


def _share() -> Any:
    return OuterRef("points") * 100 / OuterRef("max_points")  # type: ignore[operator]


def _first_results(handed_in: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """The first regular attempt of each enrolment, once it has its result: while it is being marked, no later one
    stands in for it."""
    # The paper leads to the index of (enrolment, paper, number): by the step alone SQLite compares all with all.
    same = {"enrolment": OuterRef("enrolment"), "paper": OuterRef("paper"), "step": OuterRef("step")}
    handed_in_before = Attempt.objects.filter(
        **same,
        number__lt=OuterRef("number"),
        kind=AttemptKind.REGULAR,
        state__in=[AttemptState.SUBMITTED, AttemptState.MARKING],
    )
    return handed_in.filter(~Exists(handed_in_before), kind=AttemptKind.REGULAR, state=AttemptState.SUBMITTED)


def stored(step_ids: Sequence[int]) -> "Counter[ExamKey]":
    """The figures as they are kept. One statement."""
    rows = ExamTally.objects.filter(step__in=step_ids)
    return Counter({(s, o, m): n for s, o, m, n in rows.values_list("step_id", "organisation_id", "measure", "people")})
