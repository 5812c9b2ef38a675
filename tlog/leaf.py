"""What our log records: one small JSON object per entry, with a keyed commitment instead of the record itself.

Leaf: RFC 8785 JSON `{"c": commitment, "k": kind, "op": what happened, "t": Unix seconds, "v": 1}`, and for every op
but `add` also `"p"`, the index of the entry that it acts on. Commitment: HMAC-SHA-256 with 32 random bytes (the
record's salt) over `pledge-record/v1`, a newline and the record as RFC 8785 JSON. Destroying the salt makes the entry
say nothing to anybody, for ever.
"""

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from tlog.errors import BadProof, Malformed

KINDS = frozenset({"pledge", "paper", "scoring", "template", "evidence", "key", "note"})
OPS = frozenset({"add", "amend", "withdraw", "restore", "expire", "freeze"})
DOMAIN = b"pledge-record/v1\n"
SALT_BYTES = 32
MAX_SAFE = 2**53 - 1


def new_salt() -> bytes:
    """32 random bytes, one salt per record, derived from nothing."""
    return secrets.token_bytes(SALT_BYTES)


def b64url(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """The bytes of base64url without padding. Raises Malformed unless it is how we would write them."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("this is not base64url") from None
    if b64url(data) != text:
        raise Malformed("this is not canonical base64url")
    return data


def canonical(value: Any) -> bytes:
    """RFC 8785 JSON. Raises Malformed for what it cannot say the same everywhere, and for floats and nulls."""
    _refuse(value)
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as wrong:
        raise Malformed(f"this has no canonical form: {wrong}") from None


def _refuse(value: Any, depth: int = 0) -> None:
    """Our records have no floats, no nulls and are at most 50 deep."""
    if value is None or isinstance(value, float) or depth > 50:
        raise Malformed("a record has no nulls, no fractions and is not that deep")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _refuse(part, depth + 1)


def load(data: bytes | str) -> Any:
    """Parse JSON strictly: UTF-8, no name twice, no NaN, no fraction. Raises Malformed."""

    def pairs(rows: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(rows)
        if len(found) != len(rows):
            raise Malformed("a name stands twice in an object")
        return found

    def refuse(text: str) -> Any:
        raise Malformed(f"{text} is not a whole number")

    try:
        text = data if isinstance(data, str) else data.decode()
        return json.loads(text, object_pairs_hook=pairs, parse_constant=refuse, parse_float=refuse)
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("this is not JSON") from None


def commitment(record: Mapping[str, Any], salt: bytes) -> str:
    """What the log says instead of the record: 43 characters of base64url. Raises Malformed for a wrong salt."""
    if len(salt) != SALT_BYTES:
        raise Malformed("a salt has 32 bytes")
    return b64url(hmac.digest(salt, DOMAIN + canonical(dict(record)), "sha256"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry. `acts_on` is the index of an earlier entry; only `add` has none."""

    commitment: str
    kind: str
    op: str
    at: int
    acts_on: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.op not in OPS or not 0 <= self.at <= MAX_SAFE:
            raise Malformed("the entry has an unknown kind, op or time")
        if (self.op == "add") is (self.acts_on is not None) or not 0 <= (self.acts_on or 0) <= MAX_SAFE:
            raise Malformed("an entry acts on an earlier one unless it adds")
        if len(unb64url(self.commitment)) != 32:
            raise Malformed("a commitment has 32 bytes")

    def entry(self) -> bytes:
        """The bytes that the log keeps."""
        body: dict[str, Any] = {"c": self.commitment, "k": self.kind, "op": self.op, "t": self.at, "v": 1}
        if self.acts_on is not None:
            body["p"] = self.acts_on
        return canonical(body)

    def check(self, record: Mapping[str, Any], salt: bytes) -> None:
        """Raises BadProof unless this entry commits to `record`."""
        if not hmac.compare_digest(commitment(record, salt), self.commitment):
            raise BadProof("the entry does not commit to this record", reason="other-record")


def parse(entry: bytes) -> Leaf:
    """Read an entry. Raises Malformed, also for JSON that is not canonical."""
    body = load(entry)
    if not isinstance(body, dict) or body.get("v") != 1 or set(body) - {"c", "k", "op", "t", "v", "p"}:
        raise Malformed("this is not an entry of our log")
    whole = [body.get("t"), body.get("p", 0)]
    if any(type(n) is not int for n in whole) or not all(isinstance(body.get(n), str) for n in ("c", "k", "op")):
        raise Malformed("this is not an entry of our log")
    leaf = Leaf(body["c"], body["k"], body["op"], body["t"], body.get("p"))
    if leaf.entry() != entry:
        raise Malformed("the entry is not canonical JSON")
    return leaf
