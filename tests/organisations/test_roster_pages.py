"""Coordinators bring rosters in on pages of their own; nobody else finds them."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from organisations.models import Membership, Organisation, Role, RosterColumns, RosterImport, RosterState
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.rosters import bring, school
from tests.organisations.workbooks import workbook

pytestmark = pytest.mark.django_db


def leader(unit, role=Role.COORDINATOR):
    user = UserFactory()
    MembershipFactory(user=user, organisation=unit, role=role)
    return user


@pytest.fixture
def office():
    return OrganisationFactory(name="住建局", code="zjj")


@pytest.fixture
def coordinator(client, office):
    user = leader(office)
    client.force_login(user)
    return user


def upload(client, data, code="zjj", **fields):
    file = SimpleUploadedFile("名册.xlsx", data)
    return client.post("/rosters/new/", {"organisation": code, "file": file, **fields})


def people(*names):
    return workbook(名单=[["姓名", "工号"], *[[name, f"N{n}"] for n, name in enumerate(names)]])


def test_a_roster_is_uploaded_looked_at_put_in_and_taken_back(client, coordinator, office):
    assert client.get("/rosters/new/").status_code == 200
    answer = upload(client, people("林知远", "周静"))
    roster = RosterImport.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/rosters/{roster.public_id}/")
    page = client.get(answer.url)
    assert [shown.row.name for shown in page.context["rows"]] == ["林知远", "周静"]
    client.post(f"{answer.url}move/", {"do": "apply"})
    roster.refresh_from_db()
    assert (roster.state, roster.applied_by, User.objects.filter(name="周静").count()) == ("applied", coordinator, 1)
    assert client.get(answer.url).status_code == 200
    client.post(f"{answer.url}move/", {"do": "undo"})
    assert User.objects.filter(name="周静").count() == 0
    assert client.get("/rosters/").content.decode().count(roster.public_id) == 1


def test_wrong_rows_are_shown_with_their_cell_and_only_the_right_ones_go_in(client, coordinator, office):
    upload(client, workbook(名单=[["姓名", "工号"], ["林知远", 1.5], ["周静", "2"]]))
    roster = RosterImport.objects.get()
    address = f"/rosters/{roster.public_id}/"
    page = client.get(f"{address}?status=error").content.decode()
    assert "B2" in page
    assert "周静" not in page
    client.post(f"{address}move/", {"do": "apply"})
    assert RosterImport.objects.get().state == RosterState.PREVIEW
    client.post(f"{address}move/", {"do": "apply", "valid_only": "1"})
    assert list(Membership.objects.filter(is_home=True).values_list("user__name", flat=True)) == ["周静"]


def test_leavers_are_ticked_by_a_person(client, coordinator, office):
    gone = UserFactory(name="走了")
    MembershipFactory(user=gone, organisation=office, is_home=True)
    upload(client, people("林知远"))
    roster = RosterImport.objects.get()
    address = f"/rosters/{roster.public_id}/"
    assert "走了" in client.get(address).content.decode()
    client.post(f"{address}move/", {"do": "apply", "leaver": [str(roster.leavers.get().pk), "x", "999999"]})
    assert not Membership.objects.current().filter(user=gone).exists()


def test_columns_are_shown_corrected_and_remembered(client, coordinator, office):
    upload(client, workbook(名单=[["姓名", "内部号"], ["林知远", "77"]]))
    address = f"/rosters/{RosterImport.objects.get().public_id}/columns/"
    page = client.get(address)
    assert [(field.label, field.value()) for field in page.context["form"]] == [("姓名", "name"), ("内部号", "-")]
    assert client.post(address, {"c0": "-", "c1": "employee_number"}).status_code == 200
    assert client.post(address, {"c0": "name", "c1": "employee_number"}).status_code == 302
    assert RosterColumns.objects.get().words["内部号"] == "employee_number"
    assert RosterImport.objects.get().rows.get().values == {"employee_number": "77"}


def test_the_template_is_read_by_the_importer(client):
    here = school()
    client.force_login(leader(here))
    answer = client.get("/rosters/template/qs/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["教师", "三年级1班", "三年级2班", "说明"]
    assert book["三年级1班"]["B2"].number_format == "@"
    book["三年级1班"]["A2"], book["三年级1班"]["B2"] = "陈小满", "007"
    out = io.BytesIO()
    book.save(out)
    roster = bring(here, out.getvalue(), apply=False)
    found = roster.rows.values_list("name", "unit__code", "status", "values__student_number")
    assert list(found) == [("陈小满", "QS3A", "new", "007")]


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"%PDF-1.7", "CSV"), (b"", ""), ("姓名\n".encode("gb18030") + b"\xff", "GB18030")],
)
def test_a_file_that_is_no_roster_is_refused_beside_the_field(client, coordinator, data, word):
    answer = upload(client, data)
    assert (answer.status_code, RosterImport.objects.count()) == (200, 0)
    assert word in str(answer.context["form"].errors["file"])


def test_a_file_that_is_too_large_is_refused(client, coordinator, settings):
    settings.UPLOAD_MAX_BYTES = 1024
    answer = upload(client, b"x" * 2048)
    assert (answer.status_code, RosterImport.objects.count()) == (200, 0)


def test_nobody_sees_or_moves_the_rosters_of_other_units(client, office):
    roster = bring(office, people("林知远"), apply=False)
    below = OrganisationFactory(parent=office, kind="section")
    other = OrganisationFactory(code="other")
    addresses = [f"/rosters/{roster.public_id}/", f"/rosters/{roster.public_id}/columns/", "/rosters/template/zjj/"]
    strangers = [
        leader(other),
        leader(below),
        leader(office, Role.TEACHER),
        leader(office, Role.MEMBER),
        leader(office, Role.REPORTER),
        UserFactory(),
    ]
    for user in strangers:
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [404] * 3
        assert client.post(f"/rosters/{roster.public_id}/move/", {"do": "apply"}).status_code == 404
    client.force_login(strangers[0])
    assert roster.public_id not in client.get("/rosters/").content.decode()
    assert upload(client, people("周静"), code="zjj").status_code == 200
    for user in strangers[2:]:
        client.force_login(user)
        assert [client.get(address).status_code for address in ("/rosters/", "/rosters/new/")] == [404, 404]
    client.logout()
    assert [client.get(address).status_code for address in addresses] == [302] * 3
    assert (RosterImport.objects.count(), RosterImport.objects.get().state) == (1, RosterState.PREVIEW)


def test_managers_coordinators_above_and_the_office_keep_the_roster(client, office):
    section = OrganisationFactory(parent=office, kind="section")
    roster = bring(section, people("林知远"), apply=False)
    for user in (leader(office, Role.MANAGER), leader(office), leader(section), UserFactory(is_superuser=True)):
        client.force_login(user)
        assert client.get(f"/rosters/{roster.public_id}/").status_code == 200


def test_the_office_without_a_unit_of_its_own_finds_the_way_back_to_the_units(client, office):
    client.force_login(UserFactory(is_superuser=True))
    page = client.get("/organisations/").content.decode().split("<main")[1]
    assert ("住建局" in page, '/zjj/hand-over/"' in page, 'href="/organisations/zjj/"' in page) == (True, True, False)


def test_lists_cost_the_same_for_one_row_and_for_three(client, coordinator, office):
    counts = []
    client.get("/rosters/")
    for size in (1, 3):
        roster = bring(office, people(*[f"人员{'甲乙丙'[n]}{'一二'[size == 3]}" for n in range(size)]), apply=False)
        for _ in range(size - 1):
            bring(office, people("别人"), apply=False)
        with CaptureQueriesContext(connection) as index:
            client.get("/rosters/")
        with CaptureQueriesContext(connection) as page:
            client.get(f"/rosters/{roster.public_id}/")
        counts.append((len(index), len(page)))
    assert counts[0] == counts[1]


def test_a_page_of_running_work_looks_again(client, coordinator, office, monkeypatch):
    monkeypatch.setattr("organisations.actions.roster_reading.AT_ONCE_BYTES", 10)
    answer = upload(client, people("林知远"))
    page = client.get(answer.url).content.decode()
    assert (RosterImport.objects.get().state, "data-look-again" in page) == (RosterState.READING, True)
    assert Organisation.objects.count() == 1
