"""One question as a QTI 3.0 assessment item. Pure Python.

The order of the parts is that of the information model: declarations, stimulus, body, processing, feedback.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exams.exports.texts import title_of, xml
from exams.importers.blocks import Block
from exams.importers.fills import GAP

_QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd"
TRUE, FALSE = "正确", "错误"


@dataclass(frozen=True, slots=True)
class _Parts:
    """Declarations, body and how the score comes about: by the `correct` response, by a `map`, or by `hand`."""

    declarations: str
    body: str
    scoring: str = "correct"
    responses: tuple[str, ...] = ("RESPONSE",)
    most: float = 1


def _head(element: str, name: str, block: Block, schema: str, more: str = "") -> str:
    return (
        f'<{element} xmlns="{_QTI}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{_QTI} {_XSD}/{schema}" '
        f'identifier="{name}" title="{xml(title_of(block))}" xml:lang="{xml(block.language or "zh-Hans")}"{more}>\n'
    )


def stimulus(name: str, block: Block) -> str:
    """The text that the questions of a case share."""
    head = _head("qti-assessment-stimulus", name, block, "imsqti_stimulusv3p0_v1p0.xsd")
    return f"{head}<qti-stimulus-body>{_paragraphs(block.stem)}</qti-stimulus-body>\n</qti-assessment-stimulus>\n"


def item(name: str, block: Block, href: str = "", shared: str = "") -> str:
    """A question, with a reference to its case if there is one."""
    parts = _WRITERS.get(block.type, _extended)(block)
    label = f' label="{xml(block.number)}"' if block.number else ""
    more = f'{label} adaptive="false" time-dependent="false" tool-name="Xinxing"'
    reference = f'<qti-assessment-stimulus-ref identifier="{shared}" href="{href}"/>\n' if shared else ""
    return (
        _head("qti-assessment-item", name, block, "imsqti_asiv3p0_v1p0.xsd", more)
        + parts.declarations
        + _outcomes(block, parts)
        + reference
        + f"<qti-item-body>\n{parts.body}</qti-item-body>\n"
        + _processing(block, parts)
        + _feedback(block)
        + "</qti-assessment-item>\n"
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{xml(line)}</p>\n" for line in text.split("\n") if line.strip())


def _inline(text: str) -> str:
    return "<br/>".join(xml(line) for line in text.split("\n"))


def _declared(name: str, cardinality: str, base: str, values: Sequence[str], mapping: str = "") -> str:
    right = "".join(f"<qti-value>{xml(value)}</qti-value>" for value in values)
    correct = f"<qti-correct-response>{right}</qti-correct-response>" if right else ""
    return (
        f'<qti-response-declaration identifier="{name}" cardinality="{cardinality}" base-type="{base}">'
        f"{correct}{mapping}</qti-response-declaration>\n"
    )


def _outcomes(block: Block, parts: _Parts) -> str:
    score = block.score if re.fullmatch(r"\d+(\.\d+)?", block.score) else f"{parts.most:g}"
    external = ' external-scored="human"' if parts.scoring == "hand" else ""
    found = ""
    if parts.scoring != "none":
        found = (
            f'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"{external}>'
            "<qti-default-value><qti-value>0</qti-value></qti-default-value></qti-outcome-declaration>\n"
            '<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float">'
            f"<qti-default-value><qti-value>{score}</qti-value></qti-default-value></qti-outcome-declaration>\n"
        )
    if block.explanation:
        found += '<qti-outcome-declaration identifier="FEEDBACK" cardinality="single" base-type="identifier"/>\n'
    return found


def _processing(block: Block, parts: _Parts) -> str:
    """All marks for the right response, or the share of right blanks; then the explanation may be shown."""
    rules = ""
    if parts.scoring == "correct":
        rules = (
            "<qti-response-condition><qti-response-if>"
            '<qti-match><qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match>'
            '<qti-set-outcome-value identifier="SCORE"><qti-variable identifier="MAXSCORE"/></qti-set-outcome-value>'
            "</qti-response-if></qti-response-condition>\n"
        )
    elif parts.scoring == "map":
        mapped = "".join(f'<qti-map-response identifier="{name}"/>' for name in parts.responses)
        rules = (
            '<qti-set-outcome-value identifier="SCORE"><qti-product><qti-variable identifier="MAXSCORE"/><qti-divide>'
            f"<qti-sum>{mapped}</qti-sum>"
            f'<qti-base-value base-type="float">{len(parts.responses)}</qti-base-value>'
            "</qti-divide></qti-product></qti-set-outcome-value>\n"
        )
    if block.explanation:
        rules += (
            '<qti-set-outcome-value identifier="FEEDBACK">'
            '<qti-base-value base-type="identifier">EXPLANATION</qti-base-value></qti-set-outcome-value>\n'
        )
    return f"<qti-response-processing>\n{rules}</qti-response-processing>\n" if rules else ""


def _feedback(block: Block) -> str:
    if not block.explanation:
        return ""
    return (
        '<qti-modal-feedback outcome-identifier="FEEDBACK" show-hide="show" identifier="EXPLANATION">'
        f"<qti-content-body>{_paragraphs(block.explanation)}</qti-content-body></qti-modal-feedback>\n"
    )


def _choices(texts: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<qti-simple-choice identifier="{name}">{_inline(text)}</qti-simple-choice>\n' for name, text in texts
    )


def _interaction(block: Block, texts: Sequence[tuple[str, str]], most: int, shuffle: bool = True) -> str:
    """`most` 0 means any number of choices."""
    return (
        f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="{most}" '
        f'shuffle="{"true" if shuffle else "false"}">\n<qti-prompt>{_inline(block.stem)}</qti-prompt>\n'
        f"{_choices(texts)}</qti-choice-interaction>\n"
    )


def _named(block: Block) -> list[tuple[str, str]]:
    return [(f"CHOICE_{letter}", text) for letter, text in block.options]


def _choice(block: Block) -> _Parts:
    several = block.type == "multiple"
    right = [f"CHOICE_{letter}" for letter in block.answer or ()]
    declared = _declared("RESPONSE", "multiple" if several else "single", "identifier", right)
    return _Parts(declared, _interaction(block, _named(block), 0 if several else 1))


def _true_false(block: Block) -> _Parts:
    declared = _declared("RESPONSE", "single", "identifier", ["TRUE" if block.answer else "FALSE"])
    return _Parts(declared, _interaction(block, [("TRUE", TRUE), ("FALSE", FALSE)], 1, shuffle=False))


def _survey(block: Block) -> _Parts:
    declared = _declared("RESPONSE", "single", "identifier", [])
    return _Parts(declared, _interaction(block, _named(block), 1, shuffle=False), "none")


def _blank(block: Block) -> _Parts:
    groups = block.answer or []
    names = tuple(f"RESPONSE{place}" for place in range(1, len(groups) + 1))
    declared = "".join(_declared(n, "single", "string", g[:1], _mapping(g)) for n, g in zip(names, groups, strict=True))
    entries = [f'<qti-text-entry-interaction response-identifier="{name}"/>' for name in names]
    return _Parts(declared, _with_entries(block.stem, entries), "map", names, len(groups))


def _mapping(texts: Sequence[str]) -> str:
    entries = "".join(
        f'<qti-map-entry map-key="{xml(text)}" mapped-value="1" case-sensitive="false"/>'
        for text in dict.fromkeys(text.strip() for text in texts)
    )
    return f'<qti-mapping default-value="0">{entries}</qti-mapping>'


def _with_entries(stem: str, entries: Sequence[str]) -> str:
    """The stem with its gaps made fields; fields that it shows no gap for stand below it."""
    pieces = GAP.split(stem)
    if len(pieces) != len(entries) + 1:
        return _paragraphs(stem) + "".join(f"<p>{entry}</p>\n" for entry in entries)
    joined = "".join(_inline(piece) + entry for piece, entry in zip(pieces, [*entries, ""], strict=True))
    return f"<p>{joined}</p>\n"


def _matching(block: Block) -> _Parts:
    pairs = block.answer or []
    rights = list(dict.fromkeys([right for _, right in pairs] + list(block.extra)))
    values = [f"LEFT_{place} RIGHT_{rights.index(right) + 1}" for place, (_, right) in enumerate(pairs, 1)]
    sets = "".join(
        "<qti-simple-match-set>\n"
        + "".join(
            f'<qti-simple-associable-choice identifier="{side}_{place}" match-max="{most}">{_inline(text)}'
            "</qti-simple-associable-choice>\n"
            for place, text in enumerate(texts, 1)
        )
        + "</qti-simple-match-set>\n"
        for side, texts, most in (("LEFT", [left for left, _ in pairs], 1), ("RIGHT", rights, 0))
    )
    body = (
        f'<qti-match-interaction response-identifier="RESPONSE" shuffle="true" max-associations="{len(pairs)}">\n'
        f"<qti-prompt>{_inline(block.stem)}</qti-prompt>\n{sets}</qti-match-interaction>\n"
    )
    return _Parts(_declared("RESPONSE", "multiple", "directedPair", values), body)


def _ordering(block: Block) -> _Parts:
    """The steps are listed in the order of the options, if there are any: their own order would give the key away."""
    steps = list(block.answer or ())
    listed = [text for _, text in block.options] or sorted(steps)
    names = {text: f"STEP_{place}" for place, text in enumerate(listed, 1)}
    body = (
        '<qti-order-interaction response-identifier="RESPONSE" shuffle="true">\n'
        f"<qti-prompt>{_inline(block.stem)}</qti-prompt>\n"
        f"{_choices([(name, text) for text, name in names.items()])}</qti-order-interaction>\n"
    )
    return _Parts(_declared("RESPONSE", "ordered", "identifier", [names[s] for s in steps if s in names]), body)


def _extended(block: Block) -> _Parts:
    body = (
        '<qti-extended-text-interaction response-identifier="RESPONSE">\n'
        f"<qti-prompt>{_inline(block.stem)}</qti-prompt>\n</qti-extended-text-interaction>\n"
    )
    if isinstance(block.answer, str) and block.answer.strip():
        content = f"<qti-content-body>{_paragraphs(block.answer)}</qti-content-body>"
        body += f'<qti-rubric-block use="scoring" view="scorer">{content}</qti-rubric-block>\n'
    return _Parts(_declared("RESPONSE", "single", "string", []), body, "hand")


_WRITERS: dict[str, Callable[[Block], _Parts]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _true_false,
    "blank": _blank,
    "matching": _matching,
    "ordering": _ordering,
    "survey": _survey,
    "short": _extended,
}
