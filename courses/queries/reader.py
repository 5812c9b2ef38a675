"""Where one learner stands in one lesson and its course."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import F, Prefetch, QuerySet, prefetch_related_objects
from django.db.models.functions import Length, Substr
from wagtail.models import Page

from courses.blocks import BlockView, Given, SectionView, sections_of
from courses.models import (
    CoursePage,
    Courseware,
    CoursewareSheet,
    LessonCompletion,
    LessonPage,
    LessonVisit,
    MediaPlay,
    QuestionAnswer,
    SectionRead,
)

# A film counts as played when nine tenths of it ran: credits and rounding are not worth a quarrel.
PLAYED_ENOUGH = 0.9


def live_lessons(course: CoursePage) -> QuerySet[LessonPage]:
    """The published lessons of `course` in order."""
    lessons: QuerySet[LessonPage] = LessonPage.objects.live().child_of(course).order_by("path")
    return lessons


def find_lesson(course: CoursePage, slug: str) -> LessonPage | None:
    """The published lesson of `course` with this slug."""
    return live_lessons(course).filter(slug=slug).first()


def course_of(lesson: LessonPage) -> CoursePage:
    """The course that `lesson` belongs to."""
    course: CoursePage = CoursePage.objects.ancestor_of(lesson).get()
    return course


def lessons_live(course_ids: Collection[int]) -> dict[int, set[int]]:
    """The ids of the published lessons of each course. One statement."""
    found: dict[int, set[int]] = {}
    parents = Page.objects.filter(pk__in=course_ids).values_list("path", flat=True)
    step = Page.steplen
    rows = (
        LessonPage.objects.live()
        .annotate(parent_path=Substr("path", 1, Length("path") - step))
        .filter(parent_path__in=parents)
        .values_list("pk", "parent_path")
    )
    paths = dict(Page.objects.filter(pk__in=course_ids).values_list("path", "pk"))
    for pk, path in rows:
        found.setdefault(paths[path], set()).add(pk)
    return found


def lessons_done(enrolment_id: int) -> set[int]:
    """The ids of all lessons that this enrolment has completed. One statement."""
    return set(LessonCompletion.objects.filter(enrolment_id=enrolment_id).values_list("lesson_id", flat=True))


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """One lesson in the outline."""

    lesson: LessonPage
    number: int
    state: str


def outline(course: CoursePage, *, enrolment_id: int | None, current_id: int | None) -> list[OutlineItem]:
    """The lessons of a course with done, now or todo. Two statements, one for a reader without a record."""
    done = lessons_done(enrolment_id) if enrolment_id else set()
    lessons = live_lessons(course).defer("body")
    return [
        OutlineItem(lesson, number, "done" if lesson.pk in done else "now" if lesson.pk == current_id else "todo")
        for number, lesson in enumerate(lessons, start=1)
    ]


def next_lesson(course: CoursePage, enrolment_id: int) -> LessonPage | None:
    """Where to go on: the open lesson read last, else the first one not complete, else the first."""
    lessons = list(live_lessons(course).defer("body"))
    done = lessons_done(enrolment_id)
    todo = [lesson for lesson in lessons if lesson.pk not in done]
    visits = LessonVisit.objects.filter(enrolment_id=enrolment_id, lesson__in=[lesson.pk for lesson in todo])
    last = visits.order_by("-last_at").values_list("lesson_id", flat=True).first()
    by_id = {lesson.pk: lesson for lesson in todo}
    return by_id.get(last or 0) or next(iter(todo or lessons), None)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What still stands between a learner and the end of a lesson."""

    sections: int
    questions: int
    check_in: bool
    wait_until: datetime | None

    @property
    def is_nothing(self) -> bool:
        """Everything is done."""
        return not (self.sections or self.questions or self.check_in or self.wait_until)


@dataclass(frozen=True, slots=True)
class LessonState:
    """One learner in one lesson."""

    sections: list[SectionView]
    visit: LessonVisit | None
    completed_at: datetime | None
    outstanding: Outstanding

    @property
    def read_count(self) -> int:
        """Sections read."""
        return sum(section.is_read for section in self.sections)

    @property
    def resume_at(self) -> SectionView | None:
        """The first section not read, once at least one was."""
        return next((s for s in self.sections if not s.is_read), None) if self.read_count else None


def lesson_state(*, enrolment_id: int, lesson: LessonPage, course: CoursePage, now: datetime) -> LessonState:
    """What was read, answered and is missing, judged against the revision that is live. Four statements."""
    facts = {"enrolment_id": enrolment_id, "lesson_id": lesson.pk}
    read = set(SectionRead.objects.filter(**facts).values_list("section", flat=True))
    answers = QuestionAnswer.objects.filter(**facts).order_by("pk").values_list("question", "choice", "is_correct")
    given = {question: Given(choice, is_correct) for question, choice, is_correct in answers}
    sections = sections_of(lesson.body, read=read, given=given)
    visit = LessonVisit.objects.filter(**facts).first()
    completed_at = LessonCompletion.objects.filter(**facts).values_list("completed_at", flat=True).first()
    opened_at = visit.opened_at if visit else now
    ready_at = opened_at + timedelta(seconds=course.minimum_seconds)
    outstanding = Outstanding(
        sections=sum(not section.is_read for section in sections),
        questions=sum(q.given is None for section in sections for q in section.questions),
        check_in=course.check_in and not (visit and visit.checked_in_at),
        wait_until=ready_at if ready_at > now else None,
    )
    return LessonState(sections, visit, completed_at, outstanding)


def unplayed_films(*, enrolment_id: int, lesson: LessonPage, sections: Collection[SectionView]) -> list[str]:
    """The titles of films in `sections` that this learner has not played through. One statement."""
    seconds = dict(
        MediaPlay.objects.filter(enrolment_id=enrolment_id, lesson_id=lesson.pk).values_list("block", "seconds")
    )
    return [
        film.value["title"]
        for section in sections
        for film in section.films
        if seconds.get(film.id, 0) < PLAYED_ENOUGH * (film.value["media"].duration or 0)
    ]


def dressed(sections: Collection[SectionView]) -> list[SectionView]:
    """`sections` with the renditions of all pictures and the sheets of all courseware loaded at once, so that a page
    with many costs no more than a page with one. At most three statements."""
    blocks = [block for section in sections for block in section.blocks]
    pictures = [b.value["image"] for b in blocks if b.kind == "picture" and b.value["image"]]
    if pictures:
        prefetch_related_objects(pictures, "renditions")
    documents = {b.value["document"].pk for b in blocks if b.kind == "courseware" and b.value["document"]}
    if not documents:
        return list(sections)
    ready = {
        row.document_id: row
        for row in Courseware.objects.filter(document_id__in=documents).prefetch_related(
            Prefetch("sheets", CoursewareSheet.objects.order_by("number"))
        )
    }
    return [replace(s, blocks=[_with_sheets(block, ready) for block in s.blocks]) for s in sections]


def _with_sheets(block: BlockView, ready: dict[int, Courseware]) -> BlockView:
    """Courseware with its rendered pages; any other block as it is."""
    if block.kind != "courseware" or not block.value["document"]:
        return block
    courseware = ready.get(block.value["document"].pk)
    return replace(block, sheets=list(courseware.sheets.all()) if courseware else [])


def latest_played(enrolment_id: int, lesson: LessonPage) -> dict[str, float]:
    """Seconds played of each film of the lesson. One statement."""
    rows = MediaPlay.objects.filter(enrolment_id=enrolment_id, lesson_id=lesson.pk).values_list("block", F("seconds"))
    return dict(rows)
