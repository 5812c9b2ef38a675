"""Sign the next letter in place of one that runs out."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.ledger.models import Op
from pledges import queries
from pledges.actions.afterwards import hold, next_mark, note_event
from pledges.actions.refusals import NotRenewable
from pledges.actions.signing import Party, Reading, Signing, check_signer, note_signed, store_letter, unit_line
from pledges.actions.wording import Words, fill_in, signable
from pledges.models import EventKind, Letter, SubjectCategory


def note_renewal(*, letter: Letter, by: User, at: datetime) -> None:
    """Tell the old letter that `letter` has come in its place, if it has. In the caller's transaction."""
    old = letter.renews
    if old is None:
        return
    old = hold(old)
    shown = letter if letter.is_public_choice else None
    says = {"renewedBy": shown.public_id if shown else ""}
    note_event(
        letter=old, kind=EventKind.RENEWED, op=Op.AMEND, by=by, at=at, mark=next_mark(old), says=says,
        successor=letter,
    )  # fmt: skip


@transaction.atomic
def renew_letter(
    *,
    by: User,
    letter: Letter,
    visibility: str,
    reading: Reading,
    version_digest: str = "",
    words: Words | None = None,
    at: datetime | None = None,
) -> Letter:
    """Sign anew what runs out: a letter of its own with its own code, linked to the old one, in today's words.
    A second call returns the first renewal. Raises NotRenewable or another SignatureRefused.
    """
    moment = at or timezone.now()
    before = queries.renewal_of(letter)
    if before is not None and before.signer_id == by.pk:
        return before
    if not queries.is_renewable(letter, by, timezone.localdate(moment)):
        raise NotRenewable(_("This letter cannot be renewed now."))
    assert letter.version is not None  # it has a signer
    current = queries.current_version(letter.version.template)
    version = signable(current, version_digest, timezone.localdate(moment))
    unit = queries.unit_of_signer(letter)
    check_signer(version, by, visibility, reading, unit)
    name = by.get_full_name()
    wording = fill_in(version, words or Words(), visibility=visibility, name=name)
    party = Party(name, unit_line(unit), SubjectCategory.NATURAL)
    try:
        with transaction.atomic():
            made = store_letter(Signing(version, wording, by, party, visibility, reading, moment, renews=letter))
    except IntegrityError:
        before = queries.renewal_of(letter)
        if before is None:
            raise
        return before
    note_renewal(letter=made, by=by, at=moment)
    note_signed(letter=made, reading=reading)
    return made
