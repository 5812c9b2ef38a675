"""`manage.py flatten_css`: write static/css/legacy.css. Part of the set-up, before collectstatic."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from elearning.legacycss.flatten import flatten

# The frame first, then its parts, then what the apps add, in a fixed order.
FIRST = ("site.css", "parts.css")
LAST = ("legacy-only.css",)
TARGET = "legacy.css"
NOTE = "/* Made by `manage.py flatten_css` from the other files of this folder. */\n"


class Command(BaseCommand):
    """Make the flat style sheet for in-app browsers and other old engines."""

    help = "Write static/css/legacy.css from the modern style sheets."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises StyleError if a source is not valid CSS."""
        folder = Path(settings.BASE_DIR) / "static" / "css"
        text = NOTE + flatten(path.read_text(encoding="utf-8") for path in sources(folder))
        target = folder / TARGET
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
        self.stdout.write(f"{TARGET}: {len(text.encode()) // 1024} kB")


def sources(folder: Path) -> list[Path]:
    """The style sheets that make up the flat one, in the order in which they apply."""
    found = {path.name: path for path in folder.glob("*.css") if path.name != TARGET}
    middle = sorted(set(found) - set(FIRST) - set(LAST))
    return [found[name] for name in (*FIRST, *middle, *LAST) if name in found]
