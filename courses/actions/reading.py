"""What a learner does in a lesson. The server alone decides when it is complete.

A lesson is complete when every section of its live revision was read to the end and every check question in it was
answered, and, where the course asks for it, the learner checked in and the minimum time has passed. An answer counts
when it is given, right or wrong: a wrong one is explained and may be given again. A section that was read stays read
when its text is edited later; a new section must be read as well. What is complete stays complete.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from courses.blocks import SectionView, sections_of
from courses.models import (
    CourseCompletion,
    CoursePage,
    LessonCompletion,
    LessonPage,
    LessonVisit,
    MediaPlay,
    QuestionAnswer,
    SectionRead,
)
from courses.queries import course_of, lesson_state, lessons_done, lessons_live
from courses.queries.reader import unplayed_films
from courses.steps import Enrolment, course_completed, lock
from foundation.audit.actions import record


@transaction.atomic
def open_lesson(*, enrolment: Enrolment, lesson: LessonPage, at: datetime | None = None) -> LessonVisit:
    """Note when the learner first opened `lesson`; later calls return that visit."""
    visit = LessonVisit.objects.filter(enrolment=enrolment, lesson=lesson).first()
    if visit is None:
        now = at or timezone.now()
        fresh = LessonVisit(enrolment=enrolment, lesson=lesson, opened_at=now, last_at=now)
        LessonVisit.objects.bulk_create([fresh], ignore_conflicts=True)
        visit = LessonVisit.objects.get(enrolment=enrolment, lesson=lesson)
    return visit


@transaction.atomic
def check_in(*, enrolment: Enrolment, lesson: LessonPage, at: datetime | None = None) -> None:
    """Record that the learner is present; the first moment stays."""
    now = at or timezone.now()
    visit = open_lesson(enrolment=enrolment, lesson=lesson, at=now)
    if LessonVisit.objects.filter(pk=visit.pk, checked_in_at=None).update(checked_in_at=now):
        record(
            action="courses.check_in",
            actor=enrolment.user,
            target=f"courses.LessonPage:{lesson.pk}",
            details={"enrolment": enrolment.pk},
        )


class NotInLesson(ValueError):
    """The live revision of the lesson has no such section, question or answer."""


class CheckInRequired(ValueError):
    """The course asks learners to check in before they read."""


class FilmNotPlayed(ValueError):
    """The course asks that films are played through; the message is the title of the first that was not."""


@transaction.atomic
def read_sections(
    *, enrolment: Enrolment, lesson: LessonPage, section_ids: Collection[str], at: datetime | None = None
) -> bool:
    """Mark sections as read to the end; returns whether the lesson is complete now.

    Raises NotInLesson, CheckInRequired or FilmNotPlayed; then nothing is recorded.
    """
    now = at or timezone.now()
    lock(enrolment)
    course = course_of(lesson)
    chosen = [section for section in sections_of(lesson.body) if section.id in section_ids]
    if len(chosen) != len(set(section_ids)):
        raise NotInLesson(lesson.slug)
    visit = open_lesson(enrolment=enrolment, lesson=lesson, at=now)
    _refuse_what_the_course_forbids(enrolment, lesson, course, visit, chosen)
    revision_id = _live_revision(lesson)
    SectionRead.objects.bulk_create(
        [
            SectionRead(enrolment=enrolment, lesson=lesson, section=s.id, revision_id=revision_id, read_at=now)
            for s in chosen
        ],
        ignore_conflicts=True,
    )
    LessonVisit.objects.filter(pk=visit.pk).update(last_section=chosen[-1].id if chosen else "", last_at=now)
    return _complete_if_done(enrolment, lesson, course, now)


@transaction.atomic
def answer_question(
    *, enrolment: Enrolment, lesson: LessonPage, question_id: str, choice: int, at: datetime | None = None
) -> QuestionAnswer:
    """Record one answer (`choice` counts the options from 0). Raises NotInLesson or CheckInRequired."""
    now = at or timezone.now()
    lock(enrolment)
    course = course_of(lesson)
    questions = {q.id: q for section in sections_of(lesson.body) for q in section.questions}
    options = questions[question_id].value["options"] if question_id in questions else []
    if not 0 <= choice < len(options):
        raise NotInLesson(question_id)
    visit = open_lesson(enrolment=enrolment, lesson=lesson, at=now)
    _refuse_what_the_course_forbids(enrolment, lesson, course, visit, [])
    answer = QuestionAnswer.objects.create(
        enrolment=enrolment,
        lesson=lesson,
        question=question_id,
        revision_id=_live_revision(lesson),
        choice=choice,
        is_correct=bool(options[choice]["correct"]),
        answered_at=now,
    )
    _complete_if_done(enrolment, lesson, course, now)
    return answer


@transaction.atomic
def finish_lesson(*, enrolment: Enrolment, lesson: LessonPage, at: datetime | None = None) -> bool:
    """Complete the lesson if nothing is missing (asked again once the minimum time has passed)."""
    lock(enrolment)
    return _complete_if_done(enrolment, lesson, course_of(lesson), at or timezone.now())


class TooFast(ValueError):
    """More seconds were reported than have passed."""


# Reports come every ten seconds or so; the network may bunch two together.
REPORT_SLACK = timedelta(seconds=15)


@transaction.atomic
def report_played(
    *, enrolment: Enrolment, lesson: LessonPage, block_id: str, seconds: float, at: datetime | None = None
) -> float:
    """Add `seconds` of a film that just ran; returns the sum. Raises NotInLesson or TooFast (nothing is added)."""
    now = at or timezone.now()
    lock(enrolment)
    if block_id not in {film.id for section in sections_of(lesson.body) for film in section.films}:
        raise NotInLesson(block_id)
    visit = open_lesson(enrolment=enrolment, lesson=lesson, at=now)
    play = MediaPlay.objects.filter(enrolment=enrolment, lesson=lesson, block=block_id).first()
    since = play.reported_at if play else visit.opened_at
    total = (play.seconds if play else 0) + seconds
    # The slack is granted once: many small reports do not add up to more than the time since the lesson was opened.
    in_time = 0 <= seconds <= (now - since + REPORT_SLACK).total_seconds()
    if not in_time or total > (now - visit.opened_at + REPORT_SLACK).total_seconds():
        raise TooFast(block_id)
    MediaPlay.objects.update_or_create(
        enrolment=enrolment, lesson=lesson, block=block_id, defaults={"seconds": total, "reported_at": now}
    )
    return total


def work_through_lesson(
    *, enrolment: Enrolment, lesson: LessonPage, at: datetime, minutes: int | None = None, slips: int = 0
) -> bool:
    """One learner reads all of `lesson` from `at` on and answers its questions; returns whether it is complete.

    `slips` questions are answered wrong first. Every fact goes through the same actions as a click in the browser.
    """
    course = course_of(lesson)
    end = at + timedelta(seconds=max((minutes or lesson.minutes) * 60, course.minimum_seconds))
    open_lesson(enrolment=enrolment, lesson=lesson, at=at)
    if course.check_in:
        check_in(enrolment=enrolment, lesson=lesson, at=at)
    sections = sections_of(lesson.body)
    for film in [film for section in sections for film in section.films if course.no_seek]:
        seconds = min(film.value["media"].duration or 0, (end - at).total_seconds())
        report_played(enrolment=enrolment, lesson=lesson, block_id=film.id, seconds=seconds, at=end)
    for number, question in enumerate(q for section in sections for q in section.questions):
        right = [bool(option["correct"]) for option in question.value["options"]]
        for choice in ([right.index(False)] if number < slips else []) + [right.index(True)]:
            answer_question(enrolment=enrolment, lesson=lesson, question_id=question.id, choice=choice, at=end)
    return read_sections(enrolment=enrolment, lesson=lesson, section_ids=[s.id for s in sections], at=end)


def _refuse_what_the_course_forbids(
    enrolment: Enrolment, lesson: LessonPage, course: CoursePage, visit: LessonVisit, sections: list[SectionView]
) -> None:
    """The stricter rules of a course, where they are switched on."""
    if course.check_in and visit.checked_in_at is None:
        raise CheckInRequired(lesson.slug)
    if course.no_seek:
        unplayed = unplayed_films(enrolment_id=enrolment.pk, lesson=lesson, sections=sections)
        if unplayed:
            raise FilmNotPlayed(unplayed[0])


def _live_revision(lesson: LessonPage) -> int:
    """The revision that is being read. A page published without one (by a script) gets it now."""
    if lesson.live_revision_id is None:
        lesson.live_revision = lesson.save_revision(changed=False)
        LessonPage.objects.filter(pk=lesson.pk).update(live_revision=lesson.live_revision)
    return int(lesson.live_revision_id)


def _complete_if_done(enrolment: Enrolment, lesson: LessonPage, course: CoursePage, now: datetime) -> bool:
    """Write the completion of the lesson, and of the course if this was its last. Idempotent."""
    state = lesson_state(enrolment_id=enrolment.pk, lesson=lesson, course=course, now=now)
    if state.completed_at:
        return True
    if not state.outstanding.is_nothing:
        return False
    LessonCompletion.objects.create(
        enrolment=enrolment, lesson=lesson, revision_id=_live_revision(lesson), completed_at=now
    )
    ended = lessons_live([course.pk]).get(course.pk, set()) <= lessons_done(enrolment.pk)
    if ended:
        completion, created = CourseCompletion.objects.get_or_create(
            enrolment=enrolment, course=course, defaults={"credit_hours": course.credit_hours, "completed_at": now}
        )
        if created:
            course_completed(completion)
    record(
        action="courses.complete_lesson",
        actor=enrolment.user,
        target=f"courses.LessonPage:{lesson.pk}",
        details={"enrolment": enrolment.pk, "revision": lesson.live_revision_id, "course_complete": ended},
    )
    return True
