"""Rates of units: who counts, who sees what, and the files to keep."""

import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from exams import actions, queries, steps
from exams.models import Attempt
from exams.views.units import harmless
from foundation.audit.models import Entry
from organisations.models import Organisation, Role
from programmes.models import Enrolment
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


class Town:
    """A city with two departments and a section; one exam of two questions."""

    def __init__(self):
        self.city = OrganisationFactory(name="全市")
        self.one = OrganisationFactory(name="一局", parent=self.city)
        self.two = OrganisationFactory(name="二局", parent=self.city)
        self.section = OrganisationFactory(name="一处", parent=self.one)
        self.programme = ProgrammeFactory()
        self.paper = make.paper(fixed=[make.item("single").item, make.item("single").item], attempts_allowed=3)
        self.step = None

    def person(self, unit, *rights):
        """Somebody of `unit`; each of `rights` is an attempt with so many right answers."""
        enrolment = EnrolmentFactory(programme=self.programme, organisation=unit)
        if self.step is None:
            self.step = make.seat(the_paper=self.paper, enrolment=enrolment).step
        for right in rights:
            entry = steps.enter(user=enrolment.user, step_public_id=self.step.public_id)
            attempt = actions.start_attempt(entry=entry)
            if right:
                batch = right_answers(attempt)[:right]
                actions.save_responses(by=enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=batch)
            actions.submit_attempt(by=enrolment.user, attempt_id=attempt.public_id)
        return enrolment

    def figures(self, unit):
        return queries.rates_of(
            unit,
            people=steps.people_of(self.step),
            done=steps.done_in(self.step),
            step_id=self.step.pk,
            excellence=90,
        )

    def url(self, unit, query=""):
        return reverse("exams:unit", args=[self.step.public_id, unit.code]) + query

    def leader(self, unit, role=Role.COORDINATOR):
        user = UserFactory()
        MembershipFactory(user=user, organisation=unit, role=role)
        return user


@pytest.fixture
def town():
    town = Town()
    town.person(town.one, 2)
    town.person(town.section, 0, 2)
    town.person(town.section, 1)
    town.person(town.one)
    town.person(town.two, 2)
    return town


def told(rates):
    return (rates.enrolled, rates.participation, rates.pass_rate, rates.first_time_rate, rates.average)


def test_the_figures_of_a_unit_count_everybody_below_it(town):
    found = town.figures(town.city)
    assert told(found.rates) == (5, 80.0, 75.0, 50.0, 87.5)
    assert [(row.unit, told(row.rates)) for row in found.below] == [
        (town.one, (4, 75.0, 66.7, 33.3, 83.3)),
        (town.two, (1, 100.0, 100.0, 100.0, 100.0)),
    ]
    assert told(town.figures(town.section).rates) == (2, 100.0, 50.0, 0.0, 75.0)


def test_an_excellence_rate_is_not_told_of_fewer_than_five(town):
    assert (town.figures(town.city).rates.took_part, town.figures(town.city).rates.excellence_rate) == (4, None)
    town.person(town.two, 2)
    assert town.figures(town.city).rates.excellence_rate == 80.0


def test_a_unit_that_does_not_take_part_leaves_every_denominator_with_all_below_it(town):
    Organisation.objects.filter(pk=town.one.pk).update(is_participating=False)
    found = town.figures(town.city)
    assert (told(found.rates), found.left_out) == ((1, 100.0, 100.0, 100.0, 100.0), 4)
    assert [(row.unit, row.rates is None) for row in found.below] == [(town.one, True), (town.two, False)]
    assert list(_waiting(town, town.city)) == []


def _waiting(town, unit):
    return queries.not_yet(
        unit, people=steps.people_of(town.step), done=steps.done_in(town.step), step_id=town.step.pk
    ).values_list("organisation__name", "begun")


def test_who_has_not_passed_yet_is_listed_with_whether_they_have_begun(town):
    assert list(_waiting(town, town.city)) == [("一局", False), ("一处", True)]
    assert list(_waiting(town, town.two)) == []


def test_a_make_up_that_passes_does_not_change_the_first_time_rate(town):
    before = town.figures(town.city).rates.first_time_rate
    seat = Enrolment.objects.filter(organisation=town.section).order_by("-pk")[0]
    entry = steps.enter(user=seat.user, step_public_id=town.step.public_id)
    attempt = actions.start_attempt(entry=entry)
    actions.save_responses(by=seat.user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt))
    actions.submit_attempt(by=seat.user, attempt_id=attempt.public_id)
    after = town.figures(town.city).rates
    assert (after.pass_rate, after.first_time_rate) == (100.0, before)


