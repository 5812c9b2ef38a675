"""The shelf: courses as cards."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Length, Substr
from wagtail.models import Page

from cms.registry import Book
from courses.models import CourseIndexPage, CoursePage, LessonCompletion, LessonPage
from courses.queries.reader import lessons_live


class Assigned(Protocol):
    """A course that a programme asks of the reader."""

    @property
    def step_public_id(self) -> str: ...
    @property
    def enrolment_id(self) -> int: ...
    @property
    def completed_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class CourseCard:
    """One course on the shelf. `assigned` is None if no programme asks the reader for it."""

    course: CoursePage
    lessons: int
    minutes: int
    assigned: Assigned | None
    done: int

    @property
    def percent(self) -> int:
        """Lessons done, of a hundred."""
        return round(100 * self.done / self.lessons) if self.lessons else 0


def listed_courses(index: CourseIndexPage, *, audience: str = "", text: str = "") -> QuerySet[CoursePage]:
    """Published courses below `index`, in the order of the page tree, each with its lessons and minutes counted."""
    below = (
        LessonPage.objects.live()
        .order_by()
        .annotate(parent_path=Substr("path", 1, Length("path") - Page.steplen))
        .filter(parent_path=OuterRef("path"))
        .values("parent_path")
    )
    zero = Value(0)
    courses: QuerySet[CoursePage] = (
        CoursePage.objects.live()
        .child_of(index)
        .order_by("path")
        .annotate(
            lessons=Coalesce(Subquery(below.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), zero),
            minutes_sum=Coalesce(
                Subquery(below.annotate(n=Sum("minutes")).values("n"), output_field=IntegerField()), zero
            ),
        )
    )
    if audience:
        courses = courses.filter(audience=audience)
    if text:
        courses = courses.filter(Q(title__icontains=text) | Q(title_en__icontains=text) | Q(summary__icontains=text))
    return courses


def cards(courses: Collection[CoursePage], assigned: Mapping[int, Assigned]) -> list[CourseCard]:
    """Put the reader's progress on `courses` (rows of `listed_courses`). Three statements, none without a record."""
    mine = {course.pk: assigned[course.pk] for course in courses if course.pk in assigned}
    done: set[tuple[int, int]] = set()
    live: dict[int, set[int]] = {}
    if mine:
        live = lessons_live(mine.keys())
        facts = LessonCompletion.objects.filter(enrolment_id__in={a.enrolment_id for a in mine.values()})
        done = set(facts.values_list("enrolment_id", "lesson_id"))
    return [
        CourseCard(
            course,
            course.lessons,
            course.minutes_sum,
            mine.get(course.pk),
            sum((mine[course.pk].enrolment_id, lesson) in done for lesson in live.get(course.pk, ()))
            if course.pk in mine
            else 0,
        )
        for course in courses
    ]


def newest_books(limit: int) -> list[Book]:
    """The courses released last, for the shelf of the home page."""
    courses = CoursePage.objects.live().order_by("-first_published_at", "-pk")[:limit]
    return [Book(c.local_title, c.url or "", c.cover, c.cover_title) for c in courses]
