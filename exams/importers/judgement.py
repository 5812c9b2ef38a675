"""Marks of right and wrong, of every kind that banks use. Pure Python."""

import re

from exams.importers.normalise import fold

_TRUE = "√|✓|✔|☑|✅|对|正确|是|真|t|true|y|yes|right|correct|对的|正确的|说法正确|该说法正确|表述正确|本题正确"
_FALSE = (
    "×|✗|✘|✕|✖|❌|☒|╳|x|错|错误|否|假|f|false|n|no|wrong|incorrect|错的|错误的|不正确|不对|说法错误"
    "|该说法错误|表述错误|本题错误|非"
)
TRUE, FALSE = frozenset(_TRUE.split("|")), frozenset(_FALSE.split("|"))
_EDGE = " \t。.,;:!、\"'“”()[]【】<>《》{}"
_WORDS = "|".join(re.escape(word) for word in sorted(TRUE | FALSE, key=lambda word: (-len(word), word)))
_LEADING = re.compile(rf"[ (\[【]*({_WORDS})[ )\]】]*(?:$|[。.,;:!、 \t](?P<rest>.*)$)", re.IGNORECASE | re.DOTALL)
# What may stand in a bracket inside a stem as the answer. Letters like T and words like 是 count only at its end.
MARK = re.compile(rf"[(\[【][ \t]*({_WORDS})[ \t]*[)\]】]", re.IGNORECASE)


def judgement(text: str) -> bool | None:
    """True or False for a mark or word that says so by itself; None for anything else (letters A and B, 1 and 0)."""
    word = fold(text).strip(_EDGE).lower()
    if word in TRUE:
        return True
    return False if word in FALSE else None


def leading_judgement(text: str) -> tuple[bool, str] | None:
    """A mark at the start of a key and what follows it ("错误。应为…"); None when there is no such mark."""
    match = _LEADING.match(fold(text))
    if match is None:
        return None
    value = match[1].lower() in TRUE
    rest = text[match.start("rest") :].strip() if match["rest"] else ""
    return value, rest


def option_pair(options: list[tuple[str, str]]) -> dict[str, bool] | None:
    """What the letters mean when the options are nothing but a right and a wrong mark; else None."""
    if len(options) != 2:
        return None
    means = {letter: judgement(text) for letter, text in options}
    values = list(means.values())
    if None in values or values[0] == values[1]:
        return None
    if {text.strip().casefold() for _, text in options} == {"x", "y"}:  # two variables, not wrong and yes
        return None
    return {letter: bool(value) for letter, value in means.items()}
