"""Moodle's XML as small nodes with line numbers, one question at a time. Pure Python.

Entities and document types are refused (ASVS 5.0.0 V1.5.1).
"""

import re
import xml.parsers.expat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from exams.importers.blocks import Unreadable
from exams.importers.decoding import MAX_BYTES, decode

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936", "hz"}
MOST_DEEP = 100
CHUNK = 64 * 1024


@dataclass(slots=True)
class Node:
    """An element: name, attributes, line, the text directly in it, children."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    end: int = 0

    def all(self, name: str) -> list["Node"]:
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Node | None":
        return next((child for child in self.children if child.name == name), None)

    def value(self, name: str) -> str:
        """The text of a child, or of the `text` in it."""
        child = self.first(name)
        if child is None:
            return ""
        inner = child.first("text")
        return (inner.text if inner else child.text).strip()


class _Builder:
    """Keeps the path that is open and hands out each question that ends."""

    def __init__(self) -> None:
        self.path: list[Node] = []
        self.done: list[Node] = []
        self.names: set[str] = set()
        self.line_now: Callable[[], int] = int
        self.pieces: list[list[str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        node = Node(tag.rpartition("}")[2].lower(), attributes, self.line_now())
        if not self.path:
            self.names.add(node.name)
        if len(self.path) > MOST_DEEP:
            raise Unreadable("broken", "nested too deep")
        if self.path and node.name != "question":
            self.path[-1].children.append(node)
        self.path.append(node)
        self.pieces.append([])

    def data(self, text: str) -> None:
        if self.pieces:
            self.pieces[-1].append(text)

    def end(self, tag: str) -> None:
        node = self.path.pop()
        node.text = "".join(self.pieces.pop())
        node.end = self.line_now()
        if node.name == "question":
            self.done.append(node)
        elif len(self.path) == 1:  # anything else right below <quiz> is of no use
            self.path[0].children.clear()

    def close(self) -> None:
        return None


def questions(data: bytes) -> Iterator[Node]:
    """The `question` elements in their order. Raises Unreadable: "not-moodle-xml", "broken", "entities", "encoding"."""
    text = _FORBIDDEN.sub("", _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), _decoded(data), count=1))
    builder = _Builder()
    try:
        parser = XMLParser(target=builder, forbid_dtd=True)
        builder.line_now = lambda: int(parser.parser.CurrentLineNumber)
        for position in range(0, len(text), CHUNK):
            parser.feed(text[position : position + CHUNK])
            if builder.names - {"quiz", "question", "questions"}:
                raise Unreadable("not-moodle-xml", ", ".join(sorted(builder.names)))
            yield from builder.done
            builder.done.clear()
        parser.close()
    except DefusedXmlException as error:
        raise Unreadable("entities", str(error)) from None
    except (ParseError, xml.parsers.expat.ExpatError, ValueError, LookupError, IndexError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("broken", str(error)) from None
    yield from builder.done


def _decoded(data: bytes) -> str:
    """The text of the file: by its own declaration where that is not UTF, which expat knows too few of."""
    if len(data) > MAX_BYTES:
        raise Unreadable("too-large", f"{len(data)} bytes")
    declared = _DECLARED.match(data[:300])
    name = declared[1].decode("ascii").lower() if declared else ""
    if not name or name.startswith("utf"):
        return decode(data)
    try:
        return data.decode("gb18030" if name in _CHINESE else name)
    except (UnicodeDecodeError, LookupError):
        return decode(data)
