"""Read an uploaded file with the readers of `exams.importers`."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from exams import importers
from exams.importers.blocks import Block, Unreadable

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


def known_format(data: bytes, filename: str, format: str) -> str:  # noqa: A002  # the word of the command
    """The format of a file, found out if it is "auto". Raises Unreadable if it is empty, too large or unknown."""
    if not data:
        raise Unreadable("empty")
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise Unreadable("too-large", f"{settings.UPLOAD_MAX_BYTES // (1024 * 1024)} MB")
    return _guarded(lambda: importers.detect_format(data, filename), filename) if format == "auto" else format


def read_file(data: bytes, filename: str, format: str) -> list[Block]:  # noqa: A002  # the word of the command
    """Read with `exams.importers`. Raises Unreadable, also ("crash") for a fault in a reader, which is logged."""
    found = known_format(data, filename, format)
    return _guarded(lambda: importers.read(data, filename=filename, format=found), filename)


def _guarded(work: Callable[[], Result], filename: str) -> Result:
    try:
        return work()
    except Unreadable:
        raise
    except Exception as error:
        logger.exception("import: a reader failed on %s", filename)
        raise Unreadable("crash", type(error).__name__) from error
