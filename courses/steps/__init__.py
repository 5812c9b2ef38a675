"""The one door from courses to programmes: the gate, the news that a step is finished, and the step handlers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import (
    Attendance,
    ClassReading,
    CourseCompletion,
    CoursePage,
    CourseStep,
    SessionState,
    SessionStep,
    SignUp,
    TrainingSession,
)
from courses.queries import lessons_done, lessons_live
from courses.queries.sessions import step_ids_counting
from organisations.queries import led_by
from programmes.actions import complete_steps, revoke_step
from programmes.contracts import Duty, Evidence, Progress
from programmes.models import Enrolment, EnrolmentState, ProgrammeState, Step, StepCompletion, StepKind
from programmes.queries import GateError, OpenStep, StepUnknown, require_open

__all__ = ["CourseEntry", "Enrolment", "GateError", "OpenStep", "StepUnknown"]


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


def steps_of(kind: str) -> QuerySet[Step]:
    """Steps of one of this app's kinds, with their programmes."""
    return Step.objects.filter(kind=kind).select_related("programme")


def is_draft(step: Step) -> bool:
    """True while nobody works in the programme of `step`."""
    return Step.objects.filter(pk=step.pk, programme__state=ProgrammeState.DRAFT).exists()


def chosen_course(step: Step) -> int | None:
    """The id of the course that `step` asks for."""
    return CourseStep.objects.filter(step=step).values_list("course_id", flat=True).first()


def chosen_sessions(step: Step) -> list[int]:
    """The ids of the sessions that count for `step`."""
    rows = SessionStep.objects.filter(step=step, sessions__isnull=False)
    return list(rows.values_list("sessions", flat=True))


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


def assigned_courses(user: AbstractBaseUser | AnonymousUser) -> dict[int, AssignedCourse]:
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
    readings = ClassReading.objects.filter(revoked_at=None).select_related("enrolment").order_by("pk")
    if enrolment_ids is not None:
        readings = readings.filter(enrolment_id__in=enrolment_ids)
    if course_ids is not None:
        readings = readings.filter(course_id__in=course_ids)
    on_site = CourseCompletion.objects.filter(enrolment=OuterRef("enrolment"), course=OuterRef("course"))
    for reading in readings.filter(~Exists(on_site)):
        for step_id in asked.get((reading.enrolment.programme_id, reading.course_id), []):
            yield Evidence(reading.enrolment_id, step_id, reading.done_at, _source(reading))


def _source(reading: ClassReading) -> str:
    return f"courses.ClassReading:{reading.pk}"


def readings_entered(enrolment_ids: Sequence[int]) -> None:
    """Tell the programme, in the caller's transaction."""
    complete_steps(evidence=course_evidence(enrolment_ids))


def readings_revoked(readings: Sequence[ClassReading]) -> None:
    """Take back what these proved; what was read on the site still proves it, at its own moment."""
    sources = [_source(reading) for reading in readings]
    for row in StepCompletion.objects.filter(source__in=sources):
        revoke_step(enrolment_id=row.enrolment_id, step_id=row.step_id)
    complete_steps(evidence=course_evidence([reading.enrolment_id for reading in readings]))


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


def enter_session_step(*, user: AbstractBaseUser, step_public_id: str, reading: bool = False) -> OpenStep:
    """Pass the gate of a step of kind "session". Raises GateError."""
    return require_open(user=user, step_public_id=step_public_id, kind=StepKind.SESSION, reading=reading)


def enter_session(*, user: AbstractBaseUser, session: TrainingSession) -> OpenStep:
    """Pass the gate of a step for which `session` counts: somebody who scanned a code brings no step.

    Raises the GateError of the first such step of the learner's own programmes, StepUnknown if there is none.
    """
    refused: GateError | None = None
    for step in Step.objects.filter(pk__in=step_ids_counting(session)).order_by("pk"):
        try:
            return enter_session_step(user=user, step_public_id=step.public_id)
        except StepUnknown:
            continue
        except GateError as error:
            refused = refused or error
    raise refused or StepUnknown(session.public_id)


def find_guest(session: TrainingSession, enrolment_public_id: str) -> Enrolment | None:
    """The enrolment, if it holds a place in `session` or was recorded there."""
    enrolment = Enrolment.objects.filter(public_id=enrolment_public_id).first()
    if enrolment is None:
        return None
    facts = {"session": session, "enrolment": enrolment}
    known = SignUp.objects.filter(**facts, cancelled_at=None).exists() or Attendance.objects.filter(**facts).exists()
    return enrolment if known else None


@dataclass(frozen=True, slots=True)
class Place:
    """Whose place it is, and the step that they took it for."""

    user_id: int
    step_public_id: str


def places_held(session: TrainingSession) -> list[Place]:
    """Everybody who holds a place, once each. Two statements."""
    steps: dict[int, str] = {}
    for step in Step.objects.filter(pk__in=SessionStep.objects.filter(sessions=session).values("step_id")):
        steps.setdefault(step.programme_id, step.public_id)
    held = SignUp.objects.filter(session=session, cancelled_at=None).order_by("pk")
    rows = held.values_list("enrolment__user_id", "enrolment__programme_id")
    return [Place(user_id, steps.get(programme_id, "")) for user_id, programme_id in rows]


