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
from courses.actions.sessions import (
    NotSignedUp,
    SessionClosed,
    SessionFull,
    assign_sessions,
    cancel_sign_up,
    create_session,
    mark_attendance,
    record_attendance,
    sign_up,
)

__all__ = [
    "AlreadyEvaluated",
    "CheckInRequired",
    "CourseNotComplete",
    "FilmNotPlayed",
    "NotInLesson",
    "NotSignedUp",
    "SessionClosed",
    "SessionFull",
    "TooFast",
    "answer_question",
    "assign_course",
    "assign_sessions",
    "cancel_sign_up",
    "check_in",
    "create_session",
    "ensure_release_workflow",
    "evaluate_course",
    "finish_lesson",
    "mark_attendance",
    "open_lesson",
    "read_sections",
    "record_attendance",
    "report_played",
    "sign_up",
    "work_through_lesson",
]
