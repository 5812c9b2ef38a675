"""What people do with courses."""

from courses.actions.authoring import assign_course, ensure_release_workflow
from courses.actions.evaluation import AlreadyEvaluated, CourseNotComplete, evaluate_course
from courses.actions.reading import (
    CheckInRequired,
    FilmNotPlayed,
    NotInLesson,
    TooFast,
    answer_question,
    check_in,
    finish_lesson,
    open_lesson,
    read_sections,
    report_played,
    work_through_lesson,
)

__all__ = [
    "AlreadyEvaluated",
    "CheckInRequired",
    "CourseNotComplete",
    "FilmNotPlayed",
    "NotInLesson",
    "TooFast",
    "answer_question",
    "assign_course",
    "check_in",
    "ensure_release_workflow",
    "evaluate_course",
    "finish_lesson",
    "open_lesson",
    "read_sections",
    "report_played",
    "work_through_lesson",
]
