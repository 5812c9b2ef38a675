"""Initials of Chinese words by their sound (林知远: lzy), for search by a keyboard without Chinese. Pure Python."""

from functools import lru_cache
from itertools import product

from foundation.zhtext.bigrams import HAN_RUN

SHORTEST, LONGEST = 2, 10
MOST_READINGS = 4
NAME_LENGTH = 4


@lru_cache(maxsize=20_000)
def initials(run: str) -> tuple[str, ...]:
    """The initials of a run of Chinese characters; more than one where the first character of something as short as a
    person's name has several readings (单 and 曾 are read otherwise as surnames).

    >>> initials("水利局")
    ('slj',)
    >>> initials("单雄信")
    ('dxx', 'sxx', 'cxx')
    """
    from pypinyin import Style, lazy_pinyin, pinyin  # noqa: PLC0415  # 58 MB, which most processes never need

    usual = "".join(word[:1] for word in lazy_pinyin(run, style=Style.FIRST_LETTER))
    if len(run) > NAME_LENGTH:
        return (usual,)
    first = [letter[:1] for letter in pinyin(run[:1], style=Style.FIRST_LETTER, heteronym=True)[0]]
    found = [usual, *("".join(parts) for parts in product(first, [usual[1:]]))]
    return tuple(dict.fromkeys(word for word in found if word))[:MOST_READINGS]


def beginnings(text: str) -> list[str]:
    """What somebody may type for a text: the beginnings, from two letters on, of the initials of each Chinese run.

    >>> beginnings("水利局")
    ['sl', 'slj']
    """
    found: dict[str, None] = {}
    for run in HAN_RUN.findall(text):
        for word in initials(run):
            for length in range(SHORTEST, min(len(word), LONGEST) + 1):
                found[word[:length]] = None
    return list(found)
