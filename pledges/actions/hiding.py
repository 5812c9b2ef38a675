"""Take letters out of public that should never have been there, while they stay in force for who holds them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from foundation.audit.actions import record
from foundation.ledger.models import Op
from foundation.writeonce import opened
from pledges import queries
from pledges.actions.afterwards import hold
from pledges.actions.archiving import forget_pdf
from pledges.actions.changes import note_change
from pledges.actions.entries import enter_later
from pledges.actions.registry import leave_registry
from pledges.models import EventStatement, Letter, LetterRecord, Publication, PublicRecord, Visibility

BATCH = 100


@transaction.atomic
def hide_limited(*, limit: int = BATCH, at: datetime | None = None) -> int:
    """Persons' letters that departments sent as "limited" were shown with their unit once. They leave the public: page,
    record, salt, proof and PDF are destroyed, a `withdraw` in the log acts on their first entry, which nobody can open
    any more. For the unit and the person they hold as before. At most `limit` of them; returns how many. Called again,
    it changes nothing more."""
    moment = at or timezone.now()
    letters = [hold(letter) for letter in queries.shown_though_limited().order_by("pk")[:limit]]
    if not letters:
        return 0
    ids = [letter.pk for letter in letters]
    for letter in letters:
        enter_later(letter=letter, op=Op.WITHDRAW, at=moment, mark="hidden")
        forget_pdf(letter=letter)
    PublicRecord.objects.filter(letter__in=ids).delete()
    EventStatement.objects.filter(event__letter__in=ids).delete()
    leave_registry(letter_ids=ids)
    with opened("pledges.Publication"), opened("pledges.LetterRecord"), opened("pledges.Letter"):
        Publication.objects.filter(letter__in=ids).delete()
        LetterRecord.objects.filter(letter__in=ids).update(public_name="", public_unit="")
        Letter.objects.filter(pk__in=ids).update(visibility=Visibility.NONE)
    for letter in letters:
        note_change(letter=letter, what="hidden", at=moment)
    details = {"letters": ids, "reason": "limited"}
    record(action="pledges.hide_limited", actor=None, target=f"pledges.Letter:{ids[0]}", details=details)
    return len(letters)
