"""A new school year: grades go up, the last one leaves, and all of it can be taken back."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.audit.models import Entry
from organisations import actions
from organisations.importers.years import grade_number, leaves, raised_class, raised_grade
from organisations.models import Kind, Membership, Organisation, Role, SchoolYearTurn
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    school = OrganisationFactory(kind=Kind.SCHOOL, name="青山小学", code="qs", stage="primary")
    for name in ("四年级", "五年级", "六年级"):
        grade = OrganisationFactory(kind=Kind.GRADE, name=name, parent=school)
        for number in (1, 2):
            group = OrganisationFactory(kind=Kind.CLASS, name=f"{name[0]}（{number}）班", parent=grade)
            MembershipFactory(user=UserFactory(name=f"{name}{number}生"), organisation=group, is_home=True)
            MembershipFactory(user=UserFactory(), organisation=group, role=Role.TEACHER)
    return school


def state():
    units = Organisation.objects.order_by("pk").values_list("pk", "name", "closed_on", "code")
    members = Membership.objects.order_by("pk").values_list("pk", "user", "organisation", "role", "until_on")
    return list(units), list(members)


def test_names_of_grades_and_classes_a_year_later():
    assert [
        raised_grade(name)
        for name in ("一年级", "九年级", "十一年级", "3年级", "初二", "高一年级", "2023级", "二年级部")
    ] == [
        "二年级",
        "十年级",
        "十二年级",
        "4年级",
        "初三",
        "高二年级",
        "2023级",
        "二年级部",
    ]
    pairs = [
        ("四（1）班", 4),
        ("四年级1班", 4),
        ("4(2)班", 4),
        ("401班", 4),
        ("初二（3）班", 2),
        ("1班", 4),
        ("五（1）班", 4),
    ]
    assert [raised_class(name, grade) for name, grade in pairs] == [
        "五（1）班",
        "五年级1班",
        "5(2)班",
        "501班",
        "初三（3）班",
        "1班",
        "五（1）班",
    ]
    assert [grade_number(name) for name in ("四年级", "初三", "三班", "2023级")] == [4, 3, None, None]


def test_which_grade_is_the_last_one():
    assert [leaves(n, "primary", 6) for n in (5, 6)] == [False, True]
    assert leaves(5, "primary", 5) is False
    assert [leaves(9, "junior", 9), leaves(3, "junior", 3), leaves(2, "junior", 2)] == [True, True, False]
    assert [leaves(4, "", 4), leaves(None, "", None)] == [True, False]


def test_grades_go_up_and_the_last_one_is_archived(school):
    boss = UserFactory()
    before = Membership.objects.current().count()
    turn = actions.turn_year(by=boss, school=school, decisions={})
    year = turn.year
    now = Organisation.objects.within(school).exclude(pk=school.pk).order_by("pk").values_list("name", flat=True)
    assert list(now) == [
        "五年级",
        "五（1）班",
        "五（2）班",
        "六年级",
        "六（1）班",
        "六（2）班",
        f"{year}届六年级",
        f"{year}届六（1）班",
        f"{year}届六（2）班",
    ]
    assert Membership.objects.current().count() == before - 4
    pupil = Membership.objects.current().get(user__name="五年级1生")
    assert pupil.organisation.name == "六（1）班"
    assert Entry.objects.filter(action="organisations.turn_year").count() == 1
    with pytest.raises(actions.TurnedAlready):
        actions.turn_year(by=boss, school=school, decisions={})
    with pytest.raises(IntegrityError), transaction.atomic():
        SchoolYearTurn.objects.create(school=school, year=year, turned_on=turn.turned_on, made_at=turn.made_at)


def test_it_is_taken_back_unless_something_was_changed_since(school):
    boss, before = UserFactory(), state()
    turn = actions.turn_year(by=boss, school=school, decisions={})
    left = Membership.objects.get(user__name="六年级1生")
    elsewhere = MembershipFactory(user=left.user, organisation=OrganisationFactory(), is_home=True)
    with pytest.raises(actions.CannotUndo) as caught:
        actions.undo_year(by=boss, turn=turn)
    assert caught.value.names == ["六年级1生"]
    elsewhere.delete()
    other = Organisation.objects.order_by("-pk").first()
    actions.undo_year(by=boss, turn=turn)
    assert state()[1] == before[1]
    assert [row for row in state()[0] if row[0] != other.pk] == before[0]
    with pytest.raises(actions.CannotUndo):
        actions.undo_year(by=boss, turn=turn)
    actions.turn_year(by=boss, school=school, decisions={})


def test_what_is_said_of_a_grade_counts_and_names_do_not_clash(school):
    four, five, six = Organisation.objects.filter(kind=Kind.GRADE).order_by("pk")
    with pytest.raises(actions.NamesClash):
        actions.turn_year(by=None, school=school, decisions={five.pk: "stay"})
    assert SchoolYearTurn.objects.count() == 0
    actions.turn_year(by=None, school=school, decisions={four.pk: "leave", five.pk: "stay", six.pk: "stay"})
    names = Organisation.objects.filter(kind=Kind.GRADE, closed_on=None).order_by("pk").values_list("name", flat=True)
    assert list(names) == ["五年级", "六年级"]
    with pytest.raises(actions.NoSchool):
        actions.turn_year(by=None, school=four, decisions={})


def leader(unit, role=Role.COORDINATOR):
    return MembershipFactory(user=UserFactory(), organisation=unit, role=role).user


def test_the_page_shows_first_does_it_on_confirmation_and_takes_it_back(client, school):
    client.force_login(leader(school))
    address, before = "/organisations/qs/new-year/", state()
    page = client.get(address)
    assert [(plan.grade.name, plan.what, plan.pupils) for plan in page.context["plans"]] == [
        ("四年级", "up", 2),
        ("五年级", "up", 2),
        ("六年级", "leave", 2),
    ]
    look = client.post(address, {"do": "look"})
    assert "五（1）班" in look.content.decode()
    assert state() == before
    client.post(address, {"do": "turn"})
    assert Organisation.objects.filter(name="四年级").exists() is False
    assert client.get(address).status_code == 200
    client.post(address, {"do": "undo"})
    assert state()[0] == before[0]


def test_only_whoever_keeps_the_school_turns_its_year(client, school):
    group = Organisation.objects.filter(kind=Kind.CLASS).first()
    for user in (leader(OrganisationFactory()), leader(group), leader(school, Role.TEACHER), UserFactory()):
        client.force_login(user)
        assert client.get("/organisations/qs/new-year/").status_code == 404
        assert client.post("/organisations/qs/new-year/", {"do": "turn"}).status_code == 404
    client.logout()
    assert client.get("/organisations/qs/new-year/").status_code == 302
    office = OrganisationFactory(code="zjj")
    client.force_login(leader(office))
    assert client.get("/organisations/zjj/new-year/").status_code == 404
    assert SchoolYearTurn.objects.count() == 0


def test_the_page_costs_the_same_for_more_grades(client, school):
    client.force_login(leader(school))
    client.get("/organisations/qs/new-year/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get("/organisations/qs/new-year/")
        counts.append(len(captured))
        for name in ("一年级", "二年级"):
            grade = OrganisationFactory(kind=Kind.GRADE, name=name, parent=school)
            OrganisationFactory(kind=Kind.CLASS, name="1班", parent=grade)
    assert counts[0] == counts[1]
