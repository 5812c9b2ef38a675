"""Declarations that old engines understand, each with a plain value first and a finer one for those that know it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import tinycss2
from tinycss2.ast import FunctionBlock, LiteralToken, Node, WhitespaceToken


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration. `fine` is set where only engines with `min()`, `max()` and `clamp()` understand it."""

    name: str
    value: str
    important: bool = False
    fine: bool = False

    def text(self) -> str:
        """As it stands in a style sheet."""
        return f"{self.name}:{self.value}{' !important' if self.important else ''}"


SIDES = {
    "inline-start": "left",
    "inline-end": "right",
    "block-start": "top",
    "block-end": "bottom",
}
AXES = {"inline": ("left", "right"), "block": ("top", "bottom")}
CORNERS = {"start-start": "top-left", "start-end": "top-right", "end-start": "bottom-left", "end-end": "bottom-right"}
DROPPED = ("container", "container-type", "container-name")
MATHS = ("min", "max", "clamp")
_LOGICAL = re.compile(r"^(margin|padding|border|inset)-(inline|block)(-start|-end)?(-width|-color|-style)?$")
_CONTAINER_UNIT = re.compile(r"(?<=\d)(cqw|cqi|cqmin|cqmax)\b")


def translate(name: str, tokens: Sequence[Node], important: bool) -> list[Declared]:
    """One modern declaration as the declarations that do the same in an old engine."""
    value = _value(tokens)
    if name in DROPPED or "color-mix(" in value or re.search(r"\ddvh\b", value):
        return []
    found = []
    for physical, part in _physical(name, value):
        found += _with_fallbacks(physical, part, important)
    return found


def _with_fallbacks(name: str, value: str, important: bool) -> list[Declared]:
    parts = [Declared(name, value, important)]
    if any(f"{function}(" in value for function in (*MATHS, "env")):
        parts = [Declared(name, plainest(value), important), Declared(name, value, important, fine=True)]
    elif name == "overflow" and value == "clip":
        parts = [Declared(name, "hidden", important)]
    elif name == "gap":
        parts = [Declared("grid-gap", value, important), *parts]
    elif name == "appearance":
        parts = [Declared("-webkit-appearance", value, important), *parts]
    elif name == "position" and value == "sticky":
        parts = [Declared(name, "-webkit-sticky", important), *parts]
    elif name == "rotate":
        parts = [Declared("transform", f"rotate({value})", important)]
    elif name == "translate":
        parts = [Declared("transform", f"translate({','.join(value.split())})", important)]
    elif name == "place-items":
        both = (value.split() * 2)[:2]
        parts = [Declared("align-items", both[0], important), Declared("justify-items", both[1], important)]
    return parts


def _physical(name: str, value: str) -> list[tuple[str, str]]:
    """Logical properties as physical ones: all our languages run from left to right."""
    if name == "inset":
        return list(zip(("top", "right", "bottom", "left"), _four(split_words(value)), strict=True))
    if name.startswith("border-") and name.endswith("-radius") and name[7:-7] in CORNERS:
        return [(f"border-{CORNERS[name[7:-7]]}-radius", value)]
    match = _LOGICAL.match(name)
    if match is None:
        return [(name, value)]
    base, axis, side, rest = match.group(1), match.group(2), match.group(3), match.group(4) or ""
    stem = "" if base == "inset" else f"{base}-"
    if side:
        return [(f"{stem}{SIDES[axis + side]}{rest}", value)]
    first, second = AXES[axis]
    words = split_words(value)
    both = [value, value] if base == "border" or len(words) == 1 else words
    return [(f"{stem}{first}{rest}", both[0]), (f"{stem}{second}{rest}", both[1])]


def _four(words: list[str]) -> list[str]:
    """Top, right, bottom, left of a shorthand of one to four words."""
    top = words[0]
    right = words[1] if len(words) > 1 else top
    bottom = words[2] if len(words) > 2 else top
    left = words[3] if len(words) > 3 else right
    return [top, right, bottom, left]


def split_words(value: str) -> list[str]:
    """`value` cut at its top-level spaces: `calc(1px + 2px) auto` is two words."""
    words: list[list[Node]] = [[]]
    for token in tinycss2.parse_component_value_list(value):
        if isinstance(token, WhitespaceToken):
            words.append([])
        else:
            words[-1].append(token)
    return [tinycss2.serialize(word) for word in words if word]


def _value(tokens: Sequence[Node]) -> str:
    return _CONTAINER_UNIT.sub("vw", "".join(_token(token) for token in tokens).strip())


def _token(token: Node) -> str:
    if isinstance(token, FunctionBlock) and token.lower_name == "rgb":
        return _rgb(token)
    if isinstance(token, FunctionBlock):
        return f"{token.name}({''.join(_token(part) for part in token.arguments)})"
    return str(token.serialize())


def _rgb(function: FunctionBlock) -> str:
    """`rgb(1 2 3 / .5)` as `rgba(1,2,3,.5)`."""
    parts = [
        part.serialize()
        for part in function.arguments
        if not isinstance(part, WhitespaceToken) and not (isinstance(part, LiteralToken) and part.value in "/,")
    ]
    return f"{'rgba' if len(parts) == 4 else 'rgb'}({','.join(parts)})"


def plainest(value: str) -> str:
    """`value` with every `min()`, `max()` and `clamp()` replaced by its first argument, and `env()` by nothing."""
    return "".join(_plain(token) for token in tinycss2.parse_component_value_list(value))


def _plain(token: Node) -> str:
    if not isinstance(token, FunctionBlock):
        return str(token.serialize())
    if token.lower_name == "env":
        return "0px"
    if token.lower_name not in MATHS:
        return f"{token.name}({''.join(_plain(part) for part in token.arguments)})"
    first = []
    for part in token.arguments:
        if isinstance(part, LiteralToken) and part.value == ",":
            break
        first.append(_plain(part))
    text = "".join(first).strip()
    return f"calc({text})" if " " in text else text
