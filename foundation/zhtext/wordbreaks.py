"""Where a Chinese heading may break: between words, never inside one."""

import re
from functools import lru_cache

import rjieba

# Words of this field that the general dictionary cuts in two.
FIELD_WORDS = (
    "失信", "守信", "联合体", "承诺书", "公职人员", "班级码", "座号", "信用分", "核验码", "践行", "公示", "受限",
    "信行", "双公示", "红黑名单", "一次性", "容缺受理", "统一社会信用代码", "简报", "补考", "学时", "自测",
)  # fmt: skip
# One-character words that stay with the word before them: particles, and measure words after a number.
CLINGING = frozenset("的地得了过着吗呢吧们年月日号条家人分步次封题课第个岁级班期项篇天")
# A line never starts with the first set and never ends with the second.
NO_START = frozenset("，。：；、？！”』）》〕】…—·％% 　")
NO_END = frozenset("“『（《〔【 　")
_CHINESE = re.compile(r"[\u3400-\u9fff，。：；、？！”』）》〕】]")

_SEGMENTER = rjieba.Jieba()
for _word in FIELD_WORDS:
    _SEGMENTER.add_word(_word, 200_000, "n")


@lru_cache(maxsize=4096)
def unbreakable_pieces(text: str) -> tuple[str, ...]:
    """Cut `text` into pieces between which a line may break; joined they are `text` again.

    Pieces of other scripts are cut only where they meet Chinese: spaces already let a line break.
    """
    pieces: list[str] = []
    for word in _SEGMENTER.cut(text):
        if pieces and not _may_break(pieces[-1], word):
            pieces[-1] += word
        else:
            pieces.append(word)
    return tuple(pieces)


def _may_break(before: str, after: str) -> bool:
    if after[0] in NO_START or before[-1] in NO_END:
        return False
    if len(after) == 1 and after in CLINGING:
        return False
    return bool(_CHINESE.match(before[-1]) or _CHINESE.match(after[0]))
