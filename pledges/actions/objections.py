"""Objection and correction: filed, taken up, answered within five working days."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from notifications.actions import notify
from notifications.queries import working_days
from pledges import queries
from pledges.actions.afterwards import NotPossible, NotYours, correct_letter, end_letter, invalidate_letter
from pledges.models import EndReason, Letter, LetterState, Objection, ObjectionState, Subject

ANSWERED = "pledges.answered"
OPEN = (ObjectionState.FILED, ObjectionState.CHECKING)
REJECT, CORRECT, INVALIDATE, END = "reject", "correct", "invalidate", "end"


@transaction.atomic
def file_objection(
    *, letter: Letter, text: str, by: User | None = None, contact: str = "", at: datetime | None = None
) -> Objection:
    """Say that a letter is wrong. The signer's own objection is checked at once, and the letter marked; another one
    waits until the unit takes it up. Somebody's second one, while the first is open, is the first.

    Raises NotPossible if the letter has ended (one declared invalid can still be objected to), the text is empty or too
    long, or nobody could be answered.
    """
    moment, words = at or timezone.now(), text.strip()
    if letter.state == LetterState.WITHDRAWN or letter.subject == Subject.CLASS:
        raise NotPossible(_("This letter has ended before."))
    if not words or len(words) > 2000:
        raise NotPossible(_("Say in at most 2000 characters what is wrong."))
    if by is None and not contact.strip():
        raise NotPossible(_("Say who you are and how the answer can reach you."))
    is_own = by is not None and letter.signer_id == by.pk
    due_on = working_days().add(timezone.localdate(moment), settings.OBJECTION_WORKING_DAYS)
    try:
        with transaction.atomic():
            made = Objection.objects.create(
                letter=letter,
                by=by,
                contact=contact.strip()[:200],
                text=words,
                filed_at=moment,
                due_on=due_on,
                state=ObjectionState.CHECKING if is_own else ObjectionState.FILED,
            )
    except IntegrityError:
        return Objection.objects.get(letter=letter, by=by, state__in=OPEN)
    record(action="pledges.file_objection", actor=by, target=f"pledges.Objection:{made.pk}")
    return made


def _checked(by: User, objection: Objection) -> Objection:
    """The row, locked. Raises NotYours, or NotPossible if it is decided."""
    held = Objection.objects.select_for_update(of=("self",)).select_related("letter").get(pk=objection.pk)
    if held.by_id == by.pk or held.letter.signer_id == by.pk or not queries.may_decide(by, held.letter):
        raise NotYours(held.code)
    if held.state not in OPEN:
        raise NotPossible(_("This objection was answered before."))
    return held


@transaction.atomic
def take_up_objection(*, by: User, objection: Objection) -> Objection:
    """Begin to check an objection from outside: from now on the letter is marked. Raises NotYours, NotPossible."""
    held = _checked(by, objection)
    Objection.objects.filter(pk=held.pk).update(state=ObjectionState.CHECKING)
    record(action="pledges.take_up_objection", actor=by, target=f"pledges.Objection:{held.pk}")
    held.refresh_from_db()
    return held


@transaction.atomic
def decide_objection(
    *,
    by: User,
    objection: Objection,
    outcome: str,
    answer: str,
    note: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Objection:
    """Answer an objection, and do what follows: nothing ("reject"), a published correction ("correct", with `note`), or
    the letter is declared invalid or ended ("invalidate", "end", with `reason`).

    Raises NotYours, NotPossible (nothing is decided then), ValueError for an unknown outcome or reason.
    """
    held, moment = _checked(by, objection), at or timezone.now()
    if outcome not in (REJECT, CORRECT, INVALIDATE, END):
        raise ValueError(outcome)
    if not answer.strip():
        raise NotPossible(_("Write an answer."))
    if outcome == CORRECT:
        correct_letter(by=by, letter=held.letter, note=note, at=moment)
    elif outcome == INVALIDATE:
        invalidate_letter(by=by, letter=held.letter, reason=reason, at=moment)
    elif outcome == END:
        end_letter(by=by, letter=held.letter, reason=reason or EndReason.REQUESTED, at=moment)
    Objection.objects.filter(pk=held.pk).update(
        state=ObjectionState.REJECTED if outcome == REJECT else ObjectionState.UPHELD,
        answer=answer.strip()[:2000],
        decided_at=moment,
        decided_by=by,
    )
    if held.by_id is not None:
        _tell(held)
    details = {"outcome": outcome, "late": queries.days_late(held, timezone.localdate(moment))}
    record(action="pledges.decide_objection", actor=by, target=f"pledges.Objection:{held.pk}", details=details)
    held.refresh_from_db()
    return held


def _tell(objection: Objection) -> None:
    """Put the answer into the inbox of who asked."""
    assert objection.by is not None  # asked by the caller
    notify(
        user=objection.by,
        kind=ANSWERED,
        subject=_("Your objection %(code)s was answered") % {"code": objection.code},
        url=reverse("pledges:objection", args=[objection.code]),
    )