def bookable(user: AbstractBaseUser, session: TrainingSession) -> QuerySet[Enrolment]:
    """People in units that `user` leads who are to take this training and have neither a place nor done it."""
    steps = step_ids_counting(session)
    active = Enrolment.objects.filter(
        state=EnrolmentState.ACTIVE,
        organisation__in=led_by(user),
        programme__state=ProgrammeState.OPEN,
        programme__in=Step.objects.filter(pk__in=steps).values("programme"),
    )
    done = StepCompletion.objects.filter(step_id__in=steps).values("enrolment")
    placed = SignUp.objects.filter(session__in=_siblings(steps), cancelled_at=None).values("enrolment")
    return active.exclude(pk__in=done).exclude(pk__in=placed).select_related("user", "organisation")


def _siblings(step_ids: Iterable[int]) -> QuerySet[TrainingSession]:
    """All sessions that count for the same steps and are still to come: one place is enough."""
    counted = SessionStep.sessions.through.objects.filter(sessionstep__step_id__in=step_ids)
    coming = TrainingSession.objects.filter(pk__in=counted.values("trainingsession_id"), starts_at__gt=timezone.now())
    return coming.exclude(state=SessionState.CANCELLED)


def bookable_sessions(user: AbstractBaseUser) -> list[tuple[TrainingSession, int]]:
    """Trainings to come that are open and count for programmes of people whom `user` leads, with how many wait."""
    led = Enrolment.objects.filter(
        state=EnrolmentState.ACTIVE, organisation__in=led_by(user), programme__state=ProgrammeState.OPEN
    )
    steps = Step.objects.filter(programme__in=led.values("programme"), kind=StepKind.SESSION).values_list(
        "pk", flat=True
    )
    sessions = _siblings(list(steps)).filter(state=SessionState.OPEN).order_by("starts_at", "pk")[:50]
    return [(session, bookable(user, session).count()) for session in sessions]


class BookingDuties:
    """The way from My learning to booking, for who leads people who are to be trained."""

    def duties_of(self, user: AbstractBaseUser) -> list[Duty]:
        """One entry, or none."""
        led = Enrolment.objects.filter(state=EnrolmentState.ACTIVE, organisation__in=led_by(user))
        if not Step.objects.filter(programme__in=led.values("programme"), kind=StepKind.SESSION).exists():
            return []
        return [Duty(_("Training places"), reverse("courses:bookings"), "cal", _("Book places for your people"))]


def session_attended(fact: Attendance) -> None:
    """Tell the programme, in the caller's transaction."""
    complete_steps(evidence=session_evidence([fact.enrolment_id]))


def session_unattended(fact: Attendance) -> None:
    """Take back what the revoked `fact` proved; another attendance may still prove it, at its own moment."""
    for step_id in step_ids_counting(fact.session):
        revoke_step(enrolment_id=fact.enrolment_id, step_id=step_id)
    complete_steps(evidence=session_evidence([fact.enrolment_id]))


def session_evidence(enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
    """What attendances prove: for each step the earliest of the sessions that count for it."""
    facts = Attendance.objects.filter(revoked_at=None).select_related("enrolment").order_by("attended_at", "pk")
    if enrolment_ids is not None:
        facts = facts.filter(enrolment_id__in=enrolment_ids)
    counting: dict[tuple[int, int], list[int]] = {}
    rows = SessionStep.objects.filter(sessions__isnull=False)
    for programme_id, session_id, step_id in rows.values_list("step__programme_id", "sessions", "step_id"):
        counting.setdefault((programme_id, session_id), []).append(step_id)
    seen: set[tuple[int, int]] = set()
    for fact in facts:
        for step_id in counting.get((fact.enrolment.programme_id, fact.session_id), []):
            if (fact.enrolment_id, step_id) not in seen:
                seen.add((fact.enrolment_id, step_id))
                yield Evidence(fact.enrolment_id, step_id, fact.attended_at, f"courses.Attendance:{fact.pk}")


class SessionHandler:
    """Steps of kind "session"."""

    kind: str = StepKind.SESSION

    def entry_url(self, step_public_id: str) -> str:
        """The dates to choose from."""
        return reverse("courses:step", args=[step_public_id])

    def evidence(self, enrolment_ids: Sequence[int] | None = None) -> Iterable[Evidence]:
        """Every attendance that was not revoked."""
        return session_evidence(enrolment_ids)

    def progress(self, enrolment_id: int, step_ids: Sequence[int]) -> Mapping[int, Progress]:
        """Attended or not; the note is the date signed up for. Two statements."""
        places = (
            SignUp.objects.filter(enrolment_id=enrolment_id, cancelled_at=None)
            .exclude(session__state=SessionState.CANCELLED)
            .select_related("session")
        )
        dates = {place.session_id: place.session for place in places}
        counting = SessionStep.objects.filter(step_id__in=step_ids).values_list("step_id", "sessions")
        notes: dict[int, str] = {}
        for step_id, session_id in counting:
            if session_id in dates:
                starts = timezone.localtime(dates[session_id].starts_at)
                notes[step_id] = date_format(starts, "SHORT_DATETIME_FORMAT")
        return {step_id: Progress(0, 1, notes.get(step_id, "")) for step_id in step_ids}
