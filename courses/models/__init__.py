"""Courses and lessons as pages; what learners did in them as facts."""

from courses.models.classwork import ClassReading
from courses.models.courseware import Courseware, CoursewareSheet, CoursewareState
from courses.models.evaluation import Evaluation, EvaluationReceipt
from courses.models.facts import (
    CourseCompletion,
    CourseStep,
    LessonCompletion,
    LessonVisit,
    MediaPlay,
    QuestionAnswer,
    SectionRead,
)
from courses.models.pages import Audience, CourseIndexPage, CoursePage, Cover, LessonPage
from courses.models.release import SecondBodyTask
from courses.models.sessions import (
    Attendance,
    AttendanceMethod,
    SessionState,
    SessionStep,
    SignUp,
    TrainingSession,
)
from courses.models.uploads import MediaUpload

__all__ = [
    "Attendance",
    "AttendanceMethod",
    "Audience",
    "ClassReading",
    "CourseCompletion",
    "CourseIndexPage",
    "CoursePage",
    "CourseStep",
    "Courseware",
    "CoursewareSheet",
    "CoursewareState",
    "Cover",
    "Evaluation",
    "EvaluationReceipt",
    "LessonCompletion",
    "LessonPage",
    "LessonVisit",
    "MediaPlay",
    "MediaUpload",
    "QuestionAnswer",
    "SecondBodyTask",
    "SectionRead",
    "SessionState",
    "SessionStep",
    "SignUp",
    "TrainingSession",
]
