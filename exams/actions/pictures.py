"""Take a picture from the library into an item: a copy of its own, small enough, without metadata."""

import hashlib
import io
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from PIL import Image, ImageOps, UnidentifiedImageError

from exams.actions.bank import ItemRefused
from exams.models import Picture
from foundation.audit.actions import record

LONGEST_SIDE = 1600


@transaction.atomic
def take_picture(*, by: AbstractBaseUser | None, image: Model, at: datetime | None = None) -> Picture:
    """Copy an image of Wagtail's library as it is now. Raises ItemRefused if it is no picture made of points."""
    data, media_type, size = _redrawn(image)
    digest = hashlib.sha256(data).hexdigest()
    picture = Picture(
        image_id=image.pk,
        media_type=media_type,
        width=size[0],
        height=size[1],
        digest=digest,
        taken_at=at or timezone.now(),
    )
    picture.file.save(f"{picture.public_id}.{media_type.removeprefix('image/')}", ContentFile(data), save=False)
    picture.save()
    record(
        action="exams.take_picture",
        actor=by,
        target=f"exams.Picture:{picture.pk}",
        details={"image": image.pk, "sha256": digest},
    )
    return picture


def _redrawn(image: Model) -> tuple[bytes, str, tuple[int, int]]:
    """The bytes drawn anew, upright and at most LONGEST_SIDE wide and high; their type; width and height."""
    try:
        with image.file.open("rb") as source, Image.open(source) as opened:  # type: ignore[attr-defined]
            keeps_lines = opened.format in ("PNG", "GIF")
            drawn = ImageOps.exif_transpose(opened)
            drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            drawn = drawn.convert("RGBA" if keeps_lines else "RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise ItemRefused("this picture cannot be used") from None
    target = io.BytesIO()
    if keeps_lines:
        drawn.save(target, "PNG", optimize=True)
        return target.getvalue(), "image/png", drawn.size
    drawn.save(target, "JPEG", quality=85, optimize=True)
    return target.getvalue(), "image/jpeg", drawn.size
