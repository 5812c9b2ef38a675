"""What steps of the two kinds of this app ask for, in the admin and in programmes that are copied."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from courses.models import CoursePage, CourseStep, SessionState, SessionStep, TrainingSession
from programmes.models import StepKind


class CourseConfigurator:
    """Says in the admin which course a step asks for."""

    kind: str = StepKind.COURSE
    changes_while_open = False

    def summaries(self, step_ids: Sequence[int]) -> Mapping[int, str]:
        """The titles of the courses. One statement."""
        return dict(CourseStep.objects.filter(step_id__in=step_ids).values_list("step_id", "course__title"))

    def configure_url(self, step_id: int) -> str:
        """The list to choose from."""
        return reverse("course-step", args=[step_id])

    def bind(self, step_id: int, wanted: Sequence[str]) -> bool:
        """The first of these courses that is live."""
        return self._ask(step_id, [CoursePage.objects.live().filter(slug=slug).first() for slug in wanted])

    def copy(self, step_id: int, to_step_id: int) -> bool:
        """The same course, while it is live."""
        asked = CourseStep.objects.filter(step_id=step_id).values("course")
        return self._ask(to_step_id, [CoursePage.objects.live().filter(pk__in=asked).first()])

    @staticmethod
    def _ask(step_id: int, courses: Sequence[CoursePage | None]) -> bool:
        course = next((one for one in courses if one is not None), None)
        if course is not None:
            CourseStep.objects.create(step_id=step_id, course=course)
        return course is not None

    def forget(self, step_id: int) -> None:
        """The step goes."""
        CourseStep.objects.filter(step_id=step_id).delete()


class SessionConfigurator:
    """Says in the admin which sessions count for a step."""

    kind: str = StepKind.SESSION
    changes_while_open = True

    def summaries(self, step_ids: Sequence[int]) -> Mapping[int, str]:
        """The sessions that are not cancelled, each with its day, earliest first. One statement."""
        rows = (
            SessionStep.objects.filter(step_id__in=step_ids, sessions__isnull=False)
            .exclude(sessions__state=SessionState.CANCELLED)
            .order_by("sessions__starts_at", "sessions__pk")
        )
        found: dict[int, list[str]] = {}
        for step_id, title, starts_at in rows.values_list("step_id", "sessions__title", "sessions__starts_at"):
            day = date_format(timezone.localtime(starts_at), "SHORT_DATE_FORMAT")
            found.setdefault(step_id, []).append(f"{title} {day}")
        return {step_id: " · ".join(names) for step_id, names in found.items()}

    def configure_url(self, step_id: int) -> str:
        """The dates to tick."""
        return reverse("session-step", args=[step_id])

    def bind(self, step_id: int, wanted: Sequence[str]) -> bool:
        """All dates to come that can be signed up for: a person takes away those that are for others."""
        coming = TrainingSession.objects.filter(state=SessionState.OPEN, starts_at__gt=timezone.now())
        dates = list(coming) if "coming" in wanted else []
        if dates:
            SessionStep.objects.create(step_id=step_id).sessions.set(dates)
        return bool(dates)

    def copy(self, step_id: int, to_step_id: int) -> bool:
        """Nothing: another run has dates of its own."""
        return False

    def forget(self, step_id: int) -> None:
        """The step goes."""
        SessionStep.objects.filter(step_id=step_id).delete()
