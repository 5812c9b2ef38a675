"""Where the pieces of an upload grow."""

from pathlib import Path

from django.conf import settings

from courses.models import MediaUpload


def piece_path(upload: MediaUpload) -> Path:
    """The file of `upload`, below PRIVATE_ROOT and never below MEDIA_ROOT."""
    return Path(settings.PRIVATE_ROOT) / "uploads" / f"{upload.public_id}.part"
