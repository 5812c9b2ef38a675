"""Number what happens to letters, for those who ask and for those who are told."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from foundation.jobs.actions import enqueue
from pledges.models import ChangeCounter, Letter, LetterChange, Webhook


def note_changes(*, organisation_id: int, letter_ids: Iterable[int], what: str, at: datetime) -> None:
    """Write down that something happened to letters of a unit, in order, and wake its webhooks. In the caller's
    transaction, as late as possible: the counter is held until commit."""
    ids = list(letter_ids)
    if not ids:
        return
    first = _raised(organisation_id, len(ids)) - len(ids) + 1
    LetterChange.objects.bulk_create(
        LetterChange(organisation_id=organisation_id, number=first + n, letter_id=letter_id, what=what, at=at)
        for n, letter_id in enumerate(ids)
    )
    if Webhook.objects.filter(organisation=organisation_id, ended_at=None).exists():
        wake(organisation_id=organisation_id, number=first)


def _raised(organisation_id: int, many: int) -> int:
    """Raise the counter by `many`; returns the new latest number. One statement."""
    table = ChangeCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (organisation_id, latest) VALUES (%s, %s) ON CONFLICT (organisation_id)"  # noqa: S608
            f" DO UPDATE SET latest = {table}.latest + excluded.latest RETURNING latest",
            [organisation_id, many],
        )
        latest: int = cursor.fetchone()[0]
        return latest


def note_change(*, letter: Letter, what: str, at: datetime) -> None:
    """The same for one letter, whichever way it came. Nothing is noted of what was never public and came from no
    system: nobody is told of it. In the caller's transaction."""
    sent = getattr(letter, "submission", None)
    if sent is not None:
        organisation_id = sent.organisation_id
    elif letter.version is not None and letter.is_public_choice and not letter.signer_is_minor:
        organisation_id = letter.version.template.accepting_unit_id
    else:
        return
    note_changes(organisation_id=organisation_id, letter_ids=[letter.pk], what=what, at=at)


def wake(*, organisation_id: int, number: int) -> None:
    """Queue a look at a unit's webhooks. In the caller's transaction."""
    enqueue(
        kind="pledges.tell", payload={"organisation": organisation_id}, key=f"pledges.tell:{organisation_id}:{number}"
    )
