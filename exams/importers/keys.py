"""Read what is written as a key: letters, texts of options, pairs, orders, fillings. Pure Python.

Nothing is guessed: a key that can be read in two ways gives a reason instead of a value.
"""

import re
from dataclasses import dataclass

from exams.importers.normalise import fold, plain

_SEPARATED = r"[A-Za-z](?:[ \t]*[,、;/|.+&和与及]?[ \t]*[A-Za-z](?![A-Za-z]{2}))*"
_LETTERS = re.compile(
    r"[ \t(\[【<《\"“]*(?P<letters>[A-Za-z](?:(?:[ \t]*[,、;.|+&和与及][ \t]*|[ \t]+)?[A-Za-z](?![a-z]{2}))"
    r"*)(?![A-Za-z0-9])[ \t]*[)\]】>》\"”]*"
)
_WORDS = re.compile(r"[ \t]*(?:选项?|项|应选|故选)[ \t]*")
_OR = re.compile(r"[A-Za-z][ \t]*(?:/|或|or)[ \t]*[A-Za-z]\b")
_DIGIT = re.compile(r"[ \t(\[【]*[A-Za-z]{1,26}[ \t]*\d")
EMBEDDED = re.compile(
    r"(?P<open>[(\[【])[ \t]*(?P<letters>[A-Z](?:[ \t,、;]*[A-Z]){0,25}|[a-z](?:[ \t,、;]*[a-z]){0,9})[ \t]"
    r"*(?:[.、:][ \t]*(?P<text>[^()\[\]【】]{1,200}))?[ \t]*(?P<close>[)\]】])"
)


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of a key, what follows them, and why they may be wrong."""

    letters: tuple[str, ...]
    rest: str = ""
    reasons: tuple[str, ...] = ()


def split_letters(text: str) -> tuple[str, ...]:
    """The letters of a text of nothing but letters and separators."""
    return tuple(char.upper() for char in fold(text) if char.isascii() and char.isalpha())


def read_letters(text: str) -> Letters | None:
    """Letters at the start of a key. None when it does not begin with a letter by itself."""
    flat = fold(text)
    lead = _WORDS.match(flat)
    start = lead.end() if lead else 0
    match = _LETTERS.match(flat, start)
    if match is None:
        if _DIGIT.match(flat, start):
            return Letters((), "", ("key-with-digit",))
        return None
    if _OR.match(flat, match.start("letters")):
        return Letters((), "", ("key-with-or",))
    written = match["letters"]
    if re.search(r"[A-Z]", written) and re.search(r"[a-z]", written):
        return Letters((), "", ("key-unclear",))
    letters = split_letters(written)
    rest = text[match.end() :]
    reasons = [] if len(set(letters)) == len(letters) else ["key-letter-twice"]
    after = fold(rest)
    if after and not re.match(r"[ \t]*(?:$|[。.,、;:!()\[【\n]|[ \t])", after):
        if re.match(r"[ \t]*(?:项|选项)?(?:[。.,、;:]|$|正确|符合)", after):
            rest = re.sub(r"^[ \t]*(?:选项|项)", "", rest)
        else:
            reasons.append("key-unclear")
    return Letters(letters, rest.strip(), tuple(reasons))


# A writer's own doubt about a key.
_DOUBTED = re.compile(
    r"争议|存疑|待定|待核|待查|待确认|待商榷|不确定|暂定|疑似|疑为|可能[是为]"
    r"|[(\[][^()\[\]]{0,4}(?:原|应为|应是|更正|改为|有误)|[??][ \t)\]]*$"
)


def doubted(text: str) -> bool:
    """The first line of what follows a key says that the key may be wrong."""
    head = fold(text).lstrip(" \t。.,;:").split("\n", 1)[0]
    return len(head) <= 30 and _DOUBTED.search(head) is not None


_LISTED = re.compile(r"(?:^|(?<=[ \t,、;。.)\n|]))[(]?([A-Z])[)]?[ \t]*[.、:)\-]?[ \t]*")
_MORE_LETTERS = re.compile(r"(?<![A-Za-z0-9])[A-Z](?![A-Za-z0-9])")
PURE_LETTERS = re.compile(r"[ \t(]*[A-Za-z](?:[ \t,、;.]*[A-Z])*[ \t).。,、]*")


def read_listed(text: str, options: dict[str, str]) -> tuple[str, ...] | None:
    """Letters of `A、甲；C、丙` where every letter is followed by exactly its option's text, else None."""
    flat = fold(text)
    marks = [m for m in _LISTED.finditer(flat) if m[1] in options]
    if not marks or marks[0].start():
        return None
    first = marks[0]
    if plain(options[first[1]]) and plain(text[first.end() :]) == plain(options[first[1]]):
        return (first[1],)
    if len(marks) < 2:
        return None
    ends = [m.start() for m in marks[1:]] + [len(text)]
    for match, end in zip(marks, ends, strict=True):
        if not plain(options[match[1]]) or plain(text[match.end() : end]) != plain(options[match[1]]):
            return None
    return tuple(m[1] for m in marks)


