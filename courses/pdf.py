"""Courseware: PDF pages become pictures; PowerPoint becomes PDF first where LibreOffice is installed."""

import io
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from django.utils.translation import gettext as _
from wagtail.documents.models import Document

PAGE_LIMIT = 200
PICTURE_WIDTH = 1600
CONVERSION_SECONDS = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rendered page."""

    number: int
    picture: bytes
    width: int
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """All pages of one file, or why there are none."""

    sheets: list[Sheet]
    error: str = ""


class NotConvertible(ValueError):
    """LibreOffice is missing or gave up; the message is for the author."""


def render_courseware(payload: dict[str, Any]) -> Rendering:
    """The slow half of the job: outside any transaction. A damaged or missing file is an answer, not a failure."""
    document = Document.objects.filter(pk=payload["document"]).first()
    if document is None:
        return Rendering([], _("The file is gone."))
    try:
        with tempfile.TemporaryDirectory() as folder:
            return Rendering(render_pdf(_as_pdf(document, Path(folder))))
    except NotConvertible as error:
        return Rendering([], str(error))
    except (pypdfium2.PdfiumError, FileNotFoundError):
        return Rendering([], _("The file is damaged or locked with a password."))


def render_pdf(data: bytes) -> list[Sheet]:
    """At most PAGE_LIMIT pages as WebP pictures with their text. Raises PdfiumError."""
    pdf = pypdfium2.PdfDocument(data)
    try:
        return [_render_page(pdf[index], index + 1) for index in range(min(len(pdf), PAGE_LIMIT))]
    finally:
        pdf.close()


def _render_page(page: Any, number: int) -> Sheet:
    """One page, PICTURE_WIDTH wide."""
    picture = page.render(scale=PICTURE_WIDTH / page.get_width()).to_pil().convert("RGB")
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=82)
    text = page.get_textpage().get_text_range().replace("\r\n", "\n").replace("\x00", "").strip()
    return Sheet(number, file.getvalue(), picture.width, picture.height, text)


def _as_pdf(document: Document, folder: Path) -> bytes:
    """The bytes of a PDF made of `document`. Raises NotConvertible or FileNotFoundError."""
    with document.open_file() as file:
        data = bytes(file.read())
    if document.file_extension.lower() == "pdf":
        return data
    office = shutil.which("soffice")
    if office is None:
        raise NotConvertible(_("This server cannot convert PowerPoint. Please save it as PDF and choose that file."))
    source = folder / f"slides.{document.file_extension.lower()}"
    source.write_bytes(data)
    command = [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), str(source)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=CONVERSION_SECONDS)  # noqa: S603
        return (folder / "slides.pdf").read_bytes()
    except (subprocess.SubprocessError, FileNotFoundError):
        raise NotConvertible(_("This PowerPoint file could not be converted. Please save it as PDF.")) from None
