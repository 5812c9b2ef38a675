"""Publication by itself: what the background jobs store."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from notifications.actions import notify
from pledges import pdf_seals, queries
from pledges.actions.changes import note_change
from pledges.actions.entries import know_seal
from pledges.actions.registry import keep_registry
from pledges.contracts import CHINESE, ENGLISH
from pledges.models import Letter, LetterPdf, Publication, Visibility

PUBLISHED = "pledges.published"
PROLONGED_BEFORE = timedelta(days=60)
FIRST_LOOK, LONGEST_LOOK = timedelta(seconds=4), timedelta(minutes=10)


@transaction.atomic
def publish_letter(*, letter_id: int, at: datetime | None = None) -> Publication | None:
    """Make a letter public as its signer chose, queue its PDF and tell who signed. A second call changes nothing.

    Returns None, and publishes nothing, if it was withdrawn in the meantime or its signer chose not to publish.
    """
    letter = Letter.objects.in_force().select_for_update().filter(pk=letter_id).first()
    if letter is None or letter.visibility == Visibility.NONE:
        return None
    publication, is_new = Publication.objects.get_or_create(
        letter=letter, defaults={"published_at": at or timezone.now()}
    )
    if is_new:
        keep_registry(letter_ids=[letter.pk])
        note_change(letter=letter, what="published", at=publication.published_at)
        record(action="pledges.publish_letter", actor=None, target=f"pledges.Letter:{letter.pk}")
        queue_pdf(letter_id=letter.pk)
        _tell(letter, publication.published_at)
    return publication


def _tell(letter: Letter, at: datetime) -> None:
    """Put into the signer's inbox that the letter can be read, and by which code. What a unit's system sent has no
    signer here."""
    if letter.signer is None:
        return
    words = []
    for language in (CHINESE, ENGLISH):
        with override(language):
            words.append(_("Your letter is public: code %(code)s") % {"code": letter.shown_code})
    url = reverse("pledges:letter", args=[letter.public_id])
    notify(user=letter.signer, kind=PUBLISHED, subject=words[0], body=words[1], url=url, at=at)


def queue_pdf(*, letter_id: int, look: int = 0) -> None:
    """Queue the PDF of a published letter. `look` counts how often it was too early: the letter had no place in the
    log yet, which its PDF carries. In the caller's transaction."""
    enqueue(
        kind="pledges.render_pdf",
        payload={"letter": letter_id, "look": look},
        key=f"pledges.render_pdf:{letter_id}" + (f"#{look}" if look else ""),
        run_at=timezone.now() + min(look * FIRST_LOOK, LONGEST_LOOK),
    )


@transaction.atomic
def store_pdf(*, letter_id: int, data: bytes, at: datetime | None = None) -> LetterPdf | None:
    """Keep the PDF of a published letter; a second one replaces the first. None if it was withdrawn meanwhile.

    The file is written before the commit: a row never points at a file that is not there.
    """
    letter = Letter.objects.public().select_for_update(of=("self",)).filter(pk=letter_id).first()
    if letter is None:
        return None
    know_seal(at=at or timezone.now())
    storage, digest = storages["private"], sha256(data).hexdigest()
    name = storage.save(f"letters/{letter.made_on:%Y/%m}/{letter.pk}-{digest[:12]}.pdf", ContentFile(data))
    old = LetterPdf.objects.filter(letter=letter).first()
    pdf, _made = LetterPdf.objects.update_or_create(
        letter=letter,
        defaults={
            "file": name,
            "size": len(data),
            "sha256": digest,
            "rendered_at": at or timezone.now(),
            "stamp_ends_at": pdf_seals.stamp_end(data),
        },
    )
    if old is not None and old.file != name:
        transaction.on_commit(lambda: storage.delete(old.file))
    record(action="pledges.store_pdf", actor=None, target=f"pledges.Letter:{letter.pk}", details={"sha256": digest})
    return pdf


@transaction.atomic
def queue_prolonging(*, at: datetime | None = None, limit: int = 200) -> int:
    """Queue a further time stamp for PDFs whose last one ends soon; returns how many. No audit entry: nothing is
    changed yet."""
    moment = at or timezone.now()
    rows = list(queries.ending_stamps(moment + PROLONGED_BEFORE).values_list("letter_id", "sha256")[:limit])
    for letter_id, digest in rows:
        enqueue(kind="pledges.prolong_pdf", payload={"letter": letter_id}, key=f"pledges.prolong_pdf:{digest}")
    return len(rows)


@transaction.atomic
def queue_missing_pdfs(*, limit: int = 20) -> int:
    """Queue a PDF for a few published letters that have none; returns how many. For letters that were sent in bulk, for
    those whose PDF was impossible here at the time, and for those that nobody can check any more, because the log that
    their proof leads to ended or the key of their seal was revoked. Few, because all other work waits behind them; this
    runs by the minute. No audit entry: nothing is changed."""
    missing = list(queries.unrendered().values_list("pk", flat=True)[:limit])
    if len(missing) < limit:
        missing += queries.outdated_pdfs().values_list("pk", flat=True)[: limit - len(missing)]
    minute = timezone.now().strftime("%Y%m%d%H%M")
    for letter_id in missing:
        enqueue(
            kind="pledges.render_pdf", payload={"letter": letter_id}, key=f"pledges.render_pdf:{letter_id}@{minute}"
        )
    return len(missing)
