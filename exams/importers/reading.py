"""Read one chunk of lines into the parts of a question; what they mean together is judged in `verdicts`.

Pure Python.
"""

import re

from exams.importers.chunks import Chunk, Section
from exams.importers.draft import Draft, Key
from exams.importers.inplace import find_in_place
from exams.importers.judgement import MARK, judgement
from exams.importers.keys import EMBEDDED, split_letters
from exams.importers.noise import HEAD_INSIDE, PAGE_INSIDE
from exams.importers.normalise import PICTURE, Line, fold, join
from exams.importers.options import Found, Piece, find_options
from exams.importers.unlettered import find_unlettered
from exams.importers.wording import (
    ANSWER,
    EXPLAIN,
    EXTRA,
    KIND,
    LEVEL_TAG,
    LEVELS,
    MINE,
    OPTIONS,
    POINTS_TAG,
    SCORE_TAG,
    STEM,
    TYPE_TAG,
    labels_in,
    section_of,
    type_named,
)

_OPENS = {")": "(", "]": "[", "】": "【"}
_CLOSING = re.compile(r"[ \t]*([)\]】])[。. \t]*$")
_EMPTY = re.compile(r"[(\[【][ \t_]*[)\]】]")
_BLANK = re.compile(r"_{2,}|[(\[【][ \t_]*[)\]】]")
_UNDERSCORED = re.compile(r"_+[ \t]*([A-Z]{1,10})[ \t]*_+")
_PREFIX_TAG = re.compile(
    r"(?P<word>单选题|多选题|判断题|填空题|简答题|问答题|单选|多选|判断|填空|简答|单项选择题|多项选择题)[ ]*[:.、 ][ ]*"
)
_SIGN_AT_END = re.compile(r"[ \t]*(?P<sign>[√×✓✗✔✘❌✅])(?P<word>)[ \t。.]*$")
_WORD_AT_END = re.compile(r"(?<=[。.!?;)])[ \t]*(?P<sign>[TF]|对|错|正确|错误)[ \t。.]*$|[ \t]+(?P<word>[TF])$")


def read_chunk(chunk: Chunk) -> Draft:
    """Find labels, options, tags and embedded keys of one chunk."""
    draft = Draft(chunk, reasons=list(dict.fromkeys(chunk.reasons)))
    body = _Walk(draft).run()
    found = Found(body) if _early_type(chunk, body) == "matching" else find_options(body)
    if not found.options:
        found = _options_below_key(draft, found)
    draft.options = found.options
    for reason in found.reasons:
        draft.doubt(reason)
    draft.pieces = [piece for piece in found.stem if piece.flat.strip(" \t|")]
    _strays(draft, body)
    if not draft.options:
        find_unlettered(draft)
    _judgement_below(draft)
    draft.stem = join([piece.text for piece in draft.pieces])
    _strip_tags(draft)
    _embedded(draft)
    draft.stem = draft.stem.strip()
    if (draft.type or chunk.section.type) == "blank" and not draft.options:
        find_in_place(draft)
    draft.blanks = len(_BLANK.findall(fold(draft.stem)))
    draft.blanks_drawn = "__" in fold(draft.stem)
    if PAGE_INSIDE.search(fold(draft.stem)) or any(PAGE_INSIDE.search(fold(o.text)) for o in draft.options):
        draft.doubt("page-mark-inside")
    _pictures(draft)
    for option in draft.options:
        if option.marked:
            draft.keys.append(Key("option", option.letter))
    return draft


def _pictures(draft: Draft) -> None:
    """A picture is a part of the question that the text does not show."""
    if any(PICTURE in line.text for line in draft.chunk.lines):
        draft.doubt("picture")
        draft.stem = draft.stem.replace(PICTURE, "").strip()
        draft.explanation = [text.replace(PICTURE, "") for text in draft.explanation]
        for option in draft.options:
            option.text = option.text.replace(PICTURE, "").strip()


