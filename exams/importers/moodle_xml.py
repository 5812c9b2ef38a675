"""Questions from Moodle's XML. Pure Python.

Source: docs.moodle.org, Moodle XML format. Stricter than Moodle where Moodle guesses: weights must say clearly what is
right; a type that we do not have is shown for review with what could be read.
"""

import re
from collections.abc import Callable

from exams.importers.blocks import Block
from exams.importers.cloze import read_cloze
from exams.importers.drafts import LETTERS, Draft, settle
from exams.importers.markup import from_html, from_markdown, looks_like_html
from exams.importers.moodle_tree import Node, questions
from exams.importers.weights import rightness

_FILE = re.compile(r"^@@PLUGINFILE@@/|^.*/file\.php/\d+/")
_SOUND = re.compile(r"\.(mp3|mp4|webm|ogg|wav|m4a|mov|avi|flv)\b", re.I)


def read_moodle_xml(data: bytes) -> list[Block]:
    """Read Moodle XML; `line` is the line of the `question` tag. Raises Unreadable (see `moodle_tree.questions`)."""
    found: list[Block] = []
    category = ""
    for node in questions(data):
        kind = node.attributes.get("type", "").strip().lower()
        if kind == "category":
            category = re.sub(r"^\$\w+\$/(top/?)?", "", node.value("category"))
        else:
            found.append(_question(node, kind, category))
    return found


def _question(node: Node, kind: str, category: str) -> Block:
    draft = Draft(line=node.line, line_end=node.end)
    score = node.value("defaultgrade")
    tags = node.first("tags")
    draft.more = {
        "number": from_html(node.value("idnumber"))[0],
        "score": re.sub(r"\.0*$", "", score) if re.fullmatch(r"\d+(\.\d+)?", score) else "",
        "points": tuple(tag.value("text") or tag.text.strip() for tag in tags.all("tag")) if tags else (),
        "chapter": category,
    }
    draft.stem = _text(draft, node.first("questiontext"))
    draft.explanation = _text(draft, node.first("generalfeedback")) or None
    reader = _READERS.get(kind)
    if reader:
        reader(draft, node)
    elif kind == "description":
        draft.reject("not-a-question")
    else:
        draft.doubt("type-not-supported", kind)
    if node.value("hidden") == "1":
        draft.doubt("hidden")
    draft.raw = "\n".join(
        [draft.stem, *(f"{letter}. {text}" for letter, text in draft.options), f"{kind}: {node.value('name')}"]
    )
    return settle(draft)


def _text(draft: Draft, node: Node | None, default: str = "html") -> str:
    """The plain text of an element by its format; pictures and what is lost are noted."""
    if node is None:
        return ""
    inner = node.first("text")
    source = inner.text if inner else node.text
    kind = node.attributes.get("format", default).lower()
    auto = kind in ("moodle_auto_format", "moodle", "")
    if kind == "html" or (auto and looks_like_html(source)):
        text, pictures, lost = from_html(source)
        for name, alt in pictures:
            _picture(draft, _FILE.sub("", name), alt)
        if lost:
            draft.doubt("html-lost", ",".join(lost))
    else:
        text = from_markdown(source).strip() if kind == "markdown" else source.strip()
    shown = {name for name, _ in draft.more.get("pictures", ())}
    for file in node.all("file"):
        if file.attributes.get("name", "") not in shown:
            _picture(draft, file.attributes.get("name", ""), "")
    if node.first("image") is not None or _SOUND.search(source):
        draft.doubt("html-lost", "media")
    return text


def _picture(draft: Draft, name: str, alt: str) -> None:
    draft.doubt("picture", name)
    draft.more["pictures"] = (*draft.more.get("pictures", ()), (name, alt))


def _weight(draft: Draft, answer: Node) -> float:
    """The share of the marks, in per cent; very old files give it as an element."""
    text = answer.attributes.get("fraction", "") or answer.value("fraction")
    try:
        weight = float(text.strip().rstrip("%").replace(",", "."))
    except ValueError:
        draft.doubt("weights-unclear", text)
        return 0.0
    return weight if abs(weight) < 1e6 else 0.0