def said_in_words(text: str, options: dict[str, str]) -> tuple[str, ...]:
    """The letter of the only option whose text the key repeats, else nothing."""
    same = [letter for letter, own in options.items() if plain(own) and plain(own) == plain(text)]
    return (same[0],) if len(same) == 1 else ()


def more_letters(rest: str, known: set[str]) -> bool:
    """Another option's letter stands in what follows a key, before its first full stop."""
    flat = fold(rest)
    if flat.lstrip()[:1] in ("。", "\n"):
        return PURE_LETTERS.fullmatch(flat.lstrip(" 。\n")) is not None
    head = re.split(r"[。\n]|解析|因为", flat, maxsplit=1)[0]
    return any(m[0] in known for m in _MORE_LETTERS.finditer(head))


def likeness(one: str, other: str) -> float:
    """Share of characters two texts have in common, 0 to 1, for telling whether a key repeats an option's text."""
    first, second = plain(one), plain(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    small, large = sorted((set(first), set(second)), key=len)
    return len(small & large) / len(large)


def rest_after_letter(rest: str, letter: str, options: dict[str, str]) -> tuple[str, str]:
    """Divide what follows one key letter into `(explanation, reason)`; the option's own text is swallowed."""
    body = rest.lstrip(" \t.、:．：。，,;；)）")
    if not body:
        return "", ""
    lines = body.split("\n", 1)
    head = fold(lines[0])
    own = options.get(letter, "")
    if own and plain(head) == plain(own):
        return (lines[1].strip() if len(lines) > 1 else ""), ""
    for other, text in options.items():
        if other != letter and plain(text) and plain(head) == plain(text):
            return "", "key-text-differs"
    if own and plain(own) and plain(head).startswith(plain(own)) and len(plain(own)) >= 2:
        cut = _end_of(lines[0], own)
        after = fold(lines[0])[cut:]
        if not after.strip() or after[:1] in "。.,;: (":
            return (lines[0][cut:].lstrip(" 。.,;:，；：") + ("\n" + lines[1] if len(lines) > 1 else "")).strip(), ""
    dotted = rest.lstrip()[:1]
    if fold(dotted) in (".", "、", ":", ")") or not dotted:
        likes = {other: likeness(head, text) for other, text in options.items()}
        best = max(likes, key=lambda key: likes[key]) if likes else letter
        if likes and likes[best] >= 0.6:
            return "", "key-text-differs" if best != letter or likes[best] < 0.9 else ""
    return body, ""


def _end_of(line: str, own: str) -> int:
    """Where in a line the text of an option ends, comparing only letters, digits and characters."""
    need = len(plain(own))
    for place, char in enumerate(fold(line)):
        if char.isalnum():
            need -= 1
            if need == 0:
                return place + 1
    return len(line)


_PAIR = re.compile(
    r"[(\[]?(?P<left>\d{1,2}|[①-⑳]|[A-Za-z])[)\]]?[ \t]*(?:-+>?|→|=+>?|:|~)[ \t]*[(\[]?(?P<right>\d{1,2}"
    r"|[①-⑳]|[A-Za-z])[)\]]?(?![A-Za-z0-9])"
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def mark_of(sign: str) -> str:
    """One name for a number or letter sign: circled numbers as digits, letters in upper case."""
    return str(_CIRCLED.index(sign) + 1) if sign in _CIRCLED else sign.upper()


def read_pairs(text: str) -> list[tuple[str, str]] | None:
    """Pairs like `1-C 2-A`, or None when something else stands there as well."""
    flat = fold(text)
    pairs = [(mark_of(m["left"]), mark_of(m["right"])) for m in _PAIR.finditer(flat)]
    left = re.sub(r"[ \t\n,、;。.|]", "", _PAIR.sub("", flat))
    return pairs if pairs and not left else None


def read_order(text: str) -> list[str] | None:
    """Signs in order (`B→A→C`, `③①②`, `BACD`), or None."""
    flat = fold(text).strip().rstrip("。.")
    if not re.fullmatch(r"(?:[A-Za-z]|[①-⑳]|\d{1,2}|\(\d{1,2}\)|[ \t,、;>→\-])+", flat):
        return None
    signs = re.findall(r"[A-Za-z]|[①-⑳]|\d{1,2}", flat)
    if any(sign.isdigit() for sign in signs) and len(signs) == 1 and len(signs[0]) > 1:
        return None
    return [mark_of(sign) for sign in signs]


_NUMBERED = re.compile(
    r"(?:^|(?<=[ \t\n;,、。]))(?:\((\d{1,2})\)|(\d{1,2})[.、)](?!\d)|第([一二三四五六七八九十\d]{1,2})空[ \t"
    r"]*[:.、]?)|([①-⑳])[.、]?"
)
_BOXED = re.compile(r"[(\[【]([^()\[\]【】]+)[)\]】]")


def _alternatives(text: str, signs: str = ";；") -> list[str]:
    return [part.strip() for part in re.split(f"[{signs}]", text) if part.strip()]


def _numbered(text: str, flat: str, blanks: int) -> list[str] | None:
    """The parts of `①甲②乙` or `(1)甲 (2)乙`, when they are as many as the blanks."""
    marks = list(_NUMBERED.finditer(flat))
    if len(marks) != blanks or not marks or flat[: marks[0].start()].strip():
        return None
    han = "一二三四五六七八九十"
    signs = [next(g for g in m.groups() if g) for m in marks]
    numbers = [str(han.index(s) + 1) if s in han else mark_of(s) for s in signs]
    if numbers != [str(n) for n in range(1, blanks + 1)]:
        return None
    ends = [m.start() for m in marks[1:]] + [len(text)]
    return [text[m.end() : end].strip(" \t\n;；,，、。") for m, end in zip(marks, ends, strict=True)]


_ONE_OF_SEVERAL = re.compile(r"[^\d]/[^\d]|或(?![许者多少然缺])|或者|(?:^|\s)or(?:\s|$)")


def read_fillings(text: str, blanks: int) -> tuple[list[list[str]] | None, str]:
    """The accepted fillings, one list per blank, or None and the reason. `blanks` is 0 when none is drawn."""
    rows, reason = _fillings(text, blanks)
    if rows and any(_ONE_OF_SEVERAL.search(fold(part)) or _DOUBTED.search(fold(part)) for row in rows for part in row):
        return None, "key-alternatives-unclear"
    return rows, reason


def _fillings(text: str, blanks: int) -> tuple[list[list[str]] | None, str]:
    text = text.strip()
    trimmed = text.rstrip("。").strip() if "\n" not in text else text
    flat = fold(trimmed)
    if not trimmed:
        return None, "key-missing"
    if "|" in flat:
        parts = [part.strip() for part in re.split(r"[|｜]+", trimmed)]
        rows = [_alternatives(part) for part in parts]
        return (
            (rows, "")
            if (all(rows) and len(rows) == max(blanks, 1)) or (not blanks and all(rows))
            else (None, "blank-count")
        )
    boxed = [m[1].strip() for m in _BOXED.finditer(trimmed)]
    if boxed and not re.sub(r"[ \t,、;]", "", _BOXED.sub("", flat)):
        return (
            ([[part] for part in boxed], "") if len(boxed) == max(blanks, 1) and all(boxed) else (None, "blank-count")
        )
    if blanks > 1 or _NUMBERED.match(flat):
        numbered = _numbered(trimmed, flat, max(blanks, 1))
        if numbered and all(numbered):
            return [[part] if blanks > 1 else _alternatives(part) for part in numbered], ""
    if blanks <= 1:
        return _single(trimmed, flat)
    return _separated(trimmed, blanks)


def _single(text: str, flat: str) -> tuple[list[list[str]] | None, str]:
    if "\n" in text:
        return None, "key-unclear"
    return [_alternatives(text)], ""


def _separated(text: str, blanks: int) -> tuple[list[list[str]] | None, str]:
    """Exactly one way of dividing must give as many parts as there are blanks."""
    ways = []
    for signs in (r"[;；]", r"[、]", r"[,，]", r"[ \t\u3000]{1,}", r"\n", r"[/]"):
        parts = [part.strip(" \t,，。;；、") for part in re.split(signs, text) if part.strip()]
        if len(parts) == blanks and all(parts) and parts not in ways:
            ways.append(parts)
    if len(ways) != 1:
        return None, "blank-count"
    return [[part] for part in ways[0]], ""
