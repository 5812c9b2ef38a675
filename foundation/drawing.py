"""Pure drawing: the outline of a letter's seal and of a QR code, as SVG path data. No Django."""

import hashlib
import re

import segno

SEAL_ROWS = 9
SEAL_LEFT, SEAL_RIGHT, SEAL_TOP, SEAL_BOTTOM = 11, 47, 10, 91
SEAL_MIDDLE = SEAL_LEFT + 18


def seal_path(code: str) -> str:
    """Folded strokes (after 九叠篆) made from `code`: the same code always gives the same seal, another code another.

    An aid to the eye when a paper is compared with a screen. It proves nothing: the signature does.
    """
    digest = hashlib.sha256(code.encode()).digest()
    step = (SEAL_BOTTOM - SEAL_TOP) / (SEAL_ROWS - 1)
    rows = [_seal_row(digest[row], row) for row in range(SEAL_ROWS)]
    strokes = []
    for row, (left, right, has_gap) in enumerate(rows):
        y = f"{SEAL_TOP + row * step:.1f}"
        if has_gap:
            strokes.append(f"M{left} {y}H{SEAL_MIDDLE - 4}M{SEAL_MIDDLE + 4} {y}H{right}")
        else:
            strokes.append(f"M{left} {y}H{right}")
    for row in range(SEAL_ROWS - 1):
        upper, lower = rows[row], rows[row + 1]
        x = (max(upper[0], lower[0]), min(upper[1], lower[1]), SEAL_MIDDLE)[digest[row + SEAL_ROWS + 1] % 3]
        strokes.append(f"M{x} {SEAL_TOP + row * step:.1f}V{SEAL_TOP + (row + 1) * step:.1f}")
    return "".join(strokes)


def _seal_row(byte: int, row: int) -> tuple[int, int, bool]:
    """Left end, right end and whether the stroke has a gap. First and last strokes are whole: they close the seal."""
    if row in (0, SEAL_ROWS - 1):
        return SEAL_LEFT, SEAL_RIGHT, False
    left = SEAL_LEFT if byte & 1 else SEAL_LEFT + (9 if byte & 2 else 0)
    right = SEAL_RIGHT if byte & 4 else SEAL_RIGHT - (9 if byte & 8 else 0)
    return left, right, (byte >> 4) % 4 == 1


QUIET_ZONE = 4  # ISO/IEC 18004: four modules of white around the symbol


def qr_lines(text: str) -> tuple[str, int]:
    """The same QR code as lines one module thick, for a pen: a fifth of the work for what reads paths slowly."""
    matrix = segno.make(text, error="m", micro=False).matrix
    lines = []
    for y, row in enumerate(matrix):
        dark = "".join("1" if module else "0" for module in row)
        for run in re.finditer("1+", dark):
            lines.append(f"M{run.start() + QUIET_ZONE} {y + QUIET_ZONE}.5h{len(run[0])}")
    return "".join(lines), len(matrix) + 2 * QUIET_ZONE


def qr_path(text: str) -> tuple[str, int]:
    """Path data of the QR code of `text` (level M), and the side of its square with the quiet zone, in modules."""
    matrix = segno.make(text, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                runs.append(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{width}v1h-{width}z")
            x += width + 1
    return "".join(runs), len(matrix) + 2 * QUIET_ZONE
