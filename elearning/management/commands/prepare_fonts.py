"""Convert the PDF fonts once."""

from concurrent.futures import ProcessPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand

from foundation import fonts


class Command(BaseCommand):
    """`prepare_fonts`: convert both fonts to TrueType in FONT_DIR. Harmless to repeat."""

    help = "Convert the Chinese fonts for PDFs once (about half a minute each); does nothing if that was done."

    def handle(self, *args: Any, **options: Any) -> None:
        """Convert what is missing, one process per font, and say whether PDFs can be made."""
        missing = [face for face in fonts.FACES if not fonts.prepared(face).exists()]
        if missing:
            with ProcessPoolExecutor(max_workers=2) as pool:
                list(pool.map(fonts.prepare, missing))
        available = fonts.pdf_available()
        self.stdout.write(available.reason or "fonts are ready")
