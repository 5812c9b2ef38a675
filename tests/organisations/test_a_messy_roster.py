"""A coordinator brings in the workbook that a school really has: 2,000 rows, and every kind of wrong one among them."""

import html
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from foundation.jobs.worker import run_pending
from notifications.models import Message
from organisations.models import Membership, Organisation, Role
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.rosters import school
from tests.organisations.workbooks import id_number, saved

pytestmark = pytest.mark.django_db

PUPILS = 490  # on each of four sheets
STAFF = 40
# Two sheets for each class, as Excel names a copied one; columns in another order on each.
SHEETS = {
    "三年级1班": ("座号", "姓名", "学号", "身份证号"),
    "三年级1班 (2)": ("学号", "性别", "姓  名", "身份证号码", "座位号"),
    "三年级2班": ("序号", "姓名（必填）", "证件号码", "学号", "座号"),
    "三年级2班 (2)": ("身份证", "座号", "学籍号", "学生姓名", "备注"),
}
WRONG = {  # by the last two digits of the running number: reason as the page says it
    11: "Excel 的数字只保留 15 位",
    22: "身份证号无效（GB 11643）",
    33: "文件中重复（学号）",
    34: "文件中重复（学号）",
    44: "缺少姓名",
    55: "座号应在 1 到 999 之间",
    66: "身份证号为 18 位",
    77: "Excel 把它变成了小数",
    88: "合并单元格",
}
TEACHERS_WRONG = {5: "Excel 把号码缩写成了", 6: "手机号码为 11 位", 7: "没有叫“占星师”的重点人群", 8: "须由人指定"}


def messy_school():
    """(the workbook, how many rows are right, {sheet: {row: reason}})."""
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    book.active.append(["请各班主任于本周五前填好，不要改动表头"])
    wrong, right, number = {}, 0, 0
    for name, header in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append([f"{name}学生名单"])
        sheet.merge_cells("A1:D1")
        sheet.append(header)
        wrong[name] = {}
        for _pupil in range(PUPILS):
            number += 1
            if number % 70 == 0:
                sheet.append([])
            values, reason = pupil(number)
            sheet.append([of_column(values, column) for column in header])
            if number % 100 == 88:  # one name over two rows
                place = next(column for column, word in enumerate(header, 1) if "名" in word)
                sheet.merge_cells(
                    start_row=sheet.max_row - 1, end_row=sheet.max_row, start_column=place, end_column=place
                )
            wrong[name] |= {sheet.max_row: reason} if reason else {}
            right += not reason
    sheet = book.create_sheet("教师")
    sheet.append(["手机", "工号", "姓名", "类别", "重点人群", "身份证号"])
    wrong["教师"] = {}
    for n in range(1, STAFF + 1):
        row = [f"139{n:08}", f"T{n:03}", f"师{chr(0x4E00 + n)}", "教师", "教师", id_number("19800101", n)]
        row = [*row[:5], "1.1E+17"] if n == 5 else row
        row[0] = "0512-123" if n == 6 else row[0]
        row[4] = "占星师" if n == 7 else row[4]
        row[3] = "联络员" if n == 8 else row[3]
        sheet.append(row)
        wrong["教师"] |= {sheet.max_row: TEACHERS_WRONG[n]} if n in TEACHERS_WRONG else {}
        right += n not in TEACHERS_WRONG
    return saved(book), right, wrong


def pupil(number):
    """What the file says of one pupil, and why that is wrong."""
    born = f"2015{1 + number % 12:02}{1 + number % 28:02}"
    values = {
        "name": f"{'赵钱孙李周吴郑王'[number % 8]}{chr(0x4E00 + number)}",
        "number": f"2023{number:06}",
        "id": id_number(born, 1 + number % 900),
        "seat": number % PUPILS + 1 if number <= PUPILS or PUPILS * 2 < number <= PUPILS * 3 else None,
    }
    match number % 100:
        case 11:
            values["id"] = float(values["id"][:15] + "000")
        case 22:
            values["id"] = values["id"][:17] + ("0" if values["id"][17] != "0" else "1")
        case 33 | 34:
            values["number"] = f"2024{number // 100:06}"
        case 44:
            values["name"] = None
        case 55:
            values["seat"] = 5000
        case 66:
            values["id"] = values["id"][:16]
        case 77:
            values["number"] = 20230077.5
    return values, WRONG.get(number % 100, "")


def of_column(values, header):
    if "名" in header:
        return values["name"]
    if "证" in header:
        return values["id"]
    return values["number"] if "学" in header else values["seat"] if "座" in header else None


def world():
    people = User.objects.order_by("pk").values_list("pk", "name", "student_number", "employee_number", "id_digest")
    return list(people), list(Membership.objects.order_by("pk").values()), Organisation.objects.count()


def shown_rows(client, address):
    """{(sheet, row): (first cell to blame, reasons)} of every page of wrong rows."""
    found, page = {}, 1
    while True:
        answer = client.get(f"{address}?status=error&page={page}")
        for shown in answer.context["rows"]:
            for reason in shown.reasons:
                assert html.escape(reason) in answer.content.decode()
            found[shown.row.sheet, shown.row.row] = (shown.row.cell, " ".join(shown.reasons))
        if not answer.context["page"].has_next():
            return found
        page += 1


def test_two_thousand_messy_rows_are_looked_at_put_in_as_far_as_they_are_right_and_taken_back(client):
    here = school()
    coordinator = UserFactory(username="coordinator")
    MembershipFactory(user=coordinator, organisation=here, role=Role.COORDINATOR)
    client.force_login(coordinator)
    before = world()
    data, right, wrong = messy_school()
    file = SimpleUploadedFile("全校名单（最终版）.xlsx", data)
    address = client.post("/rosters/new/", {"organisation": here.code, "file": file}).url
    run_pending(limit=50)  # a file of this size may be read in the background

    page = client.get(address).content.decode()
    expected = {(sheet, row): reason for sheet, rows in wrong.items() for row, reason in rows.items()}
    numbers = [int(n) for n in re.findall(r'<span class="v">(\d+)</span>', page)[:4]]
    assert numbers == [right, 0, 0, len(expected)]
    assert right + len(expected) == 4 * PUPILS + STAFF
    assert "填表说明" in page  # a sheet that is no roster is named
    found = shown_rows(client, address)
    assert {place: reason in found[place][1] for place, reason in expected.items() if place in found} == dict.fromkeys(
        expected, True
    )
    assert set(found) == set(expected)
    assert [place for place, (cell, reasons) in found.items() if not cell and "文件中重复" not in reasons] == []

    client.post(f"{address}move/", {"do": "apply"})
    assert world() == before  # not without saying that only the right ones are meant
    client.post(f"{address}move/", {"do": "apply", "valid_only": "1"})
    run_pending(limit=50)
    assert User.objects.count() == len(before[0]) + right
    sizes = [Membership.objects.filter(organisation__code=code, is_home=True).count() for code in ("QS3A", "QS3B")]
    assert sum(sizes) == right - (STAFF - len(TEACHERS_WRONG))
    client.post(f"{address}move/", {"do": "undo"})
    run_pending(limit=50)
    assert world() == before
    told = list(Message.objects.filter(user=coordinator).order_by("pk").values_list("subject", flat=True))
    assert told[-2:] == ["名册“全校名单（最终版）.xlsx”已导入", "名册“全校名单（最终版）.xlsx”已撤回"]
