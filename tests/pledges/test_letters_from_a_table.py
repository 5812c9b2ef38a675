"""A table in the national layout: shown row by row, taken over whole or not at all, undone until it is published."""

import csv
import io
import json
from contextlib import suppress
from datetime import timedelta
from io import StringIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from foundation.jobs.worker import run_pending
from organisations.importers.lines import Unreadable
from pledges import actions, queries
from pledges.importers import HEADERS, read_table, template
from pledges.importers.tables import NOTES
from pledges.models import Fulfilment, ImportRow, Letter, LetterImport, RegistryRow
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ADULT = "320583199003073015"
GOOD = {
    "source_code": "CZ-1",
    "subject_name": "江南示例制造有限公司",
    "subject_category": "法人及非法人组织",
    "subject_id_code": make.USCC,
    "pledge_type": "审批替代型",
    "reason": "申报专项资金",
    "content": "材料真实。\n专款专用。",
    "breach_liability": "依规处理。",
    "made_on": "2026-11-01",
    "publication_type": "可向社会公开",
}
PERSON = GOOD | {
    "subject_category": "自然人", "subject_id_code": ADULT, "audience": "教师", "subject_name": "林某",
}  # fmt: skip


def table(*rows, encoding="utf-8"):
    """A CSV file."""
    names = [name for name in HEADERS if any(name in row for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([HEADERS[name] for name in names])
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return out.getvalue().encode(encoding)


def book(*rows):
    """The downloaded template, filled in."""
    made = openpyxl.load_workbook(io.BytesIO(template()))
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append([row.get(name, "") for name in HEADERS])
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def read(by, unit, data):
    return actions.read_letters(by=by, organisation=unit, file_name="letters.csv", data=data)


FILES = [table(GOOD), table(GOOD, encoding="gb18030"), table(GOOD, encoding="utf-8-sig"), book(GOOD)]


@pytest.mark.parametrize("data", FILES, ids=["utf-8", "gb18030", "mark", "xlsx"])
def test_excel_utf8_and_gb18030_are_read_alike(by, unit, data):
    row = ImportRow.objects.get(batch=read(by, unit, data))
    assert (row.state, row.reasons, row.data["content"]) == ("new", [], GOOD["content"])


def test_every_wrong_row_has_its_reason_and_cell_and_nothing_is_stored(by, unit):
    rows = [
        GOOD,
        GOOD | {"source_code": "CZ-2", "reason": "", "made_on": "昨天"},
        GOOD | {"source_code": "CZ-1"},
        PERSON | {"source_code": "CZ-3", "subject_id_code": "320583201503073013"},
        GOOD | {"source_code": "CZ-4", "pledge_type": "别的"},
    ]
    batch = read(by, unit, table(*rows))
    told = {
        row.number: [(field, cell) for field, cell, _why in row.reasons] for row in batch.rows.filter(state="wrong")
    }
    assert [fields for _n, fields in sorted(told.items())] == told_of_wrong(sorted(told))
    assert not Letter.objects.exists()
    with pytest.raises(actions.NotDecidable):
        actions.take_import(by=by, batch=batch, only_valid=False)


def told_of_wrong(numbers):
    """Fields and cells of the four wrong rows; a cell with a line break makes a row take two lines."""
    fields = (("made_on", "reason"), ("source_code",), ("subject_id_code",), ("pledge_type",))
    names = [name for name in HEADERS if name in PERSON]
    return [
        [(name, f"{'ABCDEFGHIJKL'[names.index(name)]}{n}") for name in some]
        for n, some in zip(numbers, fields, strict=True)
    ]


def test_numbers_that_excel_has_changed_are_refused_and_not_guessed(by, unit):
    made = openpyxl.Workbook()
    made.active.append([HEADERS[name] for name in GOOD])
    made.active.append([*({**GOOD, "subject_id_code": 913501000001000123}.values())])
    kept = io.BytesIO()
    made.save(kept)
    (row,) = read(by, unit, kept.getvalue()).rows.all()
    assert (row.state, row.reasons) == ("wrong", [["subject_id_code", "D2", "excel-digits"]])


def test_taken_over_it_waits_can_be_undone_and_is_published_by_itself(by, unit):
    batch = read(by, unit, table(GOOD, PERSON | {"source_code": "CZ-9"}))
    actions.take_import(by=by, batch=batch, only_valid=False)
    run_pending()
    assert not Letter.objects.exists()
    assert actions.undo_import(by=by, batch=batch).state == "undone"
    assert not ImportRow.objects.exists()
    batch = read(by, unit, table(GOOD, PERSON | {"source_code": "CZ-9"}))
    batch = actions.take_import(by=by, batch=batch, only_valid=True)
    assert actions.store_import(batch_id=batch.pk) == 2
    assert actions.store_import(batch_id=batch.pk) == 0
    assert set(RegistryRow.objects.values_list("name", flat=True)) == {"江南示例制造有限公司", "林某"}
    assert ADULT not in json.dumps(list(ImportRow.objects.values_list("data", flat=True)))
    with pytest.raises(actions.NotDecidable):
        actions.undo_import(by=by, batch=batch)


def test_imported_again_it_is_unchanged_and_another_text_is_wrong(by, unit):
    actions.store_import(batch_id=actions.take_import(by=None, batch=read(by, unit, table(GOOD)), only_valid=True).pk)
    again = read(by, unit, table(GOOD, GOOD | {"source_code": "CZ-2"}))
    assert queries.row_counts(again) == {"unchanged": 1, "new": 1}
    other = read(by, unit, table(GOOD | {"reason": "别的事由"}))
    (row,) = other.rows.all()
    assert row.reasons == [["source_code", f"A{row.number}", "was used before, for another text"]]
    with pytest.raises(actions.NotDecidable):
        actions.take_import(by=by, batch=other, only_valid=True)


def test_a_storing_that_was_broken_off_goes_on_to_the_end(by, unit):
    rows = [GOOD | {"source_code": f"CZ-{n}"} for n in range(3)]
    batch = actions.take_import(by=by, batch=read(by, unit, table(*rows)), only_valid=True)
    first = batch.rows.order_by("number")[0]
    LetterImport.objects.filter(pk=batch.pk).update(state="stored")
    ImportRow.objects.exclude(pk=first.pk).update(state="unchanged")
    assert actions.store_import(batch_id=batch.pk) == 1
    ImportRow.objects.update(state="new")
    assert (actions.store_import(batch_id=batch.pk), Letter.objects.count()) == (2, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no-table"),
        ("姓名,班级\n林,一".encode(), "no-table"),
        (b"%PDF-1.7", "not-table"),
        (b"PK\x03\x04x", "not-workbook"),
    ],
)
def test_what_is_no_table_of_letters_is_refused(data, code):
    with pytest.raises(Unreadable) as wrong:
        read_table(data)
    assert wrong.value.code == code


def test_more_rows_than_one_file_may_have_are_refused():
    with pytest.raises(Unreadable, match="too-many-rows"):
        read_table(table(*[GOOD] * 3), most=2)


def upload(client, unit, data, name="letters.csv"):
    return client.post(reverse("pledges:imports"), {"unit": unit.pk, "file": SimpleUploadedFile(name, data)})


def test_a_coordinator_brings_a_table_sees_it_and_decides(client, by, unit):
    client.force_login(by)
    assert client.get(reverse("pledges:import-template")).content.startswith(b"PK")
    answer = upload(client, unit, table(GOOD, GOOD | {"source_code": "CZ-2", "reason": ""}))
    page = client.get(answer.headers["Location"]).content.decode()
    assert "承诺事由：没有填写" in page
    assert client.post(answer.headers["Location"], {"do": "all"}).status_code == 409
    assert client.post(answer.headers["Location"], {"do": "valid"}).status_code == 302
    page = client.get(answer.headers["Location"]).content.decode()
    assert 'value="undo"' in page
    assert client.post(answer.headers["Location"], {"do": "undo"}).status_code == 302
    assert client.get(reverse("pledges:imports")).content.decode().count("rowlink") == 1
    refused = upload(client, unit, b"a,b\n1,2")
    assert (refused.status_code, "没有" in refused.content.decode()) == (400, True)


KEPT = {
    "fulfilment_status": "部分履行", "unfulfilled_content": "第二条未做到。", "sanction_content": "责令改正。",
    "status_decided_on": "2026-11-10",
}  # fmt: skip


def take(by, unit, *rows):
    """Bring a table and have it stored; what its rows came to."""
    batch = read(by, unit, table(*rows))
    with suppress(actions.NotDecidable):  # nothing of it is new
        actions.take_import(by=None, batch=batch, only_valid=True)
    run_pending()
    return list(ImportRow.objects.filter(batch=batch).order_by("number").values_list("state", "reasons"))


def test_remarks_another_type_and_how_it_was_kept_come_with_the_table(by, unit, client):
    row = GOOD | KEPT | {"pledge_type": "其他（文明经营）", "remarks": "窗口转来"}
    assert take(by, unit, row) == [("new", [])]
    letter = Letter.objects.get()
    record, kept = letter.record, Fulfilment.objects.get()
    assert (record.pledge_type, record.pledge_type_text, record.remarks) == ("other", "文明经营", "窗口转来")
    assert (kept.status, kept.unfulfilled_content, str(kept.decided_on)) == ("partly", "第二条未做到。", "2026-11-10")
    assert (kept.unit_name, kept.unit_uscc) == ("市财政局", unit.uscc)
    html = client.get(f"/l/{letter.public_id}").content.decode()
    assert [part in html for part in ("其他（文明经营）", "责令改正。", "窗口转来")] == [True, True, False]
    assert "窗口转来" not in letter.public_record.body


def test_the_same_letter_may_come_again_with_how_it_was_kept(by, unit):
    take(by, unit, GOOD)
    assert take(by, unit, GOOD) == [("unchanged", [])]
    assert take(by, unit, GOOD | KEPT) == [("new", [])]
    assert take(by, unit, GOOD | KEPT) == [("unchanged", [])]
    other = {"status_unit": "市审计局", "status_unit_uscc": "11320583MB0000000E", "fulfilment_status": "全部履行"}
    assert take(by, unit, GOOD | other | {"status_decided_on": "2026-11-12"}) == [("new", [])]
    assert list(Fulfilment.objects.order_by("pk").values_list("status", "unit_name")) == [
        ("partly", "市财政局"), ("whole", "市审计局"),
    ]  # fmt: skip
    assert Letter.objects.count() == 1


def test_a_letter_that_has_ended_gets_no_finding_any_more(by, unit):
    take(by, unit, GOOD)
    actions.end_letter(by=by, letter=Letter.objects.get(), reason="fulfilled")
    ((state, reasons),) = take(by, unit, GOOD | KEPT)
    assert (state, reasons[0][0]) == ("wrong", "fulfilment_status")
    assert not Fulfilment.objects.exists()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"pledge_type": "其他"}, {"pledge_type_text"}),
        ({"pledge_type_text": "文明经营"}, {"pledge_type_text"}),
        (KEPT | {"sanction_content": ""}, {"sanction_content"}),
        (KEPT | {"fulfilment_status": "全部履行"}, {"sanction_content", "unfulfilled_content"}),
        (KEPT | {"fulfilment_status": ""}, {"fulfilment_status"}),
        (KEPT | {"fulfilment_status": "大致履行"}, {"fulfilment_status"}),
        (KEPT | {"status_decided_on": "2026-10-31"}, {"status_decided_on"}),
        (KEPT | {"status_unit": "市审计局"}, {"status_unit_uscc"}),
        (KEPT | {"status_unit": "市审计局", "status_unit_uscc": "113"}, {"status_unit_uscc"}),
        ({"remarks": "长" * 513}, {"remarks"}),
    ],
)
def test_what_does_not_fit_the_layout_is_named_by_its_column(by, unit, changes, wrong):
    row = ImportRow.objects.get(batch=read(by, unit, table(GOOD | changes)))
    assert (row.state, {name for name, _cell, _reason in row.reasons}) == ("wrong", wrong)


