"""A class's lessons and drills as a zip of pages that open from a stick or a school's server, without any network."""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.rich_text import expand_db_html

from classwork.queries import Module
from courses.blocks import sections_of
from courses.models import CoursePage, LessonPage
from courses.queries import dressed, live_lessons
from exams import queries as exams
from exams.importers import marks
from exams.models import Paper
from exams.sampling import CannotFill
from organisations.models import Organisation

MOST_BYTES = 600 * 1024 * 1024
MOST_QUESTIONS = 20
SEED = "00" * 16
ANCHOR = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)
STATIC = ("package/page.css", "package/page.js")
WIDTH = "width-1200"
Reader = Callable[[], IO[bytes]]


@dataclass(slots=True)
class Files:
    """What the pages bring along, by its name in the zip; what is too large for a stick is named instead."""

    room: int
    readers: dict[str, Reader] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, name: str, size: int, reader: Reader, title: str = "") -> str:
        """The address of the file in a page, "" if there is no room for it."""
        path = f"files/{name}"
        if path in self.readers:
            return path
        if size > self.room:
            self.left_out.append(title or name)
            return ""
        self.room -= size
        self.readers[path] = reader
        return path


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the package."""

    name: str
    title: str
    kind: str
    programme: str


def write_package(
    target: IO[bytes], school_class: Organisation, modules: Sequence[Module], say: Callable[[int, int], object]
) -> None:
    """Write the zip into `target`: `index.html`, a page for each lesson and drill, and the files they show.

    `say(done, all)` is told how far it is: the modules first, then the files.
    """
    files = Files(MOST_BYTES)
    pages: list[tuple[Sheet, dict[str, Any]]] = []
    for number, module in enumerate(modules, 1):
        pages += _pages(number, module, files)
        say(number, len(modules) + len(files.readers))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for sheet, context in pages:
            zipped.writestr(f"{sheet.name}.html", render_to_string(f"classwork/package/{sheet.kind}.html", context))
        index = {
            "unit": school_class,
            "sheets": [sheet for sheet, _context in pages],
            "left_out": files.left_out,
            "made_on": timezone.localdate(),
        }
        zipped.writestr("index.html", render_to_string("classwork/package/index.html", index))
        for name in STATIC:
            zipped.write(str(finders.find(name)), f"files/{name.rsplit('/', 1)[1]}")
        for number, (path, reader) in enumerate(files.readers.items(), 1):
            with reader() as source, zipped.open(path, "w") as into:
                while piece := source.read(1024 * 1024):
                    into.write(piece)
            say(len(modules) + number, len(modules) + len(files.readers))


def _pages(number: int, module: Module, files: Files) -> Iterator[tuple[Sheet, dict[str, Any]]]:
    programme = module.step.programme.title
    if module.course:
        for place, lesson in enumerate(live_lessons(module.course), 1):
            sheet = Sheet(f"{number:02}-{place:02}", lesson.title, "lesson", programme)
            yield sheet, {"sheet": sheet, **_lesson(module.course, lesson, files)}
    elif module.paper:
        sheet = Sheet(f"{number:02}", module.paper.title, "drill", programme)
        yield sheet, {"sheet": sheet, "questions": _questions(module.paper, files)}


def _lesson(course: CoursePage, lesson: LessonPage, files: Files) -> dict[str, Any]:
    sections = dressed(sections_of(lesson.body))
    shown = [(section.heading, [_block(block, files) for block in section.blocks]) for section in sections]
    return {"course": course, "lesson": lesson, "sections": shown}


def _block(block: Any, files: Files) -> dict[str, Any]:
    """A block with the addresses that it has on the stick."""
    value: dict[str, Any] = {"kind": block.kind, "value": block.value}
    if block.kind == "text":
        # Links lead nowhere from a stick: their words stay.
        value["html"] = ANCHOR.sub(r"\1", expand_db_html(block.value.source))
    elif block.kind == "picture" and block.value["image"]:
        rendition = block.value["image"].get_rendition(WIDTH)
        value["src"] = _stored(files, rendition.file)
        value["size"] = (rendition.width, rendition.height)
    elif block.kind in ("video", "audio") and block.value["media"]:
        value["src"] = _stored(files, block.value["media"].file, block.value["title"])
        captions = block.value.get("captions") if block.kind == "video" else None
        value["captions"] = _stored(files, captions.file) if captions else ""
    elif block.kind == "courseware":
        value["sheets"] = [(_stored(files, sheet.image), sheet) for sheet in block.sheets or ()]
    elif block.kind == "attachment" and block.value["document"]:
        value["src"] = _stored(files, block.value["document"].file, block.value["document"].title)
    return value


def _stored(files: Files, stored: Any, title: str = "") -> str:
    """A stored file; one that is gone is left out."""
    try:
        size = stored.size
    except OSError:
        files.left_out.append(title or stored.name)
        return ""
    return files.add(stored.name.replace("/", "-"), size, lambda: stored.storage.open(stored.name, "rb"), title)


def _questions(paper: Paper, files: Files) -> list[dict[str, Any]]:
    """The first questions of the drill with their answers, which the page hides until somebody asks."""
    try:
        pool = exams.drill_pool(paper)[:MOST_QUESTIONS]
    except CannotFill:
        return []
    return [_question(review, files) for review in exams.previews_with_keys(pool, SEED)]


def _question(review: Any, files: Files) -> dict[str, Any]:
    question = review.question
    pictures = []
    for shown in question.pictures:
        found = exams.picture_named(shown.public_id)
        if found is not None:
            pictures.append((_stored(files, found.file), shown))
    alts = [{"n": shown.number, "alt": shown.alt} for shown in question.pictures]
    return {
        "review": review,
        "stem": marks.read_out(question.stem, alts),
        "options": [(o.letter, marks.read_out(o.text, alts), o.id in review.right_ids) for o in question.options],
        "pictures": pictures,
    }
