"""Lines as the readers see them: cleaned text beside a folded shadow of the same length. Pure Python.

The text keeps the author's characters. The shadow is only for recognising: full-width forms are half-width, the
traditional characters of our key words are simplified, dashes are one dash. Every character has exactly one shadow, so
positions found in the shadow hold in the text.
"""

import re
import unicodedata
from dataclasses import dataclass, field

_RADICALS = (
    "⺁厂⺄乙⺅亻⺆冂⺇几⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗㣺⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王"
    "⺪疋⺫目⺬示⺭礻⺮竹⺯糸⺰纟⺱罓⺲罒⺵网⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝"
    "⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_TRADITIONAL = (
    "單单選选擇择項项題题斷断對对錯错確确誤误參参詳详難难節节來来點点連连線线順顺簡简問问論论釋释測测評评卷卷調调查查數数"
    "標标準准應应說说講讲據据處处總总區区頁页編编號号識识類类觀观綜综閱阅讀读從从會会試试與与關关鍵键評评級级範范圍围條条課课單单"
)
# Word inserts these around emphasised runs (exams.importers.docx); Markdown's ** becomes the same.
BOLD, UNDERLINE = "b", "u"
BOLD_ON, BOLD_OFF, LINE_ON, LINE_OFF = "\ue000", "\ue001", "\ue002", "\ue003"
PICTURE = "\ue004"  # where a picture stands

_DASHES = "—–‐‑‒―−─"
_MARKS = re.compile("\\*\\*|[\ue000-\ue003]")
_ESCAPED = re.compile(r"\\(?=[._\-#*])|^(\s*)\\(?=\d)")


def _clean_table() -> dict[int, str | None]:
    """Characters that are the same thing in another code, and those that are nothing."""
    table: dict[int, str | None] = {}
    for start, end in ((0x2F00, 0x2FD6), (0xF900, 0xFAFF)):
        for code in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1:
                table[code] = plain
    table.update({ord(a): b for a, b in zip(_RADICALS[::2], _RADICALS[1::2], strict=True)})
    for code in range(0x2488, 0x249C):  # ⒈ is "1."
        table[code] = f"{code - 0x2487}."
    for code in range(0x2474, 0x2488):  # ⑴ is "(1)"
        table[code] = f"({code - 0x2473})"
    for code in (
        0xFEFF,
        0x200B,
        0x200C,
        0x200D,
        0x2060,
        0x00AD,
        0x200E,
        0x200F,
        0x202A,
        0x202C,
        0x0000,
        0xFFFC,
        0xFE0F,
    ):
        table[code] = None
    table.update(dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), " "))
    for code in (0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, 0x2007):
        table[code] = " "
    return table


def _fold_table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table.update({ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True) if a != b})
    table.update({ord(dash): "-" for dash in _DASHES})
    table.update({ord("〔"): "[", ord("〕"): "]", ord("\u3000"): " ", ord("∶"): ":", ord("︰"): ":", ord("﹒"): "."})
    table.update({ord("｡"): "。", ord("､"): "、", ord("﹙"): "(", ord("﹚"): ")", ord("﹕"): ":", ord("·"): "·"})
    return table


_CLEAN, _FOLD = _clean_table(), _fold_table()


def tidy(text: str) -> str:
    """A text with look-alike radicals and other double codes made plain, without invisible characters."""
    return text.translate(_CLEAN)


def fold(text: str) -> str:
    """The shadow of a text: same length, folded for recognising."""
    return text.translate(_FOLD)


@dataclass(slots=True)
class Line:
    """One line of the source: number from 1, cleaned text, its shadow, and emphasised spans `(start, end, kind)`."""

    no: int
    raw: str
    text: str
    flat: str
    marks: tuple[tuple[int, int, str], ...] = ()
    empty: bool = False
    labels: list[tuple[int, int, str, str]] = field(default_factory=list)


def _spans(raw: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """Take the emphasis signs out of a line and note where they stood."""
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    opened: dict[str, int] = {}
    length = last = 0
    for match in _MARKS.finditer(raw):
        parts.append(raw[last : match.start()])
        length += match.start() - last
        last = match.end()
        sign = match[0]
        kind = UNDERLINE if sign in (LINE_ON, LINE_OFF) else BOLD
        if sign in (BOLD_ON, LINE_ON) or (sign == "**" and kind not in opened):
            opened[kind] = length
        elif kind in opened:
            spans.append((opened.pop(kind), length, kind))
    parts.append(raw[last:])
    return "".join(parts), tuple(spans)


def clean(raw: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """One line without invisible characters, look-alike radicals and Markdown's escapes; and its emphasised spans."""
    text = raw.translate(_CLEAN).rstrip()
    if "\\" in text:
        text = _ESCAPED.sub(lambda m: m[1] or "", text)
    if _MARKS.search(text):
        if text.count("**") % 2:
            text = text.replace("**", "")
        return _spans(text)
    return text, ()


_LONGEST = 40
_RUNS = re.compile(r"([^\n\d])\1{40,}|[ \t\u3000]{41,}")


def lines_of(text: str) -> list[Line]:
    """All lines of a text, numbered as an editor numbers them (a form feed inside a line does not count)."""
    raws = re.split("\r\n|\r|\n", text)
    cleaned = _RUNS.sub(lambda run: run[0][:_LONGEST], "\n".join(raws).translate(_CLEAN)).split("\n")
    folded = "\n".join(cleaned).translate(_FOLD).split("\n")
    found = []
    for number, (raw, whole, flat) in enumerate(zip(raws, cleaned, folded, strict=True), 1):
        marks: tuple[tuple[int, int, str], ...] = ()
        if "*" in whole or "\\" in whole or _MARKS.search(whole):
            whole, marks = clean(whole)
            flat = fold(whole)
            raw = raw.translate(_UNMARKED)
        if PICTURE in raw:
            raw = raw.replace(PICTURE, "")
        flat = flat.rstrip()
        found.append(Line(number, raw, whole[: len(flat)], flat, marks, not flat or flat.isspace()))
    return found


_UNMARKED = dict.fromkeys(range(57344, 57348))
_ASCII_WORD = re.compile(r"[A-Za-z0-9,.;:!?)%'\"]$")
_ASCII_START = re.compile(r"[A-Za-z0-9(%'\"]")
_LISTED = re.compile(r"[①-⑳]|\(\d{1,2}\)|（\d{1,2}）|\d{1,2}[.、)]\D|[•·●]")


def join(parts: list[str]) -> str:
    """Put broken lines together again: Chinese without a blank, Latin words with one, listed points on own lines."""
    whole = ""
    for part in parts:
        part = part.strip()
        if not part:
            continue
        if not whole:
            whole = part
        elif _LISTED.match(part):
            whole += "\n" + part
        elif _ASCII_WORD.search(whole) and _ASCII_START.match(part):
            whole += " " + part
        else:
            whole += part
    return whole


def plain(text: str) -> str:
    """For comparing two texts: folded, lower case, without blanks and punctuation."""
    return "".join(char for char in fold(text).lower() if char.isalnum())
