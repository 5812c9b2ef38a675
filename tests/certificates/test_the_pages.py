"""Who sees which certificate, and what a stranger reads."""

import io

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from openpyxl import load_workbook
from pypdf import PdfReader

from certificates.actions import choose_name, revoke_certificate
from certificates.models import Certificate, Reason
from foundation.audit.models import Entry
from organisations.models import Kind, Role
from privacy.actions import erase_person
from tests.factories import certificates as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
ABSENT = "20261120123456789012"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def department():
    return OrganisationFactory(name="住房和城乡建设局")


@pytest.fixture
def found(department):
    section = OrganisationFactory(kind="section", parent=department, name="建管科")
    return make.certificate(user=UserFactory(name="欧阳明远"), organisation=section)


def leading(unit, role=Role.COORDINATOR):
    user = UserFactory()
    MembershipFactory(user=user, organisation=unit, role=role)
    return user


def office():
    user = UserFactory()
    user.groups.add(Group.objects.get(name="credit office"))
    return user


def test_a_stranger_reads_what_it_is_worth_and_a_masked_name(found, client):
    page = client.get(f"/c/{found.code}")
    text = page.content.decode()
    assert (page.status_code, page["X-Robots-Tag"]) == (200, "noindex")
    assert ("欧＊＊" in text, "欧阳明远" in text, found.title in text) == (True, False, True)
    choose_name(certificate=found, shown=True)
    assert "欧阳明远" in client.get("/c/", {"number": found.shown_code}).content.decode()
    revoke_certificate(by=office(), certificate=found, reason=Reason.ERROR, note="写给本人的话")
    text = client.get(f"/en/c/{found.code}").content.decode()
    shown = ["revoked" in text, "issued by mistake" in text, "欧阳明远" in text, "写给本人的话" in text]
    assert shown == [True, True, False, False]


def test_private_erased_and_absent_ones_are_answered_alike_until_the_limit(client, settings):
    child = make.certificate(user=UserFactory(name="小明明", age_class="minor"))
    gone = make.certificate()
    erase_person(by=None, user=gone.holder)
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "check_certificate": "4/m/ip"}
    codes = [ABSENT, child.code, gone.code, "9" * 20]
    answers = [client.get(f"/c/{code}") for code in codes]
    bodies = {page.content.decode().replace(code, "") for code, page in zip(codes, answers, strict=True)}
    assert ([page.status_code for page in answers], len(bodies)) == ([404] * 4, 1)
    assert [client.get(f"/c/{code}").status_code for code in codes] == [429] * 4


def test_a_minors_certificate_is_checked_by_its_holder_and_who_leads_the_class_only(client):
    school = OrganisationFactory(kind=Kind.SCHOOL)
    room = OrganisationFactory(kind=Kind.CLASS, parent=school)
    child = make.certificate(user=UserFactory(name="小明明", age_class="minor"), organisation=room)
    asked = {"stranger": UserFactory(), "holder": child.holder, "teacher": leading(room, Role.TEACHER)}
    told = {}
    for who, user in asked.items():
        client.force_login(user)
        page = client.get(f"/c/{child.code}")
        told[who] = (page.status_code, "小明明" in page.content.decode())
    assert told == {"stranger": (404, False), "holder": (200, True), "teacher": (200, True)}


def test_the_holder_lists_reads_takes_along_and_shows_the_name(found, client):
    client.force_login(found.holder)
    assert f"/certificates/{found.code}/" in client.get("/certificates/").content.decode()
    page = client.get(f"/certificates/{found.code}/")
    assert (page.status_code, found.holder_name in page.content.decode()) == (200, True)
    client.post(f"/certificates/{found.code}/name/", {"shown": "yes"})
    assert Certificate.objects.get().shows_name
    paper = client.get(f"/certificates/{found.code}.pdf")
    text = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    text = "".join(text.split())
    assert [word in text for word in ("结业证书", "欧阳明远", "建管科", found.code)] == [True] * 4
    client.force_login(UserFactory())
    answers = [client.get(f"/certificates/{found.code}/"), client.get(f"/certificates/{found.code}.pdf")]
    answers.append(client.post(f"/certificates/{found.code}/name/", {"shown": "no"}))
    assert [page.status_code for page in answers] == [404] * 3


def test_who_leads_the_unit_finds_it_and_others_do_not(found, department, client):
    other = make.certificate(organisation=OrganisationFactory())
    seen = {}
    people = {"coordinator": leading(department), "office": office(), "far": leading(other.organisation)}
    for who, user in people.items():
        client.force_login(user)
        text = client.get("/certificates/office/").content.decode()
        seen[who] = [row.shown_code in text for row in (found, other)]
    assert seen == {"coordinator": [True, False], "office": [True, True], "far": [False, True]}
    client.force_login(UserFactory())
    assert client.get("/certificates/office/").status_code == 403
    assert client.get(f"/certificates/office/{found.code}/").status_code == 404


def test_the_list_is_narrowed_and_taken_along_and_costs_the_same_with_three(found, department, client):
    user = leading(department)
    client.force_login(user)
    for text, there in ((found.code[:12], True), ("欧阳", True), ("司马", False)):
        page = client.get("/certificates/office/", {"q": text, "state": "valid", "programme": found.programme.slug})
        assert (found.shown_code in page.content.decode()) == there, text
    book = load_workbook(io.BytesIO(client.get("/certificates/office/export/", {"q": "欧阳"}).content))
    rows = list(book.active.values)
    assert (len(rows), rows[1][:2]) == (2, (found.code, "欧阳明远"))
    assert Entry.objects.get(action="certificates.note_export").details == {"rows": 1}


def test_a_coordinator_and_the_office_revoke_a_teacher_and_the_holder_do_not(found, department, client):
    told = {"reason": "error", "note": "发错了人"}
    address = f"/certificates/office/{found.code}/"
    MembershipFactory(user=found.holder, organisation=department, role=Role.COORDINATOR)
    for user in (leading(department, Role.TEACHER), found.holder):
        client.force_login(user)
        assert client.post(address, told).status_code == 403
    client.force_login(leading(department))
    assert client.post(address, {**told, "note": ""}).status_code == 400
    assert client.post(address, told).status_code == 302
    client.force_login(office())
    text = client.get(address).content.decode()
    assert ("发错了人" in text, "</details>" in text.split('id="main"')[-1] and 'name="note"' in text) == (True, False)


def test_the_list_of_ones_own_costs_the_same_with_one_and_with_three(client, django_assert_num_queries):
    user = UserFactory()
    client.force_login(user)
    client.get("/certificates/")

    def statements(number):
        for _ in range(number):
            make.certificate(user=user)
        with django_assert_num_queries(STATEMENTS):
            assert client.get("/certificates/").content.decode().count("todo-list") == 1

    statements(1)
    statements(2)


STATEMENTS = 6