def still_being_marked(town, unit):
    """The first attempt of whoever sat twice in `unit` waits for a marker again."""
    twice = Attempt.objects.get(enrolment__organisation=unit, number=2).enrolment
    Attempt.objects.filter(enrolment=twice, number=1).update(state="marking", passed=None)


def test_a_later_attempt_never_stands_in_for_a_first_one_that_is_being_marked(town):
    before = town.figures(town.section).rates
    still_being_marked(town, town.section)
    after = town.figures(town.section).rates
    assert (before.sat_first, before.passed_first) == (2, 0)
    assert (after.sat_first, after.passed_first, after.passed) == (1, 0, before.passed)


def test_a_withdrawn_enrolment_counts_nowhere(town):
    Enrolment.objects.filter(organisation=town.two).update(state="withdrawn")
    assert town.figures(town.two).rates.enrolled == 0
    assert town.figures(town.two).rates.participation is None


def test_a_coordinator_sees_passed_or_not_yet_of_own_units_and_no_score(client, town):
    client.force_login(town.leader(town.one))
    page = client.get(town.url(town.one))
    assert page.context["sees_scores"] is False
    assert "83.3" not in page.content.decode()
    assert client.get(town.url(town.section)).status_code == 200
    for foreign in (town.two, town.city):
        assert client.get(town.url(foreign)).status_code == 404
    assert not Entry.objects.filter(action="exams.unit.look").exists()


def test_strangers_learners_and_the_signed_out_see_nothing(client, town):
    learner = Enrolment.objects.filter(organisation=town.one)[0].user
    for user in (UserFactory(), learner, town.leader(town.one, Role.MEMBER)):
        client.force_login(user)
        assert client.get(town.url(town.one)).status_code == 404
        assert client.get(reverse("exams:units")).status_code == 404
    client.logout()
    assert client.get(town.url(town.one)).status_code == 302


def test_an_exam_manager_sees_averages_and_each_look_is_recorded(client, town):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="exam manager"))
    client.force_login(user)
    assert "87.5" in client.get(town.url(town.city)).content.decode()
    look = Entry.objects.get(action="exams.unit.look")
    assert (look.actor_id, look.target) == (user.pk, f"programmes.Step:{town.step.pk}")
    assert look.details == {"unit": town.city.code, "scores": True, "file": ""}


def test_a_file_with_names_is_recorded_whoever_takes_it(client, town):
    client.force_login(town.leader(town.one))
    for kind in ("csv", "xlsx", "pdf"):  # the last is no file but the page
        assert client.get(town.url(town.one, f"?as={kind}")).status_code == 200
    taken = Entry.objects.filter(action="exams.unit.look").order_by("pk").values_list("details", flat=True)
    assert list(taken) == [{"unit": town.one.code, "scores": False, "file": kind} for kind in ("csv", "xlsx")]


def test_the_list_of_exams_leads_to_the_highest_units_one_leads(client, town):
    client.force_login(town.leader(town.one))
    page = client.get(reverse("exams:units"))
    assert ([s.pk for s in page.context["page"]], page.context["tops"]) == ([town.step.pk], [town.one])


def test_both_files_have_the_figures_and_the_names_and_no_formula(client, town):
    bad = town.person(town.two)
    type(bad.user).objects.filter(pk=bad.user.pk).update(name="=HYPERLINK(1)")
    client.force_login(town.leader(town.two))
    response = client.get(town.url(town.two, "?as=csv"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1] == ["二局", "2", "1", "50.0", "1", "100.0", "", "100.0"]
    assert rows[-1][0] == "'=HYPERLINK(1)"
    sheet = load_workbook(io.BytesIO(client.get(town.url(town.two, "?as=xlsx")).content)).active
    cells = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert cells[1] == ["二局", 2, 1, 50, 1, 100, 100]
    assert cells[-1][0] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_takes_for_a_formula_is_disarmed(text):
    assert harmless(text) == f"'{text}"


def test_harmless_cells_stay_as_they_are():
    assert [harmless(cell) for cell in ("张三", -1, 2.5, None)] == ["张三", -1, 2.5, ""]


def test_the_page_costs_the_same_for_one_and_for_three_units(client, town):
    client.force_login(town.leader(town.city))
    counts = []
    for unit in (town.two, town.city):
        client.get(town.url(unit))
        with CaptureQueriesContext(connection) as captured:
            client.get(town.url(unit))
        counts.append(len(captured))
    OrganisationFactory(name="三局", parent=town.city)
    with CaptureQueriesContext(connection) as captured:
        client.get(town.url(town.city))
    assert len(captured) == counts[1]
    assert counts[1] <= 20
