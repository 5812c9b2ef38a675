"""Workbooks that strangers send, looked at before anything is unpacked. Pure Python.

ASVS 5.0.0 V5.2.2 and V5.2.3: number of members, unpacked sizes, ratio, encryption and macros are checked from what the
zip declares; `zipfile` then gives no more of a member than was declared.
"""

import io
import zipfile

from organisations.importers.lines import Unreadable

MOST_UNPACKED = 512 * 1024 * 1024
MOST_STRINGS = 128 * 1024 * 1024  # held in memory while the sheets are read
MOST_MEMBERS = 2_000
MOST_RATIO = 200
SMALL = 1024 * 1024  # a member below this may be packed as tightly as it likes
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and new ones with a password
BROKEN = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, OverflowError)


def is_zip(data: bytes) -> bool:
    """Whether it may be a workbook at all."""
    return data.startswith(b"PK\x03\x04")


def refuse_old_office(data: bytes) -> None:
    """Raises Unreadable("encrypted" or "old-office")."""
    if data.startswith(OLE):
        raise Unreadable("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old-office")


def check_workbook(data: bytes) -> None:
    """Raises Unreadable: "not-workbook", "macros", "encrypted", "zip-bomb"."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise Unreadable("not-workbook", str(error)[:80]) from None
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Unreadable("zip-bomb")
    for member in members:
        _check(member)
    names = {member.filename for member in members}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("macros")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/workbook") for name in names):
        raise Unreadable("not-workbook")


def _check(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise Unreadable("encrypted")
    if member.file_size > SMALL and member.file_size > MOST_RATIO * max(1, member.compress_size):
        raise Unreadable("zip-bomb", member.filename[:80])
    if member.filename.endswith("sharedStrings.xml") and member.file_size > MOST_STRINGS:
        raise Unreadable("zip-bomb", member.filename[:80])
