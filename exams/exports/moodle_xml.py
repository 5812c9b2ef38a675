"""Questions as Moodle XML. Pure Python.

Several blanks become one question with embedded answers (Cloze). Ratings, which have no key, become descriptions.
"""

import re
from collections.abc import Callable, Iterable

from exams.exports.texts import apart, plain, title_of, xml
from exams.importers.blocks import Block
from exams.importers.fills import GAP

_PLAIN = "plain_text"


def write_moodle_xml(blocks: Iterable[Block]) -> bytes:
    """UTF-8 Moodle XML of all blocks; a case is written as questions that carry its text."""
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    chapter = ""
    for block in apart(blocks):
        if block.chapter != chapter:
            chapter = block.chapter
            name = _text("$course$/top/" + chapter)
            pieces.append(f'<question type="category">\n<category>{name}</category>\n</question>\n')
        pieces.append(_question(block))
    return "".join([*pieces, "</quiz>\n"]).encode()


def _text(text: str) -> str:
    return f"<text>{xml(text)}</text>"


def _element(name: str, text: str, **attributes: str) -> str:
    said = "".join(f' {key}="{xml(value)}"' for key, value in attributes.items())
    return f"<{name}{said}>{_text(text)}</{name}>\n"


def _question(block: Block) -> str:
    kind, stem, body = _WRITERS.get(block.type, _description)(block)
    score = block.score if re.fullmatch(r"\d+(\.\d+)?", block.score) else "1"
    tags = "".join(f"<tag>{_text(point)}</tag>" for point in block.points)
    return (
        f'<question type="{kind}">\n'
        + _element("name", title_of(block))
        + _element("questiontext", stem, format=_PLAIN)
        + _element("generalfeedback", block.explanation or "", format=_PLAIN)
        + f"<defaultgrade>{score}</defaultgrade>\n<hidden>0</hidden>\n<idnumber>{xml(block.number)}</idnumber>\n"
        + body
        + (f"<tags>{tags}</tags>\n" if tags else "")
        + "</question>\n"
    )


def _answers(weighed: Iterable[tuple[str, str]]) -> str:
    """`answer` elements of (share in per cent, text)."""
    return "".join(_element("answer", text, fraction=weight, format=_PLAIN) for weight, text in weighed)


def _choice(block: Block) -> tuple[str, str, str]:
    right = set(block.answer or ())
    single = block.type == "single"
    share = f"{100 / max(1, len(right)):.5f}".rstrip("0").rstrip(".")
    wrong = "0" if single else "-100"
    body = f"<single>{'true' if single else 'false'}</single>\n<shuffleanswers>true</shuffleanswers>\n"
    body += "<answernumbering>ABCD</answernumbering>\n"
    weighed = ((share if letter in right else wrong, text) for letter, text in block.options)
    return "multichoice", block.stem, body + _answers(weighed)


def _true_false(block: Block) -> tuple[str, str, str]:
    right, wrong = ("true", "false") if block.answer else ("false", "true")
    return "truefalse", block.stem, _answers([("100", right), ("0", wrong)])


def _blank(block: Block) -> tuple[str, str, str]:
    groups = block.answer or []
    if len(groups) == 1:
        body = "<usecase>0</usecase>\n" + _answers(("100", text.replace("*", "\\*")) for text in groups[0])
        return "shortanswer", block.stem, body
    return "cloze", _embedded(block.stem, groups), ""


def _embedded(stem: str, groups: list[list[str]]) -> str:
    """The stem with an embedded answer behind each of its gaps; gaps that it does not show stand at its end."""
    said = ["{1:SHORTANSWER:" + "~".join(f"={_inside(text)}" for text in group) + "}" for group in groups]
    places = [match.end() for match in GAP.finditer(stem)]
    if len(places) != len(said):
        return stem + "".join(f" ____{text}" for text in said)
    starts = [0, *places]
    pieces = [stem[start:end] + text for start, end, text in zip(starts, places, said, strict=False)]
    return "".join([*pieces, stem[places[-1] :]]) if places else stem


def _inside(text: str) -> str:
    return re.sub(r"([\\#~/\"{}*])", r"\\\1", plain(text))


def _short(block: Block) -> tuple[str, str, str]:
    body = "<responseformat>plain</responseformat>\n" + _element("graderinfo", block.answer or "", format=_PLAIN)
    return "essay", block.stem, body


def _matching(block: Block) -> tuple[str, str, str]:
    pairs = [*(block.answer or []), *(["", right] for right in block.extra)]
    parts = (
        f'<subquestion format="{_PLAIN}">{_text(left)}<answer>{_text(right)}</answer></subquestion>\n'
        for left, right in pairs
    )
    return "matching", block.stem, "<shuffleanswers>true</shuffleanswers>\n" + "".join(parts)


def _ordering(block: Block) -> tuple[str, str, str]:
    return "ordering", block.stem, _answers((str(place), text) for place, text in enumerate(block.answer or [], 1))


def _description(block: Block) -> tuple[str, str, str]:
    listed = "".join(f"\n{letter}. {text}" for letter, text in block.options)
    return "description", block.stem + listed, ""


_WRITERS: dict[str, Callable[[Block], tuple[str, str, str]]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _true_false,
    "blank": _blank,
    "short": _short,
    "matching": _matching,
    "ordering": _ordering,
}
