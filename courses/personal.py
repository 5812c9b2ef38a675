"""What courses and training hold about a person. Evaluations are anonymous: nobody can find them again."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from courses.models import (
    Attendance,
    CourseCompletion,
    EvaluationReceipt,
    LessonCompletion,
    LessonVisit,
    QuestionAnswer,
    SignUp,
)
from privacy.personal import fields_of
from privacy.registry import Section


class CourseData:
    """Lessons, answers to check questions, training."""

    def sections(self, user: User) -> Iterable[Section]:
        """All of them."""
        mine = {"enrolment__user": user}
        visits = LessonVisit.objects.filter(**mine).select_related("lesson").order_by("pk")
        yield Section("lessons", _("Lessons opened"), fields_of(visits, "lesson", "opened_at", "last_at"))
        done = LessonCompletion.objects.filter(**mine).select_related("lesson").order_by("pk")
        yield Section("lessons-done", _("Lessons completed"), fields_of(done, "lesson", "completed_at"))
        answers = QuestionAnswer.objects.filter(**mine).select_related("lesson").order_by("pk")
        names = ("lesson", "choice", "is_correct", "answered_at")
        yield Section("check-questions", _("Answers to check questions"), fields_of(answers, *names))
        courses = CourseCompletion.objects.filter(**mine).order_by("pk")
        yield Section("courses", _("Courses completed"), fields_of(courses, "credit_hours", "completed_at"))
        places = SignUp.objects.filter(**mine).select_related("session").order_by("pk")
        yield Section("sign-ups", _("Training: sign-ups"), fields_of(places, "session", "signed_up_at", "cancelled_at"))
        there = Attendance.objects.filter(**mine).select_related("session").order_by("pk")
        yield Section("attendance", _("Training: attendance"), fields_of(there, "session", "method", "attended_at"))
        given = EvaluationReceipt.objects.filter(**mine).order_by("pk")
        yield Section("evaluations", _("Evaluations given (anonymous)"), fields_of(given, "given_at"))

    def holds(self, user: User) -> Iterable[str]:
        """Nothing."""
        return []

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Nothing here names anybody once the account is blank."""
        return {}
