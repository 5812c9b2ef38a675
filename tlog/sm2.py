"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905) over the note text, as type 0xff with the identifier "sm2-sm3".

A public key is that identifier and 65 bytes (04, x, y); a signature is r and s, 32 bytes each; the signer's id is the
usual "1234567812345678". Verifying is pure Python: nothing secret is in it. Signing is left to the program `openssl`
(version 3), which a log that never signs with SM2 does not need.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SM3, Hash

from tlog import der, keys
from tlog.errors import BadSignature, Malformed
from tlog.keys import OTHER
from tlog.note import Signature

LABEL = b"sm2-sm3"
PUBLIC_SIZE = len(LABEL) + 65
SIGNER = b"1234567812345678"
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
BASE = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
Point = tuple[int, int] | None


def _add(one: Point, two: Point) -> Point:
    if one is None or two is None:
        return one or two
    if one[0] == two[0]:
        if (one[1] + two[1]) % P == 0:
            return None
        slope = (3 * one[0] ** 2 + A) * pow(2 * one[1], -1, P)
    else:
        slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, P)
    x = (slope**2 - one[0] - two[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def _times(count: int, point: Point) -> Point:
    total: Point = None
    while count:
        if count & 1:
            total = _add(total, point)
        point, count = _add(point, point), count >> 1
    return total


def sm3(*parts: bytes) -> bytes:
    """SM3 over the parts, one after the other."""
    digest = Hash(SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def _digest(public: bytes, text: str) -> int:
    """SM3(Z || text), where Z binds the signer's id and key."""
    curve = b"".join(number.to_bytes(32) for number in (A, B, *BASE))
    z = sm3((len(SIGNER) * 8).to_bytes(2), SIGNER, curve, public[1:])
    return int.from_bytes(sm3(z, text.encode()))


@dataclass(frozen=True, slots=True)
class Sm2Verifier:
    """A vkey of type 0xff "sm2-sm3"."""

    name: str
    public: bytes
    kind: int = OTHER

    def __post_init__(self) -> None:
        point = self.public.removeprefix(LABEL)
        x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
        is_point = len(point) == 65 and point[0] == 4 and max(x, y) < P and (y * y - x**3 - A * x - B) % P == 0
        if not self.public.startswith(LABEL) or not is_point:
            raise Malformed("this is not an SM2 key")

    @property
    def key_id(self) -> bytes:
        """The four bytes that point to this key."""
        return keys.key_id(self.name, self.kind, self.public)

    def vkey(self) -> str:
        """The key as text."""
        return keys.format_vkey(self.name, self.kind, self.public)

    def verify(self, text: str, value: bytes) -> None:
        """Raises BadSignature unless `value` signs `text` (GB/T 32918.2, section 7)."""
        point = self.public.removeprefix(LABEL)
        r, s = int.from_bytes(value[:32]), int.from_bytes(value[32:])
        if len(value) != 64 or not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
            raise BadSignature("the SM2 signature does not have its form")
        key = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
        sum_ = _add(_times(s, BASE), _times((r + s) % N, key))
        if sum_ is None or (_digest(point, text) + sum_[0]) % N != r:
            raise BadSignature("the SM2 signature does not verify")


def _openssl(*arguments: str, data: bytes = b"") -> bytes:
    try:
        done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, timeout=20)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired):
        raise Malformed("SM2 needs the program openssl, version 3", reason="unsupported") from None
    if done.returncode:
        raise Malformed(f"openssl: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}", reason="unsupported")
    return done.stdout


def create(path: Path) -> None:
    """Write a new private key (PEM), readable by its owner only. Raises FileExistsError."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(_openssl("genpkey", "-algorithm", "SM2"))


def verifier_of(name: str, path: Path) -> Sm2Verifier:
    """The public side of a key file."""
    public = _openssl("pkey", "-in", str(path), "-pubout", "-outform", "DER")[-65:]
    return Sm2Verifier(keys.check_name(name), LABEL + public)


def sign(text: str, name: str, path: Path) -> Signature:
    """Sign a note text with a key file."""
    options = ["-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{SIGNER.decode()}"]
    signed = _openssl("pkeyutl", "-sign", "-inkey", str(path), *options, data=text.encode())
    r, s = (int.from_bytes(body) for _tag, body in der.read(der.one(signed, der.SEQUENCE)))
    return Signature(name, verifier_of(name, path).key_id, r.to_bytes(32) + s.to_bytes(32))
