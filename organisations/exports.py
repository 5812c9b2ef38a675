"""Workbooks for people to fill in. Columns of numbers are formatted as text, so that Excel leaves them as they are."""

import io

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from organisations.models import Kind, Organisation, Profession

STAFF = ("姓名", "工号", "身份证号", "科室", "职务", "重点人群", "借调至", "手机", "邮箱")
TEACHERS = ("姓名", "工号", "身份证号", "职务", "重点人群", "班主任班级", "手机", "邮箱")
PUPILS = ("姓名", "学号", "座号", "身份证号")
CLASSES = (Kind.SCHOOL, Kind.GRADE, Kind.CLASS)
EMPTY_ROWS = 60
MOST_SHEETS = 200
HELP = (
    "填写说明",
    "1. 每行一人，姓名必填。表头可以换位置，也可以增加备注等列。",
    "2. 工号、学号、身份证号、手机列已设为文本格式，请不要改为数字，否则长号码的末几位和开头的零会丢失。",
    "3. 身份证号只用于核对是否同一人；系统只保存加密摘要和遮盖后的号码，可以留空。",
    "4. 空白单元格表示不改动原有内容。",
    "5. 学校：教师填在“教师”表，学生按班级填在各班的表里；班主任班级写班级名称，如“三年级1班”。",
)


def template_workbook(organisation: Organisation) -> bytes:
    """The workbook of one unit: one sheet, or for a school teachers first and then a sheet for each class."""
    book = openpyxl.Workbook(write_only=True)
    if organisation.kind in CLASSES:
        if organisation.kind == Kind.SCHOOL:
            _sheet(book.create_sheet("教师"), TEACHERS)
        for name in _class_sheets(organisation):
            _sheet(book.create_sheet(name), PUPILS)
    else:
        _sheet(book.create_sheet("人员"), STAFF)
    notes = book.create_sheet("说明")
    notes.column_dimensions["A"].width = 90
    named = "、".join(
        f"{name}（{code}）" for name, code in Profession.objects.order_by("order", "pk").values_list("name", "code")
    )
    for text in (*HELP, f"6. 重点人群填写名称或代码，不属于的留空：{named}。"):
        notes.append([text])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _class_sheets(organisation: Organisation) -> list[str]:
    """Names of sheets that the reader finds the classes by: Excel allows 31 characters and few signs."""
    below = Organisation.objects.within(organisation).filter(closed_on=None, kind=Kind.CLASS).select_related("parent")
    names: list[str] = []
    for unit in below.order_by("path")[:MOST_SHEETS]:
        above = unit.parent.name if unit.parent and unit.parent.kind == Kind.GRADE else ""
        name = unit.name if unit.name.startswith(above) else f"{above}{unit.name}"
        name = name.translate(str.maketrans("", "", "[]:*?/\\"))[:31]
        if name not in names:
            names.append(name)
    return names or ["三年级1班"]


def _sheet(sheet: WriteOnlyWorksheet, header: tuple[str, ...]) -> None:
    for column in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 20
    sheet.freeze_panes = "A2"
    cells = [WriteOnlyCell(sheet, text) for text in header]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    for _row in range(EMPTY_ROWS):
        empty = [WriteOnlyCell(sheet, "") for _text in header]
        for cell in empty:
            cell.number_format = "@"
        sheet.append(empty)
