"""What format a file has: by its content first, by its name second. Pure Python."""

import re

from exams.importers.archives import OLE, open_zip
from exams.importers.blocks import FORMATS, Unreadable
from exams.importers.csv_reader import delimiter_of
from exams.importers.decoding import decode

HEAD = 60_000
_AIKEN_KEY = re.compile(r"^[ \t]*ANSWER[ \t]*:[ \t]*[A-Z][ \t]*\r?$", re.M)
_AIKEN_OPTION = re.compile(r"^[ \t]*[A-Z][.)][ \t]*\S", re.M)
_GIFT = re.compile(
    r"^[ \t]*(::|\$CATEGORY:)|(?<!\\)\{\s*([=~#>]|(T|F|TRUE|FALSE)\s*[#}]|\}\s*$|(?:[^{}\n]*(?<!\\)[~]))", re.M
)
_MOODLE = re.compile(rb"<\s*quiz[\s>]", re.I)
_EXTENSIONS = {
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "docx": "docx",
    "csv": "csv",
    "tsv": "csv",
    "gift": "gift",
    "xml": "moodle-xml",
    "aiken": "aiken",
    "txt": "text",
    "md": "text",
    "text": "text",
}


def detect_format(data: bytes, filename: str = "") -> str:
    """One of `FORMATS`. Raises Unreadable: "empty", "old-office", "encrypted", "unknown-format", "encoding" and what a
    broken zip raises.
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", OLE)):
        return _office(data)
    if data.startswith(b"%PDF"):
        raise Unreadable("unknown-format", "PDF: copy its text, or send the Word file")
    text = decode(data)
    return detect_text(text, filename)


def _office(data: bytes) -> str:
    """Word or Excel, by the parts inside. Raises Unreadable for other zips."""
    names = {name.lower() for name in open_zip(data).namelist()}
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.startswith("word/") for name in names):
        return "docx"
    raise Unreadable("unknown-format", "zip without a Word or Excel document")


def detect_text(text: str, filename: str = "") -> str:
    """The format of decoded text: Moodle XML, GIFT and Aiken show themselves; a table has a header."""
    head = text[:HEAD]
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    named = _EXTENSIONS.get(extension, "")
    begins = head.lstrip("\ufeff \t\r\n")
    if begins.startswith("<") and _MOODLE.search(head.encode("utf-8", "ignore")):
        return "moodle-xml"
    if begins.startswith("<?xml"):
        raise Unreadable("unknown-format", "XML, but not Moodle's")
    if named == "csv" or (named != "gift" and delimiter_of(head)[0]):
        return "csv"
    if _AIKEN_KEY.search(head) and _AIKEN_OPTION.search(head):
        return "aiken"
    if named in ("gift", "aiken") or _GIFT.search(_uncommented(head)):
        return named if named in ("gift", "aiken") else "gift"
    return "text"


def _uncommented(text: str) -> str:
    return re.sub(r"^[ \t]*//.*$", "", text, flags=re.M)


assert set(_EXTENSIONS.values()) <= set(FORMATS)
