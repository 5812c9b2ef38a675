"""All units at once: put together by kind and district, in their own order, for those who may see them."""

import re
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from dashboards.models import ExamTally
from organisations.models import Kind, Organisation, Role
from programmes.models import StepKind, UnitStepTally
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.programmes import ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db


class City:
    """A city with so many units of three kinds in two districts, and figures for each."""

    def __init__(self, units=6):
        self.root = OrganisationFactory(kind=Kind.CITY, name="全市", district_code="320500")
        kinds = ("department", "school", "enterprise")
        Organisation.objects.bulk_create(
            [
                Organisation(
                    kind=kinds[n % 3], name=f"单位{n:03}", parent=self.root, order=n, district_code=f"32058{n % 2}"
                )
                for n in range(units)
            ]
        )
        self.units = list(Organisation.objects.filter(parent=self.root).order_by("order"))
        for unit in self.units:
            unit.path = f"{self.root.path}{unit.pk}/"
        Organisation.objects.bulk_update(self.units, ["path"], batch_size=200)
        self.programme = ProgrammeFactory()
        self.steps = [
            StepFactory(programme=self.programme, stage=n, kind=StepKind.EXAM if n == 3 else StepKind.COURSE)
            for n in range(1, 6)
        ]
        UnitStepTally.objects.bulk_create(
            [
                UnitStepTally(programme=self.programme, organisation=unit, measure=measure, step=step, people=people)
                for n, unit in enumerate(self.units)
                for measure, step, people in [
                    ("enrolled", None, 20),
                    ("finished", None, n % 20),
                    *[("step", step, 7) for step in self.steps],
                ]
            ]
        )
        ExamTally.objects.bulk_create(
            [
                ExamTally(step=self.steps[2], organisation=unit, measure=measure, people=people)
                for unit in self.units
                for measure, people in (("took_part", 10), ("passed", 8), ("excellent", 2))
            ]
        )
        self.office = UserFactory()
        self.office.user_permissions.add(Permission.objects.get(codename="change_programme"))


@pytest.fixture
def city():
    return City()


def text(client, user, query=""):
    client.force_login(user)
    answer = client.get(f"/city/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def order_of(city, page):
    """The names of the units in the second table, as they stand."""
    below = page.split('id="units"')[1]
    return sorted((unit.name for unit in city.units if unit.name in below), key=below.index)


def test_kinds_districts_and_units_in_their_own_order(city, client):
    page = text(client, city.office)
    assert ("120人参加" in page, page.count("<h1")) == (True, 1)
    assert [word in page for word in ("部门", "学校", "企业")] == [True, True, True]
    assert order_of(city, page) == [unit.name for unit in city.units]
    assert ("320580" in text(client, city.office, "?group=district")) is True
    schools = text(client, city.office, "?kind=school")
    assert (order_of(city, schools), "40人参加" in schools) == (["单位001", "单位004"], True)
    both = text(client, city.office, "?kind=school&district=320581")
    assert order_of(city, both) == ["单位001"]
    assert order_of(city, text(client, city.office, "?kind=nonsense&page=nonsense&group=nonsense")) == []


def test_what_lies_below_counts_for_its_department(city, client):
    section = OrganisationFactory(kind="section", name="某科", parent=city.units[0])
    UnitStepTally.objects.create(programme=city.programme, organisation=section, measure="enrolled", people=5)
    page = text(client, city.office)
    assert ("125人参加" in page, "25人" in page, "某科" in page) == (True, True, False)


def test_a_coordinator_sees_what_they_lead_and_nobody_else_anything(city, client):
    leader = UserFactory()
    MembershipFactory(user=leader, organisation=city.units[1], role=Role.COORDINATOR)
    page = text(client, leader)
    assert order_of(city, page) == ["单位001"]
    assert "120人参加" not in page
    for stranger in (UserFactory(), None):
        client.logout()
        if stranger:
            client.force_login(stranger)
        assert client.get("/city/").status_code == (404 if stranger else 302)
        assert client.get("/city/export/").status_code == (404 if stranger else 302)


def test_large_counts_are_grouped_for_people_and_for_nobody_else(city, client):
    UnitStepTally.objects.filter(measure="enrolled").update(people=50_000)
    UnitStepTally.objects.filter(measure="step").update(people=12_345)
    ExamTally.objects.filter(measure="took_part").update(people=10_007)
    client.force_login(city.office)
    for prefix, words in (("", "300,000人"), ("/en", "300,000 people")):
        page = client.get(f"{prefix}/city/").content.decode()
        assert [n for n in (words, "74,070", "12,345", "60,042") if n not in page] == []
        districts = {"320580", "320581"}  # codes
        assert set(re.findall(r"(?<![\w.#-])\d{5,}(?![\w-])", re.sub(r"<[^>]*>", " ", page))) == districts
        told = re.search(rf'href="[^"]*/{city.units[0].code}/\?[^"]*step=([^"&#]*)', page)[1]
        assert told in {str(step.public_id) for step in city.steps}
    first = load_workbook(BytesIO(client.get("/city/export/").content)).worksheets[0]
    assert 300_000 in [cell.value for row in first.iter_rows() for cell in row]


def test_years_pages_and_codes_are_grouped_in_no_language():
    for language in ("zh-hans", "en"):
        with translation.override(language):
            shown = Template("{% load humanize %}{{ year }} {{ people|intcomma }}")
            assert shown.render(Context({"year": 2026, "people": 300_000})) == "2026 300,000"


def test_the_workbook_has_both_tables(city, client):
    client.force_login(city.office)
    book = load_workbook(BytesIO(client.get("/city/export/").content))
    groups, units = [[row[:2] for row in sheet.iter_rows(values_only=True)][1:] for sheet in book.worksheets]
    assert groups == [("部门", 40), ("学校", 40), ("企业", 40), ("合计", 120)]
    assert units == [*[(unit.name, 20) for unit in city.units], ("合计", 120)]


def test_five_hundred_units_take_ten_statements_on_every_page(client):
    city = City(500)
    leader = UserFactory()
    MembershipFactory(user=leader, organisation=city.root, role=Role.COORDINATOR)
    code = city.root.code
    for user in (city.office, leader):
        client.force_login(user)
        for address in (
            "/city/",
            "/city/?group=district&page=4",
            f"/dashboards/{code}/",
            f"/dashboards/{code}/?units=9",
        ):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                page = client.get(address).content.decode()
            assert ("10,000人参加" in page, len(captured) <= 10) == (True, True)
