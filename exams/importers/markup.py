"""HTML and Markdown of question banks into plain text. Pure Python; nothing is rendered or fetched."""

import html
import re
from dataclasses import dataclass, field

_BLOCKS = frozenset(
    ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "hr")
)
_LOST = frozenset(("table", "math", "svg", "object", "embed", "iframe", "audio", "video", "canvas"))
_SILENT = frozenset(("script", "style", "head", "title"))
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<!--[^<>]*-->|<![^<>]*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAISED = {"sup": "0123456789+-n", "sub": "0123456789+-"}
_SMALL = {
    "sup": str.maketrans(_RAISED["sup"], "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"),
    "sub": str.maketrans(_RAISED["sub"], "₀₁₂₃₄₅₆₇₈₉₊₋"),
}
_TAG = re.compile(
    r"</?(p|br|b|i|u|em|strong|span|div|sub|sup|font|img|ul|ol|li|table|tr|td|th|tbody|h[1-6]|a|code|pre|hr|html|body)"
    r"(\s[^<>]*)?/?>",
    re.I,
)


@dataclass(slots=True)
class _Text:
    """Collects text, pictures, and what plain text cannot show."""

    pieces: list[str] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    raised: list[tuple[str, int]] = field(default_factory=list)
    silent: int = 0

    def start(self, tag: str, attributes: str) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "img":
            given = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(attributes)}
            self.pictures.append((given.get("src", ""), given.get("alt", "")))
        elif tag in _RAISED:
            self.raised.append((tag, len(self.pieces)))
        elif tag == "td":
            self.pieces.append("\t")
        if tag in _LOST:
            self.lost.append(tag)
        if attributes.count('"') % 2:  # a > inside a quoted value: the rest of the tag looks like text
            self.lost.append("html")

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _RAISED and self.raised:
            kind, start = self.raised.pop()
            inner = "".join(self.pieces[start:])
            if inner.strip(_RAISED[kind]):
                self.lost.append(kind)
            self.pieces[start:] = [inner.translate(_SMALL[kind])]

    def data(self, text: str) -> None:
        if text and not self.silent:
            self.pieces.append(html.unescape(re.sub(r"[ \t\r\n\f]+", " ", text)))


def from_html(text: str) -> tuple[str, list[tuple[str, str]], list[str]]:
    """Plain text, pictures as (source, alternative text), and the names of what is lost (table, audio …).

    Read in one pass by an expression that cannot run back and forth: html.parser needs quadratic time for tags that
    never close.
    """
    if "<" not in text:
        return _tidy(html.unescape(re.sub(r"[ \t\r\n\f]+", " ", text)) if "&" in text or "\n" in text else text), [], []
    found, last = _Text(), 0
    for match in _ANY_TAG.finditer(text):
        found.data(text[last : match.start()])
        last = match.end()
        if match[2] and match[1]:
            found.end(match[2].lower())
        elif match[2]:
            found.start(match[2].lower(), match[3])
    found.data(text[last:])
    return _tidy("".join(found.pieces)), found.pictures, list(dict.fromkeys(found.lost))


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ")
    lines = [re.sub(r" {2,}", " ", line).strip() for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


def looks_like_html(text: str) -> bool:
    """Whether a text that may be HTML is: it has a well-known tag."""
    return bool(_TAG.search(text))


def from_markdown(text: str) -> str:
    """Take the signs of emphasis and the backslashes out; everything else is readable as it is."""
    text = re.sub(r"\*\*([^*\n]{1,2000})\*\*", r"\1", text)
    return re.sub(r"\\([\\`*{}\[\]()#+\-.!_>])", r"\1", text)
