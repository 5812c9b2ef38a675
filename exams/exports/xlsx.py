"""Questions as an Excel table that people can go on working with. Pure Python.

The header says that stems are verbatim (题干（原样）), so our reader takes nothing for a number, a tag or a key there.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from exams.exports.sheet import workbook
from exams.importers import fills
from exams.importers.blocks import Block
from exams.importers.columns import VERBATIM
from exams.importers.drafts import LETTERS

KINDS = {
    "single": "单选题",
    "multiple": "多选题",
    "true_false": "判断题",
    "blank": "填空题",
    "short": "简答题",
    "matching": "匹配题",
    "ordering": "排序题",
    "survey": "问卷题",
    "unknown": "",
}
_BEFORE = ("编号", "题型", f"题干（{VERBATIM}）")
_AFTER = (
    "答案",
    "解析",
    "分值",
    "难度",
    "知识点",
    "章节",
    "来源",
    "适用对象",
    "语言",
    "关键词",
    "干扰项",
    "答案不分顺序",
)
_CASE = ("材料编号", "材料")
LEAST_OPTIONS = 4


def write_xlsx(blocks: Iterable[Block]) -> bytes:
    """One sheet, one row for each question; the questions of a case repeat its text in the column 材料."""
    rows = list(_flat(blocks))
    width = max([LEAST_OPTIONS, *(len(block.options) for _, block in rows)])
    header = [*_BEFORE, *(f"选项{LETTERS[place]}" for place in range(width)), *_AFTER, *_CASE]
    widths = [10, 10, 50, *([18] * width), 14, 40, *([10] * (len(_AFTER) - 2)), 10, 30]
    return workbook("试题", [header, *(_row(case, block, width) for case, block in rows)], widths)


def _flat(blocks: Iterable[Block]) -> Iterable[tuple[Block | None, Block]]:
    """Every question with its case."""
    for block in blocks:
        if block.type == "scenario":
            yield from ((block, child) for child in block.children)
        else:
            yield None, block


def _row(case: Block | None, block: Block, width: int) -> list[str]:
    texts = [text for _, text in block.options]
    kind = KINDS[block.type]
    if block.type == "multiple" and len(block.answer or ()) == 1:
        kind = "不定项选择题"
    after = [
        _answer(block),
        block.explanation or "",
        block.score,
        str(block.difficulty or ""),
        _listed(block.points, "；"),
        block.chapter,
        block.source,
        block.audience,
        block.language,
        _groups(block.keywords),
        _listed(block.extra, "\n"),
        "是" if block.any_order else "",
    ]
    shown = [case.number, case.stem] if case else ["", ""]
    return [block.number, kind, block.stem, *texts, *([""] * (width - len(texts))), *after, *shown]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(texts: Sequence[str], sign: str) -> str:
    """Texts in one cell; as JSON where a text holds a sign that divides."""
    plain = not any(set(text) & set("；;|、\n") or text.startswith("[") for text in texts)
    return sign.join(texts) if plain else _json(list(texts))


def _groups(groups: Sequence[Sequence[str]]) -> str:
    plain = not any(set(text) & set("；;|\n") or text.startswith("[") for group in groups for text in group)
    return "|".join(";".join(group) for group in groups) if plain else _json([list(group) for group in groups])


def _answer(block: Block) -> str:
    """The key as people write it, if our reader would read just that; else as JSON."""
    key = block.answer
    if key is None:
        return ""
    match block.type:
        case "single" | "multiple":
            return "".join(key)
        case "true_false":
            return "正确" if key else "错误"
        case "blank":
            return _readable("|".join(";".join(group) for group in key), key, lambda t: fills.blanks(t, block.stem))
        case "matching":
            return _readable("\n".join(f"{left} = {right}" for left, right in key), key, fills.pairs)
        case "ordering":
            return _readable("\n".join(key), key, lambda text: fills.order(text, block.options))
        case _:
            return str(key)


def _readable(text: str, key: Any, read: Callable[[str], tuple[Any, str]]) -> str:
    found, reason = read(text)
    return (
        text
        if not reason and found == [list(part) if not isinstance(part, str) else part for part in key]
        else _json(key)
    )
