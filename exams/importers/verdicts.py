"""From the parts of a question to a block with a verdict: what cannot be proved is for review. Pure Python."""

import re
from typing import Any

from exams.importers.blocks import ACCEPT, REJECT, REVIEW, Block
from exams.importers.composite import COMPOSITES
from exams.importers.draft import Draft, Key
from exams.importers.judgement import judgement, leading_judgement, option_pair
from exams.importers.keys import (
    PURE_LETTERS,
    doubted,
    more_letters,
    read_fillings,
    read_letters,
    read_listed,
    rest_after_letter,
    said_in_words,
)
from exams.importers.normalise import fold, join, plain
from exams.importers.numbering import NUMBER_LEFT
from exams.importers.options import LETTERS, OPTION_LIKE

_LEFTOVER = re.compile(
    r"(?i)答案[ ]*[:】\])]|[【\[(]答案|正确答案|我的答案|[【\[]解析|解析[ ]*:|(?<![A-Za-z])answer[ ]*:"
)
_WRONG = re.compile(r".[(\[][ \t]*(?:[×✗✘❌]|错误?|正确)[ \t]*[)\]]$|.[×✗✘❌]$")
_AFTERTHOUGHT = re.compile(r"\d{1,4}|\d{1,3}(?:\.\d{1,2})?[ ]*分")  # a page number, the points somebody got
_SWALLOWED = re.compile(r"\n[ \t]*\d{1,5}[.、)]")
_QUESTION = re.compile(r"[(][ \t]*[)]|_{2,}")
_OPEN = re.compile(
    r"^(?:请?(?:简述|试述|论述|简答|简要|谈谈|说说|阐述|请问|结合|试|什么是|何为|名词解释)|describe|explain|discuss|why|how)|(?:为什么|有哪些|是什么|如何|怎样|怎么|哪些|什么|何)[^?]{0,20}\?$|\?$",
    re.IGNORECASE,
)


def verdict(draft: Draft) -> Block:
    """Decide the type, read the key accordingly, and accept only what is proved."""
    chunk = draft.chunk
    if chunk.rejected and not draft.keys:
        return _block(draft, "unknown", None, REJECT, (chunk.rejected,))
    kind = _type(draft)
    if kind in COMPOSITES:
        answer, options = COMPOSITES[kind](draft)
        return _finish(draft, kind, answer, options)
    answer = _READERS[kind](draft)
    if kind in ("single", "multiple", "unknown", "survey"):
        _check_options(draft, needed=kind != "unknown")
    options = [] if kind == "true_false" else [(o.letter, o.text) for o in draft.options]
    if kind in ("blank", "short") and options:
        draft.doubt("options-in-open-question")
    return _finish(draft, kind, answer, options)


# -- which type ------------------------------------------------------------------------------------------------


def _type(draft: Draft) -> str:
    section = draft.chunk.section
    named = draft.type or None
    if named == "choice":
        named = section.type if section.type in ("single", "multiple") else None
    if (
        draft.type
        and section.type
        and not section.soft
        and "choice" not in (draft.type, section.type)
        and section.type not in (draft.type, "scenario")
    ):
        draft.doubt("type-tags-differ")
    if named is None and section.type not in (None, "choice") and not section.soft:
        named = section.type
    if named == "scenario":
        return _inferred(draft, "scenario")
    if named is None:
        inferred = _inferred(draft)
        if section.soft and section.type not in (None, "choice", inferred) and inferred != "unknown":
            draft.doubt("type-tags-differ")
        return inferred
    if named == "single" and len(draft.options) == 0 and _all_judgements(draft):
        draft.doubt("choice-without-options")
    return named


def _all_judgements(draft: Draft) -> bool:
    return bool(draft.keys) and all(judgement(key.text) is not None and len(key.text) <= 4 for key in draft.keys)


def _inferred(draft: Draft, named: str = "") -> str:
    """The type that options and key leave no choice about, else `unknown`."""
    pairs = [(o.letter, o.text) for o in draft.options]
    if option_pair(pairs):
        return "true_false"
    if draft.options:
        found = {letters for key in _merged(draft) if (letters := _letters_of(draft, key))}
        if len(found) == 1:
            return "single" if len(found.pop()) == 1 else "multiple"
        return "unknown" if not found else ("single" if all(len(f) == 1 for f in found) else "multiple")
    texts = [key.text for key in draft.keys if key.text]
    if draft.blanks_drawn and texts:
        return "blank"
    if texts and all(leading_judgement(text) for text in texts):
        return "true_false"
    if (
        texts
        and all(
            key.word in ("参考答案", "答案要点", "参考要点", "答题要点", "答", "答案", "参考解答", "answer")
            for key in draft.keys
        )
        and _OPEN.search(fold(draft.stem).strip())
    ):
        return (
            "short"
            if max(len(text) + sum(map(len, k.more)) for text, k in zip(texts, draft.keys, strict=False)) > 8
            else "unknown"
        )
    return "unknown"


# -- choices ---------------------------------------------------------------------------------------------------


