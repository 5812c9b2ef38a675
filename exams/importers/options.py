"""Find the options of a question: one per line, several per line, letter and text apart, glued to the stem.

Pure Python.

A chain A, B, C, … is looked for. Letters at the start of a line win over letters inside a line; where both readings
are possible, or a letter is missing or comes twice, the reading carries a reason and cannot be accepted.
"""

import re
from dataclasses import dataclass, field

from exams.importers.normalise import BOLD, Line, fold, join

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BULLET = (
    r"[ \t]*(?:>[ ]*)*(?:(?:[-+•○●□◯◻☐◎·*][ \t]*)(?:\[(?P<box>[ xX√])\][ \t]*)?)?(?P<tick>(?:[√✓✔★☑✅]"
    r"|\[[xX√]\])[ \t]*)?"
)
_START = re.compile(
    _BULLET
    + r"(?:[(\[【][ \t]*(?P<boxed>[A-Za-z])[ \t]*[)\]】][ \t]*[.、:]?|(?P<letter>[A-Za-z])[ \t]*(?P<mark>[.、:)])|"
    r"(?P<comma>[A-Za-z])[ \t]*[,。;](?=[^A-Za-z]|$)|(?P<alone>[A-Za-z])[ \t]*$|(?P<spaced>[A-Za-z])[ \t]+"
    r"(?=\S)|(?P<glued>[A-Z])(?=[^\x00-\x7f、。”』」》)）,]))"
)
_INSIDE = re.compile(
    r"[(\[【][ \t]*(?P<boxed>[A-Za-z])[ \t]*[)\]】][ \t]*[.、:]?|(?<![A-Za-z0-9])(?P<letter>[A-Za-z])[ \t]*"
    r"(?P<mark>[.、:)])|"
    r"(?<=[ \t])(?P<spaced>[A-Za-z])[ \t]+(?=\S)|(?<![A-Za-z0-9])(?P<glued>[A-Z])(?=[^\x00-\x7f、。”』」》)）,])"
)
RIGHT = re.compile(
    r"[ \t]*(?:[(\[【][ \t]*(?:正确答案|正确选项|正确项|本题答案|答案|√|✓|✔|correct(?: answer)?|answer)[ \t"
    r"]*[)\]】]|[√✓✔✅★])[ \t]*$",
    re.IGNORECASE,
)
OPTION_LIKE = re.compile(r"[ \t]*[(\[【]?[A-H][)\]】]?[ \t]*[.、]")
_TAILS = ";,|/、"


@dataclass(slots=True)
class Piece:
    """A part of a line."""

    line: Line
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end]

    @property
    def flat(self) -> str:
        return self.line.flat[self.start : self.end]

    def bold_share(self) -> float:
        """How much of the visible text is emphasised, 0 to 1."""
        visible = bold = 0
        spans = [(a, b) for a, b, kind in self.line.marks if kind == BOLD]
        for place in range(self.start, self.end):
            if not self.line.flat[place].isspace():
                visible += 1
                bold += any(a <= place < b for a, b in spans)
        return bold / visible if visible else 0.0


@dataclass(slots=True)
class Token:
    """A letter that may begin an option."""

    piece: int
    start: int
    end: int
    letter: str
    form: str
    first: bool
    spaced: bool
    lower: bool
    ticked: bool = False

    @property
    def strong(self) -> bool:
        return self.form not in ("alone", "spaced", "glued", "comma")


@dataclass(slots=True)
class Option:
    """An option as found: letter, text, whether it is marked as right, and how much of it is emphasised."""

    letter: str
    text: str
    marked: bool = False
    bold: float = 0.0


@dataclass(slots=True)
class Found:
    """The stem that is left, the options, and what makes the reading doubtful."""

    stem: list[Piece]
    options: list[Option] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    inline: bool = False


def _token(match: re.Match[str], piece: int, offset: int, first: bool, before: str) -> Token:
    groups = match.groupdict()
    form = next(name for name in ("boxed", "letter", "comma", "alone", "spaced", "glued") if groups.get(name))
    letter = groups[form]
    tick = bool(groups.get("tick")) or (groups.get("box") or " ") in "xX√"
    start = match.start(form) - (form == "boxed") if first else match.start()
    return Token(
        piece,
        offset + (match.start() if first else start),
        offset + match.end(),
        letter.upper(),
        groups.get("mark") or form,
        first,
        first or not before or before[-1:].isspace(),
        letter.islower(),
        tick,
    )


def tokens_of(pieces: list[Piece]) -> list[Token]:
    """All letters that may begin an option, in order."""
    found = []
    for index, piece in enumerate(pieces):
        flat, place = piece.flat, 0
        start = _START.match(flat) if piece.start == 0 or not piece.line.flat[: piece.start].strip() else None
        if start:
            found.append(_token(start, index, piece.start, True, ""))
            place = start.end()
        for match in _INSIDE.finditer(flat, place):
            found.append(_token(match, index, piece.start, False, flat[: match.start()]))
    return found