def _strays(draft: Draft, body: list[Piece]) -> None:
    """Bare numbers and running heads between the lines of a question make it doubtful."""
    for piece in body[1:]:
        flat = re.sub(r"[ \t]{2,}", " ", piece.flat.strip())
        if piece.start == 0 and (re.fullmatch(r"\d{1,4}", flat) or HEAD_INSIDE.fullmatch(flat)):
            draft.doubt("stray-line")
    draft.pieces = [
        piece for piece in draft.pieces if piece is body[0] or not re.fullmatch(r"\d{1,4}", piece.flat.strip())
    ]


def _early_type(chunk: Chunk, body: list[Piece]) -> str | None:
    """The type that a tag in the text or the section names, before anything else is read."""
    for piece in body[:3]:
        tag = TYPE_TAG.search(piece.flat)
        if tag:
            return type_named(tag["word"])
    return chunk.section.type


def read_key_text(text: str) -> tuple[Key, list[str]]:
    """Key and explanation from what a list of keys says about one number."""
    draft = Draft(Chunk([], Section()), keys=[Key("list", "")])
    walk = _Walk(draft)
    walk.mode = ANSWER
    for part in text.split("\n"):
        if part.strip():
            walk.line(Line(0, part, part, fold(part)), 0)
    keys = [key for key in draft.keys if key.text]
    return (keys[0] if len(keys) == 1 else Key("list", "\u0000" if keys else "")), draft.explanation


