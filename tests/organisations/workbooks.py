"""Roster files as people send them, and ID numbers that nobody has."""

import io

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
