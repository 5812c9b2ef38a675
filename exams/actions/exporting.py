"""Hand out the bank as a file. It holds the keys, so the log names who took what."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from exams import exports
from exams.importers.blocks import Block
from exams.models import Item
from exams.queries.exporting import export_blocks
from foundation.audit.actions import record

WRITERS = {"xlsx": "write_xlsx", "gift": "write_gift", "moodle-xml": "write_moodle_xml", "qti3": "write_qti3"}


class NothingToExport(ValueError):
    """The filters leave no item."""


@transaction.atomic
def export_items(
    *,
    by: AbstractBaseUser | None,
    items: QuerySet[Item],
    format: str,  # noqa: A002  # the word of the command
    details: dict[str, Any],
) -> bytes:
    """The newest wordings of `items` with their keys, as a file. `details` says in the log what was chosen.

    Raises NothingToExport; KeyError for a format that is not in WRITERS.
    """
    write: Callable[[Sequence[Block]], bytes] = getattr(exports, WRITERS[format])
    blocks = list(export_blocks(items))
    if not blocks:
        raise NothingToExport
    data = write(blocks)
    record(
        action="exams.export_items",
        actor=by,
        target="exams.Item:*",
        details={**details, "format": format, "items": len(blocks)},
    )
    return data
