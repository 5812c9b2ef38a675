"""Questions from GIFT, the text format of Moodle. Pure Python.

Source: the format's documentation on docs.moodle.org and examples; an escape is read before anything else, a blank line
ends a question. Our reader is stricter than Moodle where Moodle guesses: weights must say clearly what is right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from exams.importers.blocks import Block
from exams.importers.drafts import LETTERS, Draft, settle
from exams.importers.keycells import groups_of, parts_of_json
from exams.importers.markup import from_html, from_markdown, looks_like_html
from exams.importers.weights import rightness

_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
_HIDDEN = {char: chr(0xFDD0 + place) for place, char in enumerate("\\~=#{}:n")}
_SHOWN = {ord(sign): "\n" if char == "n" else char for char, sign in _HIDDEN.items()}
_NONCHARACTERS = dict.fromkeys(range(64976, 65008), 65533)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.I)
_WEIGHT = re.compile(r"\s*%\s*(-?\d{1,3}(?:[.,]\d+)?)\s*%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_CATEGORY = re.compile(r"\$CATEGORY:\s*(.*)")
_NOTE = re.compile(r"\[(id|tag|answer|keywords):")
_NOTED = re.compile(r"(?:[^\]\\]|\\.)*")


@dataclass(slots=True)
class _Chunk:
    """The lines of one question."""

    line: int
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read_gift(text: str) -> list[Block]:
    """Read GIFT. `line` is the line on which the question begins. A text without answers is no question: reject."""
    found: list[Block] = []
    category = ""
    for chunk in (part for whole in _chunks(text.translate(_NONCHARACTERS)) for part in _apart(whole)):
        match = _CATEGORY.match(chunk.lines[0].strip())
        if match:
            category = _show(_ESCAPE.sub(_hide, match[1]))
            continue
        found.append(_question(chunk, category))
    return found


def _hide(match: re.Match[str]) -> str:
    return _HIDDEN[match[1]]


def _show(text: str) -> str:
    return text.translate(_SHOWN).strip()


def _chunks(text: str) -> Iterator[_Chunk]:
    """Questions are divided by blank lines; also where a new one clearly begins, or where one is not yet closed."""
    chunk, notes = _Chunk(0), []
    opened = False
    for number, line in enumerate(re.split("\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        bare = line.strip()
        hidden = _ESCAPE.sub(_hide, line)
        if bare.startswith("//"):
            notes.append(bare)
            if chunk.lines:
                chunk.lines.append("")
            continue
        if not bare and not (opened and chunk.lines):
            if any(chunk.lines):
                yield chunk
            chunk, opened = _Chunk(0), False
            continue
        begins = bare.startswith(("::", "$CATEGORY:"))
        if chunk.lines and ((not opened and _closed(chunk)) or opened) and begins:
            yield chunk
            chunk, opened = _Chunk(0), False
        if not chunk.lines:
            chunk, notes = _Chunk(number, [], notes), []
        chunk.lines.append(line)
        opened = _open_after(hidden, opened)
        if bare.startswith("$CATEGORY:"):
            yield chunk
            chunk, opened = _Chunk(0), False
    if any(chunk.lines):
        yield chunk


def _apart(chunk: _Chunk) -> Iterator[_Chunk]:
    """Questions without an empty line between them: one ends its line with `}`, and answers follow further down."""
    hidden = [_ESCAPE.sub(_hide, line) for line in chunk.lines]
    last = max((place for place, line in enumerate(hidden) if "{" in line), default=0)
    part = _Chunk(chunk.line, [], chunk.notes)
    for place, line in enumerate(hidden):
        part.lines.append(chunk.lines[place])
        if line.rstrip().endswith("}") and place < last and "{" in "".join(_ESCAPE.sub(_hide, x) for x in part.lines):
            yield part
            part = _Chunk(chunk.line + place + 1)
    if any(part.lines):
        yield part


def _open_after(hidden: str, opened: bool) -> bool:
    last = max(hidden.rfind("{"), hidden.rfind("}"))
    return hidden[last] == "{" if last >= 0 else opened


def _closed(chunk: _Chunk) -> bool:
    return any("}" in _ESCAPE.sub(_hide, line) for line in chunk.lines) or chunk.lines[0].lstrip().startswith(
        "$CATEGORY:"
    )


def _question(chunk: _Chunk, category: str) -> Block:
    draft = Draft(line=chunk.line, line_end=chunk.line + len(chunk.lines) - 1, raw=chunk.text.strip())
    text = _ESCAPE.sub(_hide, chunk.text).strip()
    name = ""
    if text.startswith("::") and "::" in text[2:]:
        name, _, text = text[2:].partition("::")
        text = text.strip()
    notes = [pair for note in chunk.notes for pair in _notes(note)]
    draft.more = {
        "number": next((value for kind, value in notes if kind == "id"), ""),
        "points": tuple(value for kind, value in notes if kind == "tag"),
        "keywords": groups_of(next((value for kind, value in notes if kind == "keywords"), "")),
        "chapter": re.sub(r"^\$\w+\$/(top/)?", "", category),
    }
    start, end = text.find("{"), text.find("}")
    if start < 0 and end < 0:
        draft.stem = _Text(draft).read(text)
        draft.reject("not-a-question", _show(name))
        return settle(draft)
    if start < 0 or end < start:
        draft.stem = _show(text)
        draft.doubt("unbalanced-braces")
        return settle(draft)
    body, tail = text[start + 1 : end].strip(), text[end + 1 :].rstrip()
    if "{" in tail or "}" in tail or "{" in body:
        draft.doubt("several-answer-sections")
    _read(draft, text[:start], body, tail)
    _noted(draft, next((value for kind, value in notes if kind == "answer"), ""))
    return settle(draft)


def _notes(comment: str) -> Iterator[tuple[str, str]]:
    """`[id:…]`, `[tag:…]` and our own in a comment; a bracket that never closes ends the search."""
    place = 0
    while match := _NOTE.search(comment, place):
        value = _NOTED.match(comment, match.end())
        place = value.end() if value else len(comment)
        if value is None or comment[place : place + 1] != "]":
            return
        yield match[1], re.sub(r"\\(.)", r"\1", value[0])


def _noted(draft: Draft, note: str) -> None:
    """The key that our own export put into a comment because GIFT has no form for it."""
    key = parts_of_json(f"[{note}]") if note else None
    if not key:
        return
    if draft.type == "matching":
        pairs = key[0] if isinstance(key[0], list) and all(_texts(pair) and len(pair) == 2 for pair in key[0]) else []
        draft.answer = pairs if len(pairs) == len(draft.answer or ()) else draft.answer
    elif draft.type == "short" and not draft.doubts:
        draft.type = "blank" if isinstance(key[0], list) else "short"
        draft.answer = key[0] if isinstance(key[0], list | str) else None
        if isinstance(key[0], list) and not all(_texts(group) for group in key[0]):
            draft.answer = None


def _texts(group: object) -> bool:
    return isinstance(group, list) and bool(group) and all(isinstance(text, str) for text in group)


class _Text:
    """Reads the texts of one question: the stem's format is the default of the others."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.format = "moodle"

    def read(self, text: str, *, stem: bool = False) -> str:
        match = _FORMAT.match(text)
        kind = match[1].lower() if match else self.format
        if stem:
            self.format = kind
        shown = _show(text[match.end() :] if match else text)
        if kind == "html" or (kind == "moodle" and looks_like_html(shown)):
            shown, pictures, lost = from_html(shown)
            for source, alt in pictures:
                self.draft.doubt("picture", source)
                self.draft.more["pictures"] = (*self.draft.more.get("pictures", ()), (source, alt))
            if lost:
                self.draft.doubt("html-lost", ",".join(lost))
        elif kind == "markdown":
            shown = from_markdown(shown)
        return shown


