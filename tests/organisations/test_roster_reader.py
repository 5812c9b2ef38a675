"""Rosters are read as they come; what Excel has ruined is refused with the cell that is to blame."""

import ast
import io
import zipfile
from datetime import date

import openpyxl
import pytest

from organisations.importers.lines import Unreadable
from organisations.importers.people import id_flaw
from organisations.importers.places import fold_place
from organisations.importers.rosters import Roster
from tests.architecture.sources import ROOT
from tests.organisations.workbooks import id_number, saved, workbook

HEADER = ["姓名", "工号", "身份证号", "手机"]


def read(data, **options):
    return list(Roster(data, **options).lines())


def flaws(*rows, header=HEADER):
    lines = read(workbook(名单=[header, *rows]))
    return [(line.reasons, line.cell) for line in lines if line.reasons]


def refused(data):
    with pytest.raises(Unreadable) as caught:
        read(data)
    return caught.value.code


def test_title_rows_and_headers_in_any_order_and_language_are_understood():
    rows = [
        ["某局人员花名册"],
        [],
        ["序号", "Full name", "职工号（必填）", "所属部门*"],
        [1, "林 知远", "0012", "财务科"],
    ]
    [line] = read(workbook(Sheet1=rows))
    assert (line.values, line.parts, line.row) == ({"name": "林知远", "employee_number": "0012"}, ("财务科",), 4)


def test_a_sheet_is_a_class_where_no_column_says_so_and_teachers_come_first():
    book = workbook(
        三年级1班=[["姓名", "学号"], ["陈小满", "20260101"]],
        教师=[["姓名", "工号", "班主任"], ["何清", "0007", "三年级1班"]],
        四年级=[["姓名", "班级"], ["周小安", "2班"]],
    )
    found = [(line.sheet, line.parts, line.kind, line.values.get("leads")) for line in read(book)]
    assert found == [
        ("教师", (), "adult", "三年级1班"),
        ("三年级1班", ("三年级1班",), "pupil", None),
        ("四年级", ("四年级", "2班"), "pupil", None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_every_encoding_that_chinese_offices_write(encoding, delimiter):
    text = "\r\n".join(delimiter.join(row) for row in [["姓名", "工号"], ["林知远", "A-1"], ["", ""], ["周静", "A-2"]])
    assert [line.values["employee_number"] for line in read(text.encode(encoding))] == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (2, 320583199001010000, "excel-digits"),
        (2, 3.20583199001010e17, "excel-digits"),
        (2, "3.20583E+17", "excel-scientific"),
        (2, 123456789012345, "excel-digits"),
        (1, 12.5, "excel-float"),
        (1, "2026.0", "excel-float"),
        (1, date(2026, 3, 2), "excel-date"),
        (1, "#REF!", "excel-error"),
        (2, "32058319900101", "id-length"),
        (2, "320583900101123", "id-old"),
        (2, "320583199001010011", "id-wrong"),
        (3, "0512-1234567", "phone-wrong: phone"),
    ],
)
def test_a_ruined_cell_is_refused_and_named(column, value, code):
    row = ["林知远", None, None, None]
    row[column] = value
    assert flaws(row) == [((code,), f"{'ABCD'[column]}2")]


def test_numbers_that_lost_their_zeros_are_found_when_the_others_are_longer():
    rows = [[f"人员{'甲乙丙丁戊己庚辛'[n]}", f"{n:06}".replace("00000", "10000")] for n in range(8)]
    rows[3][1] = 1234
    assert flaws(*rows, header=["姓名", "工号"]) == []
    roster = Roster(workbook(名单=[["姓名", "工号"], *rows]))
    list(roster.lines())
    assert [(late.order, late.code, late.cell) for late in roster.late] == [(4, "excel-zeros", "B5")]


def test_numbers_that_simply_count_have_lost_nothing():
    rows = [[f"人员{chr(0x4E00 + n)}", n] for n in range(1, 121)]
    roster = Roster(workbook(名单=[["姓名", "工号"], *rows]))
    assert [line.values["employee_number"] for line in roster.lines()] == [str(n) for n in range(1, 121)]
    assert roster.late == []


def test_zeros_that_a_format_shows_are_kept():
    book = openpyxl.Workbook()
    book.active.append(["姓名", "工号"])
    book.active.append(["林知远", 42])
    book.active["B2"].number_format = "000000"
    assert read(saved(book))[0].values["employee_number"] == "000042"


