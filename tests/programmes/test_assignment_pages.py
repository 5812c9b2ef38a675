"""A coordinator assigns after a preview, inside their own units; everybody else finds nothing."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from foundation.jobs import worker
from organisations.models import Kind, Membership, Profession, Role
from programmes import actions, queries
from programmes.models import Allowance, Assignment, Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.practice import Workplace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workplace():
    return Workplace()


@pytest.fixture
def coordinator(workplace, client):
    client.force_login(workplace.coordinator)
    return workplace.coordinator


def address(workplace):
    return f"/assignments/new/{workplace.department.code}/"


def written(workplace, **change):
    return {
        "programme": workplace.programme.pk,
        "units": [workplace.department.code],
        "due": "end",
        **change,
    }


def test_the_preview_stores_nothing_and_the_second_step_does(workplace, coordinator, client):
    people = [workplace.person(workplace.section) for _ in range(2)]
    page = client.post(address(workplace), written(workplace, roles=["member"])).content.decode()
    assert ("指派给2人" in page, 'name="roles" value="member"' in page) == (True, True)
    assert Assignment.objects.count() == 0
    again = client.post(address(workplace), written(workplace, roles=["member"], edit="1")).content.decode()
    assert ('value="member"' in again and "checked" in again, Assignment.objects.count()) == (True, 0)
    answer = client.post(address(workplace), written(workplace, roles=["member"], store="1"))
    stored = Assignment.objects.get()
    assert answer["Location"] == f"/assignments/{stored.public_id}/"
    while worker.run_pending(limit=10):
        pass
    assert {row.user for row in Enrolment.objects.filter(assignment=stored)} == set(people)
    assert "2人在内" in client.get(answer["Location"]).content.decode()
    assert workplace.programme.title in client.get("/assignments/").content.decode()


def test_a_key_profession_can_be_chosen_and_is_said_in_the_preview(workplace, coordinator, client):
    workplace.person(workplace.section)
    lawyer = workplace.person(workplace.section)
    Membership.objects.filter(user=lawyer).update(profession=Profession.objects.get(code="lawyer"))
    page = client.post(address(workplace), written(workplace, professions=["lawyer"])).content.decode()
    assert ("指派给1人" in page, "<dt>仅限重点人群</dt><dd>律师</dd>" in page) == (True, True)
    assert 'name="professions" value="lawyer"' in page
    client.post(address(workplace), written(workplace, professions=["lawyer"], store="1"))
    stored = Assignment.objects.get()
    assert list(stored.filters.values_list("field", "value")) == [("profession", "lawyer")]
    assert "<dd>律师</dd>" in client.get(f"/assignments/{stored.public_id}/").content.decode()


def test_people_are_named_by_number_or_name_and_wrong_lines_are_told(workplace, coordinator, client):
    one, twin = workplace.person(workplace.section), workplace.person(workplace.section)
    twin.name = one.name
    twin.save()
    outside = workplace.person(OrganisationFactory())
    people = f"{one.name}\n{outside.username}\nnobody\n{twin.username}"
    page = client.post(address(workplace), written(workplace, people=people, store="1")).content.decode()
    assert (f"{outside.username}、nobody" in page, Assignment.objects.count()) == (True, 0)
    client.post(address(workplace), written(workplace, people=twin.username, store="1"))
    assert list(Assignment.objects.get().people.all()) == [twin]


@pytest.mark.parametrize(
    "change",
    [
        {"due": "fixed"},
        {"due": "relative"},
        {"due": "fixed", "due_on": "2020-01-01"},
        {"units": []},
        {"units": ["NOSUCH22"]},
        {"renews_on": "2020-01-01"},
        {"programme": ""},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(workplace, coordinator, client, change):
    answer = client.post(address(workplace), written(workplace, store="1", **change))
    assert (answer.status_code, Assignment.objects.count()) == (200, 0)
    assert 'class="error' in answer.content.decode() or "is-bad" in answer.content.decode()


def test_the_page_says_when_the_last_round_begins_and_warns_when_no_further_one_does(workplace, coordinator, client):
    today = timezone.localdate()
    closes_on = queries.a_year_later(queries.a_year_later(today))
    actions.extend_programme(by=None, programme=workplace.programme, closes_on=closes_on)
    renews_on = today + dt.timedelta(days=10)
    page = client.post(address(workplace), written(workplace, renews_on=renews_on.isoformat())).content.decode()
    last = queries.a_year_later(renews_on)

    def row(word, day):
        return f"<dt>{word}</dt><dd>{date_format(day)}</dd>" in page

    assert row("最后一轮开始日", last)
    assert row("项目结束日", closes_on)
    assert row("截止日期", renews_on - dt.timedelta(days=1))
    client.post(address(workplace), written(workplace, renews_on=renews_on.isoformat(), store="1"))
    stored = Assignment.objects.get()
    warning = "这是最后一轮"
    assert warning not in client.get(f"/assignments/{stored.public_id}/").content.decode()
    Assignment.objects.update(renews_on=queries.a_year_later(last))
    assert warning in client.get(f"/assignments/{stored.public_id}/").content.decode()


def test_stopping_and_going_on_by_button(workplace, coordinator, client):
    target = queries.Target(organisation=workplace.department, units=[workplace.department])
    assignment = actions.assign(by=coordinator, programme=workplace.programme, target=target)
    for verb, state in (("stop", "stopped"), ("stop", "stopped"), ("resume", "running"), ("resume", "running")):
        client.post(f"/assignments/{assignment.public_id}/{verb}/")
        assignment.refresh_from_db()
        assert assignment.state == state


def test_exceptions_are_granted_with_a_reason_and_ended(workplace, coordinator, client):
    enrolment = workplace.learner()
    fields = {"programme": workplace.programme.pk, "person": enrolment.user.username, "kind": "extended"}
    for change in (
        {"reason": "外派"},
        {"reason": ""},
        {"reason": "外派", "due_on": "2020-01-01"},
        {"person": "nobody"},
    ):
        assert client.post("/assignments/exceptions/", fields | change).status_code == 200
    assert Allowance.objects.count() == 0
    due_on = timezone.localdate() + dt.timedelta(days=9)
    client.post("/assignments/exceptions/", fields | {"reason": "外派", "due_on": due_on.isoformat()})
    allowance = Allowance.objects.get()
    enrolment.refresh_from_db()
    assert (enrolment.due_on, allowance.reason, allowance.granted_by) == (due_on, "外派", coordinator)
    assert "外派" in client.get("/assignments/exceptions/").content.decode()
    client.post(f"/assignments/exceptions/{allowance.public_id}/end/")
    allowance.refresh_from_db()
    assert allowance.ended_at is not None
    client.post("/assignments/exceptions/", fields | {"reason": "产假", "kind": "exempt"})
    enrolment.refresh_from_db()
    assert enrolment.state == "withdrawn"


def test_strangers_learners_and_other_coordinators_find_nothing(workplace, client):
    target = queries.Target(organisation=workplace.department, units=[workplace.department])
    assignment = actions.assign(by=None, programme=workplace.programme, target=target)
    enrolment = workplace.learner()
    allowance = actions.grant_exemption(
        by=workplace.coordinator, programme=workplace.programme, user=enrolment.user, reason="产假"
    )
    teacher = workplace.person(workplace.section, Role.TEACHER)
    other = Workplace().coordinator
    for user in (enrolment.user, teacher, other, UserFactory()):
        client.force_login(user)
        assert client.get(address(workplace)).status_code == 404
        assert client.get(f"/assignments/{assignment.public_id}/").status_code == 404
        for verb in ("stop", "resume"):
            assert client.post(f"/assignments/{assignment.public_id}/{verb}/").status_code == 404
        assert client.post(f"/assignments/exceptions/{allowance.public_id}/end/").status_code == 404
        expected = 200 if user == other else 404
        for page in ("/assignments/", "/assignments/exceptions/"):
            answer = client.get(page)
            shown = user != enrolment.user and enrolment.user.name in answer.content.decode()
            assert (answer.status_code, shown) == (expected, False)
    client.logout()
    assert client.get("/assignments/").status_code == 302
    assignment.refresh_from_db()
    assert (assignment.state, Allowance.objects.get().ended_at) == ("running", None)


def test_who_manages_programmes_assigns_everywhere(workplace, client):
    client.force_login(UserFactory(is_superuser=True))
    client.post(address(workplace), written(workplace, store="1"))
    assert Assignment.objects.get().organisation == workplace.department


def test_the_list_costs_the_same_for_one_and_for_three(workplace, coordinator, client):
    client.get("/assignments/")
    counts = []
    target = queries.Target(organisation=workplace.department, units=[workplace.department])
    for _ in range(3):
        actions.assign(by=coordinator, programme=workplace.programme, target=target)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/assignments/").status_code == 200
        counts.append(len(captured))
    assert (counts[0], counts[0] <= 14) == (counts[2], True)


def test_a_learner_of_a_grade_is_reached_through_the_tree(client):
    school = OrganisationFactory(kind=Kind.SCHOOL)
    grade = OrganisationFactory(kind=Kind.GRADE, parent=school, name="初一")
    group = OrganisationFactory(kind=Kind.CLASS, parent=grade)
    pupil = UserFactory()
    MembershipFactory(user=pupil, organisation=group, is_home=True)
    found = queries.members(queries.Target(organisation=school, units=[school], grades=["初一", "初三"]))
    assert [member.user for member in found] == [pupil]
