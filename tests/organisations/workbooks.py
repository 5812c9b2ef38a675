"""Roster files as people send them, and ID numbers that nobody has."""

import io
import random

import openpyxl
from stdnum.cn import ric

PLACE = "320583"


def id_number(born="19900101", serial=1):
    """A number with a right check digit. The serial is one that is hardly given out."""
    head = f"{PLACE}{born}{serial:03}"
    return head + ric.calc_check_digit(head + "0")


def workbook(**sheets):
    """A workbook from {name of the sheet: rows}."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def messy(rows, unit="", *, seed=7):
    """A workbook as an office keeps it over the years, of about `rows` people, and how many rows are right and wrong.

    A title over two merged rows, notes below the table, a sheet that is no roster; staff numbers with zeros in front,
    ID numbers that Excel has rounded, decimals, people twice, two people with one number, rows without a name.
    """
    book, dice = openpyxl.Workbook(), random.Random(seed)
    note, sheet = book.active, book.create_sheet("在职人员")
    note.title = "填表说明"
    note.append(["请于月底前报送，不要改动表头"])
    sheet.append([f"{unit}人员花名册"])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    sheet.append(["序号", "姓  名", "工号（必填）", "身份证号", "手机", "备注"])
    expected = {"new": 0, "error": 0}
    for number in range(1, rows + 1):
        row, is_right = _messy_row(number, dice)
        sheet.append(row)
        sheet.cell(sheet.max_row, 3).number_format = "@"
        expected["new" if is_right else "error"] += 1
    sheet.append([])
    sheet.append(["制表人：某某", None, None, None, None, "2026年11月"])
    return saved(book), expected


def _messy_row(number, dice):
    """A row, and whether it can go in."""
    name, employee = f"{'赵钱孙李周吴郑王'[number % 8]}{chr(0x4E00 + number)}", f"{number:08}"
    born = f"19{70 + number % 30}0{1 + number % 9}{1 + number % 28:02}"
    row = [number, name, employee, id_number(born, number % 900 + 1), None, dice.choice(["", "借调", None])]
    match number % 20:
        case 3:
            row[3] = float(row[3][:17] + "0")  # rounded by Excel
        case 7:
            row[1] = None
        case 11:
            row[4] = "0512-123"
        case 15 | 16 if number >= 20:
            row[2] = f"9{number // 20:07}"  # two people with one number
        case 18:
            row[3] = row[3][:17] + ("0" if row[3][17] != "0" else "1")  # a check digit that is wrong
        case _:
            return row, True
    return row, False
