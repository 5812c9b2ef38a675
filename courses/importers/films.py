"""Type and length of media files, read from their first bytes and boxes (ISO/IEC 14496-12). Pure Python."""

from typing import BinaryIO

HEAD_BYTES = 16
# A file that claims more boxes than this before its header is not worth following.
BOX_LIMIT = 200


def kind_of_file(head: bytes) -> str:
    """ "video" or "audio" if the first HEAD_BYTES bytes are those of a format that browsers play, else ""."""
    if head[4:8] == b"ftyp":
        return "audio" if head[8:12] in (b"M4A ", b"M4B ") else "video"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video"
    if head.startswith(b"ID3") or head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio"
    if head.startswith(b"OggS") or (head[:4] == b"RIFF" and head[8:12] == b"WAVE"):
        return "audio"
    return ""


def duration_of(file: BinaryIO) -> float:
    """Seconds of an MP4 file from its `mvhd` box; 0 for anything else."""
    file.seek(0, 2)
    end = file.tell()
    found = _find(file, b"moov", 0, end)
    header = _find(file, b"mvhd", *found) if found else None
    if header is None:
        return 0.0
    file.seek(header[0])
    body = file.read(32)
    if len(body) < 32:
        return 0.0
    if body[0] == 1:
        scale, length = int.from_bytes(body[20:24], "big"), int.from_bytes(body[24:32], "big")
    else:
        scale, length = int.from_bytes(body[12:16], "big"), int.from_bytes(body[16:20], "big")
    return length / scale if scale else 0.0


def _find(file: BinaryIO, name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the content of the box `name` between `start` and `end` begins and ends."""
    for _box in range(BOX_LIMIT):
        if start + 8 > end:
            return None
        file.seek(start)
        head = file.read(16)
        size, offset = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, offset = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - start
        if size < offset:
            return None
        if head[4:8] == name:
            return start + offset, min(start + size, end)
        start += size
    return None
