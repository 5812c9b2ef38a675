"""A coordinator or class teacher sees how far each of their people is, and never a score."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organisations.models import Role
from programmes import actions
from programmes.contracts import Evidence
from tests.factories.organisations import OrganisationFactory
from tests.factories.practice import Workplace
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def workplace():
    return Workplace()


def test_leaders_see_the_people_of_their_subtree_and_how_far_they_are(workplace, client):
    done, waiting = workplace.learner(), workplace.learner(workplace.department)
    actions.complete_steps(evidence=[Evidence(done.pk, workplace.step.pk, timezone.now(), "tests.Fact:1")])
    client.force_login(workplace.coordinator)
    page = client.get(f"/organisations/{workplace.department.code}/").content.decode()
    assert (done.user.name in page, waiting.user.name in page) == (True, True)
    section = client.get(f"/organisations/{workplace.section.code}/").content.decode()
    assert (done.user.name in section, waiting.user.name in section) == (True, False)
    assert "tag--ok" in section
    units = client.get("/organisations/").content.decode()
    assert (workplace.department.name in units, workplace.section.name in units) == (True, True)


def test_who_keeps_the_roster_finds_the_way_to_import_people(workplace, client):
    teacher = workplace.person(workplace.section, Role.TEACHER)
    for user, is_there in ((workplace.coordinator, True), (teacher, False)):
        client.force_login(user)
        page = client.get(f"/organisations/{workplace.section.code}/").content.decode()
        assert (f'href="/rosters/new/?unit={workplace.section.code}"' in page) is is_there
    client.force_login(workplace.coordinator)
    form = client.get(f"/rosters/new/?unit={workplace.section.code}").content.decode()
    assert f'value="{workplace.section.code}" selected' in form


def test_a_strange_unit_and_one_that_does_not_exist_look_alike(workplace, client):
    other = Workplace()
    for user in (other.coordinator, workplace.learner().user, workplace.person(OrganisationFactory(), Role.REPORTER)):
        client.force_login(user)
        for code in (workplace.section.code, "NOSUCH22"):
            assert client.get(f"/organisations/{code}/").status_code == 404
    assert client.get("/organisations/").status_code == 404
    client.logout()
    assert client.get("/organisations/").status_code == 302


def test_one_programme_is_shown_at_a_time_and_another_can_be_chosen(workplace, client):
    first = workplace.learner()
    other = ProgrammeFactory(title="另一个项目")
    StepFactory(programme=other)
    second = EnrolmentFactory(programme=other, user=workplace.person(workplace.section), organisation=workplace.section)
    client.force_login(workplace.coordinator)
    address = f"/organisations/{workplace.section.code}/"
    for enrolment, missing in ((first, second), (second, first)):
        page = client.get(f"{address}?programme={enrolment.programme.slug}").content.decode()
        assert (enrolment.user.name in page, missing.user.name in page) == (True, False)
    assert client.get(f"{address}?programme=nonsense&page=99").status_code == 200


def test_more_people_cost_no_more_statements(workplace, client):
    client.force_login(workplace.coordinator)
    client.get("/organisations/")
    for address in (f"/organisations/{workplace.section.code}/", "/organisations/"):
        counts = []
        for _ in range(3):
            workplace.learner()
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        assert (counts[0], counts[0] <= 13) == (counts[2], True)