def _next(tokens: list[Token], at: int, chain: list[Token], reasons: list[str]) -> int | None:
    """Index of the token that carries the next letter after `tokens[at]`, or None at the end of the chain."""
    head, wanted = chain[0], LETTERS[LETTERS.index(tokens[at].letter) + 1]
    inside: list[int] = []
    ahead = None
    for index in range(at + 1, len(tokens)):
        token = tokens[index]
        if token.lower != head.lower:
            continue
        if token.first and (token.strong or token.form == head.form):
            if token.letter > tokens[at].letter or token.strong:
                ahead = index
                break
        elif (
            not token.first and token.letter == wanted and (token.form == head.form or (token.spaced and token.strong))
        ):
            inside.append(index)
    if ahead is not None and tokens[ahead].letter == wanted:
        if any(tokens[i].spaced and tokens[i].form == head.form for i in inside):
            reasons.append(f"option-twice: {wanted}")
        return ahead
    one_each = len([t for t in chain if t.first]) == len(chain) >= 2
    if ahead is None and one_each:
        if any(not tokens[i].spaced for i in inside):
            reasons.append(f"option-inside: {wanted}")
        inside = [i for i in inside if tokens[i].spaced]
    if inside:
        if len(inside) > 1:
            reasons.append(f"option-twice: {wanted}")
        return inside[0]
    if ahead is None:
        return None
    if tokens[ahead].letter > wanted:
        reasons.append(f"option-missing: {wanted}")
        return ahead
    reasons.append(f"option-twice: {tokens[ahead].letter}")
    return None


def _first(tokens: list[Token], pieces: list[Piece], reasons: list[str]) -> int | None:
    """Index of the token that begins the chain."""
    heads = [i for i, t in enumerate(tokens) if t.letter == "A" and t.first]
    strong = [i for i in heads if tokens[i].strong]
    if strong:
        return strong[0]
    last_b = {(t.form, t.lower): i for i, t in enumerate(tokens) if t.letter == "B"}
    for index in heads:
        if last_b.get((tokens[index].form, tokens[index].lower), -1) > index:
            return index
    glued = []
    for index, token in enumerate(tokens):
        if (
            token.letter != "A"
            or token.first
            or not (token.strong or (token.form in ("spaced", "glued") and not token.lower))
        ):
            continue
        before = pieces[token.piece].line.flat[: token.start].rstrip(" \t")[-1:]
        follows = last_b.get((token.form, token.lower), -1) > index
        if follows and ((token.spaced and token.form != "glued") or before in ')?。:,_!"”】]、;.'):
            glued.append(index)
    if len(glued) > 1:
        reasons.append("option-twice: A")
    if glued:
        return glued[-1]
    loose = [i for i, t in enumerate(tokens) if t.first and t.strong and not t.lower]
    if len(loose) >= 2 and tokens[loose[0]].letter < tokens[loose[1]].letter <= "H":
        reasons.append("option-missing: A")
        return loose[0]
    return None


def _text_between(pieces: list[Piece], token: Token, after: Token | None) -> tuple[str, float]:
    """The text of an option from its letter to the next, and how bold its first line is."""
    last = after.piece if after else len(pieces) - 1
    parts: list[str] = []
    bold = 0.0
    for index in range(token.piece, last + 1):
        piece = pieces[index]
        start = token.end if index == token.piece else piece.start
        end = after.start if after and index == after.piece else piece.end
        part = Piece(piece.line, start, max(start, end))
        if part.text.strip() and not parts:
            bold = part.bold_share()
        parts.append(part.text)
    return join(parts), bold


def find_options(pieces: list[Piece]) -> Found:
    """Divide what stands before the key into stem and options."""
    tokens = tokens_of(pieces)
    reasons: list[str] = []
    first = _first(tokens, pieces, reasons) if tokens else None
    if first is None:
        return Found(pieces)
    chain, at = [tokens[first]], first
    while tokens[at].letter != "Z":
        following = _next(tokens, at, chain, reasons)
        if following is None:
            break
        chain.append(tokens[following])
        at = following
    if len(chain) < 2 and not (chain[0].strong and chain[0].first):
        return Found(pieces)
    loose = not chain[0].first or any(not token.spaced for token in chain)
    if not chain[0].strong and loose and len(chain) < 3:
        return Found(pieces)
    if any(
        t.letter == "A" and t.form == chain[0].form and t.strong
        for t in tokens[first + 1 :]
        if t.start != chain[0].start
    ):
        reasons.append("option-twice: A")
    stem = [*pieces[: chain[0].piece], Piece(pieces[chain[0].piece].line, pieces[chain[0].piece].start, chain[0].start)]
    options = []
    for token, after in zip(chain, [*chain[1:], None], strict=True):
        text, bold = _text_between(pieces, token, after)
        if after is not None and not after.first and fold(text)[-1:] in ("、", ",", ";"):
            text = text[:-1].rstrip()
        right = RIGHT.search(fold(text))
        right = right if right and text[: right.start()].strip() else None
        marked = token.ticked or right is not None
        options.append(Option(token.letter, (text[: right.start()] if right else text).strip(), marked, bold))
    _drop_tails(options)
    return Found(stem, options, list(dict.fromkeys(reasons)), any(not token.first for token in chain))


def _drop_tails(options: list[Option]) -> None:
    """A mark that only divides options ("A.甲；B.乙；C.丙。") is no part of them."""
    ends = {fold(option.text)[-1:] for option in options[:-1]}
    if len(options) > 1 and len(ends) == 1 and (end := ends.pop()) and end in _TAILS:
        for option in options:
            if fold(option.text)[-1:] in (end, "。", "."):
                option.text = option.text[:-1].rstrip()