def _merged(draft: Draft) -> list[Key]:
    """Marks at several options are one key."""
    marks = "".join(key.text for key in draft.keys if key.origin == "option")
    rest = [key for key in draft.keys if key.origin != "option"]
    return [*rest, Key("option", marks)] if marks else rest


def _letters_of(draft: Draft, key: Key) -> tuple[str, ...]:
    """Letters that a key names, or nothing; doubts and what follows are not noted."""
    options = {option.letter: option.text for option in draft.options}
    listed = read_listed(key.text, options) or (() if key.more else said_in_words(key.text, options))
    if listed:
        return tuple(sorted(listed))
    read = read_letters(key.text)
    return () if read is None or read.reasons else tuple(sorted(read.letters))


def _choice_key(draft: Draft, key: Key) -> tuple[str, ...]:
    """Letters of one key; notes doubts, and keeps what follows as explanation."""
    options = {option.letter: option.text for option in draft.options}
    listed = read_listed(key.text, options)
    if listed:
        _to_explanation(draft, "", key)
        return tuple(sorted(listed))
    read = read_letters(key.text)
    if read is None or (len(read.letters) > 0 and "key-unclear" in read.reasons):
        if not key.more and (said := said_in_words(key.text, options)):
            return said
        draft.doubt("key-unclear")
        return ()
    for reason in read.reasons:
        draft.doubt(reason)
    rest = read.rest
    if rest and more_letters(rest, set(options)) and not _repeats(rest, read.letters, options):
        draft.doubt("key-unclear")
    if any(PURE_LETTERS.fullmatch(fold(text)) for text in key.more):
        draft.doubt("key-unclear")
    if len(read.letters) == 1 and rest:
        rest, reason = rest_after_letter(rest, read.letters[0], options)
        if reason:
            draft.doubt(reason)
    elif rest:
        rest = _after_several(draft, rest, read.letters, options)
    _to_explanation(draft, rest, key)
    return tuple(sorted(read.letters))


def _repeats(rest: str, letters: tuple[str, ...], options: dict[str, str]) -> bool:
    """What follows the only letter is that option's own text (which may name other letters)."""
    own = options.get(letters[0], "") if len(letters) == 1 else ""
    return bool(plain(own)) and plain(rest) == plain(own)


def _after_several(draft: Draft, rest: str, letters: tuple[str, ...], options: dict[str, str]) -> str:
    body = rest.lstrip(" \t.、:．：。，,;；")
    if not body:
        return ""
    if fold(rest.lstrip())[:1] not in "。(,;" and fold(rest.lstrip())[:1] != "[":
        draft.doubt("key-unclear")
    return body


def _to_explanation(draft: Draft, rest: str, key: Key) -> None:
    """Unlabelled text after a key is its explanation, unless it looks like another question."""
    if re.fullmatch(r"[ \t]*\d{1,4}[ \t]*", fold(rest)):
        draft.doubt("key-with-digit")
    if doubted(rest) or (not rest.strip() and key.more and doubted(key.more[0])):
        draft.doubt("key-doubted")
    texts = [text for text in (rest, *key.more) if text.strip() and not _AFTERTHOUGHT.fullmatch(fold(text).strip())]
    if any(_QUESTION.search(fold(text)) for text in texts):
        draft.doubt("text-after-key")
    likely = [text for text in texts if OPTION_LIKE.match(fold(text))]
    if len(likely) >= 2 and not draft.explanation:
        draft.doubt("text-after-key")
    draft.explanation[:0] = texts


def _choice(draft: Draft, kind: str) -> list[str] | None:
    found = []
    for key in _merged(draft):
        letters = _choice_key(draft, key)
        if letters and letters not in found:
            found.append(letters)
    _count_labels(draft)
    if len(found) > 1:
        draft.doubt("keys-differ: " + " / ".join("".join(letters) for letters in found))
        return None
    if not found:
        draft.doubt("key-missing")
        return None
    known = {option.letter for option in draft.options}
    outside = [letter for letter in found[0] if letter not in known]
    if outside and draft.options:
        draft.doubt("key-outside-options: " + "".join(outside))
    if kind == "single" and len(found[0]) != 1:
        draft.doubt("single-with-several-letters")
    if kind == "multiple" and len(found[0]) == 1:
        draft.doubt("multiple-with-one-letter")
    return list(found[0])


def _count_labels(draft: Draft) -> None:
    words = [key.word for key in draft.keys if key.origin == "label" and key.text]
    if len(set(words)) != len(words):
        draft.doubt("two-keys")


def _check_options(draft: Draft, needed: bool) -> None:
    letters = [option.letter for option in draft.options]
    if len(letters) < 2:
        if needed:
            draft.doubt("choice-without-options" if not letters else "too-few-options")
        return
    if letters != list(LETTERS[: len(letters)]) and not any(r.startswith("option-") for r in draft.reasons):
        draft.doubt("option-missing")
    texts = [plain(option.text) or option.text.strip() for option in draft.options]
    if any(not option.text.strip() for option in draft.options):
        draft.doubt("option-empty")
    if len(set(texts)) != len(texts):
        draft.doubt("options-alike")
    if any("\n" in option.text for option in draft.options):
        draft.doubt("number-inside")
    if any(_WRONG.search(fold(option.text)) for option in draft.options):
        draft.doubt("mark-inside")
    if any(_LEFTOVER.search(fold(option.text)) for option in draft.options):
        draft.doubt("label-inside")


