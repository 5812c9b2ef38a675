"""Signed notes (c2sp.org/signed-note v1.0.0): text, a blank line, signature lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tlog.errors import BadSignature, Malformed
from tlog.keys import ED25519, Verifier, b64, check_name, key_id, unb64

MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says to have signed, the key's id and what follows it."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """As it stands in a note, with its newline."""
        return f"{DASH}{self.name} {b64(self.key_id + self.value)}\n"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> Signature:
    """Sign `text` with a key of type 0x01."""
    public = key.public_key().public_bytes_raw()
    return Signature(check_name(name), key_id(name, ED25519, public), key.sign(text.encode()))


def parse(note: bytes | str) -> tuple[str, list[Signature]]:
    """`(text, signatures)` of a note. Raises Malformed. Says nothing about whether the signatures hold."""
    raw = note.encode() if isinstance(note, str) else note
    if len(raw) > MAX_NOTE:
        raise Malformed("the note is too long")
    try:
        whole = raw.decode()
    except UnicodeDecodeError:
        raise Malformed("the note is not UTF-8") from None
    if any(char < " " and char != "\n" for char in whole):
        raise Malformed("the note contains control characters")
    text, found, lines = whole.rpartition("\n\n")
    if not found or not lines.endswith("\n") or not text:
        raise Malformed("the note has no signatures")
    rows = lines[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise Malformed("the note has too many signatures")
    return text + "\n", [_signature(row) for row in rows]


def _signature(row: str) -> Signature:
    name, blank, encoded = row.removeprefix(DASH).partition(" ")
    value = unb64(encoded) if row.startswith(DASH) and blank and check_name(name) else b""
    if len(value) < 5:
        raise Malformed("a signature line is not one")
    return Signature(name, value[:4], value[4:])


def verify(text: str, signatures: Iterable[Signature], keys: Sequence[Verifier]) -> list[Verifier]:
    """The keys that signed `text`. Unknown signatures are ignored; one of a known key that fails refuses the note.

    Raises BadSignature for that, and if none of `keys` signed.
    """
    known = {(key.name, key.key_id): key for key in keys}
    signed: dict[tuple[str, bytes], Verifier] = {}
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            key.verify(text, signature.value)
            signed[key.name, key.key_id] = key
    if not signed:
        raise BadSignature("no key that is trusted has signed")
    return list(signed.values())
