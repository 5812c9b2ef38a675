"""What learners thought of a course, without anybody being recognisable."""

from dataclasses import dataclass

from courses.models import CoursePage, Evaluation, EvaluationReceipt
from courses.models.evaluation import RATINGS

# Below this many answers one could guess who said what.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class RatingRow:
    """How often each of 1 to 5 was given in one row of the survey."""

    label: str
    counts: tuple[int, ...]

    @property
    def mean(self) -> float:
        """The average."""
        total = sum(self.counts)
        return sum(score * n for score, n in enumerate(self.counts, start=1)) / total if total else 0.0

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """(score, count, height of 100) for the chart."""
        most = max(self.counts) or 1
        return [(score, n, round(100 * n / most)) for score, n in enumerate(self.counts, start=1)]


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """All evaluations of one course. `rows` and `comments` are empty below ENOUGH answers."""

    answers: int
    rows: list[RatingRow]
    comments: list[str]
    needed: int = ENOUGH


def has_evaluated(*, enrolment_id: int, course: CoursePage) -> bool:
    """True once this learner has evaluated the course."""
    return EvaluationReceipt.objects.filter(enrolment_id=enrolment_id, course=course).exists()


def evaluation_result(course: CoursePage) -> EvaluationResult:
    """Counts and comments of `course`. One statement; the random key is also the order."""
    given = list(Evaluation.objects.filter(course=course).order_by("pk"))
    if len(given) < ENOUGH:
        return EvaluationResult(len(given), [], [])
    rows = [
        RatingRow(str(label), tuple(sum(getattr(e, field) == score for e in given) for score in range(1, 6)))
        for field, label in RATINGS.items()
    ]
    return EvaluationResult(len(given), rows, [e.comment for e in given if e.comment])