def _choice(draft: Draft, node: Node) -> None:
    if node.first("image") is not None and node.value("image"):
        _picture(draft, node.value("image"), "")
    answers = node.all("answer")
    single = node.value("single").lower() not in ("false", "0")
    if len(answers) > len(LETTERS):
        draft.doubt("too-many-options")
    texts = [_text(draft, answer) for answer in answers]
    draft.options = list(zip(LETTERS, texts, strict=False))
    right, several, reason = rightness([_weight(draft, answer) for answer in answers], one=single)
    draft.type = "single" if single else "multiple"
    draft.keyless = not single and not several
    draft.answer = [LETTERS[place] for place in right if place < len(LETTERS)] or None
    if reason:
        draft.doubt(reason)


def _true_false(draft: Draft, node: Node) -> None:
    draft.type = "true_false"
    weights = {_text(draft, answer).strip().lower(): _weight(draft, answer) for answer in node.all("answer")}
    if set(weights) == {"true", "false"} and sorted(weights.values()) == [0.0, 100.0]:
        draft.answer = weights["true"] == 100
    elif weights:
        draft.doubt("weights-unclear", " ".join(f"{word}={weight:g}" for word, weight in weights.items()))


def _short_answer(draft: Draft, node: Node) -> None:
    """Moodle's short answer is our fill-in: a text that must be met."""
    draft.type = "blank"
    answers = [(_text(draft, answer, "plain_text"), _weight(draft, answer)) for answer in node.all("answer")]
    if any(0 < weight < 100 for _, weight in answers):
        draft.doubt("weights-unclear")
    full = list(dict.fromkeys(text for text, weight in answers if weight >= 100))
    if any(re.search(r"(?<!\\)\*", text) for text in full):
        draft.doubt("wildcard")
    draft.answer = [[text.replace("\\*", "*") for text in full]] if full else None


def _matching(draft: Draft, node: Node) -> None:
    draft.type = "matching"
    pairs, extra = [], []
    for part in node.all("subquestion"):
        left = _text(draft, part)
        right = _text(draft, part.first("answer"), "plain_text")
        if left:
            pairs.append([left, right])
        elif right:
            extra.append(right)
    draft.answer = pairs or None
    draft.more["extra"] = tuple(extra)


def _ordering(draft: Draft, node: Node) -> None:
    """The `fraction` of a step is its place, where the places are told; else the order of the file is the right one."""
    draft.type = "ordering"
    steps = [(_weight(draft, answer), _text(draft, answer)) for answer in node.all("answer")]
    places = [place for place, _ in steps]
    if sorted(places) == list(range(1, len(steps) + 1)):
        steps.sort(key=lambda step: step[0])
    elif len(set(places)) > 1:
        draft.doubt("weights-unclear")
    draft.answer = [text for _, text in steps] or None
    draft.options = list(zip(LETTERS, draft.answer or [], strict=False))


def _essay(draft: Draft, node: Node) -> None:
    draft.type, draft.keyless = "short", True
    draft.answer = _text(draft, node.first("graderinfo")) or None


def _numerical(draft: Draft, node: Node) -> None:
    draft.type = "short"
    shown = []
    for answer in node.all("answer"):
        tolerance = answer.value("tolerance")
        if _weight(draft, answer) >= 100:
            text = _text(draft, answer, "plain_text")
            shown.append(f"{text} ± {tolerance}" if tolerance.strip("0.") else text)
    draft.answer = " / ".join(shown) or None
    draft.doubt("numerical")


def _cloze(draft: Draft, node: Node) -> None:
    read_cloze(draft)


_READERS: dict[str, Callable[[Draft, Node], None]] = {
    "multichoice": _choice,
    "multichoiceset": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
    "essay": _essay,
    "numerical": _numerical,
    "cloze": _cloze,
    "multianswer": _cloze,
}