def test_an_id_number_never_stands_in_what_is_stored_or_printed():
    number = id_number("20150302")
    rows = [
        ["姓名", "学籍号", "身份证号"],
        ["陈小满", f"G{number}", None],
        ["周小安", None, f" {number[:6]} {number[6:]}"],
    ]
    lines = read(workbook(一年级1班=rows))
    assert [line.id_number for line in lines] == [number, number]
    assert number not in repr(lines)
    assert [line.values for line in lines] == [
        {"name": "陈小满", "born": "2015-03-02"},
        {"name": "周小安", "born": "2015-03-02"},
    ]


def test_an_id_number_of_somebody_older_than_the_county_is_valid():
    assert id_flaw(id_number("19490101")) == ""
    assert [id_flaw(text) for text in ("99" + id_number()[2:], id_number("20991231"), "x" * 18)] == ["id-wrong"] * 3


def test_notes_below_the_table_and_repeated_headers_are_no_people_and_a_missing_name_is_told():
    rows = [["序号", "姓名", "工号"], [1, "林知远", "1"], ["序号", "姓名", "工号"], ["制表人：某某"], [2, None, "2"]]
    lines = read(workbook(名单=rows))
    assert [(line.row, line.reasons, line.cell) for line in lines] == [(2, (), ""), (5, ("no-name",), "B5")]


def test_what_somebody_said_about_a_header_goes_first():
    data = workbook(名单=[["同志", "工号"], ["林知远", "1"]])
    assert refused(data) == "no-table"
    [line] = read(data, remembered={"同志": "name", "工号": ""})
    assert line.values == {"name": "林知远"}


def test_one_class_is_written_in_many_ways():
    assert {fold_place(name) for name in ("三年级(2)班", "三年级二班", "3年级 2班", "３年级（2）班")} == {"3年级2班"}
    assert {fold_place(name) for name in ("四（1）班", "四年级1班", "4(1)班")} == {"4年级1班"}
    assert {fold_place(name) for name in ("初一（3）班", "初一年级三班")} == {"初13班"}
    assert (fold_place("十二班"), fold_place("二十班"), fold_place("十班")) == ("12班", "20班", "10班")


def zipped(members, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, **options)
    return out.getvalue()


def test_what_is_no_roster_is_refused_before_it_is_opened():
    good = workbook(名单=[HEADER])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]>' + members[sheet]
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert refused(ole + "EncryptedPackage".encode("utf-16-le")) == "encrypted"
    assert refused(ole + b"Workbook") == "old-office"
    assert refused(zipped(members | {"xl/vbaProject.bin": b"x"})) == "macros"
    assert refused(zipped(members | {sheet: b" " * 30_000_000})) == "zip-bomb"
    assert refused(zipped({f"xl/{n}": b"" for n in range(2_100)} | members)) == "zip-bomb"
    assert refused(zipped({"word/document.xml": b"<a/>"})) == "not-workbook"
    assert refused(good[: len(good) // 2]) == "not-workbook"
    assert refused(zipped(members | {sheet: b"<worksheet><sheetData><row>"})) == "broken"
    assert refused(zipped(members | {sheet: entity})) == "entities"
    assert refused(b"%PDF-1.7 ...") == "not-table"
    assert refused(b"\x00\x01\x02") == "not-table"
    assert refused("姓名\n林".encode("gb18030") + b"\xff\xff") == "encoding"
    assert refused('姓名,工号\n"林知远,1\n周静,2'.encode()) == "broken"
    assert refused(workbook(说明=[["请按模板填写"]])) == "no-table"


def test_a_row_or_column_far_away_costs_nothing():
    book = openpyxl.Workbook()
    book.active.append(["姓名"])
    book.active["A2"] = "林知远"
    book.active["XFD3"] = "远"
    book.active["A1048576"] = "周静"
    assert [line.row for line in read(saved(book))] == [2, 1048576]


def test_more_people_than_allowed_are_refused():
    data = workbook(名单=[["姓名"], ["林知远"], ["周静"]])
    assert len(read(data, most_rows=2)) == 2
    with pytest.raises(Unreadable, match="too-many-rows"):
        read(data, most_rows=1)


def test_the_readers_import_no_django():
    for path in (ROOT / "organisations" / "importers").glob("*.py"):
        names = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert not names & {"django", "wagtail", "accounts"}
