"""When two wordings are the same question: a key over what is left without spaces, signs and widths. Pure Python."""

import hashlib
import unicodedata

from exams.importers.blocks import Block

_DROPPED = ("Z", "P", "C")


def normal(text: str) -> str:
    """`text` for comparing: compatibility forms folded, lower case, without spaces, punctuation and blanks.

    Symbols stay: “<” and “>” make different questions. A text of signs only is left as it is.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c for c in folded if unicodedata.category(c)[0] not in _DROPPED)
    return kept or folded.strip()


def stem_key(stem: str) -> str:
    """64 hexadecimal digits that are equal for wordings that differ only in spaces and signs."""
    return hashlib.sha256(normal(stem).encode("utf-8", "surrogatepass")).hexdigest()


def alike(one: str, other: str) -> float:
    """How much two texts share, 0 to 1: twice the common pairs of characters over all pairs (Dice 1945)."""
    left, right = _pairs(normal(one)), _pairs(normal(other))
    if not left or not right:
        return float(normal(one) == normal(other))
    return 2 * len(left & right) / (len(left) + len(right))


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}


def content_texts(block: Block) -> frozenset[str]:
    """The texts that a learner sees besides the stem, normalised: options, sides, lines to order, sub-questions."""
    texts = [text for _letter, text in block.options]
    if block.type in ("matching", "ordering") and isinstance(block.answer, list):
        for row in block.answer:
            texts += [str(part) for part in row] if isinstance(row, list | tuple) else [str(row)]
    texts += [child.stem for child in block.children]
    return frozenset(normal(text) for text in texts)
