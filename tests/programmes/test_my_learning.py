"""The learner's own pages and their JSON: what is done, what is next, and nothing of anybody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes import actions
from programmes.models import Stage, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(courses):
    programme = ProgrammeFactory(title="2026年公职人员诚信教育")
    StepFactory(programme=programme, position=1, title="窗口上的诚信")
    StepFactory(programme=programme, position=1, stage=Stage.PRACTISE, kind=StepKind.PRACTISE, title="两件事")
    return EnrolmentFactory(programme=programme)


def steps_of(enrolment):
    return list(enrolment.programme.steps.order_by("stage", "position"))


def test_the_page_links_the_open_step_and_not_the_locked_one(enrolment, client):
    first, last = steps_of(enrolment)
    client.force_login(enrolment.user)
    for address in ("/my/", f"/my/{enrolment.public_id}/"):
        page = client.get(address).content.decode()
        assert f"/learn/steps/{first.public_id}/" in page
        assert last.title in page
        assert f"/practice/steps/{last.public_id}/" not in page


def test_a_person_without_a_programme_is_told_what_happens_next(client):
    client.force_login(UserFactory())
    assert client.get("/my/").status_code == 200


def test_somebody_elses_enrolment_is_not_found(enrolment, client):
    client.force_login(UserFactory())
    assert client.get(f"/my/{enrolment.public_id}/").status_code == 404
    client.force_login(enrolment.user)
    actions.withdraw_enrolment(by=None, enrolment=enrolment, reason="调离")
    assert client.get(f"/my/{enrolment.public_id}/").status_code == 404


def test_the_json_tells_the_same_and_asks_the_same_gate(enrolment, client, courses):
    first, last = steps_of(enrolment)
    assert client.get("/api/v1/my/steps").status_code == 401
    client.force_login(enrolment.user)
    body = client.get("/api/v1/my/steps").json()
    rows = [(s["id"], s["state"], s["url"], s["progress"]) for s in body["enrolments"][0]["steps"]]
    assert rows == [
        (first.public_id, "now", f"/learn/steps/{first.public_id}/", {"done": 2, "total": 5}),
        (last.public_id, "todo", None, None),
    ]
    assert client.get(f"/api/v1/my/steps/{first.public_id}").status_code == 200
    shut = client.get(f"/api/v1/my/steps/{last.public_id}")
    assert (shut.status_code, shut.json()["error"]) == (403, "step-locked")
    assert client.get("/api/v1/my/steps/AAAAAAAAAAAA").status_code == 404
    assert client.post("/api/v1/my/steps").status_code == 405
    actions.complete_steps(evidence=[courses.prove(enrolment, first)])
    assert client.get(f"/api/v1/my/steps/{last.public_id}").status_code == 200
    client.force_login(UserFactory())
    assert client.get("/api/v1/my/steps").json() == {"enrolments": []}
    assert client.get(f"/api/v1/my/steps/{first.public_id}").status_code == 404


@pytest.mark.parametrize("address", ["/my/", "/api/v1/my/steps"])
def test_more_steps_cost_no_more_statements(enrolment, client, address):
    client.force_login(enrolment.user)
    client.get(address)  # site settings are read once
    counts = []
    for position in (2, 3, 4):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
        StepFactory(programme=enrolment.programme, position=position)
    assert counts[0] == counts[2]
    assert counts[0] <= 10
