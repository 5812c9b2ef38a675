"""What was not stored, as an Excel sheet."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from exams.admin.shown import Shown
from exams.exports.sheet import workbook

WIDTHS = (8, 12, 40, 12, 50, 40, 16, 60)


def leftover_table(rows: Iterable[Shown]) -> bytes:
    """Excel: line, verdict, reasons, reading and raw text of each block."""
    head = [_("line"), _("verdict"), _("reasons"), _("type"), _("Question"), _("options"), _("answer"), _("raw text")]
    return workbook(_("reasons"), [head, *(_row(s) for s in rows)], WIDTHS)


def _row(shown: Shown) -> list[str]:
    block = shown.block
    return [
        str(shown.row.line),
        str(shown.row.get_lane_display()),
        "\n".join([*shown.reasons, *shown.notes]),
        shown.type_label,
        block.stem,
        "\n".join(f"{letter}. {text}" for letter, text in block.options),
        "".join(shown.right) or shown.answer,
        shown.row.raw,
    ]
