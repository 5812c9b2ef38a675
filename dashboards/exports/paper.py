"""A report as PDF, and its charts as pictures for Word."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import pypdfium2
from django.template.loader import get_template, render_to_string

from dashboards.exports.charts import size_of
from dashboards.exports.wording import Block, Chart
from foundation.fonts import render_pdf

PICTURE_WIDTH_MM = 120
DOTS_PER_POINT = 3
INK = "#0c5f50"


def pdf(title: str, signed: str, written_on: date, blocks: Sequence[Block]) -> bytes:
    """The whole report. Raises foundation.fonts.PdfUnavailable where the system libraries are missing."""
    context = {
        "title": title,
        "signed": signed,
        "written_on": written_on,
        "blocks": [(type(block).__name__, block, _ink(block)) for block in blocks],
    }
    html = render_to_string("dashboards/pdf/report.html", context)
    return render_pdf(html=html, css=get_template("dashboards/pdf/report.css").render())


def _ink(block: Block) -> str:
    return coloured(block.svg) if isinstance(block, Chart) else ""


def coloured(svg: str) -> str:
    """A chart of the site with the typeface and the ink of paper."""
    return svg.replace("currentColor", INK).replace("<svg ", '<svg font-family="Xinxing Sans" ', 1)


def picture(chart: Chart) -> bytes:
    """A chart as PNG. Raises foundation.fonts.PdfUnavailable where the system libraries are missing."""
    width, height = size_of(chart.svg)
    tall = PICTURE_WIDTH_MM * height / width
    css = (
        f"@page {{ size: {PICTURE_WIDTH_MM}mm {tall:.2f}mm; margin: 0 }} body {{ margin: 0 }}"
        f" svg {{ display: block; width: {PICTURE_WIDTH_MM}mm; height: {tall:.2f}mm }}"
    )
    page = pypdfium2.PdfDocument(render_pdf(html=coloured(chart.svg), css=css))[0]
    kept = BytesIO()
    page.render(scale=DOTS_PER_POINT).to_pil().save(kept, "PNG")
    return kept.getvalue()
