"""The one door from courses to programmes: the gate, the news that a step is finished, and the step handlers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse

from courses.models import CourseCompletion, CoursePage, CourseStep
from courses.queries import lessons_done, lessons_live
from programmes.actions import complete_steps
from programmes.contracts import Evidence, Progress
from programmes.models import Enrolment, EnrolmentState, Step, StepCompletion, StepKind
from programmes.queries import GateError, StepUnknown, require_open

__all__ = ["CourseEntry", "Enrolment", "GateError", "StepUnknown"]


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """Proof that the gate of a course step was passed, and which course it asks for."""

    enrolment: Enrolment
    step: Step
    completed_at: datetime | None
    course: CoursePage


def kind_of(step_public_id: str) -> str:
    """The kind of a step that this app owns. Raises StepUnknown for every other."""
    kinds = (StepKind.COURSE, StepKind.SESSION)
    kind = Step.objects.filter(public_id=step_public_id, kind__in=kinds).values_list("kind", flat=True).first()
    if kind is None:
        raise StepUnknown(step_public_id)
    return kind


def enter(*, user: AbstractBaseUser, step_public_id: str, reading: bool = False) -> CourseEntry:
    """Pass the gate of a course step. Raises GateError; StepUnknown also if no course belongs to the step."""
    opened = require_open(user=user, step_public_id=step_public_id, kind=StepKind.COURSE, reading=reading)
    asked = CourseStep.objects.filter(step_id=opened.step.pk).select_related("course").first()
    if asked is None:
        raise StepUnknown(step_public_id)
    return CourseEntry(opened.enrolment, opened.step, opened.completed_at, asked.course)


def course_of_step(step_public_id: str) -> CoursePage:
    """The course of a step without passing the gate: for projecting, which shows no person. Raises StepUnknown."""
    asked = CourseStep.objects.filter(step__public_id=step_public_id).select_related("course").first()
    if asked is None:
        raise StepUnknown(step_public_id)
    return asked.course


@dataclass(frozen=True, slots=True)
class AssignedCourse:
    """A course that one of the reader's programmes asks for."""

    course_id: int
    step_public_id: str
    enrolment_id: int
    completed_at: datetime | None


def assigned_courses(user: AbstractBaseUser) -> dict[int, AssignedCourse]:
    """By course id, what the active programmes of `user` ask for; the newest enrolment wins. Three statements."""
    if not user.is_authenticated:
        return {}
    enrolments = dict(
        Enrolment.objects.filter(user_id=user.pk, state=EnrolmentState.ACTIVE)
        .order_by("enrolled_at")
        .values_list("programme_id", "pk")
    )
    asked = CourseStep.objects.filter(step__programme_id__in=enrolments).select_related("step")
    done = {
        (row.enrolment_id, row.step_id): row.completed_at
        for row in StepCompletion.objects.filter(enrolment_id__in=enrolments.values())
    }
    order = list(enrolments)
    found = {}
    for row in sorted(asked, key=lambda a: order.index(a.step.programme_id)):
        enrolment_id = enrolments[row.step.programme_id]
        found[row.course_id] = AssignedCourse(
            row.course_id, row.step.public_id, enrolment_id, done.get((enrolment_id, row.step_id))
        )
    return found


def lock(enrolment: Enrolment) -> None:
    """Let one transaction at a time record facts of `enrolment`: two last sections must not miss each other."""
    Enrolment.objects.select_for_update().filter(pk=enrolment.pk).values_list("pk", flat=True).first()


def course_completed(completion: CourseCompletion) -> None:
    """Tell the programme, in the caller's transaction."""
    complete_steps(evidence=course_evidence([completion.enrolment_id], [completion.course_id]))


def course_evidence(
    enrolment_ids: Sequence[int] | None = None, course_ids: Sequence[int] | None = None
) -> Iterable[Evidence]:
    """What completed courses prove: one row for each step of the enrolment's programme that asks for the course."""
    completions = CourseCompletion.objects.select_related("enrolment")
    if enrolment_ids is not None:
        completions = completions.filter(enrolment_id__in=enrolment_ids)
    if course_ids is not None:
        completions = completions.filter(course_id__in=course_ids)
    asked: dict[tuple[int, int], list[int]] = {}
    for row in CourseStep.objects.select_related("step"):
        asked.setdefault((row.step.programme_id, row.course_id), []).append(row.step_id)
    for fact in completions:
        for step_id in asked.get((fact.enrolment.programme_id, fact.course_id), []):
            yield Evidence(fact.enrolment_id, step_id, fact.completed_at, f"courses.CourseCompletion:{fact.pk}")


class CourseHandler:
    """Steps of kind "course"."""

    kind: str = StepKind.COURSE

    def entry_url(self, step_public_id: str) -> str:
        """The address that goes on where the learner left off."""
        return reverse("courses:step", args=[step_public_id])

    def evidence(self, enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
        """Every completed course."""
        return course_evidence(enrolment_ids)

    def progress(self, enrolment_id: int, step_ids: Sequence[int]) -> Mapping[int, Progress]:
        """Lessons done of lessons live. Three statements."""
        courses = dict(CourseStep.objects.filter(step_id__in=step_ids).values_list("step_id", "course_id"))
        live = lessons_live(set(courses.values()))
        done = lessons_done(enrolment_id)
        return {
            step_id: Progress(len(live.get(course_id, set()) & done), len(live.get(course_id, set())))
            for step_id, course_id in courses.items()
        }
