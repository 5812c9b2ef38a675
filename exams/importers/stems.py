"""What clings to a stem in a cell: its number, tags for type and score, the key in its bracket. Pure Python."""

import re
from dataclasses import dataclass

from exams.importers.words import difficulty_of, fold, kind_of

_NUMBER = re.compile(
    r"^\s*(?:(?:题目|第)?\s*\d{1,4}\s*(?:题\s*[:：.、]?|[、．]|\.(?!\d)|[:：])|[(（]\d{1,4}[)）]\s*[、.．]?)\s*(?=\S)"
)
_TAG = re.compile(r"[\[【(（〔<《]\s*([^\[\]【】()（）〔〕<>《》]{2,16}?)\s*[\]】)）〕>》]")
LONGEST_TAG = 40
_DEGREE = re.compile(r"^难(?:易)?度[:：]?")
_KEY = re.compile(r"([(（])[\s　]*([A-Za-zＡ-Ｚ](?:[\s　,，、]*[A-Za-zＡ-Ｚ])*)[\s　]*([)）])")


@dataclass(slots=True)
class Stem:
    """The stem without them. `key` is "" or the letters that stood in its last bracket."""

    text: str
    kind: str | None = None
    score: str = ""
    difficulty: int | None = None
    key: str = ""


def clean_stem(text: str) -> Stem:
    """Take number, type tag, score tag and key out of a stem. A number is one only before 、 . ： or in brackets."""
    stem = Stem(text.strip())
    for _ in range(4):
        before = stem.text
        stem.text = _NUMBER.sub("", stem.text, count=1).strip() if _ == 0 or stem.kind else stem.text
        _tags(stem)
        if stem.text == before:
            break
    return stem


def _tags(stem: Stem) -> None:
    """Tags at the very beginning and the very end."""
    for at_end in (False, True):
        part = stem.text[-LONGEST_TAG:] if at_end else stem.text[:LONGEST_TAG]
        found = [m for m in _TAG.finditer(part) if (m.end() == len(part) if at_end else m.start() == 0)]
        if not found:
            continue
        match = found[0]
        cut = len(stem.text) - len(part) + match.start()
        rest = (stem.text[:cut] if at_end else stem.text[match.end() :]).strip()
        words = [word.strip() for word in re.split("[,，;；、 ]", match[1]) if word.strip()]
        if rest and words and all(_read(stem, word) for word in words):
            stem.text = rest


def _read(stem: Stem, word: str) -> bool:
    """Note a tag's word; False if it is no tag of ours, so that the bracket stays in the stem."""
    score = re.fullmatch(r"(?:本题|每题|共|满分|分值[:：]?)?(\d{1,3}(?:\.\d+)?)分", fold(word).replace(" ", ""))
    if score:
        stem.score = stem.score or score[1]
        return True
    if _DEGREE.match(word):
        stem.difficulty = stem.difficulty or difficulty_of(_DEGREE.sub("", word))
        return True
    named = re.search("题|題|选|選|判断|填空|简答", word) or (word.isascii() and len(word) > 5)
    kind = kind_of(word) if named else None
    if kind:
        stem.kind = stem.kind or kind
    return kind is not None


def take_key(stem: Stem, known: str) -> None:
    """Move letters that stand alone in a bracket out of the stem, if all of them are letters of the options."""
    found = list(_KEY.finditer(stem.text))
    if len(found) != 1:
        return
    letters = re.sub(r"[\s　,，、]", "", fold(found[0][2]).upper())
    if letters and set(letters) <= set(known) and len(set(letters)) == len(letters):
        match = found[0]
        stem.key = letters
        stem.text = f"{stem.text[: match.start()]}{match[1]} {match[3]}{stem.text[match.end() :]}"
