"""Readers that turn what people write into items. Pure Python."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from exams.importers.blocks import FORMATS, Block, Unreadable
from exams.importers.crosschecks import crosschecked
from exams.importers.decoding import decode
from exams.importers.detect import detect_format

__all__ = ["FORMATS", "Block", "Unreadable", "decode", "detect_format", "read"]

# format -> (module, function, whether it takes bytes). Loaded when needed: few runs need all readers.
_READERS = {
    "text": ("text", "read_text", False),
    "docx": ("docx", "read_docx", True),
    "xlsx": ("xlsx", "read_xlsx", True),
    "csv": ("csv_reader", "read_csv", True),
    "gift": ("gift", "read_gift", False),
    "moodle-xml": ("moodle_xml", "read_moodle_xml", True),
    "aiken": ("aiken", "read_aiken", False),
}


def read(data: bytes, *, filename: str = "", format: str = "auto") -> list[Block]:  # noqa: A002
    """All blocks of a file, in its order. `format` is one of `FORMATS` or "auto" (by content, then by name).

    Raises Unreadable if the file as a whole cannot be read, ValueError for a format that does not exist.
    """
    if format == "auto":
        format = detect_format(data, filename)  # noqa: A001
    if format not in _READERS:
        raise ValueError(f"no such format: {format}")
    module, function, takes_bytes = _READERS[format]
    reader = cast(Callable[[bytes | str], list[Block]], getattr(import_module(f"exams.importers.{module}"), function))
    blocks = reader(data if takes_bytes else decode(data))
    return crosschecked(blocks, written=format in ("text", "docx"))
