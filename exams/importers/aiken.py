"""Questions from Aiken, Moodle's simplest text format. Pure Python.

Source: docs.moodle.org, Aiken format: a stem, options `A.` or `A)`, then `ANSWER: B`. Other platforms write several
letters; an optional line `EXPLANATION:` may follow. Everything else that stands between is for a person.
"""

import re
from collections.abc import Iterator

from exams.importers.blocks import Block
from exams.importers.drafts import Draft, settle
from exams.importers.normalise import tidy
from exams.importers.words import fold, is_judgement_pair, judgement

_OPTION = re.compile(r"\s*([A-Za-zＡ-Ｚ])\s*[.)．）、]\s*(.*)")
_KEY = re.compile(r"\s*(?:ANSWERS?|答案)\s*[:：]\s*(.*?)\s*$", re.I)
_MORE = re.compile(r"\s*(?:EXPLANATION|FEEDBACK|解析)\s*[:：]\s*(.*)", re.I)
_LETTERS = re.compile(r"[A-Z](?:[\s,，、;]*[A-Z])*")


def read_aiken(text: str) -> list[Block]:
    """Read Aiken; `line` is the line of the stem. A piece without options and key is rejected, with one of them
    reviewed.
    """
    return [_question(lines) for lines in _pieces(text)]


def _pieces(text: str) -> Iterator[list[tuple[int, str]]]:
    """The lines of each question: up to its key and explanation."""
    piece: list[tuple[int, str]] = []
    finished = False
    for number, line in enumerate(re.split("\r\n|\r|\n", tidy(text)), 1):
        if not line.strip():
            if piece and (finished or _abandoned(piece)):
                yield piece
                piece, finished = [], False
            continue
        if finished and not _MORE.match(line):
            yield piece
            piece, finished = [], False
        piece.append((number, line))
        finished = finished or bool(_KEY.match(line))
    if piece:
        yield piece


def _abandoned(piece: list[tuple[int, str]]) -> bool:
    """Options without a key before an empty line: the key is lost, what follows is another question."""
    return bool(_OPTION.fullmatch(piece[-1][1]))


def _question(lines: list[tuple[int, str]]) -> Block:
    raw = "\n".join(line for _, line in lines)
    draft = Draft(line=lines[0][0], line_end=lines[-1][0], raw=raw, type="single")
    stem: list[str] = []
    key = None
    for _, line in lines:
        answer, more, option = _KEY.match(line), _MORE.match(line), _OPTION.fullmatch(line)
        if answer:
            key = answer[1]
        elif more:
            draft.explanation = more[1].strip()
        elif option and (stem or draft.options):
            draft.options.append((fold(option[1]).upper(), option[2].strip()))
        elif draft.options:
            letter, text = draft.options[-1]
            draft.options[-1] = (letter, f"{text}\n{line.strip()}")
        elif option:
            draft.options.append((fold(option[1]).upper(), option[2].strip()))
        else:
            stem.append(line.strip())
    draft.stem = "\n".join(stem)
    if not draft.options and key is None:
        draft.type = "unknown"
        draft.reject("not-a-question")
        return settle(draft)
    _answer(draft, fold(key or "").upper().rstrip(".。"))
    return settle(draft)


def _answer(draft: Draft, key: str) -> None:
    texts = [text for _, text in draft.options]
    letters = re.findall("[A-Z]", key) if _LETTERS.fullmatch(key) else []
    if key and not letters:
        draft.doubt("key-unclear", key)
    if is_judgement_pair(texts) and letters in (["A"], ["B"]) and [letter for letter, _ in draft.options] == ["A", "B"]:
        draft.type, draft.answer = "true_false", judgement(texts["AB".index(letters[0])])
        draft.options = []
        return
    draft.type = "multiple" if len(letters) > 1 else "single"
    draft.answer = sorted(letters) or None
