"""The parts of one question between reading and verdict. Pure Python."""

from dataclasses import dataclass, field

from exams.importers.chunks import Chunk
from exams.importers.options import Option, Piece


@dataclass(slots=True)
class Key:
    """A key as written: where it stood (label, stem, option, list, before), its text and the lines below it."""

    origin: str
    text: str
    more: list[str] = field(default_factory=list)
    word: str = ""


@dataclass(slots=True)
class Draft:
    """The parts of one question as found."""

    chunk: Chunk
    stem: str = ""
    pieces: list[Piece] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    type: str | None = None
    reasons: list[str] = field(default_factory=list)
    difficulty: int | None = None
    points: tuple[str, ...] = ()
    score: str = ""
    source: str = ""
    audience: str = ""
    keywords: tuple[tuple[str, ...], ...] = ()
    extra: list[str] = field(default_factory=list)
    blanks: int = 0
    blanks_drawn: bool = False
    fillings: list[list[str]] | None = None
    quoted: tuple[str, list[str]] | None = None

    def doubt(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
