"""What happens to a letter after it was signed. Each is one event, and one entry in the log if the letter is public."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.ledger.models import Op
from foundation.zhtext.numbers import names_somebody
from pledges import queries, steps
from pledges.actions.archiving import archive, destroy
from pledges.actions.changes import note_change
from pledges.actions.entries import enter_later, issuer
from pledges.actions.registry import keep_registry
from pledges.exports import instant, statement
from pledges.models import (
    EndReason,
    EventKind,
    EventStatement,
    Fulfilment,
    FulfilmentStatus,
    Letter,
    LetterEvent,
    LetterState,
    PublicRecord,
    Subject,
)
from tlog import leaf
from tlog.record import sign

LONGEST_NOTE = 1000


class NotWithdrawable(ValueError):
    """The letter is not the person's own, is withdrawn already, or is of a kind that the accepting unit ends."""


class NotYours(PermissionError):
    """Only those who speak for the accepting unit, and the credit office, decide about its letters."""


class NotPossible(ValueError):
    """The letter is not in the state that this starts from. The text says why."""


def hold(letter: Letter) -> Letter:
    """The letter's row, locked until commit: two decisions about one letter follow each other."""
    return Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)


def note_event(
    *,
    letter: Letter,
    kind: str,
    op: str,
    by: User | None,
    at: datetime,
    mark: str = "",
    reason: str = "",
    says: Mapping[str, Any] | None = None,
    successor: Letter | None = None,
) -> LetterEvent:
    """Write down what happened, with its entry in the log. In the caller's transaction, the letter held.

    `says`: what an amendment says, in the fields of a statement; signed and committed to if the letter is public.
    """
    body, commitment, salt = "", "", leaf.new_salt()
    if says is not None and PublicRecord.objects.filter(letter=letter).exists():
        key, method = issuer(at)
        made = statement(letter=letter, kind=kind, at=at, says=says)
        signed = sign(made, key, method=method, created=instant(at))
        body, commitment = leaf.canonical(signed).decode(), leaf.commitment(signed, salt)
    entry = enter_later(letter=letter, op=op, at=at, commitment=commitment, mark=mark)
    event = LetterEvent.objects.create(
        letter=letter,
        kind=kind,
        at=at,
        by=by,
        unit_name=queries.accepting_unit_of(letter).name,
        reason=reason,
        successor=successor,
        entry=entry,
    )
    if says is not None:
        EventStatement.objects.create(event=event, note=str(says.get("note", "")), body=body, salt=salt)
    note_change(letter=letter, what=kind, at=at)
    return event


def next_mark(letter: Letter) -> str:
    """What tells this event of the letter from the earlier ones in the log. The letter is held."""
    return str(LetterEvent.objects.filter(letter=letter).count() + 1)


def _leave(letter: Letter, state: str, at: datetime) -> None:
    """Compare-and-set out of force. Raises NotPossible."""
    if not Letter.objects.in_force().filter(pk=letter.pk).update(state=state, withdrawn_at=at):
        raise NotPossible(_("This letter has ended before."))


def end_for_good(*, letter: Letter, by: User | None, at: datetime, kind: str, reason: str = "") -> None:
    """End the signature for good: public record, salt, texts, PDF, proof, statements and drawn signature are destroyed;
    the office's sealed copy stays as long as it must. The step that it completed opens again. In the caller's
    transaction."""
    _leave(letter, LetterState.WITHDRAWN, at)
    note_event(letter=letter, kind=kind, op=Op.WITHDRAW, by=by, at=at, reason=reason)
    archive(letter=letter, at=at)
    keep_registry(letter_ids=[letter.pk])
    destroy(letter=letter)
    steps.letter_withdrawn(letter)


