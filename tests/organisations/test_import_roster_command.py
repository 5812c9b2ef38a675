"""The command shows what a roster would do, as text or JSON, or puts it in."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from foundation.audit.models import Entry
from organisations.models import Membership, RosterImport
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.organisations.workbooks import id_number, messy, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OrganisationFactory(code="zjj")


@pytest.fixture
def save(tmp_path):
    def save(data, name="名册.xlsx"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return save


def run(path, *options):
    out = io.StringIO()
    call_command("import_roster", str(path), "--organisation", "zjj", *options, stdout=out)
    return out.getvalue()


def test_a_dry_run_prints_every_row_and_writes_nothing(office, save):
    gone = UserFactory(name="走了的人")
    MembershipFactory(user=gone, organisation=office, is_home=True)
    number = id_number()
    rows = [
        ["姓名", "工号", "身份证号"],
        ["林知远", "1", number],
        ["周静", 12.5, None],
        ["何清", "3", None],
        ["何晴", "3", None],
    ]
    before = Entry.objects.count()
    printed = run(save(workbook(名单=rows)), "--dry-run", "--json")
    report = json.loads(printed)
    assert number not in printed
    assert report["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "error": 3, "leavers": 1}
    assert report["leavers"] == [{"name": "走***", "unit": "zjj"}]
    assert [(row["sheet"], row["row"], row["status"], row["cell"], row["reasons"]) for row in report["rows"]] == [
        ("名单", 2, "new", "", []),
        ("名单", 3, "error", "B3", ["excel-float"]),
        ("名单", 4, "error", "", ["twice: employee_number 4"]),
        ("名单", 5, "error", "", ["twice: employee_number 3"]),
    ]
    assert report["rows"][0] == {
        "sheet": "名单",
        "row": 2,
        "cell": "",
        "name": "林**",
        "unit": "zjj",
        "status": "new",
        "reasons": [],
        "messages": [],
        "changes": ["employee_number", "id_mask", "name", "unit"],
    }
    assert "名单!5" in report["rows"][2]["messages"][0]
    assert (User.objects.count(), RosterImport.objects.count(), Entry.objects.count()) == (1, 0, before)


def test_nothing_goes_in_while_a_row_is_wrong_unless_only_the_right_ones_are_wanted(office, save):
    path = save(workbook(名单=[["姓名", "工号"], ["林知远", "1"], ["周静", 12.5]]))
    with pytest.raises(CommandError):
        run(path)
    assert User.objects.count() == 0
    run(path, "--valid-only")
    assert list(User.objects.values_list("name", flat=True)) == ["林知远"]


def test_leavers_stay_unless_they_are_to_end(office, save):
    gone = UserFactory(name="走了的人")
    MembershipFactory(user=gone, organisation=office, is_home=True)
    path = save("姓名,工号\n林知远,A1\n".encode("gb18030"), "名册.csv")
    run(path)
    assert Membership.objects.current().count() == 2
    run(path, "--end-leavers", "--by", gone.username)
    assert list(Membership.objects.current().values_list("user__name", flat=True)) == ["林知远"]
    assert RosterImport.objects.order_by("pk").last().applied_by == gone


def test_a_large_file_is_put_in_by_the_command_itself(office, save, monkeypatch):
    monkeypatch.setattr("organisations.actions.roster_reading.AT_ONCE_BYTES", 10)
    monkeypatch.setattr("organisations.actions.roster_applying.PORTION", 10)
    lines = "\n".join(f"张{chr(0x4E00 + n)},N{n}" for n in range(25))
    report = json.loads(run(save(f"姓名,工号\n{lines}".encode(), "a.csv"), "--json"))
    assert (report["applied"], User.objects.count()) == (True, 25)


def test_two_thousand_messy_rows_are_told_apart_and_only_the_right_ones_go_in(office, save):
    data, expected = messy(2000, office.name)
    path = save(data)
    report = json.loads(run(path, "--dry-run", "--json"))
    found = {name: report["counts"][name] for name in ("new", "error")}
    assert (found, report["skipped_sheets"]) == (expected, ["填表说明"])
    assert {code.split(":")[0] for row in report["rows"] for code in row["reasons"]} == {
        "excel-digits",
        "id-wrong",
        "no-name",
        "phone-wrong",
        "twice",
    }
    run(path, "--valid-only")
    assert (User.objects.count(), User.objects.filter(employee_number="00000001").count()) == (expected["new"], 1)


@pytest.mark.parametrize(
    ("data", "code"), [(b"%PDF", "not-table"), (b"", "empty"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office")]
)
def test_a_file_that_cannot_be_read_ends_with_code_two(office, save, data, code):
    with pytest.raises(CommandError, match=code) as caught:
        run(save(data), "--dry-run")
    assert caught.value.returncode == 2


def test_a_wrong_unit_person_or_path_is_told(office, save, tmp_path):
    path = save(workbook(名单=[["姓名"], ["林知远"]]))
    with pytest.raises(CommandError):
        call_command("import_roster", str(path), "--organisation", "nowhere")
    with pytest.raises(CommandError):
        run(path, "--by", "nobody")
    with pytest.raises(CommandError):
        run(tmp_path / "missing.xlsx")
    assert RosterImport.objects.count() == 0
