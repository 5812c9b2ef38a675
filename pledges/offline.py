"""One file that checks letters without network: the page's modules, its style and today's trust, all inside."""

import base64
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

MODULES = (
    "tlog/bytes.js", "tlog/json.js", "tlog/note.js", "tlog/policy.js", "tlog/proof.js", "tlog/verify.js",
    "tlog/pdf.js", "tlog/attachments.js", "pledges/scan.js", "pledges/verdict.js", "pledges/checking.js",
)  # fmt: skip
STYLES = ("site.css", "parts.css", "pledges.css")
IMPORT = re.compile(r"^import \{[^}]*\} from \"[^\"]+\";\n", re.MULTILINE)
PRINT = (
    'document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });\n'
)


def _source(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_text(encoding="utf-8")


def as_one(modules: list[str]) -> str:
    """Modules in the order of their needs as one script: what they export has different names, so their borders may
    fall."""
    parts = [re.sub(r"^export ", "", IMPORT.sub("", source), flags=re.MULTILINE) for source in modules]
    return f'(() => {{\n"use strict";\n{"".join(parts)}{PRINT}}})();\n'


def _hash(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=1)
def parts() -> dict[str, Any]:
    """Script and style with the hashes that the file's own policy names."""
    script = as_one([_source(f"js/{name}") for name in MODULES])
    style = "\n".join(_source(f"css/{name}") for name in STYLES)
    assert "</" not in script, "the script would end too early"
    return {"script": script, "style": style, "script_hash": _hash(script), "style_hash": _hash(style)}
