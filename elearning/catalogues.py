"""Message catalogues without GNU gettext: extract, compile and check in Python (Babel), on a fresh machine too."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
BIRTH = datetime(2026, 11, 22, tzinfo=UTC)
SHELL = "shell"
SKIPPED = {"migrations", "tests", "__pycache__", "node_modules"}


@dataclass(frozen=True, slots=True)
class Area:
    """One catalogue: an app's own, or the shell's (templates/, elearning/) at the top level."""

    name: str
    sources: tuple[Path, ...]
    po: Path


def areas() -> list[Area]:
    """Every catalogue of the project."""
    base = Path(settings.BASE_DIR)
    relative = Path("locale/zh_Hans/LC_MESSAGES/django.po")
    shell = Area(SHELL, (base / "templates", base / "elearning"), base / relative)
    local = [base / app for app in settings.INSTALLED_APPS if (base / app / "apps.py").exists() and "." not in app]
    apps = [Area(p.name, (p,), p / relative) for p in local if p.name != "elearning"]
    return [shell, *sorted(apps, key=lambda area: area.name)]


def _empty() -> Catalog:
    """A catalogue whose header never changes by itself, so that a diff shows messages only."""
    return Catalog(
        locale="zh_Hans",
        domain="django",
        header_comment="# Simplified Chinese texts of Xinxing.",
        project="Xinxing",
        version="1",
        msgid_bugs_address="",
        last_translator="Xinxing contributors",
        creation_date=BIRTH,
        revision_date=BIRTH,
        fuzzy=False,
    )


def messages_in(area: Area) -> Catalog:
    """Everything marked for translation in the area's Python and templates."""
    catalogue = _empty()
    base = Path(settings.BASE_DIR)
    for path, text in _sources(area):
        stream = io.BytesIO(text.encode())
        stream.name = str(path)  # type: ignore[misc]
        found = extract(
            "python", stream, keywords=KEYWORDS, comment_tags=["Translators:"], options={"encoding": "utf-8"}
        )
        for _line, message, comments, context in found:
            if message and (message if isinstance(message, str) else message[0]):
                where = [(path.relative_to(base).as_posix(), None)]
                catalogue.add(message, locations=where, auto_comments=comments, context=context)  # type: ignore[arg-type]
    return catalogue


def _sources(area: Area) -> Iterator[tuple[Path, str]]:
    """Python files as they are, templates as the Python that Django makes of them."""
    for root in area.sources:
        for path in sorted(root.rglob("*")):
            if SKIPPED & set(path.parts):
                continue
            if path.suffix == ".py":
                yield path, path.read_text(encoding="utf-8")
            elif path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts:
                made = templatize(path.read_text(encoding="utf-8"), origin=str(path))
                # The tokeniser minds indentation, templates do not.
                yield path, "\n".join(line.lstrip() for line in made.splitlines())


def read(area: Area) -> Catalog:
    """The stored catalogue, empty if there is none yet."""
    if not area.po.exists():
        return _empty()
    with area.po.open("rb") as handle:
        return read_po(handle, locale="zh_Hans", domain="django")


def update(area: Area) -> int:
    """Bring the stored catalogue up to date with the sources; returns how many messages lack a translation."""
    wanted, stored = messages_in(area), read(area)
    for message in wanted:
        old = stored.get(message.id, message.context) if message.id else None
        if old is not None:
            message.string = old.string
    area.po.parent.mkdir(parents=True, exist_ok=True)
    with area.po.open("wb") as handle:
        write_po(handle, wanted, sort_output=True, omit_header=False, width=120, include_lineno=False)
    return len(missing(wanted))


def missing(catalogue: Catalog) -> list[Message]:
    """Messages without a Chinese text."""
    empty = [m for m in catalogue if m.id and not any(m.string if isinstance(m.string, tuple) else (m.string,))]
    return empty + [m for m in catalogue if m.id and m.fuzzy]


def problems(area: Area) -> list[str]:
    """What the check reports: untranslated, fuzzy, not extracted yet, or no longer used."""
    wanted, stored = messages_in(area), read(area)
    keys = {(m.id, m.context) for m in wanted if m.id}
    known = {(m.id, m.context) for m in stored if m.id}
    return [
        *(f"{area.name}: not in the catalogue: {key[0]!r}" for key in sorted(keys - known, key=str)),
        *(f"{area.name}: no longer used: {key[0]!r}" for key in sorted(known - keys, key=str)),
        *(f"{area.name}: untranslated: {m.id!r}" for m in missing(stored)),
    ]


def disagreements() -> list[str]:
    """Messages that two areas translate differently. Django merges all catalogues: one of them would win everywhere.

    The cure is one wording, or a context (`pgettext`) where the word really means two things.
    """
    texts: dict[tuple[object, str | None], dict[str, list[str]]] = {}
    for area in areas():
        for message in read(area):
            if message.id and message.string:
                wordings = texts.setdefault((message.id, message.context), {})
                wordings.setdefault(str(message.string), []).append(area.name)
    return [
        f"{key[0]!r}: " + "; ".join(f"{', '.join(names)} say {text}" for text, names in sorted(wordings.items()))
        for key, wordings in sorted(texts.items(), key=str)
        if len(wordings) > 1
    ]


def compile_all() -> int:
    """Write every .mo that is older than its .po; returns how many were written."""
    written = 0
    for area in areas():
        mo = area.po.with_suffix(".mo")
        if not area.po.exists() or (mo.exists() and mo.stat().st_mtime >= area.po.stat().st_mtime):
            continue
        part = mo.with_suffix(f".{os.getpid()}.part")  # test processes may compile at the same time
        with part.open("wb") as handle:
            write_mo(handle, read(area))
        part.replace(mo)
        written += 1
    return written