def _read(draft: Draft, before: str, body: str, tail: str) -> None:
    texts = _Text(draft)
    draft.stem = texts.read(_with_gap(before, body, tail), stem=True)
    body, divider, general = body.rpartition("####") if "####" in body else (body, "", "")
    if divider:
        draft.explanation = texts.read(general)
    body = body.strip()
    if not body:
        draft.type, draft.keyless = "short", True
    elif body.startswith("#"):
        _numerical(draft, body[1:])
    elif "~" in body:
        _choice(draft, texts, body)
    elif body.startswith(">"):
        _ordering(draft, texts, body)
    elif "->" in body and "=" in body:
        _matching(draft, texts, body)
    elif body.split("#")[0].strip().upper() in _TRUTH:
        draft.type, draft.answer = "true_false", _TRUTH[body.split("#")[0].strip().upper()]
        _feedback(draft, texts, body)
    else:
        _filled(draft, texts, body)


def _with_gap(before: str, body: str, tail: str) -> str:
    """The missing word form: text behind the answers makes a gap of them. A stray dot behind a question does not."""
    if not tail.strip() or re.fullmatch(r"[\s\"';]*", tail):
        return before
    ended = before.rstrip().endswith(tuple("?？!！。.:：")) and re.fullmatch(r"[\s.。\"';]*", tail)
    gapless = not body or body.startswith(">") or "->" in body or body.split("#")[0].strip().upper() in _TRUTH
    if ended:
        return before
    return f"{before}{tail}" if gapless else f"{before}_____{tail}"


