"""Chinese fonts for PDFs, and the one door to WeasyPrint.

The wheel `pylopdf-fonts-zh-cn` carries Noto Serif SC and Noto Sans SC with every hanzi of GB 2312 and the rare ones
that occur in names. WeasyPrint subsets TrueType outlines about 2.7 times faster than the wheel's OpenType ones and
makes files a ninth of the size, so both are converted once and kept in FONT_DIR. Until that is done the
originals serve.
"""

import ctypes.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any

import pylopdf_fonts_zh_cn
from django.conf import settings
from django.utils.translation import gettext as _
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem

FACES = {"serif": "NotoSerifSC-Regular", "sans": "NotoSansSC-Regular"}
FAMILIES = {"serif": "Xinxing Serif", "sans": "Xinxing Sans"}
# Half of the wheel's grid and curves within two of its thousandths of an em: nothing that print or screen shows, and
# a letter a fifth smaller. Vertical metrics go too: nothing here is set from top to bottom.
UNITS_PER_EM = 500
CURVE_ERROR = 2.0
SCHEME = "xinxing-font:"
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
DEBIAN_COMMAND = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_rendering = Lock()


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether PDFs can be made here; `reason` tells an administrator what is missing and what to do."""

    ok: bool
    reason: str = ""


def pdf_available() -> Availability:
    """Look for the system libraries. Without libharfbuzz-subset WeasyPrint works, but 30 to 80 times slower."""
    missing = [name for name in LIBRARIES if ctypes.util.find_library(name) is None]
    if not missing:
        return Availability(True)
    return Availability(
        False,
        _("PDFs wait: the system libraries %(names)s are missing. Install them with: %(command)s")
        % {"names": ", ".join(missing), "command": DEBIAN_COMMAND},
    )


def source(face: str) -> Path:
    """The OpenType file of `face` ("serif" or "sans") inside the wheel."""
    return Path(pylopdf_fonts_zh_cn.__file__).parent / f"{FACES[face]}.otf"


def prepared(face: str) -> Path:
    """Where the TrueType file of `face` is kept. Its name tells the original's size and our settings: a new wheel or
    another grid is a new conversion."""
    made_of = f"{source(face).stat().st_size}-{UNITS_PER_EM}-{CURVE_ERROR:g}"
    return Path(settings.FONT_DIR) / f"{FACES[face]}-{made_of}.ttf"


def path_of(face: str) -> Path:
    """The converted file if it is there, else the original."""
    converted = prepared(face)
    return converted if converted.exists() else source(face)


def prepare(face: str) -> Path:
    """Convert `face` unless that was done, and return the file. About half a minute; the file appears whole or not
    at all, so an interrupted run leaves nothing that a later one would trust."""
    target = prepared(face)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    font = TTFont(source(face))
    _to_truetype(font)
    with NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as handle:
        font.save(handle)
    os.chmod(handle.name, 0o644)  # the server may run as another user than set-up did
    os.replace(handle.name, target)
    return target


def _to_truetype(font: TTFont) -> None:
    """Replace cubic outlines by quadratic ones in place (OpenType 1.9, tables CFF, glyf, loca, maxp, post)."""
    glyphs, order, outlines = font.getGlyphSet(), font.getGlyphOrder(), {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    table = font["glyf"] = newTable("glyf")
    table.glyphOrder, table.glyphs = order, outlines
    for tag in ("VORG", "CFF ", "vhea", "vmtx", "DSIG"):
        if tag in font:
            del font[tag]
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    for limit in _MAXP_FIELDS:
        setattr(limits, limit, 1 if limit == "maxZones" else 0)
    table.compile(font)
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"
    scale_upem(font, UNITS_PER_EM)


_MAXP_FIELDS = (
    "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
    "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
    "maxCompositeContours", "maxComponentDepth",
)  # fmt: skip


def font_faces() -> str:
    """The `@font-face` rules. Their addresses mean something to `fetch` only."""
    return "\n".join(_face_rules())


def _face_rules() -> Iterator[str]:
    for face, family in FAMILIES.items():
        yield f"@font-face {{ font-family: '{family}'; src: url({SCHEME}{face}); }}"


@lru_cache(maxsize=1)
def _engine(files: tuple[Path, ...]) -> tuple[Any, Any, Any]:
    """WeasyPrint, our fetcher and the one font configuration of this process (a new one per document leaks).

    `files` are the fonts as they are now: once they are converted, a long-lived process takes the smaller ones up.

    Imported by name and only here: without pango the import itself fails, and the site must start all the same.
    """
    weasyprint = import_module("weasyprint")
    urls = import_module("weasyprint.urls")

    class OwnBytesOnly(urls.URLFetcher):  # type: ignore[misc, name-defined]
        """Answers the two font addresses and refuses everything else: no request leaves, no file is read."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            face = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or face not in FACES:
                raise urls.FatalURLFetchingError(f"refused: {url[:80]}")
            return urls.URLFetcherResponse(url, path_of(face).read_bytes(), {"Content-Type": "font/ttf"})

    return weasyprint, OwnBytesOnly(), import_module("weasyprint.text.fonts").FontConfiguration()


@lru_cache(maxsize=16)
def _stylesheet(css: str, files: tuple[Path, ...]) -> Any:
    """A parsed stylesheet: parsing loads the fonts, which costs more than a letter."""
    weasyprint, fetcher, fonts = _engine(files)
    return weasyprint.CSS(string=f"{font_faces()}\n{css}", font_config=fonts, url_fetcher=fetcher)


class PdfUnavailable(RuntimeError):
    """The system libraries for PDFs are missing; the text says which."""


def render_pdf(*, html: str, css: str, **options: Any) -> bytes:
    """Return `html` as PDF, set with `css`; only the families "Xinxing Serif" and "Xinxing Sans" are there.

    `options` go to WeasyPrint's `write_pdf`. Raises PdfUnavailable, or FatalURLFetchingError if the document asks
    for anything but our fonts. One document at a time: the font configuration is shared.
    """
    available = pdf_available()
    if not available.ok:
        raise PdfUnavailable(available.reason)
    with _rendering:
        files = tuple(path_of(face) for face in FACES)
        weasyprint, fetcher, fonts = _engine(files)
        document = weasyprint.HTML(string=html, url_fetcher=fetcher)
        data: bytes = document.write_pdf(stylesheets=[_stylesheet(css, files)], font_config=fonts, **options)
    return data
