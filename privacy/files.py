"""Archives with somebody's data: one zip of tables people can read, the same as JSON, and the files that belong."""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.template.loader import render_to_string
from django.utils import timezone

from foundation.identifiers import code12
from privacy.registry import Section

SAFE = re.compile(r"[^\w.\-]+")


def plain(value: Any) -> Any:
    """A value as JSON takes it and people read it: days and moments in China's time, words of choices as text."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value)


def archive(sections: Iterable[Section], *, made_at: datetime) -> bytes:
    """The zip: `index.html`, `data.json`, and below `files/` what the sections bring along. A file that is gone is
    named in `missing.txt`."""
    tables, missing = [], []
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for section in sections:
            rows = [{str(key): plain(value) for key, value in row.items()} for row in section.rows]
            tables.append({"key": section.key, "title": str(section.title), "rows": rows})
            for name, reader in section.files:
                try:
                    zipped.writestr(f"files/{section.key}/{SAFE.sub('_', name)}", reader())
                except OSError:
                    missing.append(f"{section.key}/{name}")
        shown = [{**table, "columns": list(table["rows"][0]) if table["rows"] else []} for table in tables]
        page = render_to_string("privacy/archive.html", {"tables": shown, "made_at": made_at})
        zipped.writestr("index.html", page)
        told = {"made_at": plain(made_at), "tables": tables}
        zipped.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        if missing:
            zipped.writestr("missing.txt", "\n".join(missing))
    return buffer.getvalue()


def keep(data: bytes) -> str:
    """Store an archive under a random name; returns the name."""
    return storages["private"].save(f"exports/{code12()}.zip", ContentFile(data))


def read(name: str) -> bytes:
    """The archive. Raises FileNotFoundError when it is gone."""
    with storages["private"].open(name, "rb") as stored:
        return bytes(stored.read())


def drop(name: str) -> None:
    """Remove an archive."""
    if name:
        storages["private"].delete(name)