def test_a_person_has_no_fulfilment_in_a_table_either(by, unit):
    row = ImportRow.objects.get(batch=read(by, unit, table(PERSON | KEPT)))
    assert {(name, reason) for name, _cell, reason in row.reasons} == {
        (name, "only for organisations") for name in KEPT
    }


PHONE, CARD = "13912345678", "320583199003073015"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"content": f"材料真实。\n联系电话{PHONE}。"}, ["content"]),
        ({"reason": f"身份证{CARD}申报"}, ["reason"]),
        ({"breach_liability": "举报邮箱a@example.org"}, ["breach_liability"]),
        ({"title": f"承诺书{PHONE}"}, ["title"]),
        (KEPT | {"sanction_content": f"电话{PHONE}"}, ["sanction_content"]),
        ({"content": "受理单位代码123205834671520003，监督电话0512-57311234。"}, []),
        ({"remarks": f"联系人{PHONE}"}, []),
    ],
)
def test_numbers_of_people_in_what_everybody_may_read_are_refused(by, unit, changes, wrong):
    row = ImportRow.objects.get(batch=read(by, unit, table(GOOD | changes)))
    assert [name for name, _cell, _reason in row.reasons] == wrong
    assert row.state == ("wrong" if wrong else "new")


def test_the_downloaded_table_has_every_column_and_explains_it():
    made = openpyxl.load_workbook(io.BytesIO(template()))
    assert [cell.value for cell in made.worksheets[0][1]] == list(HEADERS.values())
    assert [row[0].value for row in made.worksheets[1].iter_rows(min_row=2)] == [
        HEADERS[name] for name in HEADERS if name in NOTES
    ]
    assert set(NOTES) == set(HEADERS)