def _feedback(draft: Draft, texts: _Text, body: str) -> None:
    """Feedback of a true/false question stands in for an explanation that is not there."""
    if draft.explanation is None and "#" in body:
        shown = [texts.read(part) for part in body.split("#")[1:3]]
        draft.explanation = "\n".join(part for part in shown if part) or None


def _answers(body: str) -> list[tuple[str, float | None, str, str]]:
    """The answers: sign, weight, text, feedback."""
    found = []
    for match in re.finditer(r"([=~])([^=~]*)", body):
        rest = match[2]
        weight = _WEIGHT.match(rest)
        if weight:
            rest = rest[weight.end() :]
        text, _, feedback = rest.partition("#")
        found.append((match[1], float(weight[1].replace(",", ".")) if weight else None, text.strip(), feedback.strip()))
    return found


def _signs_unescaped(body: str) -> bool:
    """Whether some answers begin after a blank and some do not: then a sign may belong to a text (x=1)."""
    return len({body[m.start() - 1].isspace() for m in re.finditer("[=~]", body) if m.start()}) > 1


def _choice(draft: Draft, texts: _Text, body: str) -> None:
    answers = _answers(body)
    if _signs_unescaped(body):
        draft.doubt("unescaped-sign")
    lead = re.match("[^=~]*", body)
    if lead and lead[0].strip():
        draft.doubt("text-before-answers", _show(lead[0]))
    weights = [100.0 if sign == "=" and weight is None else weight or 0.0 for sign, weight, _, _ in answers]
    signs = [sign for sign, _, _, _ in answers]
    draft.options = [(letter, texts.read(text)) for letter, (_, _, text, _) in zip(LETTERS, answers, strict=False)]
    if len(answers) > len(LETTERS):
        draft.doubt("too-many-options")
    right, several, reason = rightness(weights, one="=" in signs)
    draft.type = "multiple" if several or ("=" not in signs and right) else "single"
    draft.keyless = not several  # without `=` Moodle lets a learner mark several, even where one is right
    draft.answer = [LETTERS[place] for place in right if place < len(LETTERS)] or None
    if reason:
        draft.doubt(reason)


def _filled(draft: Draft, texts: _Text, body: str) -> None:
    draft.type = "blank"
    answers = _answers(body)
    if _signs_unescaped(body):
        draft.doubt("unescaped-sign")
    if not answers or not body.startswith("="):
        draft.doubt("key-unclear", _show(body))
        return
    full = [_literal(draft, texts.read(text)) for _, weight, text, _ in answers if weight is None or weight == 100]
    if any(weight not in (None, 100.0, 0.0) for _, weight, _, _ in answers):
        draft.doubt("weights-unclear")
    draft.answer = [list(dict.fromkeys(full))] if full else None


def _literal(draft: Draft, text: str) -> str:
    """An accepted text; a star stands for anything unless it is escaped."""
    if re.search(r"(?<!\\)\*", text):
        draft.doubt("wildcard")
    return text.replace("\\*", "*")


def _matching(draft: Draft, texts: _Text, body: str) -> None:
    draft.type = "matching"
    pairs, extra = [], []
    for part in re.split("=", body)[1:]:
        left, arrow, right = part.partition("->")
        if not arrow:
            draft.doubt("key-unclear", _show(part))
        right, left = _show(right.partition("#")[0]), texts.read(left)
        if left:
            pairs.append([left, right])
        else:
            extra.append(right)
    if body.split("=")[0].strip():
        draft.doubt("text-before-answers", _show(body.split("=")[0]))
    draft.answer = pairs or None
    draft.more["extra"] = tuple(extra)


def _ordering(draft: Draft, texts: _Text, body: str) -> None:
    """The ordering plugin's form: `>` and settings on the first line, then one step a line in the right order."""
    draft.type = "ordering"
    head, _, rest = body[1:].partition("\n")
    if not re.fullmatch(r"[\s\w%.-]*", head):
        head, rest = "", body[1:]
    steps = [texts.read(line) for line in rest.split("\n") if line.strip()]
    draft.answer = steps or None
    draft.options = list(zip(LETTERS, steps, strict=False))


def _numerical(draft: Draft, body: str) -> None:
    """A number with a tolerance is no type of ours: one exact number could be filled in, a person decides."""
    draft.type = "short"
    shown = [_show(part.partition("#")[0]) for part in re.split("[=~]", body) if part.partition("#")[0].strip()]
    draft.answer = " / ".join(shown) or None
    draft.doubt("numerical")
