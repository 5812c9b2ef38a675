"""The signer takes a letter back."""

from datetime import datetime

from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.ledger.models import Op
from pledges import steps
from pledges.actions.entries import enter_end
from pledges.actions.registry import keep_registry
from pledges.models import Letter, LetterPdf, LetterRecord, LetterState, PublicRecord, Subject


class NotWithdrawable(ValueError):
    """The letter is not the person's own, is withdrawn already, or is of a kind that the accepting unit ends."""


@transaction.atomic
def withdraw_letter(*, by: User, letter: Letter, at: datetime | None = None) -> Letter:
    """End the signature: record, salt and PDF are destroyed, publication ends, the signature's own row stays.

    Its address then says that it was withdrawn and when; the log gets an entry of its own, and the first one can no
    longer be opened by anybody. The step that it completed opens again (A5: a withdrawn
    pledge is a fact that revokes). Raises NotWithdrawable.
    """
    template = letter.version.template if letter.version and letter.signer_id == by.pk else None
    if template is None or not template.withdrawable or template.subject == Subject.ORGANISATION:
        raise NotWithdrawable(_("This letter is ended by its accepting unit."))
    moment = at or timezone.now()
    changed = Letter.objects.in_force().filter(pk=letter.pk).update(state=LetterState.WITHDRAWN, withdrawn_at=moment)
    if not changed:
        raise NotWithdrawable(_("This letter was withdrawn before."))
    enter_end(letter=letter, op=Op.WITHDRAW, at=moment)
    keep_registry(letter_ids=[letter.pk])
    PublicRecord.objects.filter(letter=letter).delete()
    LetterRecord.objects.filter(letter=letter).delete()
    for pdf in LetterPdf.objects.filter(letter=letter):
        pdf.delete()
        transaction.on_commit(lambda file=pdf.file: storages["private"].delete(file))  # type: ignore[misc]
    letter.refresh_from_db()
    steps.letter_withdrawn(letter)
    record(action="pledges.withdraw_letter", actor=by, target=f"pledges.Letter:{letter.pk}")
    return letter
