"""Automatic numbers of Word paragraphs, which stand nowhere in the text (ECMA-376 part 1, 17.9). Pure Python."""

from collections import defaultdict
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN = "零一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def han(value: int) -> str:
    """1 to 99 in Chinese characters."""
    if value < 10:
        return _HAN[value]
    tens, ones = divmod(value, 10)
    return ("" if tens == 1 else _HAN[tens % 10]) + "十" + (_HAN[ones] if ones else "")


def roman(value: int) -> str:
    """1 to 3999 in Roman figures."""
    found = ""
    for figure, sign in (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        found += sign * (value // figure)
        value %= figure
    return found


def written(value: int, form: str) -> str:
    """A number in one of Word's formats."""
    value = max(0, min(value, 99999))
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(65 + (value - 1) % 26) if value else ""
        return letter if form == "upperLetter" else letter.lower()
    if form in (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographTraditional",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "chineseLegalSimplified",
    ):
        return han(value) if value < 100 else str(value)
    if form in ("upperRoman", "lowerRoman"):
        return roman(value) if form == "upperRoman" else roman(value).lower()
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return _CIRCLED[value - 1]
    return f"{value:02d}" if form == "decimalZero" else str(value)


class Numbering:
    """Counts the paragraphs of every list as Word does."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.abstract: dict[str, str] = {}
        self.starts: dict[tuple[str, int], int] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.styles: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._read(numbering)
        for style in styles.findall(f"{W}style") if styles is not None else []:
            found = _number_properties(style.find(f"{W}pPr"))
            if found and found[0]:
                self.styles[style.get(f"{W}styleId", "")] = found

    def _read(self, numbering: Element) -> None:
        for abstract in numbering.findall(f"{W}abstractNum"):
            levels = {}
            for level in abstract.findall(f"{W}lvl"):
                form, text, start = (level.find(f"{W}{name}") for name in ("numFmt", "lvlText", "start"))
                levels[_integer(level, "ilvl")] = (
                    form.get(f"{W}val", "decimal") if form is not None else "decimal",
                    text.get(f"{W}val", "") if text is not None else "",
                    _integer(start, "val", 1) if start is not None else 1,
                )
            self.levels[abstract.get(f"{W}abstractNumId", "")] = levels
        for num in numbering.findall(f"{W}num"):
            key = num.get(f"{W}numId", "")
            link = num.find(f"{W}abstractNumId")
            self.abstract[key] = link.get(f"{W}val", "") if link is not None else ""
            for override in num.findall(f"{W}lvlOverride"):
                start = override.find(f"{W}startOverride")
                if start is not None:
                    self.starts[key, _integer(override, "ilvl")] = _integer(start, "val", 1)

    def label(self, paragraph: Element) -> str:
        """The number or letter of this paragraph with a blank, or nothing. Counts on."""
        properties = paragraph.find(f"{W}pPr")
        style = properties.find(f"{W}pStyle") if properties is not None else None
        named = self.styles.get(style.get(f"{W}val", "")) if style is not None else None
        found = _number_properties(properties) or named
        if found is None or not found[0] or found[0] == "0":
            return ""
        key, level = found
        levels = self.levels.get(self.abstract.get(key, ""), {})
        if level not in levels:
            return ""
        counts = self.counts[key if (key, level) in self.starts else self.abstract[key]]
        start = self.starts.get((key, level), levels[level][2])
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return self._text(level, levels, counts)

    @staticmethod
    def _text(level: int, levels: dict[int, tuple[str, str, int]], counts: dict[int, int]) -> str:
        form, text, _ = levels[level]
        if form in ("bullet", "none"):
            return ""
        for place in range(9):
            if f"%{place + 1}" in text and place in levels:
                text = text.replace(f"%{place + 1}", written(counts.get(place, levels[place][2]), levels[place][0]))
        return text + " " if text else ""


def _integer(node: Element, name: str, default: int = 0) -> int:
    value = node.get(f"{W}{name}", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else default


def _number_properties(properties: Element | None) -> tuple[str, int] | None:
    numbers = properties.find(f"{W}numPr") if properties is not None else None
    if numbers is None:
        return None
    key, level = numbers.find(f"{W}numId"), numbers.find(f"{W}ilvl")
    return (key.get(f"{W}val", "") if key is not None else "", _integer(level, "val") if level is not None else 0)
