"""The words and small rules of commitment letters. Pure Python."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

NAMED, UNIT, NONE = "named", "unit", "none"
CODE_LENGTH = 12
PLEDGE_CODE_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered sentence of a letter. `is_promise`: the signer can record deeds against it."""

    id: str
    text: str
    is_promise: bool

    def as_json(self) -> dict[str, str | bool]:
        """As it is stored."""
        return {"id": self.id, "text": self.text, "promise": self.is_promise}


def clauses_from_json(stored: Iterable[dict[str, str | bool]]) -> list[Clause]:
    """The inverse of `Clause.as_json`."""
    return [Clause(str(row["id"]), str(row["text"]), bool(row["promise"])) for row in stored]


def number_clauses(texts: Iterable[str], promises: Iterable[int]) -> list[Clause]:
    """Give `texts` the ids c1, c2 …; `promises` are the positions (from 0) of those that can be kept in deeds."""
    kept = set(promises)
    return [Clause(f"c{n + 1}", text.strip(), n in kept) for n, text in enumerate(texts)]


def pledge_code(district: str, made_on: date, serial: int) -> str:
    """The 20-digit code of the national field layout: division 6, day 8, serial 6. Raises ValueError if it is full."""
    code = f"{district}{made_on:%Y%m%d}{serial:06d}"
    if len(code) != PLEDGE_CODE_LENGTH or not code.isascii() or not code.isdigit():
        raise ValueError(f"no pledge code for {district} {made_on} {serial}")
    return code


def read_code(typed: str) -> str:
    """What a person typed, as codes are stored: capitals, no hyphens or spaces, full-width letters made narrow."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed)
    return re.sub(r"[\s\-‐‑–—_　]", "", narrow).upper()


def show_code(code: str) -> str:
    """In groups of four, as printed."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def text_hash(*parts: str) -> str:
    """SHA-256 over the parts, each preceded by its length, so that no two texts share a hash by moving a border."""
    digest = sha256()
    for part in parts:
        data = part.encode()
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()


def choices_within(*, subject: str, widest: str, signer_is_minor: bool, unit_may_be_named: bool) -> tuple[str, ...]:
    """Which visibilities a signer may choose from, widest first; "none" is always among them.

    A person's public letter: name, unit only, nothing. Limited: the unit at most. An organisation is its own name, so
    it has nothing between name and nothing. Classes, people under 18 and sensitive units are never public.
    """
    if subject == "class" or signer_is_minor or not unit_may_be_named or widest == "none":
        return (NONE,)
    if subject == "organisation":
        return (NAMED, NONE) if widest == "public" else (NONE,)
    return (NAMED, UNIT, NONE) if widest == "public" else (UNIT, NONE)
