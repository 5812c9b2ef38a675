"""Media conditions without range syntax; container conditions as conditions on the window."""

import re

# A nameless container is a component in a column: the window is wider than it by about a quarter.
NAMELESS_FACTOR = 1.25
NAMED_AS_WIDE_AS_THE_WINDOW = ("page", "head", "foot")
_RANGE = re.compile(r"\(\s*width\s*(>=|<=|>|<)\s*([\d.]+)(rem|em|px)\s*\)")
JUST_BELOW = 0.01


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _without_range(condition: str, factor: float = 1.0) -> str:
    def classic(match: re.Match[str]) -> str:
        sign, size, unit = match.group(1), float(match.group(2)) * factor, match.group(3)
        if sign.startswith(">"):
            return f"(min-width: {_number(size)}{unit})"
        return f"(max-width: {_number(size - JUST_BELOW)}{unit})"

    return _RANGE.sub(classic, condition)


def media(condition: str) -> str:
    """`(width < 58rem)` as `(max-width: 57.99rem)`."""
    return _without_range(condition)


def container(condition: str) -> str:
    """The condition of `@container`, as a media condition that holds in about the same cases."""
    name, bracket, rest = condition.partition("(")
    factor = 1.0 if name.strip() in NAMED_AS_WIDE_AS_THE_WINDOW else NAMELESS_FACTOR
    return _without_range(bracket + rest, factor)
