"""Keys of signed notes (c2sp.org/signed-note v1.0.0): names, ids, vkeys, Ed25519."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tlog.errors import BadSignature, Malformed

ED25519, COSIGNATURE, ML_DSA_44, OTHER = 0x01, 0x04, 0x06, 0xFF


def b64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    """The bytes of strict standard base64. Raises Malformed, also for a text that is not how we would write it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("this is not base64") from None
    if b64(data) != text:
        raise Malformed("this is not canonical base64")
    return data


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """SHA-256(name || newline || type || public key)[:4]."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def format_vkey(name: str, kind: int, public: bytes) -> str:
    """A public key as text: name+id+base64(type || key)."""
    return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def check_name(name: str) -> str:
    """A key name: not empty, without blanks and plus signs. Raises Malformed."""
    if not name or "+" in name or any(char.isspace() for char in name):
        raise Malformed("a key name is not empty and has no blanks and no plus sign")
    return name


class Verifier(Protocol):
    """A public key that can check signatures over note texts."""

    @property
    def name(self) -> str: ...
    @property
    def public(self) -> bytes: ...
    @property
    def kind(self) -> int: ...
    @property
    def key_id(self) -> bytes: ...
    def vkey(self) -> str: ...
    def verify(self, text: str, value: bytes) -> None:
        """Raises BadSignature."""


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """A vkey of type 0x01 (RFC 8032)."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """The four bytes that point to this key."""
        return key_id(self.name, self.kind, self.public)

    def vkey(self) -> str:
        """The key as text."""
        return format_vkey(self.name, self.kind, self.public)

    def verify(self, text: str, value: bytes) -> None:
        """Raises BadSignature unless `value` signs `text`."""
        check_ed25519(self.public, value, text.encode())


def check_ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    """Raises BadSignature unless `signature` is one of `message` by `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignature("the signature does not verify") from None


def parse_vkey(text: str) -> tuple[str, int, bytes]:
    """`(name, type, public key)` of a vkey. Raises Malformed, also if its id is not the key's."""
    if not text.isprintable():  # also no half of a character: names are UTF-8
        raise Malformed("a vkey is a word of printable characters")
    name, hexed, encoded = ["", *text.split("+", 2)][-3:] if text.count("+") >= 2 else ("", "", "")
    material = unb64(encoded) if check_name(name) else b""
    if len(material) < 2 or key_id(name, material[0], material[1:]).hex() != hexed:
        raise Malformed("the key's id does not fit the key")
    return name, material[0], material[1:]
