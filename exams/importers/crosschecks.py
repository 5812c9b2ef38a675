"""Looks at what was read as a whole: keys that may belong elsewhere, explanations that name another key. Pure Python.

A question that seemed to be proved goes to a person if its surroundings say otherwise.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from exams.importers.blocks import ACCEPT, REJECT, REVIEW, Block
from exams.importers.normalise import fold

_KEY_ALONE = re.compile(r"^[\[(【]?(?:正确|参考|标准)?答案[\])】]?[ :]*[A-Za-z√×对错是否正确误、, ]{1,12}$")
_LETTERS = r"([A-Z](?:[、,和与及 ]?[A-Z](?![a-z]))*)(?!项|选项|级|类|等|股|型)"
_SO = r"(?:故|因此|所以|综上)[,、 ]*"
_THIS = r"(?:本题|此题|该题|题干|原题)"
_SAYS = re.compile(
    rf"(?:正确|本题|参考|标准|此题)(?:的)?(?:正确)?答案(?:应该|应当|应)?(?:是|为|选)?[: ]*{_LETTERS}"
    rf"|(?:{_SO}|{_THIS}|应当|应该|应)(?:{_THIS}|正确答案|答案)?(?:应当|应该|应)?(?:选择|选|为|是)[: ]*{_LETTERS}"
)
_CLAIM = r"(?:的)?(?:说法|表述|观点|答案)?(?:是|为)?"
_MARK = r"(不正确|正确|错误|不对|对|错)(?:的)?(?:[。.!;,]|$)"
_JUDGES = re.compile(rf"(?:{_SO}{_THIS}?|{_THIS}){_CLAIM}{_MARK}")

# A question that speaks of a picture, a table or a text that is not there.
_ELSEWHERE = re.compile(
    r"(?:根据|结合|依据|阅读)(?:上述|以上|以下|下列|给定|所给)?的?(?:材料|案例|案情|情景|资料)|(?:上述|前述|上面)的?(?:材料|案例|案情)"
    r"|^(?:材料|案例)中|(?:如|见)[图表]|(?:根据|依据|按照?|参照|观察|阅读)[下上左右附][图表]|[下上左右附][图表](?:所示|中|[,、为是]|\d)|(?<!以)[上前]一?题(?![目材])"
)
_MARKUP = re.compile(r"&(?:nbsp|lt|gt|amp|quot|#\d{2,5});|</?(?:p|br|span|div|img|font|strong|td|tr)\b[^<>]*>")


def crosschecked(blocks: Sequence[Block], *, written: bool) -> list[Block]:
    """The same blocks, some of them for review now. `written`: from running text, where places mean something."""
    above = written and _keys_stand_above(blocks)
    return [_alone(_checked(block, above)) for block in blocks]


def _alone(block: Block) -> Block:
    """A question by itself cannot be asked when it speaks of what stands elsewhere; the parts of a case may."""
    if block.status != ACCEPT or block.children:
        return block
    if len(block.stem) <= 80 and _ELSEWHERE.search(fold(block.stem)):
        return replace(block, status=REVIEW, reasons=("refers-elsewhere",))
    if _MARKUP.search("\n".join([block.stem, *(text for _, text in block.options)])):
        return replace(block, status=REVIEW, reasons=("markup-inside",))
    return block


def _keys_stand_above(blocks: Sequence[Block]) -> bool:
    """True if an answer stands before the first question: then each may belong to the question below it."""
    for block in blocks:
        if block.status == REJECT or not block.raw.strip():
            continue
        return not block.stem and _KEY_ALONE.match(fold(block.raw).strip()) is not None
    return False


def _checked(block: Block, above: bool) -> Block:
    children = tuple(_checked(child, above) for child in block.children)
    if children != block.children:
        block = replace(block, children=children)
        reason = "sub-items"
    elif above:
        reason = "keys-above"
    elif explained_otherwise(block):
        reason = "explanation-differs"
    else:
        return block
    if block.status != ACCEPT:
        return block
    return replace(block, status=REVIEW, answer=None, reasons=(*block.reasons, reason))


def explained_otherwise(block: Block) -> bool:
    """True if the explanation says in so many words that another answer is right."""
    text = fold(block.explanation or "")
    if block.type in ("single", "multiple") and block.answer:
        said = [re.findall("[A-Z]", one or other) for one, other in _SAYS.findall(text)]
        return any(sorted(set(letters)) != sorted(block.answer) for letters in said)
    if block.type == "true_false" and block.answer is not None:
        return any((word in ("正确", "对")) is not block.answer for word in _JUDGES.findall(text))
    return False
