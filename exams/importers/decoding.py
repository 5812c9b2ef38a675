"""Bytes into text, in the encodings that Chinese office programs write. Pure Python."""

import codecs
import re

from exams.importers.blocks import Unreadable

MAX_BYTES = 32 * 1024 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
SAMPLE = 20_000
LEAST_COMMON = 0.6


def decode(data: bytes) -> str:
    """The text of a file: by its mark, else as UTF-8, UTF-16 without a mark, or GB18030, whichever it can be.

    A file that is valid in none of them, or only by chance (Windows-1252 and Big5 often pass as GB18030), raises
    Unreadable("encoding"): a wrong encoding would give wrong questions. Line ends stay as they are.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("too-large", f"{len(data)} bytes")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _sane(_strictly(data[len(mark) :], name))
    if b"\x00" in data[:SAMPLE]:
        return _sane(_strictly(data, _wide(data[:SAMPLE])))
    try:
        return _sane(data.decode("utf-8"))
    except UnicodeDecodeError:
        text = _strictly(data, "gb18030")
    if not _common(text[:SAMPLE]):
        raise Unreadable("encoding", "neither UTF-8 nor GB18030")
    return _sane(text)


def _strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", f"not {name} at byte {error.start}") from None


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: the zero bytes of its Latin letters stand on one side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even == odd:
        raise Unreadable("encoding", "binary")
    return "utf-16-be" if even > odd else "utf-16-le"


def _sane(text: str) -> str:
    """Refuse what is no text. A few stray control characters are what old programs leave behind."""
    strange = len(_BINARY.findall(text[:SAMPLE]))
    if strange > 4 and strange * 50 > len(text[:SAMPLE]):
        raise Unreadable("encoding", "binary")
    return text.replace("\x00", "").replace("\x1a", "")


def _common(text: str) -> bool:
    """Whether most foreign characters are everyday ones: signs and the first level of GB 2312 (3,755 characters)."""
    found = _FOREIGN.findall(text)
    common = 0
    for char in found:
        code = char.encode("gb2312", "ignore")
        common += bool(code) and (0xA1 <= code[0] <= 0xA9 or 0xB0 <= code[0] <= 0xD7)
    return common >= LEAST_COMMON * len(found)
