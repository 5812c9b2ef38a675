"""What exams hold about a person, and how it is erased."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams import actions, queries
from exams.models import Appeal, AppealDecision, Attempt, AttemptState, ExtraAttempt, ExtraTime, Score, SittingEvent
from foundation.writeonce import opened
from privacy.personal import fields_of
from privacy.registry import Section

BLANK = "—"


class ExamData:
    """Attempts, scores, what was noticed, appeals, extra time and extra attempts."""

    def sections(self, user: User) -> Iterable[Section]:
        """All of them. Scores are one's own to see; keys are not data about a person."""
        mine = {"attempt__enrolment__user": user}
        attempts = Attempt.objects.filter(enrolment__user=user).select_related("paper").order_by("pk")
        names = ("paper", "number", "kind", "state", "started_at", "submitted_at")
        yield Section("attempts", _("Attempts"), fields_of(attempts, *names))
        scores = Score.objects.filter(**mine).select_related("attempt").order_by("pk")
        yield Section("scores", _("Scores"), fields_of(scores, "run", "points", "max_points", "passed", "marked_at"))
        seen = SittingEvent.objects.filter(**mine).order_by("pk")
        yield Section("noticed", _("Noticed during exams"), fields_of(seen, "kind", "seconds", "at", "note"))
        appeals = Appeal.objects.filter(**mine).order_by("pk")
        yield Section("appeals", _("Appeals"), fields_of(appeals, "position", "text", "made_at"))
        extra = ExtraTime.objects.filter(user=user).order_by("pk")
        names = ("percent", "minutes", "reason", "from_on", "until_on", "granted_at")
        yield Section("extra-time", _("Extra time"), fields_of(extra, *names))
        granted = ExtraAttempt.objects.filter(enrolment__user=user).select_related("paper").order_by("pk")
        yield Section("extra-attempts", _("Further attempts"), fields_of(granted, "paper", "kind", "reason"))

    def holds(self, user: User) -> Iterable[str]:
        """An exam that runs, and an appeal that waits for its answer."""
        if Attempt.objects.filter(enrolment__user=user, state=AttemptState.OPEN).exists():
            yield str(_("An exam is running: it must be handed in first."))
        if Appeal.objects.filter(attempt__enrolment__user=user, decision=None).exists():
            yield str(_("An appeal waits for its answer."))

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Scores stay as figures; reasons, notes and words of appeals go. Answers go by the rules of retention."""
        appeals = list(Appeal.objects.filter(attempt__enrolment__user=user).values_list("pk", flat=True))
        done: dict[str, int] = {}
        if appeals:
            with opened("exams.Appeal"):
                done["appeals"] = Appeal.objects.filter(pk__in=appeals).update(text=BLANK)
            with opened("exams.AppealDecision"):
                AppealDecision.objects.filter(pk__in=appeals).update(answer=BLANK)
        extra = ExtraTime.objects.filter(user=user)
        if extra.exists():
            with opened("exams.ExtraTime"):
                done["extra-time"] = extra.update(reason=BLANK)
        granted = ExtraAttempt.objects.filter(enrolment__user=user)
        if granted.exists():
            with opened("exams.ExtraAttempt"):
                done["extra-attempts"] = granted.update(reason=BLANK)
        notes = list(
            SittingEvent.objects.filter(attempt__enrolment__user=user).exclude(note="").values_list("pk", flat=True)
        )
        if notes:
            with opened("exams.SittingEvent"):
                done["notes"] = SittingEvent.objects.filter(pk__in=notes).update(note="")
        return done


def answers_due(before: datetime) -> int:
    """How many attempts have answers of programmes that ended before that day."""
    return queries.forgettable(before).count()


def forget_answers(before: datetime, limit: int) -> int:
    """Let the answers of the oldest ones go; scores stay."""
    return actions.forget_answers(before=before, limit=limit)
