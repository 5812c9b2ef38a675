"""As much of DER (ITU-T X.690) as the seal of a PDF needs: write values, read values back."""

from collections.abc import Iterable

from tlog.errors import Malformed

INTEGER, OCTETS, NULL, OID, SEQUENCE, SET = 0x02, 0x04, 0x05, 0x06, 0x30, 0x31
CONTEXT_0, CONTEXT_1 = 0xA0, 0xA1


def value(tag: int, *parts: bytes) -> bytes:
    """One value: tag, length, the parts one after the other."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + body


def number(whole: int) -> bytes:
    """An INTEGER that is not negative."""
    return value(INTEGER, whole.to_bytes(whole.bit_length() // 8 + 1))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = b""
    for arc in (first * 40 + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.insert(0, 0x80 | (arc & 0x7F))
        body += bytes(septets)
    return value(OID, body)


def set_of(parts: Iterable[bytes], tag: int = SET) -> bytes:
    """A SET OF in DER order."""
    return value(tag, *sorted(parts))


def read(data: bytes, most: int = 100) -> list[tuple[int, bytes]]:
    """The first `most` values in `data`, one after the other: `(tag, body)`. Raises Malformed."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data) and len(found) < most:
        tag, length, at = data[at], data[at + 1] if at + 1 < len(data) else -1, at + 2
        if length & 0x80:
            size, at = length & 0x7F, at + (length & 0x7F)
            length = int.from_bytes(data[at - size : at]) if 0 < size <= 4 else -1
        if length < 0 or at + length > len(data):
            raise Malformed("the seal is cut off")
        found.append((tag, data[at : at + length]))
        at += length
    return found


def one(data: bytes, tag: int) -> bytes:
    """The body of the single value in `data`, which must have `tag`. Raises Malformed."""
    found = read(data)
    if len(found) != 1 or found[0][0] != tag:
        raise Malformed("the seal does not have its form")
    return found[0][1]
