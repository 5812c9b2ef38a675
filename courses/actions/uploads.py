"""Take a long video in pieces: start, pieces in order with their hash, finish."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from wagtailmedia.models import Media

from accounts.models import User
from courses.importers import duration_of, kind_of_file
from courses.models import MediaUpload
from courses.queries.uploads import piece_path
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue

SWEEP_JOB = "courses.sweep_upload"
# Somebody whose connection broke comes back the next day, not the next week.
LEFT_ALONE = timedelta(days=2)


class TooLarge(ValueError):
    """The file is larger than the setting allows."""


@transaction.atomic
def start_upload(*, by: User, name: str, title: str, size: int, at: datetime | None = None) -> MediaUpload:
    """Begin an upload. Raises PermissionDenied for those who may not add media, TooLarge for the size."""
    if not by.has_perm("wagtailmedia.add_media"):
        raise PermissionDenied(name)
    if not 0 < size <= settings.MEDIA_MAX_BYTES:
        raise TooLarge(name)
    now = at or timezone.now()
    safe_name = Path(name).name[-200:] or "video"
    upload = MediaUpload.objects.create(user=by, name=safe_name, title=title[:255], size=size, started_at=now)
    payload = {"upload": upload.pk, "file": str(piece_path(upload).name)}
    enqueue(kind=SWEEP_JOB, payload=payload, key=f"{SWEEP_JOB}:{upload.public_id}", run_at=now + LEFT_ALONE)
    record(action="courses.start_upload", actor=by, target=f"courses.MediaUpload:{upload.pk}", details={"size": size})
    return upload


class WrongOffset(ValueError):
    """The piece does not continue where the upload stands; `received` says where that is."""

    def __init__(self, received: int) -> None:
        self.received = received
        super().__init__(str(received))


class PieceDamaged(ValueError):
    """The hash of the piece is not the one that was sent along."""


@transaction.atomic
def add_piece(*, upload: MediaUpload, offset: int, data: bytes, sha256: str) -> int:
    """Append one piece; returns how much has arrived. Raises WrongOffset, PieceDamaged or TooLarge.

    Sending a piece again after a lost answer is told apart by its offset and changes nothing.
    """
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        raise PieceDamaged(upload.public_id)
    if offset + len(data) > upload.size:
        raise TooLarge(upload.public_id)
    moved = MediaUpload.objects.filter(pk=upload.pk, received=offset).update(received=offset + len(data))
    if not moved:
        raise WrongOffset(MediaUpload.objects.values_list("received", flat=True).get(pk=upload.pk))
    path = piece_path(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.seek(offset)
        file.write(data)
    return offset + len(data)


class WrongType(ValueError):
    """The bytes are not those of a video or audio file that browsers play."""


@transaction.atomic
def finish_upload(*, upload: MediaUpload) -> Media:
    """Make the file a media item. Raises WrongOffset if bytes are missing, WrongType if it is no film or recording."""
    row = MediaUpload.objects.select_for_update().get(pk=upload.pk)
    if row.received != row.size:
        raise WrongOffset(row.received)
    path = piece_path(row)
    with path.open("rb") as file:
        kind = kind_of_file(file.read(16))
        if not kind:
            raise WrongType(row.name)
        duration = duration_of(file)
        file.seek(0)
        media = Media(title=row.title or row.name, type=kind, duration=duration, uploaded_by_user=row.user)
        media.file.save(row.name, File(file), save=False)
    media.save()
    record(
        action="courses.finish_upload",
        actor=row.user,
        target=f"wagtailmedia.Media:{media.pk}",
        details={"size": row.size},
    )
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return media


@transaction.atomic
def sweep_upload(*, upload_id: int, file_name: str) -> None:
    """Forget an upload that was never finished, and its bytes."""
    upload = MediaUpload.objects.filter(pk=upload_id).first()
    if upload is not None:
        record(action="courses.sweep_upload", actor=None, target=f"courses.MediaUpload:{upload.pk}")
        upload.delete()
    path = Path(settings.PRIVATE_ROOT) / "uploads" / Path(file_name).name
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
