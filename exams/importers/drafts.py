"""The last look at what a reader found: does it hold together as a question? Pure Python."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exams.importers.blocks import ACCEPT, REJECT, REVIEW, Block

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_TEXT = 20_000


@dataclass(slots=True)
class Draft:
    """A question while it is being read. `doubts` are reason codes; none of them means that all of it is proven."""

    line: int
    type: str = "unknown"
    stem: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: Any = None
    explanation: str | None = None
    line_end: int = 0
    raw: str = ""
    doubts: list[str] = field(default_factory=list)
    rejected: bool = False
    keyless: bool = False  # graded by hand or not at all: no key is needed
    more: dict[str, Any] = field(default_factory=dict)  # the other fields of Block

    def doubt(self, code: str, detail: object = "") -> None:
        """Note why a person must look; the same reason once."""
        text = str(detail).strip()[:80]
        reason = f"{code}: {text}" if text else code
        if reason not in self.doubts:
            self.doubts.append(reason)

    def reject(self, code: str, detail: object = "") -> None:
        self.rejected = True
        self.doubt(code, detail)


def same(text: str) -> str:
    """What two texts must share to be the same to a learner."""
    return "".join(text.split()).casefold()


def settle(draft: Draft) -> Block:
    """Check the draft against its type and give the verdict. Nothing is repaired here."""
    if not draft.rejected:
        if not draft.stem.strip():
            draft.doubt("stem-empty")
        _options(draft)
        check = CHECKS.get(draft.type)
        if check:
            check(draft)
        elif draft.type == "unknown":
            draft.doubt("type-unknown")
        if len(draft.stem) > MOST_TEXT:
            draft.doubt("too-long")
    status = REJECT if draft.rejected else REVIEW if draft.doubts else ACCEPT
    return Block(
        type=draft.type,
        stem=draft.stem.strip(),
        line=draft.line,
        options=tuple(draft.options),
        answer=draft.answer,
        explanation=draft.explanation or None,
        status=status,
        reasons=tuple(draft.doubts),
        line_end=draft.line_end or draft.line,
        raw=draft.raw,
        **draft.more,
    )


def _options(draft: Draft) -> None:
    """Letters run from A without a gap; texts are there and differ."""
    letters = [letter for letter, _ in draft.options]
    if len(set(letters)) != len(letters):
        draft.doubt("option-twice", ",".join(sorted(x for x, times in Counter(letters).items() if times > 1)))
    elif letters != list(LETTERS[: len(letters)]):
        draft.doubt("option-missing", "".join(letters))
    if any(not text.strip() for _, text in draft.options):
        draft.doubt("option-empty", ",".join(letter for letter, text in draft.options if not text.strip()))
    seen: dict[str, str] = {}
    for letter, text in draft.options:
        first = seen.setdefault(same(text), letter)
        if first != letter and text.strip():
            draft.doubt("options-alike", f"{first}={letter}")


def _choice(draft: Draft, least: int, most: int) -> None:
    letters = {letter for letter, _ in draft.options}
    if len(draft.options) < 2:
        draft.doubt("too-few-options" if draft.options else "choice-without-options")
    key = draft.answer if isinstance(draft.answer, list) else []
    if not key:
        draft.doubt("key-missing")
    outside = [letter for letter in key if letter not in letters]
    if outside and draft.options:
        draft.doubt("key-outside-options", ",".join(outside))
    if len(set(key)) != len(key):
        draft.doubt("key-letter-twice", ",".join(key))
    if key and not least <= len(key) <= most:
        draft.doubt("single-with-several-letters" if len(key) > 1 else "multiple-with-one-letter", "".join(key))


def _single(draft: Draft) -> None:
    _choice(draft, 1, 1)


def _multiple(draft: Draft) -> None:
    """Two right options at least, unless the source says that there may be one (不定项)."""
    _choice(draft, 1 if draft.keyless else 2, len(LETTERS))


def _true_false(draft: Draft) -> None:
    if not isinstance(draft.answer, bool):
        draft.doubt("key-missing")
    if draft.options:
        texts = [text for _, text in draft.options]
        draft.doubt("judgement-with-options", " / ".join(texts))


def _blank(draft: Draft) -> None:
    if not draft.answer:
        draft.doubt("key-missing")
    elif any(not group or not all(text.strip() for text in group) for group in draft.answer):
        draft.doubt("empty-answer")
    if draft.options:
        draft.doubt("options-in-open-question")


def _short(draft: Draft) -> None:
    if not draft.answer and not draft.keyless:
        draft.doubt("key-missing")
    if draft.options:
        draft.doubt("options-in-open-question")


def _matching(draft: Draft) -> None:
    pairs = draft.answer or []
    if len(pairs) < 2:
        draft.doubt("too-few-pairs" if pairs else "key-missing")
    if any(not left.strip() or not right.strip() for left, right in pairs):
        draft.doubt("empty-answer")
    if len({same(left) for left, _ in pairs}) != len(pairs):
        draft.doubt("duplicate-left-sides")


def _ordering(draft: Draft) -> None:
    steps = draft.answer or []
    if len(steps) < 2:
        draft.doubt("too-few-steps" if steps else "key-missing")
    if any(not text.strip() for text in steps):
        draft.doubt("empty-answer")
    if len({same(text) for text in steps}) != len(steps):
        draft.doubt("options-alike")


def _survey(draft: Draft) -> None:
    if draft.answer is not None:
        draft.doubt("survey-with-key")


CHECKS: dict[str, Callable[[Draft], None]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "blank": _blank,
    "short": _short,
    "matching": _matching,
    "ordering": _ordering,
    "survey": _survey,
}