@transaction.atomic
def withdraw_letter(*, by: User, letter: Letter, at: datetime | None = None) -> Letter:
    """The signer takes the letter back. Its address then says that it was withdrawn and when, and nothing else; the
    first entry in the log can no longer be opened by anybody. Raises NotWithdrawable.
    """
    template = letter.version.template if letter.version and letter.signer_id == by.pk else None
    if template is None or not template.withdrawable or template.subject == Subject.ORGANISATION:
        raise NotWithdrawable(_("This letter is ended by its accepting unit."))
    try:
        end_for_good(letter=letter, by=by, at=at or timezone.now(), kind=EventKind.WITHDRAWN)
    except NotPossible:
        raise NotWithdrawable(_("This letter was withdrawn before.")) from None
    record(action="pledges.withdraw_letter", actor=by, target=f"pledges.Letter:{letter.pk}")
    letter.refresh_from_db()
    return letter


def _check_office(by: User, letter: Letter) -> None:
    """Raises NotYours, for the letter's signer too: nobody decides in their own matter."""
    if letter.signer_id == by.pk or not queries.may_decide(by, letter):
        raise NotYours(letter.code)


@transaction.atomic
def end_letter(*, by: User, letter: Letter, reason: str, at: datetime | None = None) -> Letter:
    """The accepting unit ends a letter (the matter is settled, or the signer asks for it). As with a withdrawal nothing
    of it remains in public. Raises NotYours, NotPossible, ValueError for an unknown reason."""
    _check_office(by, letter)
    end_for_good(letter=letter, by=by, at=at or timezone.now(), kind=EventKind.ENDED, reason=EndReason(reason).value)
    record(action="pledges.end_letter", actor=by, target=f"pledges.Letter:{letter.pk}", details={"reason": reason})
    letter.refresh_from_db()
    return letter


@transaction.atomic
def invalidate_letter(*, by: User, letter: Letter, reason: str, at: datetime | None = None) -> Letter:
    """Declare a letter invalid. Its page says so, with the reason in neutral words, and shows the text no more; all is
    kept, since this can be undone. Raises NotYours, NotPossible, ValueError for an unknown reason."""
    _check_office(by, letter)
    letter, moment = hold(letter), at or timezone.now()
    _leave(letter, LetterState.INVALIDATED, moment)
    kind, why = EventKind.INVALIDATED, EndReason(reason).value
    note_event(letter=letter, kind=kind, op=Op.WITHDRAW, by=by, at=moment, reason=why, mark=next_mark(letter))
    keep_registry(letter_ids=[letter.pk])
    steps.letter_withdrawn(letter)
    record(
        action="pledges.invalidate_letter", actor=by, target=f"pledges.Letter:{letter.pk}", details={"reason": reason}
    )
    letter.refresh_from_db()
    return letter


@transaction.atomic
def restore_letter(*, by: User, letter: Letter, at: datetime | None = None) -> Letter:
    """Undo `invalidate_letter`. Raises NotYours, or NotPossible if the letter is not invalid or the signer has signed
    anew meanwhile."""
    _check_office(by, letter)
    letter, moment = hold(letter), at or timezone.now()
    try:
        with transaction.atomic():
            back = Letter.objects.filter(pk=letter.pk, state=LetterState.INVALIDATED)
            changed = back.update(state=LetterState.IN_FORCE, withdrawn_at=None)
    except IntegrityError:
        raise NotPossible(_("A new letter was signed in its place.")) from None
    if not changed:
        raise NotPossible(_("Only a letter that was declared invalid can be made valid again."))
    note_event(letter=letter, kind=EventKind.RESTORED, op=Op.RESTORE, by=by, at=moment, mark=next_mark(letter))
    keep_registry(letter_ids=[letter.pk])
    letter.refresh_from_db()
    if letter.enrolment_id is not None:
        steps.letter_signed(letter)
    record(action="pledges.restore_letter", actor=by, target=f"pledges.Letter:{letter.pk}")
    return letter


