"""Selectors that old engines understand: no nesting selector, no `:is()`, no `:has()`."""

from collections.abc import Sequence
from itertools import product

import tinycss2
from tinycss2.ast import FunctionBlock, LiteralToken, Node

COMBINATORS = (">", "+", "~")
# An engine that does not know one selector of a list drops the whole rule.
UNKNOWN_TO_OLD_ENGINES = (":has(", ":where(", ":not(:", ":user-")
REPLACED = {":focus-visible": ":focus", "::details-content": "::details-content"}


def split_list(tokens: Sequence[Node]) -> list[str]:
    """The selectors of a comma-separated list, as text."""
    parts: list[list[Node]] = [[]]
    for token in tokens:
        if isinstance(token, LiteralToken) and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [" ".join(tinycss2.serialize(part).split()) for part in parts if part]


def unnest(parents: list[str], own: list[str]) -> list[str]:
    """The selectors `own`, written inside a rule for `parents`, as selectors of the top level."""
    if not parents:
        return own
    found = []
    for parent, selector in product(parents, own):
        if "&" in selector:
            found.append(selector.replace("&", parent))
        else:
            found.append(f"{parent} {selector}")
    return found


def expand(selector: str) -> list[str]:
    """`selector` without `:is()`: one selector for each combination of its arguments."""
    choices: list[list[str]] = []
    tokens = tinycss2.parse_component_value_list(selector)
    skip_colon = False
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if isinstance(following, FunctionBlock) and following.lower_name == "is" and _is_colon(token):
            skip_colon = True
            continue
        if skip_colon and isinstance(token, FunctionBlock):
            choices.append(split_list(token.arguments))
            skip_colon = False
        else:
            choices.append([token.serialize()])
    return ["".join(combination) for combination in product(*choices)]


def _is_colon(token: Node) -> bool:
    return isinstance(token, LiteralToken) and token.value == ":"


def for_old_engines(selectors: list[str]) -> list[str]:
    """Expand, replace, and leave out what would make an old engine drop the rule."""
    found = []
    for selector in selectors:
        for plain in expand(selector):
            for new, old in REPLACED.items():
                plain = plain.replace(new, old)
            if not any(unknown in plain for unknown in UNKNOWN_TO_OLD_ENGINES) and plain not in found:
                found.append(plain)
    return found
