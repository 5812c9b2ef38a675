"""On My learning whoever leads units finds them, and what waits there; nobody else sees a word of it."""

import re

import pytest

from organisations.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db
EMPTY = "还没有安排给你的学习"


def duties(page):
    """(address, sentence) of each row of the card."""
    card = re.search(r'aria-labelledby="duties".*?</section>', page, re.S)
    return re.findall(r'href="([^"]+)">[^<]+</a><span class="sub">([^<]+)<', card.group()) if card else []


def menu(page):
    """How often the menus of the header lead to the units."""
    return page.split("<main")[0].count('href="/organisations/"')


def test_a_coordinator_without_a_programme_finds_the_units_and_what_waits(workplace, enrolment, client):
    client.force_login(workplace.coordinator)
    units = ("/organisations/", "看每个人走到哪一步")
    assigning = ("/assignments/", "指定谁参加、到哪天截止，办理免学和延期")
    exams = ("/exams/units/", "参考率、及格率与未通过人员")
    figures = ("/dashboards/", "看谁可能来不及，并提醒他们")
    reports = ("/reports/", "按单位、季度或任务，由数据生成Word和PDF")
    first, last = [figures, reports, exams], [units, assigning]
    assert duties(client.get("/my/").content.decode()) == [*first, ("/practice/confirm/", "没有等你确认的记录"), *last]
    workplace.deed(enrolment)
    workplace.deed(enrolment, "第二件事")
    page = client.get("/my/").content.decode()
    assert duties(page) == [*first, ("/practice/confirm/", "2条等你确认"), *last]
    assert (menu(page), EMPTY in page, page.count("<h1")) == (2, False, 1)
    assert menu(client.get("/inbox/").content.decode()) == 0


def test_a_coordinator_who_learns_too_sees_both(workplace, client):
    enrolment = workplace.learner(workplace.department)
    client.force_login(enrolment.user)
    assert duties(client.get("/my/").content.decode()) == []
    MembershipFactory(user=enrolment.user, organisation=workplace.section, role=Role.TEACHER)
    page = client.get("/my/").content.decode()
    addresses = ["/dashboards/", "/reports/", "/exams/units/", "/practice/confirm/", "/organisations/"]
    assert [address for address, _ in duties(page)] == addresses
    assert f'id="p{enrolment.public_id}"' in page


def test_learners_and_strangers_see_none_of_it(workplace, enrolment, client):
    for user, empty in ((enrolment.user, False), (UserFactory(), True)):
        client.force_login(user)
        page = client.get("/my/").content.decode()
        assert (duties(page), menu(page), EMPTY in page) == ([], 0, empty)
