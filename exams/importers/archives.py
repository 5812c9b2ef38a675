"""Zip files that strangers send, opened only after a look at what they declare. Pure Python.

ASVS 5.0.0 V5.2.2 and V5.2.3: number of members, unpacked sizes, ratio, encryption and names are checked before a byte
is unpacked; `ZipFile` then gives no more of a member than was declared.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from exams.importers.blocks import Unreadable

MOST_PACKED = 32 * 1024 * 1024
MOST_UNPACKED = 128 * 1024 * 1024
MOST_MEMBERS = 4_000
MOST_RATIO = 200
SMALL = 1024 * 1024  # a member below this may be packed as tightly as it likes
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and new ones with a password


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open a zip. Raises Unreadable: "old-office", "encrypted", "not-zip", "too-large", "zip-bomb", "bad-names"."""
    if data.startswith(OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise Unreadable("encrypted" if locked else "old-office", "save it as .xlsx or .docx without a password")
    if len(data) > MOST_PACKED:
        raise Unreadable("too-large", f"{len(data)} bytes")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, OverflowError) as error:
        raise Unreadable("not-zip", str(error)) from None
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Unreadable("zip-bomb", f"{len(members)} members")
    for member in members:
        _check(member)
    return archive


def _check(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise Unreadable("encrypted", member.filename)
    if member.file_size > SMALL and member.file_size > MOST_RATIO * max(1, member.compress_size):
        raise Unreadable("zip-bomb", member.filename)
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or member.filename.startswith(("/", "\\")) or "\x00" in member.filename:
        raise Unreadable("bad-names", member.filename)


def read_member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A member's bytes, None if there is no such member. Raises Unreadable("broken")."""
    try:
        return archive.read(name)
    except KeyError:
        return None
    except _BROKEN as error:
        raise Unreadable("broken", f"{name}: {error}") from None


def elements(source: IO[bytes], ends: frozenset[str]) -> Iterator[Element]:
    """Elements of the named kinds (without namespace) as they end. Everything else and each of them afterwards is
    thrown away, so memory stays small.

    Entities and document types are refused. Raises Unreadable("broken" or "entities").
    """
    stack: list[Element] = []
    inside = held = 0
    try:
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                stack.append(element)
                inside += local(element) in ends
                held += 1
                if len(stack) > MOST_DEEP or held > MOST_HELD:
                    raise Unreadable("broken", "nested too deep")
                continue
            stack.pop()
            if local(element) in ends:
                inside -= 1
                yield element
            if not inside:
                held = len(stack)
                element.clear()
                if stack:
                    stack[-1].remove(element)
    except DefusedXmlException as error:
        raise Unreadable("entities", str(error)) from None
    except (ParseError, UnicodeError, LookupError, *_BROKEN) as error:
        raise Unreadable("broken", str(error)) from None


def local(element: Any) -> str:
    """An element's name without its namespace (transitional and strict files use two)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


MOST_DEEP = 200
MOST_HELD = 200_000  # elements in memory at once: a row, a question
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
