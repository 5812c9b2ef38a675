"""Drafts are edited in Wagtail; open programmes are looked at, closed and filled with people."""

import datetime as dt

import pytest

from foundation.jobs.models import Job
from practice.models import PractiseStep
from programmes import actions
from programmes.models import Assignment, Programme, ProgrammeState, Stage, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.programmes import ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    admin = UserFactory(username="boss", is_superuser=True)
    client.force_login(admin)
    return admin


def fields(**change):
    return {
        "slug": "civil-2027",
        "title": "2027年公职人员诚信教育",
        "audience": "civil_servant",
        "opens_on": "2027-01-01",
        "closes_on": "2027-11-30",
        **change,
    }


def test_a_draft_is_made_changed_opened_and_closed(admin, client):
    assert client.get("/admin/programmes/").status_code == 200
    assert client.post("/admin/programmes/new/", fields()).status_code == 302
    programme = Programme.objects.get()
    edit, look = f"/admin/programmes/edit/{programme.pk}/", f"/admin/programmes/inspect/{programme.pk}/"
    assert client.get(edit).status_code == 200
    assert client.post(edit, fields(title="改过的")).status_code == 302
    client.post(f"/admin/programmes/{programme.pk}/open/")
    programme.refresh_from_db()
    assert (programme.title, programme.state) == ("改过的", ProgrammeState.DRAFT)
    step = StepFactory(programme=programme, stage=Stage.PRACTISE, kind=StepKind.PRACTISE)
    PractiseStep.objects.create(step=step, required_deeds=1)
    assert client.get(look).status_code == 200
    client.post(f"/admin/programmes/{programme.pk}/open/")
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.OPEN
    assert client.get(edit)["Location"] == look
    assert client.post(edit, fields(title="再改"))["Location"] == look
    with pytest.raises(actions.ProgrammeNotDraft):
        actions.change_programme(by=None, programme=programme, title="再改")
    for day in ("", "2027-11-30", "2029-11-30"):
        client.post(f"/admin/programmes/{programme.pk}/extend/", {"closes_on": day})
        programme.refresh_from_db()
        assert programme.closes_on == dt.date(2029 if day == "2029-11-30" else 2027, 11, 30)
    assert 'name="closes_on"' in client.get(look).content.decode()
    client.post(f"/admin/programmes/{programme.pk}/close/")
    client.post(f"/admin/programmes/{programme.pk}/extend/", {"closes_on": "2030-11-30"})
    programme.refresh_from_db()
    assert programme.closes_on == dt.date(2029, 11, 30)
    assert (programme.title, programme.state) == ("改过的", ProgrammeState.CLOSED)


def test_wrong_days_are_refused_in_the_form(admin, client):
    answer = client.post("/admin/programmes/new/", fields(closes_on="2026-01-01"))
    assert (answer.status_code, Programme.objects.count()) == (200, 0)


def test_a_unit_is_enrolled_by_a_job(admin, client):
    programme, unit = ProgrammeFactory(), OrganisationFactory(code="one")
    address = f"/admin/programmes/{programme.pk}/enrol/"
    client.post(address, {"unit": "nonsense"})
    jobs = Job.objects.filter(kind=actions.ASSIGN_JOB)
    assert jobs.count() == 0
    due_on = programme.closes_on - dt.timedelta(days=1)
    client.post(address, {"unit": "one", "due_on": due_on.isoformat()})
    assignment = Assignment.objects.get()
    assert (jobs.count(), assignment.organisation, assignment.due_on) == (1, unit, due_on)


def test_a_learner_presses_no_button(client):
    programme = ProgrammeFactory()
    client.force_login(UserFactory())
    for verb in ("open", "close", "enrol"):
        assert client.post(f"/admin/programmes/{programme.pk}/{verb}/").status_code in (302, 403)
    assert Programme.objects.get().state == ProgrammeState.OPEN
