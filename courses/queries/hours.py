"""The record of credit hours (学时): courses completed and trainings attended, year by year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from courses.models import Attendance, CourseCompletion


@dataclass(frozen=True, slots=True)
class Line:
    """One course or training. `hours` are credit hours of a course, None for a training; `minutes` the reverse."""

    title: str
    programme: str
    at: datetime
    hours: Decimal | None
    minutes: int | None


@dataclass(slots=True)
class Year:
    """One calendar year of China."""

    year: int
    lines: list[Line] = field(default_factory=list)

    @property
    def hours(self) -> Decimal:
        """Credit hours of courses."""
        return sum((line.hours for line in self.lines if line.hours is not None), Decimal(0))

    @property
    def minutes(self) -> int:
        """Minutes of training."""
        return sum(line.minutes for line in self.lines if line.minutes is not None)


def hours_of(user: User) -> list[Year]:
    """The years of `user`, newest first. A course counts once a year, however many programmes asked for it.
    Two statements."""
    done = CourseCompletion.objects.filter(enrolment__user=user).select_related("course", "enrolment__programme")
    there = Attendance.objects.filter(enrolment__user=user, revoked_at=None)
    there = there.select_related("session", "enrolment__programme")
    lines: list[Line] = []
    counted: set[tuple[int, int]] = set()
    for row in done.order_by("completed_at", "pk"):
        key = (row.course_id, timezone.localtime(row.completed_at).year)
        if key not in counted:
            counted.add(key)
            programme = row.enrolment.programme.local_title
            lines.append(Line(row.course.title, programme, row.completed_at, row.credit_hours, None))
    for visit in there.order_by("attended_at", "pk"):
        length = visit.session.ends_at - visit.session.starts_at
        lines.append(
            Line(
                visit.session.title,
                visit.enrolment.programme.local_title,
                visit.session.starts_at,
                None,
                int(length.total_seconds() // 60),
            )
        )
    return _by_year(lines)


def _by_year(lines: Sequence[Line]) -> list[Year]:
    years: dict[int, Year] = {}
    for line in sorted(lines, key=lambda one: one.at, reverse=True):
        number = timezone.localtime(line.at).year
        years.setdefault(number, Year(number)).lines.append(line)
    return [years[number] for number in sorted(years, reverse=True)]


class CourseHours:
    """Credit hours of courses, for certificates."""

    def hours_of(self, enrolment_ids: Sequence[int]) -> Mapping[int, Decimal]:
        """One statement."""
        done = CourseCompletion.objects.filter(enrolment__in=enrolment_ids, credit_hours__gt=0).order_by()
        return dict(done.values_list("enrolment_id").annotate(hours=Sum("credit_hours")))
