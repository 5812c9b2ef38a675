"""A learner doubts a question or the result; an exam manager answers, with the reason."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from exams.models import Appeal, AppealDecision, Regrade
from exams.queries import own_attempt
from exams.queries.appeals import appeal_door
from foundation.audit.actions import record
from notifications.actions import notify

ANSWER_WITHIN = timedelta(days=10)


class AppealRefused(ValueError):
    """There is nothing to appeal against, the days are over, it says nothing, or it was made before.

    `word` is "none", "late", "empty", "question" or "again".
    """

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


@transaction.atomic
def make_appeal(
    *, by: AbstractBaseUser, attempt_id: str, text: str, position: int | None = None, at: datetime | None = None
) -> Appeal:
    """Doubt question `position`, or the whole result. Raises AttemptUnknown or AppealRefused."""
    attempt = own_attempt(user=by, public_id=attempt_id)
    now = at or timezone.now()
    door = appeal_door(attempt)
    if door is None:
        raise AppealRefused("none")
    if now > door:
        raise AppealRefused("late")
    if position is not None and not 1 <= position <= len(attempt.drawn):
        raise AppealRefused("question")
    if not text.strip():
        raise AppealRefused("empty")
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                attempt=attempt,
                position=position,
                text=text.strip()[:2000],
                made_at=now,
                answer_by=now + ANSWER_WITHIN,
            )
    except IntegrityError:
        raise AppealRefused("again") from None
    record(action="exams.make_appeal", actor=by, target=f"exams.Appeal:{appeal.pk}", details={"position": position})
    return appeal


class AppealDecided(ValueError):
    """It was answered before, or the answer says nothing."""


@transaction.atomic
def decide_appeal(
    *,
    by: AbstractBaseUser,
    appeal: Appeal,
    accepted: bool,
    answer: str,
    regrade: Regrade | None = None,
    at: datetime | None = None,
) -> AppealDecision:
    """Answer an appeal, once; the learner is told. Raises AppealDecided."""
    if not answer.strip():
        raise AppealDecided(appeal.public_id)
    try:
        with transaction.atomic():
            decision = AppealDecision.objects.create(
                appeal=appeal,
                accepted=accepted,
                answer=answer.strip()[:2000],
                regrade=regrade if accepted else None,
                decided_by_id=by.pk,
                decided_at=at or timezone.now(),
            )
    except IntegrityError:
        raise AppealDecided(appeal.public_id) from None
    _tell(decision)
    details = {"accepted": accepted, "regrade": decision.regrade_id}
    record(action="exams.decide_appeal", actor=by, target=f"exams.Appeal:{appeal.pk}", details=details)
    return decision


def _tell(decision: AppealDecision) -> None:
    attempt = decision.appeal.attempt
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your appeal was accepted: %(title)s") if decision.accepted else _("Your appeal: %(title)s")
        notify(
            user=attempt.enrolment.user,
            kind="exams.appeal",
            subject=subject % {"title": attempt.paper.title},
            body=decision.answer,
            url=reverse("exams:result", args=[attempt.public_id]),
        )