class _Walk:
    """Goes over the lines of a chunk and gives every part to its label."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.body: list[Piece] = []
        self.mode = STEM
        self.sink = False

    def run(self) -> list[Piece]:
        number = self.draft.chunk.number
        for place, line in enumerate(self.draft.chunk.lines):
            offset = 0
            if place == 0 and number is not None:
                offset = number.end
                if number.tag:
                    _own_type(self.draft, type_named(number.tag))
                if number.key:
                    self.draft.keys.append(Key("before", line.text[number.key[0] : number.key[1]].strip()))
            if not line.empty:
                self.line(line, offset)
            elif self.mode == EXPLAIN or self.mode == ANSWER:
                self.sink = False
        self.draft.keys = [k for k in self.draft.keys if k.origin != "before" or k.text.strip("()[]【】（） \t\u3000")]
        return self.body

    def line(self, line: Line, offset: int) -> None:
        labels = labels_in(line.flat[offset:], self.mode == EXPLAIN)
        place = offset
        for start, end, kind, word in labels:
            start += offset
            self._give(line, place, start, first=place == offset)
            self._begin(kind, word, line)
            place = end + offset
        self._give(line, place, len(line.text), first=not labels)

    def _begin(self, kind: str, word: str, line: Line) -> None:
        self.mode = kind
        if kind == ANSWER:
            self.draft.keys.append(Key("label", "", [], word))
        elif kind in (EXTRA, KIND):
            self.draft.extra.append(word + "\t")

    def _give(self, line: Line, start: int, end: int, first: bool) -> None:
        text = line.text[start:end].strip()
        if not text:
            return
        if self.mode in (STEM, OPTIONS):
            self.body.append(Piece(line, start, end))
        elif self.mode == ANSWER:
            self._key_text(text, first)
        elif self.mode == EXPLAIN:
            self.draft.explanation.append(text)
        elif self.mode in (EXTRA, KIND):
            self._extra(line, start, end, text, first)
        elif first and self.mode == MINE:
            self.draft.doubt("text-after-own-answer")

    def _key_text(self, text: str, first: bool) -> None:
        key = self.draft.keys[-1]
        if (closing := _CLOSING.search(flat := fold(text))) and flat.count(closing[1]) > flat.count(_OPENS[closing[1]]):
            text = text[: closing.start()]
        if not key.text:
            key.text = text
        else:
            key.more.append(text)

    def _extra(self, line: Line, start: int, end: int, text: str, first: bool) -> None:
        word, value = self.draft.extra[-1].split("\t", 1)
        if not value:
            self.draft.extra[-1] = f"{word}\t{text}"
        elif (first and not self.body) or (first and not self.draft.keys and not self.draft.explanation):
            self.mode = STEM
            self.body.append(Piece(line, start, end))
        else:
            self.draft.doubt("text-after-extras")
            self.draft.explanation.append(text)


def _options_below_key(draft: Draft, found: Found) -> Found:
    """Options that stand below the key ("答案：B" first)."""
    for key in draft.keys:
        if key.origin != "label" or len(key.more) < 2:
            continue
        lines = [Line(0, text, text, fold(text)) for text in key.more]
        below = find_options([Piece(line, 0, len(line.text)) for line in lines])
        if len(below.options) >= 2 and not any(piece.text.strip() for piece in below.stem):
            key.more = []
            below.stem = found.stem
            return below
    return found


def _judgement_below(draft: Draft) -> None:
    """`（正确）` in a line of its own below the stem is the key."""
    if draft.options or len(draft.pieces) < 2:
        return
    last = draft.pieces[-1].flat.strip()
    value = judgement(last)
    if value is None or len(last) > 8:
        return
    boxed = last[:1] in "([【" and last[-1:] in ")]】"
    judged = (
        draft.type == "true_false"
        or draft.chunk.section.type == "true_false"
        or any((m := TYPE_TAG.search(piece.flat)) and type_named(m["word"]) == "true_false" for piece in draft.pieces)
    )
    if boxed or judged or re.fullmatch(r"[√×✓✗✔✘❌✅]", last):
        draft.keys.append(Key("stem", draft.pieces.pop().text.strip()))


def _strip_tags(draft: Draft) -> None:
    """Take type, score and level tags out of the stem."""
    _type_lines(draft)
    for pattern, take in (
        (TYPE_TAG, _take_type),
        (SCORE_TAG, _take_score),
        (POINTS_TAG, _take_score),
        (LEVEL_TAG, _take_level),
    ):
        place = 0
        for _ in range(4):
            flat = fold(draft.stem)
            match = pattern.search(flat, place)
            if match is None:
                break
            first = draft.pieces[0].flat.rstrip() if draft.pieces else ""
            if (
                _at_edge(flat, match)
                or first.endswith(match[0].strip())
                or (
                    pattern is TYPE_TAG
                    and type_named(match["word"]) in ("single", "multiple", "true_false", "blank", "choice")
                )
            ):
                take(draft, match)
                draft.stem = _without(draft.stem, match.start(), match.end())
            else:
                place = match.end()
    match = _PREFIX_TAG.match(fold(draft.stem))
    if match and match.end() < len(draft.stem):
        _own_type(draft, type_named(match["word"]))
        draft.stem = draft.stem[match.end() :]
    for entry in draft.extra:
        _take_extra(draft, *entry.split("\t", 1))
    draft.extra = []


def _type_lines(draft: Draft) -> None:
    lines = draft.stem.split("\n")
    if draft.pieces and len(draft.pieces) > 1:
        head = draft.pieces[0].flat.strip()
        kind = section_of(head) if len(head) <= 9 else None
        if kind:
            _own_type(draft, kind)
            draft.pieces = draft.pieces[1:]
            draft.stem = join([piece.text for piece in draft.pieces])
    del lines


def _at_edge(flat: str, match: re.Match[str]) -> bool:
    before, after = flat[: match.start()], flat[match.end() :]
    return not before.strip(" \t·.、,:") or not _EMPTY.sub("", after).strip(" \t。.?!,;:*·")


def _without(stem: str, start: int, end: int) -> str:
    left, right = stem[:start].rstrip(" \t\u3000"), stem[end:].lstrip(" \t\u3000")
    if not left:
        return right.lstrip("·.、,，:：")
    return left + right


def _own_type(draft: Draft, kind: str) -> None:
    if draft.type not in (None, "choice", kind) and kind != "choice":
        draft.doubt("type-tags-differ")
    if draft.type in (None, "choice"):
        draft.type = kind


def _take_type(draft: Draft, match: re.Match[str]) -> None:
    _own_type(draft, type_named(match["word"]))
    score = re.search(r"(\d+(?:\.\d+)?)[ ]*分", match[0])
    if score:
        draft.score = score[1]


def _take_score(draft: Draft, match: re.Match[str]) -> None:
    draft.score = match[1]


def _take_level(draft: Draft, match: re.Match[str]) -> None:
    draft.difficulty = LEVELS[match[1]]


def _take_extra(draft: Draft, word: str, value: str) -> None:
    """Difficulty, knowledge points, score and source from their labels."""
    flat = fold(value).strip(" 。.;")
    if word in ("题型", "题目类型", "试题类型", "type", "question type"):
        kind = section_of(flat)
        if kind:
            _own_type(draft, kind)
        else:
            draft.doubt("type-unknown")
    elif word.startswith("难") or word == "difficulty":
        draft.difficulty = LEVELS.get(flat) or ({str(n): n for n in range(1, 6)}.get(flat))
    elif "知识点" in word or word in ("考点", "考查点", "topic", "标签"):
        draft.points = tuple(part.strip() for part in re.split(r"[;；,，、|]", value) if part.strip())
    elif ("分" in word and "得" not in word) or word in ("score", "points", "point"):
        score = re.match(r"\d+(?:\.\d+)?", flat)
        draft.score = score[0] if score else draft.score
    elif word in ("来源", "出处", "出题依据", "source"):
        draft.source = value
    elif word.startswith("适用"):
        draft.audience = value
    elif word.startswith("关键"):
        draft.keywords = tuple((part.strip(),) for part in re.split(r"[;；,，、|]", value) if part.strip())


def _embedded(draft: Draft) -> None:
    """Keys that stand inside the stem."""
    flat = fold(draft.stem)
    if draft.options:
        _embedded_letters(draft, flat)
        return
    kind = draft.type or draft.chunk.section.type
    if kind in ("blank", "short", "ordering", "matching", "scenario", "survey"):
        return
    marks = list(MARK.finditer(flat))
    ends = [m for m in marks if not flat[m.end() :].strip(" \t。.!;,") or not flat[: m.start()].strip()]
    said = kind == "true_false" or (marks and marks[0][1] in "√×✓✗✔✘❌✅对错正确错误")
    if len(ends) == 1 and len(marks) == 1 and said:
        _take_mark(draft, ends[0])
        return
    if marks and (len(marks) > 1 or marks[0][1] in "√×✓✗✔✘❌"):
        draft.doubt("key-place")
        return
    sign = _SIGN_AT_END.search(flat) or (_WORD_AT_END.search(flat) if kind == "true_false" else None)
    if sign and not marks:
        draft.keys.append(Key("stem", sign["sign"] or sign["word"]))
        draft.stem = draft.stem[: sign.start()].rstrip()


def _take_mark(draft: Draft, match: re.Match[str]) -> None:
    draft.keys.append(Key("stem", draft.stem[match.start() : match.end()].strip("()（）[]【】 \t\u3000")))
    draft.stem = _without(draft.stem, match.start(), match.end())


def _embedded_letters(draft: Draft, flat: str) -> None:
    """`（A）`, `（B. 文字）`, `__C__` in the stem of a question with options."""
    known = {option.letter for option in draft.options}
    found = [
        m
        for m in EMBEDDED.finditer(flat)
        if set(split_letters(m["letters"])) <= known and (m["text"] is None or len(split_letters(m["letters"])) == 1)
    ]
    lines = [m for m in _UNDERSCORED.finditer(flat) if set(m[1]) <= known]
    outside = [
        m
        for m in EMBEDDED.finditer(flat)
        if len(split_letters(m["letters"])) == 1 and not set(split_letters(m["letters"])) <= known and m["text"] is None
    ]
    if len(found) + len(lines) > 1 or (found and _EMPTY.search(flat)):
        if not draft.keys or len(found) + len(lines) == 1:
            draft.doubt("key-place")
        return
    if outside and not found and not lines and not _EMPTY.search(flat):
        draft.doubt(f"key-outside-options: {outside[0]['letters'].strip().upper()}")
        return
    for match in found:
        text = match["letters"] + (f". {draft.stem[match.start('text') : match.end('text')]}" if match["text"] else "")
        draft.keys.append(Key("stem", text))
        draft.stem = draft.stem[: match.start() + 1] + " " + draft.stem[match.end() - 1 :]
    for match in lines:
        draft.keys.append(Key("stem", match[1]))
        draft.stem = draft.stem[: match.start()] + "____" + draft.stem[match.end() :]