def test_nobody_else_comes_near(client, by, unit):
    batch = read(by, unit, table(GOOD))
    addresses = [reverse(f"pledges:{name}") for name in ("imports", "import-template")]
    addresses.append(reverse("pledges:import", args=[batch.public_id]))
    for address in addresses:
        assert client.get(address).status_code in (302, 404)
    client.force_login(UserFactory())
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    client.force_login(make.coordinator_of(make.accepting_unit()))
    assert client.get(addresses[2]).status_code == 404
    assert client.post(addresses[2], {"do": "all"}).status_code == 404
    assert upload(client, unit, table(GOOD)).status_code == 400


@pytest.mark.parametrize("many", [1, 3])
def test_the_preview_costs_the_same_for_any_number_of_rows(client, by, unit, many, django_assert_max_num_queries):
    batch = read(by, unit, table(*[GOOD | {"source_code": f"CZ-{n}"} for n in range(many)]))
    client.force_login(by)
    with django_assert_max_num_queries(30):
        client.get(reverse("pledges:import", args=[batch.public_id]))


def test_the_command_shows_stores_and_says_it_as_json(tmp_path, unit):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(table(GOOD, PERSON | {"source_code": "CZ-2"}))
    bad.write_bytes(table(GOOD | {"source_code": "CZ-3"}, GOOD | {"source_code": "CZ-4", "content": ""}))

    def run(file, **options):
        out = StringIO()
        call_command("import_letters", file, organisation="11320583MB0000000E", json=True, stdout=out, **options)
        return json.loads(out.getvalue())

    assert run(good, dry_run=True) == {"new": 2, "unchanged": 0, "wrong": 0, "stored": 0, "rows": []}
    assert (run(good)["stored"], run(good)["unchanged"], Letter.objects.count()) == (2, 2, 2)
    with pytest.raises(CommandError, match="1 rows are wrong"):
        run(bad)
    assert run(bad, valid_only=True)["stored"] == 1
    with pytest.raises(CommandError):
        call_command("import_letters", good, organisation="没有的单位")


def test_rows_of_old_imports_are_forgotten(by, unit):
    read(by, unit, table(GOOD))
    assert actions.prune_imports() == 0
    assert actions.prune_imports(at=timezone.now() + timedelta(days=31)) == 1
