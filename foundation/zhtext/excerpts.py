"""The part of a text in which a search word stands."""

import re

BEFORE = 16


def excerpt(text: str, words: str, width: int = 96) -> str:
    """At most `width` characters around the first of `words` that occurs in `text`, with … where it was cut.

    >>> excerpt("甲" * 40 + "诚信考试" + "乙" * 40, "考试", 20)
    '…甲甲甲甲甲甲甲甲甲甲甲甲甲甲诚信考试乙乙…'
    """
    text = re.sub(r"\s+", " ", text).strip()
    places = [place for word in words.split() if (place := text.lower().find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - BEFORE)
    cut = text[start : start + width]
    return ("…" if start else "") + cut + ("…" if start + width < len(text) else "")
