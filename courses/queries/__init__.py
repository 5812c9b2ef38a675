"""Reads: where a learner stands in a course, and the shelf of courses."""

from courses.queries.reader import (
    LessonState,
    Outstanding,
    course_of,
    dressed,
    find_lesson,
    lesson_state,
    lessons_done,
    lessons_live,
    live_lessons,
    next_lesson,
    outline,
)
from courses.queries.shelf import CourseCard, cards, listed_courses, newest_books

__all__ = [
    "CourseCard",
    "LessonState",
    "Outstanding",
    "cards",
    "course_of",
    "dressed",
    "find_lesson",
    "lesson_state",
    "lessons_done",
    "lessons_live",
    "listed_courses",
    "live_lessons",
    "newest_books",
    "next_lesson",
    "outline",
]
