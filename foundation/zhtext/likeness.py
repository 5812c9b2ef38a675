"""How alike two wordings are, and which of a hundred thousand may be alike: shingles, Jaccard, MinHash bands.

Two texts are compared by the pairs of characters that they share (Jaccard 1901). To find candidates without comparing
all, each text gets `BANDS` short marks of `ROWS` MinHash values (Broder 1997): texts that share a part s of their pairs
share a mark with the probability 1 - (1 - s^ROWS)^BANDS, which is 0.99 for s = 0.8 and 0.02 for s = 0.2. Pure Python.
"""

import hashlib
import unicodedata
from collections.abc import Iterable

BANDS, ROWS = 12, 4
_PRIME = (1 << 61) - 1


def _constants() -> list[tuple[int, int]]:
    """Multipliers and offsets of the hash functions, the same everywhere and for ever: they stand in stored indexes."""
    digests = [hashlib.sha256(f"likeness:{n}".encode()).digest() for n in range(BANDS * ROWS)]
    return [(int.from_bytes(d[:8], "big") % _PRIME | 1, int.from_bytes(d[8:16], "big") % _PRIME) for d in digests]


_HASHES = _constants()


def letters(text: str) -> str:
    """`text` without width, case, spaces and signs.

    >>> letters("Ａ级， 是（　）。")
    'a级是'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def shingles(text: str) -> frozenset[str]:
    """The pairs of characters of `text`; a text of one character is its own."""
    plain = letters(text)
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1)) or frozenset([plain] if plain else [])


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """The part of the shingles that both have, from 0 to 1."""
    first, second = frozenset(one), frozenset(other)
    union = len(first | second)
    return len(first & second) / union if union else 0.0


def marks(text: str) -> list[str]:
    """One word for the whole of `text`, then one per band: texts that share none of them are not alike."""
    pieces = shingles(text)
    if not pieces:
        return []
    whole = hashlib.sha256(letters(text).encode()).hexdigest()[:16]
    hashed = [int.from_bytes(hashlib.blake2b(p.encode(), digest_size=8).digest(), "big") for p in pieces]
    least = [min((a * h + b) % _PRIME for h in hashed) for a, b in _HASHES]
    words = [f"whole{whole}"]
    for band in range(BANDS):
        rows = ".".join(str(value) for value in least[band * ROWS : (band + 1) * ROWS])
        words.append(f"band{band}x{hashlib.blake2b(rows.encode(), digest_size=6).hexdigest()}")
    return words
