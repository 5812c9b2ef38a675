"""Workbooks as Excel, WPS and other programs write them, and files that only pretend."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from openpyxl.styles import numbers

from exams.importers.blocks import Unreadable
from exams.importers.xlsx import read_xlsx
from tests.exams.importers.test_csv import told

HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "答案"]


def book(**sheets):
    """A workbook of these sheets, each a list of rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made):
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def with_part(data, name, text):
    """The same workbook with one part replaced (None: left out)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            if member != name:
                target.writestr(member, source.read(member))
        if text is not None:
            target.writestr(name, text)
    return buffer.getvalue()


def test_rows_below_titles_with_numbers_that_excel_made_of_texts():
    made = book(
        题库=[
            ["某市诚信题库"],
            [],
            ["更新于", datetime.date(2024, 5, 1)],
            HEAD,
            ["单选题", "几个？", 1.0, 2, 3.5, "B"],
            ["判断题", "对吗？", "", "", "", True],
        ]
    )
    made["题库"].merge_cells("A1:F1")
    blocks = read_xlsx(saved(made))
    assert told(blocks) == [
        ("single", "几个？", "A:1 B:2 C:3.5", ["B"], ()),
        ("true_false", "对吗？", "", True, ()),
    ]
    assert [(block.line, block.chapter) for block in blocks] == [(5, "题库"), (6, "题库")]


def test_a_sheets_name_is_the_type_where_nothing_else_says_it():
    made = book(
        单选题=[["题目", "A", "B", "答案"], ["一", "甲", "乙", "A"]], 判断=[["题目", "答案"], ["二", "√"]], Sheet3=[]
    )
    assert told(read_xlsx(saved(made))) == [
        ("single", "一", "A:甲 B:乙", ["A"], ()),
        ("true_false", "二", "", True, ()),
    ]


def test_cells_that_excel_changed_are_for_review():
    made = book(
        Sheet1=[
            HEAD,
            ["单选题", "日期", datetime.date(2020, 1, 2), "乙", "丙", "A"],
            ["单选题", "公式", "=1+1", "乙", "丙", "B"],
            ["单选题", "错误", "#REF!", "乙", "丙", "B"],
            ["单选题", "百分比", 0.5, "乙", "丙", "B"],
            ["单选题", "格式", 7, "乙", "丙", "B"],
        ]
    )
    made["Sheet1"]["C5"].number_format = numbers.FORMAT_PERCENTAGE
    made["Sheet1"]["C6"].number_format = "0000"
    made["Sheet1"]["C4"].data_type = "e"
    assert told(read_xlsx(saved(made))) == [
        ("single", "日期", "A:2020-01-02 B:乙 C:丙", ["A"], ("date-cell: C 2020-01-02",)),
        ("single", "公式", "A: B:乙 C:丙", ["B"], ("formula-cell: C", "option-empty: A")),
        ("single", "错误", "A:#REF! B:乙 C:丙", ["B"], ("error-cell: C #REF!",)),
        ("single", "百分比", "A:50% B:乙 C:丙", ["B"], ()),
        ("single", "格式", "A:7 B:乙 C:丙", ["B"], ("number-format: C 7",)),
    ]


def test_rich_text_inline_text_and_a_false_dimension():
    data = saved(book(Sheet1=[HEAD, ["单选题", "x", "甲", "乙", "丙", "A"]]))
    sheet = (
        '<worksheet><dimension ref="A1:A1"/><sheetData>'
        '<row><c t="inlineStr"><is><t>题干</t></is></c><c t="inlineStr"><is><t>选项A</t></is></c>'
        '<c t="inlineStr"><is><t>选项B</t></is></c><c t="inlineStr"><is><t>答案</t></is></c></row>'
        '<row r="9"><c r="A9" t="inlineStr"><is><r><t>诚</t></r><r><t>信？</t></r><rPh><t>cheng</t></rPh></is></c>'
        '<c r="B9" t="inlineStr"><is><t>甲_x000D_</t></is></c><c r="C9" t="str"><v>乙</v></c>'
        '<c r="D9" t="str"><v>B</v></c></row>'
        "</sheetData></worksheet>"
    )
    blocks = read_xlsx(with_part(data, "xl/worksheets/sheet1.xml", sheet))
    assert told(blocks) == [("single", "诚信？", "A:甲 B:乙", ["B"], ())]
    assert blocks[0].line == 9


def bomb():
    return with_part(saved(book(Sheet1=[HEAD])), "xl/worksheets/sheet1.xml", b"<a>" + b" " * 30_000_000 + b"</a>")


def encrypted():
    data = bytearray(saved(book(Sheet1=[HEAD])))
    central = data.find(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


ENTITY = (
    '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    '<worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-zip"),
        (b"PK\x03\x04 nothing", "not-zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old-office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (encrypted(), "encrypted"),
        (bomb(), "zip-bomb"),
        (with_part(saved(book(Sheet1=[HEAD])), "../../etc/x", b"x"), "bad-names"),
        (with_part(saved(book(Sheet1=[HEAD])), "xl/workbook.xml", None), "not-xlsx"),
        (with_part(saved(book(Sheet1=[HEAD])), "xl/worksheets/sheet1.xml", ENTITY), "entities"),
        (with_part(saved(book(Sheet1=[HEAD])), "xl/worksheets/sheet1.xml", "<worksheet><row>"), "broken"),
        (saved(book(Sheet1=[["甲", "乙", "丙"], ["一", "二", "三"]])), "no-table"),
    ],
)
def test_files_that_cannot_be_read_say_why(data, code):
    with pytest.raises(Unreadable) as caught:
        read_xlsx(data)
    assert caught.value.code == code


def test_a_few_shared_strings_used_again_and_again_do_not_fill_the_memory():
    data = saved(book(Sheet1=[HEAD]))
    cells = "".join(f'<c r="A{n}" t="s"><v>0</v></c>'.join((f'<row r="{n}">', "</row>")) for n in range(1, 3000))
    sheet = f"<worksheet><sheetData>{cells}</sheetData></worksheet>"
    strings = f"<sst><si><t>{'诚' * 40_000}</t></si></sst>"
    data = with_part(with_part(data, "xl/worksheets/sheet1.xml", sheet), "xl/sharedStrings.xml", strings)
    with pytest.raises(Unreadable) as caught:
        read_xlsx(data)
    assert caught.value.code == "too-large"
