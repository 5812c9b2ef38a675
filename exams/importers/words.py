"""The words that banks use: kinds of question, right and wrong, degrees of difficulty. Pure Python."""

import re
import unicodedata
from collections.abc import Sequence

from exams.importers.vocabulary import DEGREES, KINDS, TRUTH, by_word, listed

CHOICE = "choice"  # one or several right options: the key says which
ANY = "any"  # 不定项: several may be right, or one

LONGEST = 60  # characters of a kind's name with all that is around it
_LATIN = re.compile(r"[a-z]")
_TAIL = re.compile(r"(小?题型?|題型?|类型?|類|question|item|type)+$")


def fold(text: str) -> str:
    """For comparing words: one width, lower case, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _bare(text: str) -> str:
    """A kind's word without ordinals, scores and brackets: 一、单选题（每题2分） becomes 单选."""
    if len(text) > LONGEST:
        return ""
    plain = re.sub(r"[(\[【].*?(分|道|题|point).*?[)\]】]", "", fold(text))
    plain = re.sub(r"^[第]?[一二三四五六七八九十\d]+(大题|部分|[、.:,\s])\s*", "", plain)
    plain = plain.strip(" ()[]【】<>《》:.,;、。").replace("_", " ").replace("-", " ").replace("/", " ")
    return _TAIL.sub("", plain).strip()


_EXACT = by_word(KINDS)
# Longest first: 不定项选择 before 选择.
_PARTS = sorted(((word, kind) for word, kind in _EXACT.items() if not _LATIN.search(word)), key=lambda p: -len(p[0]))


def kind_of(text: str) -> str | None:
    """The kind a type cell names: one of our types, `choice` or `any`; None if it names none, or two."""
    bare = _bare(text)
    if not bare:
        return None
    if bare in _EXACT:
        return _EXACT[bare]
    if len(bare) > 12:
        return None
    found, rest = set(), bare
    for word, kind in _PARTS:
        if word in rest:
            found.add(kind)
            rest = rest.replace(word, " ")
    found.discard(CHOICE if len(found) > 1 else "")
    return found.pop() if len(found) == 1 else None


_HEADING = re.compile(
    r"^\s*([(（]?[一二三四五六七八九十]+[)）]?|第[一二三四五六七八九十\d]+(大题|部分)|[ⅠⅡⅢⅣⅤIVX]+|\d+)?\s*[、.．:：)）]?\s*"
)
_HEADING_TAIL = re.compile(r"[(（\[【:：。].*$|\s*(共|每|本|满分|合计).*$", re.S)


def heading_kind(text: str) -> str | None:
    """The kind that a section's heading names (一、单项选择题（每题2分，共40分）); None if it is no heading."""
    if len(text) > 2 * LONGEST:
        return None
    rest = _HEADING.sub("", text.strip(), count=1)
    word = _HEADING_TAIL.sub("", rest).strip()
    if not word or len(word) > 12 or not re.search(r"题|題|选|選|断|斷|空|[a-z]", word.casefold()):
        return None
    return kind_of(word)


TRUE_WORDS, FALSE_WORDS = (frozenset(listed(TRUTH)[name]) for name in ("true", "false"))
_WRAP = "()[]【】〔〕\"'“”‘’。.;；,， \t\n"
_VARIATION = re.compile("[\ufe0e\ufe0f]")


def judgement(text: str) -> bool | None:
    """True or False for a word or mark of judgement, None for anything else (A, B, V, 2 prove nothing)."""
    word = _VARIATION.sub("", fold(text)).strip(_WRAP).replace(" ", "")
    word = re.sub(r"^(参考|正确|标准)?答案[:是为]*", "", word)
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    return None


_FAMILIES = (
    "对 對 错 錯",
    "对 不对 不對",
    "对的 错的",
    "正确 正確 错误 錯誤 不正确 不正確",
    "是 否 不是",
    "真 假",
    "true false",
    "t f",
    "yes no",
    "y n",
    "right wrong",
    "correct incorrect",
    "√ ✓ ✔ ☑ ✅ × ✗ ✘ ✕ ✖ ❌ ❎ x ╳",
)


def is_judgement_pair(texts: Sequence[str]) -> bool:
    """Whether two options are right and wrong in words of one kind (对 and 错, √ and ×; but not x and y)."""
    if len(texts) != 2 or {judgement(text) for text in texts} != {True, False}:
        return False
    words = [_VARIATION.sub("", fold(text)).strip(_WRAP).replace(" ", "") for text in texts]
    return any(set(words) <= set(family.split()) for family in _FAMILIES)


_DEGREE = {word: int(degree) for word, degree in by_word(DEGREES).items()}


def difficulty_of(text: str) -> int | None:
    """1 (easy) to 5: from a word, a degree 1-5, or a coefficient 0.x, where more is easier (the share who succeed)."""
    word = fold(text).removesuffix("题").removesuffix("度")
    if word in _DEGREE:
        return _DEGREE[word]
    if re.fullmatch(r"[1-5](\.0+)?([级星]|级难度)?", word):
        return int(word[0])
    if re.fullmatch(r"0?\.\d+", word):
        return max(1, 5 - int(float(word) * 5))
    return None
