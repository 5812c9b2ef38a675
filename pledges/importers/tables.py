"""A table in the national field layout, in Excel or CSV, into rows; and an empty one to fill in. Pure Python.

Columns are found by the words of their header, never by their place. Nothing is guessed: a cell that Excel may have
changed (a code as a number, a day that is none) is a reason with its address.
"""

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from organisations.importers.cells import read_number
from organisations.importers.lines import Unreadable
from organisations.importers.sheets import Cell, Sheet, Source
from pledges.importers.rows import DAYS

HEADER_WITHIN, MOST_ROWS = 20, 10_000
# The layout's own word first, then others that are used.
WORDS = {
    "source_code": "承诺编码 编码 承诺书编号 编号 sourcecode pledgecode code",
    "subject_name": "承诺人名称 承诺人 承诺主体 承诺主体名称 企业名称 名称 subjectname name",
    "subject_category": "承诺人类别 主体类别 类别 subjectcategory category",
    "subject_id_code": "承诺人代码 统一社会信用代码 承诺主体代码 身份证号码 证件号码 subjectidcode uscc",
    "subject_unit": "所在单位 工作单位 承诺人单位 单位 subjectunit unit",
    "audience": "人员类别 人员身份 audience",
    "pledge_type": "承诺类型 类型 pledgetype type",
    "pledge_type_text": "其他承诺类型 其他类型 承诺类型说明 pledgetypetext",
    "title": "承诺书名称 承诺书标题 标题 title",
    "reason": "承诺事由 事由 reason",
    "content": "承诺内容 内容 content",
    "breach_liability": "违诺责任 违约责任 失信责任 breachliability liability",
    "made_on": "承诺作出日期 作出日期 承诺日期 签署日期 madeon",
    "valid_until": "承诺有效期 有效期 有效期至 有效期截止 validuntil",
    "accepting_unit_uscc": "承诺受理单位代码 受理单位代码 受理单位统一社会信用代码 acceptingunituscc",
    "publication_type": "公开类型 公示类型 是否公开 publicationtype publication",
    "fulfilment_status": "承诺履行状态 履行状态 履约状态 fulfilmentstatus",
    "unfulfilled_content": "未履行的承诺内容 未履行内容 unfulfilledcontent",
    "sanction_content": "违诺责任追究内容 责任追究内容 sanctioncontent",
    "status_decided_on": "认定日期 statusdecidedon",
    "status_unit": "认定单位 认定单位名称 statusunit",
    "status_unit_uscc": "认定单位代码 认定单位统一社会信用代码 statusunituscc",
    "remarks": "备注 remarks remark",
}
HEADERS = {name: words.split()[0] for name, words in WORDS.items()}
MEANT = {word: name for name, words in WORDS.items() for word in words.split()}
REQUIRED = ("source_code", "subject_name", "pledge_type", "content")
VALUES = {
    "subject_category": {
        "法人及非法人组织": "legal", "法人": "legal", "法人和其他组织": "legal", "自然人": "natural", "个人": "natural",
        "个体工商户": "self_employed",
    },
    "pledge_type": {
        "审批替代型": "approval", "容缺受理型": "tolerance", "证明事项型": "certificate", "信用修复型": "repair",
        "行业自律型": "industry", "主动型": "voluntary", "主动承诺型": "voluntary", "其他": "other",
    },
    "publication_type": {
        "可向社会公开": "public", "公开": "public", "特定范围内公开": "limited", "不可公开": "none", "不公开": "none",
    },
    "fulfilment_status": {
        "全部履行": "whole", "已履行": "whole", "部分履行": "partly", "全部未履行": "not", "未履行": "not",
    },
    "audience": {
        "公务员": "civil_servant", "公职人员": "civil_servant", "教师": "teacher", "大学生": "university",
        "评审专家": "reviewer", "项目评审": "reviewer",
    },
}  # fmt: skip
# The layout's own word for each value, to write it.
WORDS_OF = {name: {value: word for word, value in reversed(words.items())} for name, words in VALUES.items()}
CODES = ("source_code", "subject_id_code", "accepting_unit_uscc", "status_unit_uscc")
_OTHER = re.compile(r"其他[型]?\s*[（(:：]\s*(.+?)\s*[)）]?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its values in the words of the layout, the address of each cell, and what is wrong already."""

    number: int
    values: dict[str, str]
    cells: dict[str, str]
    flaws: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """What was read. `columns`: [header, field or ""] for every column."""

    columns: list[list[str]]
    rows: list[TableRow]


def read_table(data: bytes, *, most: int = MOST_ROWS) -> Table:
    """Every row of the first sheet that has the header. Raises Unreadable, also with "no-table" or "too-many-rows"."""
    source = Source(data)
    for sheet in source.sheets():
        header = _header(sheet)
        if header is not None:
            texts, columns = header
            rows = list(islice(_rows(sheet, columns), most + 1))
            if len(rows) > most:
                raise Unreadable("too-many-rows", str(most))
            known = {place: name for name, place in columns.items()}
            return Table([[text, known.get(n, "")] for n, text in enumerate(texts) if text], rows)
    raise Unreadable("no-table")


def _plain(value: Any) -> str:
    return re.sub(
        r"[\s*＊:：()（）_\-]+", "", unicodedata.normalize("NFKC", "" if value is None else str(value))
    ).casefold()


def _header(sheet: Sheet) -> tuple[list[str], dict[str, int]] | None:
    """(the header's texts, {field: place})."""
    for _number, cells in islice(sheet.rows, HEADER_WITHIN):
        texts = ["" if cell.value is None else str(cell.value).strip() for cell in cells]
        columns: dict[str, int] = {}
        for place, text in enumerate(texts):
            name = MEANT.get(_plain(text)) or MEANT.get(_plain(text.split("（")[0].split("(")[0]))
            if name:
                columns.setdefault(name, place)
        if all(name in columns for name in REQUIRED):
            return texts, columns
    return None


def _rows(sheet: Sheet, columns: dict[str, int]) -> Any:
    for number, cells in sheet.rows:
        if any(cell.value not in (None, "") for cell in cells):
            yield _row(number, cells, columns, typed=sheet.typed)


def _row(number: int, cells: Sequence[Cell], columns: dict[str, int], *, typed: bool) -> TableRow:
    row = TableRow(number, {}, {name: f"{get_column_letter(place + 1)}{number}" for name, place in columns.items()})
    for name, place in columns.items():
        if place < len(cells):
            text, flaw = _cell(name, cells[place], typed=typed)
            if text:
                row.values[name] = text
            if flaw:
                row.flaws[name] = flaw
    if found := _OTHER.fullmatch(row.values.get("pledge_type", "")):  # 其他（…） in one cell
        row.values["pledge_type"] = "other"
        row.values.setdefault("pledge_type_text", found[1])
    return row


def _cell(name: str, cell: Cell, *, typed: bool) -> tuple[str, str]:
    """(text, flaw)."""
    value = cell.value
    if value is None or value == "":
        return "", ""
    if name in DAYS:
        return _day(value)
    if name in CODES:
        found = read_number(value, str(cell.number_format), typed=typed)
        return found.text, found.flaw
    if not isinstance(value, str):
        value = "" if isinstance(value, bool | datetime | date) else str(value)
        if not value:
            return "", "not-a-text"
    text = value.strip()
    if name in VALUES:
        return VALUES[name].get(_plain(text), text), ""
    return text, ""


def _day(value: Any) -> tuple[str, str]:
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d"), ""
    found = _DAY.fullmatch("".join(str(value).split()))
    try:
        return date(
            *(int(part) for part in found.groups() if part)
        ).isoformat() if found else "", "" if found else "day"
    except ValueError:
        return "", "day"


def template() -> bytes:
    """An empty table with the layout's header, codes as text, and a sheet that explains the columns."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "信用承诺"
    for place, name in enumerate(WORDS, 1):
        cell = sheet.cell(1, place, HEADERS[name])
        cell.font = Font(bold=True)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 22
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("填写说明")
    notes.append(["列", "说明"])
    for name in WORDS:
        notes.append([HEADERS[name], NOTES[name]])
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 22, 90
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


NOTES = {
    "source_code": "必填。本单位自己的编码，最长64字。同一编码再次导入而内容相同，视为同一封。",
    "subject_name": "必填。组织名称或个人姓名，最长200字。",
    "subject_category": "必填：法人及非法人组织、自然人、个体工商户。",
    "subject_id_code": "必填。统一社会信用代码；自然人填身份证号码，只用于核对，不保存。",
    "subject_unit": "自然人所在单位。",
    "audience": "自然人必填：公务员、教师、大学生、评审专家。组织不填。",
    "pledge_type": "必填：审批替代型、容缺受理型、证明事项型、信用修复型、行业自律型、主动型、其他。",
    "title": "不填则为“信用承诺书”。",
    "reason": "必填，最长512字。",
    "content": "必填，最长4000字。每行一条。",
    "breach_liability": "必填，最长4000字。",
    "made_on": "必填，例如2026-11-18。",
    "valid_until": "截止日期，不填为长期。",
    "accepting_unit_uscc": "如填写，须为本单位的统一社会信用代码。",
    "publication_type": "必填：可向社会公开、特定范围内公开、不可公开。",
    "pledge_type_text": "承诺类型为“其他”时必填：是哪一类承诺，最长60字。",
    "fulfilment_status": "组织的承诺可填：全部履行、部分履行、全部未履行。自然人不填。再次导入同一编码即更新。",
    "unfulfilled_content": "部分履行、全部未履行时必填，最长4000字。",
    "sanction_content": "部分履行、全部未履行时必填，最长4000字。",
    "status_decided_on": "认定日期，不填为导入当日。",
    "status_unit": "不填为承诺受理单位；由其他单位认定的，填其名称和代码。",
    "status_unit_uscc": "认定单位的统一社会信用代码，与认定单位一同填写。",
    "remarks": "最长512字。只供本单位，不公开。",
}
