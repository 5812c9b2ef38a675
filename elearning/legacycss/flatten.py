"""One flat style sheet out of layered, nested ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, ParseError, QualifiedRule

from elearning.legacycss import conditions
from elearning.legacycss.selectors import for_old_engines, split_list, unnest
from elearning.legacycss.values import Declared, split_words, translate

KNOWS_MATHS = "@supports (width: clamp(1px, 1px, 1px))"
# Space between flex items came later than grid's; `aspect-ratio` came with it and can be asked for.
LACKS_FLEX_GAP = "@supports not (aspect-ratio: 1 / 1)"
VERBATIM = ("keyframes", "-webkit-keyframes", "font-face")
UNLAYERED = ""


class StyleError(ValueError):
    """The source is not valid CSS."""


@dataclass(slots=True)
class Sheet:
    """Flat rules by layer, in the order in which the layers were named."""

    layers: dict[str, list[str]] = field(default_factory=dict)

    def text(self) -> str:
        """Layers in their order; what stands in no layer comes last, because there it wins."""
        names = [name for name in self.layers if name != UNLAYERED] + [UNLAYERED]
        return "\n".join(line for name in names for line in self.layers.get(name, [])) + "\n"


def flatten(sources: Iterable[str]) -> str:
    """Return one style sheet that does what `sources` do, for engines of about 2017 and later.

    Raises StyleError if a source cannot be parsed.
    """
    sheet = Sheet()
    for source in sources:
        _rules(sheet, UNLAYERED, [], [], tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True))
    return sheet.text()


def _rules(sheet: Sheet, layer: str, around: list[str], parents: list[str], nodes: Sequence[Node]) -> None:
    """Write `nodes`, which stand inside the conditions `around` and inside a rule for `parents`."""
    for node in nodes:
        if isinstance(node, ParseError):
            raise StyleError(f"line {node.source_line}: {node.message}")
        if isinstance(node, QualifiedRule):
            _style_rule(sheet, layer, around, unnest(parents, split_list(node.prelude)), node.content)
        elif isinstance(node, AtRule):
            _at_rule(sheet, layer, around, parents, node)


def _at_rule(sheet: Sheet, layer: str, around: list[str], parents: list[str], node: AtRule) -> None:
    name, prelude = node.lower_at_keyword, tinycss2.serialize(node.prelude).strip()
    if name == "layer":
        for stated in split_list(node.prelude):
            sheet.layers.setdefault(stated, [])
        if node.content is not None:
            _block(sheet, prelude, around, parents, node.content)
    elif name == "page":
        _page(sheet, layer, around, prelude, node.content or [])
    elif name in VERBATIM:
        _write(sheet, layer, around, f"@{name} {prelude} {{{tinycss2.serialize(node.content or [])}}}")
    elif name == "container":
        _block(sheet, layer, [*around, f"@media {conditions.container(prelude)}"], parents, node.content or [])
    elif name == "media":
        _block(sheet, layer, [*around, f"@media {conditions.media(prelude)}"], parents, node.content or [])
    elif node.content is not None:
        _block(sheet, layer, [*around, f"@{name} {prelude}"], parents, node.content)


def _block(sheet: Sheet, layer: str, around: list[str], parents: list[str], content: Sequence[Node]) -> None:
    """The inside of an at-rule: rules at the top level, declarations too where it is nested in a rule."""
    if parents:
        _style_rule(sheet, layer, around, parents, content)
    else:
        _rules(sheet, layer, around, [], tinycss2.parse_rule_list(content, skip_comments=True, skip_whitespace=True))


def _style_rule(sheet: Sheet, layer: str, around: list[str], selectors: list[str], content: Sequence[Node]) -> None:
    nodes = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    declared = [
        made
        for node in nodes
        if isinstance(node, Declaration)
        for made in translate(node.name if node.name.startswith("--") else node.lower_name, node.value, node.important)
    ]
    known = for_old_engines(selectors)
    if known and declared:
        _write_rule(sheet, layer, around, known, declared)
    _rules(sheet, layer, around, selectors, [node for node in nodes if not isinstance(node, Declaration)])


def _write_rule(sheet: Sheet, layer: str, around: list[str], selectors: list[str], declared: list[Declared]) -> None:
    plain = [d for d in declared if not d.fine]
    fine = [d for d in declared if d.fine]
    names = ",".join(selectors)
    if plain:
        _write(sheet, layer, around, f"{names}{{{';'.join(d.text() for d in plain)}}}")
    if fine:
        _write(sheet, layer, [*around, KNOWS_MATHS], f"{names}{{{';'.join(d.text() for d in fine)}}}")
    margin = _instead_of_gap(plain)
    if margin:
        below = ",".join(f"{selector} > * + *" for selector in selectors if not selector.endswith(("before", "after")))
        if below:
            _write(sheet, layer, [*around, LACKS_FLEX_GAP], f"{below}{{{margin}}}")


def _instead_of_gap(declared: list[Declared]) -> str:
    """The margin that stands in for `gap` between the items of a flex box."""
    values = {d.name: d.value for d in declared}
    if values.get("display") not in ("flex", "inline-flex") or "gap" not in values:
        return ""
    gaps = split_words(values["gap"])
    if values.get("flex-direction") == "column":
        return f"margin-top:{gaps[0]}"
    return f"margin-left:{gaps[-1]}"


def _page(sheet: Sheet, layer: str, around: list[str], prelude: str, content: Sequence[Node]) -> None:
    """`@page`; a named one is left out: an old engine would drop it, or worse, use it for every page."""
    if not prelude:
        _write(sheet, layer, around, f"@page {{{tinycss2.serialize(content).strip()}}}")


def _write(sheet: Sheet, layer: str, around: list[str], rule: str) -> None:
    opening = "".join(f"{condition} {{ " for condition in around)
    sheet.layers.setdefault(layer, []).append(f"{opening}{rule}{' }' * len(around)}")
