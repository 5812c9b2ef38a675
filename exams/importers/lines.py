"""Items as an author types them, line by line, and back. Pure Python.

Choices and ratings: an option per line, the right ones begin with `*`. True or false: one word. Fill in and short
answer: a line per blank or keyword, alternatives divided by `|`. Ordering: the right order. Matching: `left = right`.
Lines that begin with `#` say something about the answer:

    # 不分次序            the blanks may be filled in any order
    # 人工评分 300        a short answer that a person marks, at most 300 characters; the lines below say by what
    ## 单选题 2           the next question of a case, with its share; its wording is the next line, then its lines
"""

import re
from collections.abc import Mapping
from typing import Any

from exams.importers.plain import LETTERS, PART_TYPES, Built, CannotBuild, build

ANY_ORDER = "不分次序"
BY_HAND = "人工评分"
WORDS = {
    "single": "单选题",
    "multiple": "多选题",
    "true_false": "判断题",
    "blank": "填空题",
    "ordering": "排序题",
    "short": "简答题",
}
TYPES = {word: kind for kind, word in WORDS.items()} | {word.removesuffix("题"): kind for kind, word in WORDS.items()}
TYPES |= {kind: kind for kind in PART_TYPES}
_HEADING = re.compile(r"##\s*(\S+?)(?:\s+(\d{1,3})\s*分?)?\s*$")
_ANY_ORDER = re.compile(r"#\s*(?:不分次序|不分顺序|any order)\s*$", re.IGNORECASE)
_BY_HAND = re.compile(r"#\s*(?:人工评分|by hand)(?:\s+(\d{1,4})\s*字?)?\s*$", re.IGNORECASE)


def from_lines(item_type: str, text: str) -> Built:
    """Read what an author typed. Raises CannotBuild."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if item_type == "scenario":
        return build("scenario", [], case_questions(lines))
    return build(item_type, *_plain(item_type, lines))


def _plain(item_type: str, lines: list[str]) -> tuple[list[str], Any]:
    """Options and answer of one question."""
    match item_type:
        case "single" | "multiple":
            right = [LETTERS[n] for n, line in enumerate(lines[: len(LETTERS)]) if line.startswith("*")]
            return [line.removeprefix("*").strip() for line in lines], right
        case "blank":
            groups = [line.split("|") for line in lines if not _ANY_ORDER.match(line)]
            return [], {"blanks": groups, "any_order": any(map(_ANY_ORDER.match, lines))}
        case "short":
            return [], _short(lines)
        case "matching":
            pairs = [[part.strip() for part in line.split("=", 1)] for line in lines if "=" in line]
            return [line for line in lines if "=" not in line], pairs
        case "true_false":
            return [], lines[0] if lines else ""
    return lines, None


def _short(lines: list[str]) -> Any:
    marks = [found for line in lines if (found := _BY_HAND.match(line))]
    if not marks:
        return [line.split("|") for line in lines]
    rubric = "\n".join(line for line in lines if not _BY_HAND.match(line))
    most = int(marks[0][1]) if marks[0][1] else None
    return {"by_hand": True, "rubric": rubric, "max_words": most}


def case_questions(lines: list[str]) -> list[dict[str, Any]]:
    """The questions of a case as `plain.build` takes them, from lines of which none is empty.

    Raises CannotBuild for a line before the first heading or a type that is none."""
    rows: list[tuple[str, int, list[str]]] = []
    for line in lines:
        if not line.startswith("##"):
            if not rows:
                raise CannotBuild("begin each question of a case with ## and its type")
            rows[-1][2].append(line)
            continue
        found = _HEADING.match(line)
        if not found or found[1].lower() not in TYPES:
            raise CannotBuild("begin each question of a case with ## and its type")
        rows.append((TYPES[found[1].lower()], int(found[2] or 1), []))
    return [_question(kind, share, below) for kind, share, below in rows]


def _question(kind: str, share: int, lines: list[str]) -> dict[str, Any]:
    options, answer = _plain(kind, lines[1:])
    return {"type": kind, "share": share, "stem": lines[0] if lines else "", "options": options, "answer": answer}


def to_lines(item_type: str, content: Mapping[str, Any], answer: Mapping[str, Any] | None) -> str:
    """The reverse of `from_lines`, for the author's form."""
    answer = answer or {}
    if item_type != "scenario":
        return "\n".join(_lines(item_type, content, answer))
    blocks = []
    for part in content["parts"]:
        head = [f"## {WORDS[part['type']]} {part['share']}", " ".join(part["stem"].split())]
        blocks.append("\n".join(head + _lines(part["type"], part["content"], answer["parts"][part["id"]])))
    return "\n\n".join(blocks)


def _lines(item_type: str, content: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    texts = {o["id"]: o["text"] for side in ("options", "left", "right") for o in content.get(side, [])}
    match item_type:
        case "single" | "multiple":
            return [("* " if o["id"] in answer["right"] else "") + o["text"] for o in content["options"]]
        case "true_false":
            return ["对" if answer["right"] else "错"]
        case "blank":
            order = [f"# {ANY_ORDER}"] if answer.get("any_order") else []
            return order + [" | ".join(group) for group in answer["blanks"]]
        case "short" if answer.get("by_hand"):
            return [f"# {BY_HAND} {answer.get('max_words') or ''}".rstrip(), *answer["rubric"].splitlines()]
        case "short":
            return [" | ".join(group) for group in answer["keywords"]]
        case "ordering":
            return [texts[i] for i in answer["order"]]
        case "matching":
            lines = [f"{texts[left]} = {texts[right]}" for left, right in answer["pairs"].items()]
            used = set(answer["pairs"].values())
            return lines + [o["text"] for o in content["right"] if o["id"] not in used]
    return [o["text"] for o in content["options"]]


def keep_ids(built: Built, content: Mapping[str, Any]) -> Built:
    """`built` with the ids that options, sides and parts of the same text had in `content`, the version before.

    So that answers and statistics of two versions can be laid side by side.
    """
    had = dict(_ids(content))
    new = {pk: had[key] for key, pk in _ids(built.content) if key in had}
    return Built(_renamed(built.content, new), _renamed(built.answer, new))


def _ids(content: Mapping[str, Any], within: str = "") -> list[tuple[tuple[str, str, str], str]]:
    """((part's wording, side, text), id) of everything in `content` that has an id."""
    found = [
        ((within, side, o["text"]), o["id"]) for side in ("options", "left", "right") for o in content.get(side, [])
    ]
    for part in content.get("parts", []):
        found += [((part["type"], "part", part["stem"]), part["id"]), *_ids(part["content"], part["stem"])]
    return found


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """`value` with every key and text that is a name replaced."""
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value