def _check_words(*texts: str) -> None:
    """Everybody may read these. Raises NotPossible."""
    if any(map(names_somebody, texts)):
        raise NotPossible(_("Leave out numbers of phones and identity cards and e-mail addresses."))


@transaction.atomic
def correct_letter(*, by: User, letter: Letter, note: str, at: datetime | None = None) -> LetterEvent:
    """Publish a correction beside a letter, whose own words never change. Raises NotYours, NotPossible."""
    _check_office(by, letter)
    letter = hold(letter)
    if letter.state != LetterState.IN_FORCE:
        raise NotPossible(_("This letter has ended before."))
    text = " ".join(note.split())
    if not text or len(text) > LONGEST_NOTE:
        raise NotPossible(_("Say in at most 1000 characters what is corrected."))
    _check_words(text)
    event = note_event(
        letter=letter, kind=EventKind.CORRECTED, op=Op.AMEND, by=by, at=at or timezone.now(),
        mark=next_mark(letter), says={"note": text},
    )  # fmt: skip
    record(action="pledges.correct_letter", actor=by, target=f"pledges.Letter:{letter.pk}")
    return event


def find_fulfilment(
    *,
    by: User | None,
    letter: Letter,
    status: str,
    unfulfilled_content: str,
    sanction_content: str,
    decided_on: date | None,
    at: datetime,
    found_by: tuple[str, str] = ("", ""),
) -> Fulfilment:
    """Check a finding and write it down; `found_by` is name and code of the unit that found it, if that is not the
    accepting one. In the caller's transaction. Raises NotPossible."""
    letter, moment = hold(letter), at
    if letter.subject != Subject.ORGANISATION or letter.state != LetterState.IN_FORCE:
        raise NotPossible(_("Only letters of organisations that are in force have a fulfilment status."))
    day = decided_on or timezone.localdate(moment)
    found = {"unfulfilled_content": unfulfilled_content.strip(), "sanction_content": sanction_content.strip()}
    if [bool(text) for text in found.values()] != [status != FulfilmentStatus.WHOLE] * 2:
        raise NotPossible(_("Say what was not fulfilled and what followed; leave both empty if all was fulfilled."))
    if not letter.made_on <= day <= timezone.localdate(moment):
        raise NotPossible(_("The day must lie between the letter's and today."))
    _check_words(*found.values())
    unit = queries.accepting_unit_of(letter)
    name, code = found_by if found_by[0] else (unit.name, unit.uscc or "")
    says = {
        "fulfilmentStatus": FulfilmentStatus(status).value, "decidedOn": day.isoformat(), "statusUnit": name,
        "unfulfilledContent": found["unfulfilled_content"], "sanctionContent": found["sanction_content"],
    }  # fmt: skip
    event = note_event(
        letter=letter, kind=EventKind.FULFILMENT, op=Op.AMEND, by=by, at=moment, mark=next_mark(letter), says=says
    )
    return Fulfilment.objects.create(
        event=event, status=status, decided_on=day, unit_name=name, unit_uscc=code, **found
    )


@transaction.atomic
def record_fulfilment(
    *,
    by: User,
    letter: Letter,
    status: str,
    unfulfilled_content: str = "",
    sanction_content: str = "",
    decided_on: date | None = None,
    at: datetime | None = None,
) -> Fulfilment:
    """The accepting unit finds how an organisation has kept its letter; the newest finding holds.

    Raises NotYours, or NotPossible: for a person's letter (a person never has a negative status, so none at all), for
    one that has ended, and if what is missing and what followed do not fit the status (rule R4).
    """
    _check_office(by, letter)
    made = find_fulfilment(
        by=by,
        letter=letter,
        status=status,
        unfulfilled_content=unfulfilled_content,
        sanction_content=sanction_content,
        decided_on=decided_on,
        at=at or timezone.now(),
    )
    record(
        action="pledges.record_fulfilment", actor=by, target=f"pledges.Letter:{letter.pk}", details={"status": status}
    )
    return made
