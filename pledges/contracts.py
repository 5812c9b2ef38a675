"""The words and small rules of commitment letters. Pure Python."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

NAMED, UNIT, NONE = "named", "unit", "none"
CHINESE, ENGLISH = "zh-hans", "en"
CODE_LENGTH = 12
PLEDGE_CODE_LENGTH = 20
BLANK = re.compile(r"\[\[([^\[\]\n]{1,30})\]\]")
OWN_CLAUSE = "own"
OWN_PROMISE = {CHINESE: "今年，我要做到：{}", ENGLISH: "This year I will: {}"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered sentence of a letter. `is_promise`: the signer can record deeds against it."""

    id: str
    text: str
    is_promise: bool

    def as_json(self) -> dict[str, str | bool]:
        """As it is stored."""
        return {"id": self.id, "text": self.text, "promise": self.is_promise}


@dataclass(frozen=True, slots=True)
class Wording:
    """What one reads and signs, in one language. Blanks stand in it as [[what to write]]."""

    language: str
    title: str
    preamble: str
    clauses: tuple[Clause, ...]
    breach_liability: str
    reason: str

    @property
    def texts(self) -> list[str]:
        """All words of it in order."""
        return [self.preamble, *(clause.text for clause in self.clauses), self.breach_liability, self.reason]

    @property
    def blanks(self) -> list[str]:
        """What its blanks are called, each once, in order."""
        return list(dict.fromkeys(name.strip() for text in self.texts for name in BLANK.findall(text)))

    def filled(self, values: Mapping[str, str], promise: str = "") -> "Wording":
        """The same with its blanks filled and the signer's own promise as its last clause. Raises KeyError for a blank
        without a value."""

        def fill(text: str) -> str:
            return BLANK.sub(lambda found: values[found[1].strip()], text)

        clauses = [Clause(clause.id, fill(clause.text), clause.is_promise) for clause in self.clauses]
        if promise:
            clauses.append(Clause(OWN_CLAUSE, OWN_PROMISE[self.language].format(promise), True))
        preamble, breach, reason = (fill(text) for text in (self.preamble, self.breach_liability, self.reason))
        return Wording(self.language, self.title, preamble, tuple(clauses), breach, reason)

    @property
    def digest(self) -> str:
        """SHA-256 of exactly these words."""
        return text_hash(self.language, self.title, *self.texts)


def clauses_from_json(stored: Iterable[dict[str, str | bool]]) -> list[Clause]:
    """The inverse of `Clause.as_json`."""
    return [Clause(str(row["id"]), str(row["text"]), bool(row["promise"])) for row in stored]


def number_clauses(texts: Iterable[str], promises: Iterable[int]) -> list[Clause]:
    """Give `texts` the ids c1, c2 …; `promises` are the positions (from 0) of those that can be kept in deeds."""
    kept = set(promises)
    return [Clause(f"c{n + 1}", text.strip(), n in kept) for n, text in enumerate(texts)]


def html_language(language: str) -> str:
    """How pages, PDFs and records name the language of a letter (BCP 47)."""
    return "en" if language == ENGLISH else "zh-Hans"


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
