"""Load the demo courses: written by an author, released by the leading group, as a real course would be."""

import tomllib
import uuid
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.files import File
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page
from wagtailmedia.models import Media

from cms.models import CasePage
from courses import actions
from courses.importers import duration_of
from courses.models import CourseIndexPage, CoursePage

COURSE_FIELDS = (
    "slug",
    "title",
    "title_en",
    "summary",
    "audience",
    "credit_hours",
    "cover",
    "cover_title",
    "is_public",
)
INTRO = "学懂规矩和道理，再去培训、考试、承诺、践行。"


def load_courses(
    content: Path, *, author: AbstractBaseUser, reviewer: AbstractBaseUser, home: Page
) -> dict[str, CoursePage]:
    """Every course of `content`/courses/*.toml below `home`, by slug. One that is there already is left alone.

    Load cases first: a reference to a case that does not exist is left out. `reviewer` must not be `author`.
    """
    index = actions.ensure_course_index(by=author, home=home, title="课程", intro=INTRO)
    courses = {}
    for path in sorted((content / "courses").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        there = CoursePage.objects.filter(slug=data["slug"]).first()
        courses[data["slug"]] = there or _load(data, content / "files", author, reviewer, index)
    return courses


def _load(
    data: dict[str, Any], files: Path, author: AbstractBaseUser, reviewer: AbstractBaseUser, index: CourseIndexPage
) -> CoursePage:
    """One course with its lessons, each through the review."""
    fields = {name: data[name] for name in COURSE_FIELDS if name in data}
    course: CoursePage = actions.add_course(by=author, index=index, **fields)
    _release(course, author, reviewer)
    for lesson in data["lessons"]:
        page = actions.add_lesson(
            by=author,
            course=course,
            slug=lesson["slug"],
            title=lesson["title"],
            minutes=lesson["minutes"],
            summary=lesson.get("summary", ""),
            body=[_section(section, files) for section in lesson["sections"]],
        )
        _release(page, author, reviewer)
    return course


def _release(page: Any, author: AbstractBaseUser, reviewer: AbstractBaseUser) -> None:
    """Submit and approve."""
    actions.submit_for_release(by=author, page=page)
    actions.approve_release(by=reviewer, page=type(page).objects.get(pk=page.pk))


def _stored(kind: str, value: Any) -> dict[str, Any]:
    """A block as a StreamField stores it."""
    return {"type": kind, "id": str(uuid.uuid4()), "value": value}


def _section(section: dict[str, Any], files: Path) -> dict[str, Any]:
    """One section with its blocks."""
    blocks = [found for block in section["blocks"] if (found := _block(block, files)) is not None]
    return _stored("section", {"heading": section["heading"], "content": blocks})


def _block(block: dict[str, Any], files: Path) -> dict[str, Any] | None:
    """One block; None for a reference to a case that is not there."""
    kind = block["type"]
    if kind == "text":
        return _stored("text", block["html"].strip())
    if kind == "quote":
        names = ("text", "source", "document_number")
        return _stored("quote", {name: block.get(name, "").strip() for name in names})
    if kind == "question":
        return _stored("question", {name: block[name] for name in ("stem", "options", "explanation")})
    if kind == "case":
        case = CasePage.objects.filter(slug=block["case"]).first()
        return _stored("case", {"page": case.pk, "note": block.get("note", "")}) if case else None
    return _stored(kind, _file_block(kind, block, files))


def _file_block(kind: str, block: dict[str, Any], files: Path) -> dict[str, Any]:
    """A block that shows a file."""
    path = files / block["file"]
    title = block.get("title") or block.get("alt", "")[:80] or path.stem
    if kind == "picture":
        caption = block.get("caption", "")
        return {"image": _picture(path, title), "alt": block["alt"][:200], "caption": caption}
    if kind in ("video", "audio"):
        captions = _document(files / block["captions"], title) if block.get("captions") else None
        media = {"media": _media(path, kind, title), "title": title, "transcript": block["transcript"].strip()}
        return {**media, "captions": captions} if kind == "video" else media
    return {"document": _document(path, title), "title": title}


def _picture(path: Path, title: str) -> int:
    """The id of the image, stored once for each file name."""
    there = Image.objects.filter(file__endswith=f"/{path.name}").first()
    if there is None:
        with path.open("rb") as handle:
            there = Image.objects.create(title=title[:255], file=File(handle, name=path.name))
    return int(there.pk)


def _document(path: Path, title: str) -> int:
    """The id of the document, stored once for each file name."""
    there = Document.objects.filter(file__endswith=f"/{path.name}").first()
    if there is None:
        with path.open("rb") as handle:
            there = Document.objects.create(title=title[:255], file=File(handle, name=path.name))
    return int(there.pk)


def _media(path: Path, kind: str, title: str) -> int:
    """The id of the film or recording, stored once for each file name."""
    there = Media.objects.filter(file__endswith=f"/{path.name}").first()
    if there is None:
        with path.open("rb") as handle:
            duration = duration_of(handle)
            handle.seek(0)
            there = Media.objects.create(title=title, type=kind, duration=duration, file=File(handle, name=path.name))
    return int(there.pk)