# -- the other types -------------------------------------------------------------------------------------------


def _true_false(draft: Draft) -> bool | None:
    pairs = [(o.letter, o.text) for o in draft.options]
    means = option_pair(pairs)
    if draft.options and means is None:
        draft.doubt("judgement-with-options")
    found: list[bool] = []
    for key in _merged(draft):
        value = _judged(draft, key, means)
        if value is not None and value not in found:
            found.append(value)
    _count_labels(draft)
    if len(found) != 1:
        draft.doubt("keys-differ" if found else "key-missing")
        return None
    return found[0]


def _judged(draft: Draft, key: Key, means: dict[str, bool] | None) -> bool | None:
    read = read_letters(key.text)
    if means and read is not None and not read.reasons and len(read.letters) == 1 and read.letters[0] in means:
        value = means[read.letters[0]]
        rest = read.rest.lstrip(" .、:．：。，,")
        said = leading_judgement(rest) if rest else None
        if said is not None and said[0] != value:
            draft.doubt("key-text-differs")
        _to_explanation(draft, said[1] if said else rest, key)
        return value
    leading = leading_judgement(key.text)
    if leading is None:
        draft.doubt("judgement-letter" if read and read.letters else "key-unclear")
        return None
    _to_explanation(draft, leading[1], key)
    return leading[0]


def _blank(draft: Draft) -> list[list[str]] | None:
    if draft.fillings is not None:
        return draft.fillings
    found: list[list[list[str]]] = []
    for key in [key for key in draft.keys if key.text]:
        text = key.text
        if draft.blanks > 1 and key.more:
            text = "\n".join([text, *key.more])
        else:
            _to_explanation(draft, "", key)
        rows, reason = read_fillings(text, draft.blanks)
        if rows is None:
            draft.doubt(reason)
        elif rows not in found:
            found.append(rows)
    _count_labels(draft)
    if not found and not any(r.startswith(("key", "blank")) for r in draft.reasons):
        draft.doubt("key-missing")
    if len(found) > 1:
        draft.doubt("keys-differ")
    return found[0] if len(found) == 1 else None


def _short(draft: Draft) -> str | None:
    keys = [key for key in draft.keys if key.text]
    _count_labels(draft)
    if len(keys) != 1:
        draft.doubt("two-keys" if keys else "key-missing")
        return None
    text = "\n".join([keys[0].text, *keys[0].more]).strip()
    if plain(text) in ("略", "无", "见教材", "见课本", "答案略"):
        draft.doubt("key-missing")
        return None
    return text


def _survey(draft: Draft) -> None:
    if draft.keys:
        draft.doubt("survey-with-key")


def _unknown(draft: Draft) -> Any:
    if draft.options:
        return _choice(draft, "unknown")
    if not draft.keys:
        draft.doubt("key-missing")
    if any(_letters_of(draft, key) for key in draft.keys):
        draft.doubt("choice-without-options")
    draft.doubt("type-unknown")
    return draft.keys[0].text if draft.keys else None


_READERS: dict[str, Any] = {
    "single": lambda draft: _choice(draft, "single"),
    "multiple": lambda draft: _choice(draft, "multiple"),
    "true_false": _true_false,
    "blank": _blank,
    "short": _short,
    "survey": _survey,
    "unknown": _unknown,
}


# -- the block -------------------------------------------------------------------------------------------------


def _finish(draft: Draft, kind: str, answer: Any, options: list[tuple[str, str]]) -> Block:
    stem = draft.stem
    if len(plain(stem)) < 2:
        draft.doubt("stem-empty")
    if _LEFTOVER.search(fold(stem)):
        draft.doubt("label-inside")
    if _SWALLOWED.search(fold(stem)) or NUMBER_LEFT.match(fold(stem)):
        draft.doubt("number-inside")
    if kind == "unknown":
        draft.doubt("type-unknown")
    if draft.chunk.rejected and kind in ("unknown", "true_false"):
        draft.doubt(draft.chunk.rejected)
    return _block(draft, kind, answer, REVIEW if draft.reasons else ACCEPT, tuple(draft.reasons), options)


def _block(
    draft: Draft,
    kind: str,
    answer: Any,
    status: str,
    reasons: tuple[str, ...],
    options: list[tuple[str, str]] | None = None,
) -> Block:
    lines = draft.chunk.lines
    number = draft.chunk.number
    return Block(
        type=kind,
        stem=draft.stem,
        line=lines[0].no,
        options=tuple(options or ()),
        answer=answer,
        explanation=join(draft.explanation) or None,
        status=status,
        reasons=reasons,
        line_end=lines[-1].no,
        raw="\n".join(line.raw for line in lines),
        number=str(number.value) if number else "",
        difficulty=draft.difficulty,
        points=draft.points,
        score=draft.score,
        source=draft.source,
        audience=draft.audience,
        keywords=draft.keywords,
    )
