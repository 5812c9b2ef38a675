"""Whoever judges an answer sees the pictures of its question, and may fetch them."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from exams import actions
from exams.models import HandTask
from tests.exams.test_marking_by_hand import give, hand_in, marker, paper_of
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def images(response):
    """`(address, description)` of every picture of a question on a page."""
    return re.findall(r'<img class="q-picture" src="([^"]+)" alt="([^"]+)"', response.content.decode())


# ── Markers ──


@pytest.fixture
def pictured():
    """An answer to a question with a picture in the stem and one that no text places waits for markers."""
    item = make.hand_item(stem="看[图1]，说说做法", pictures=[make.picture(), make.picture(2, "一张公示牌")])
    hand_in(paper_of(make.item("single"), item))
    return HandTask.objects.get()


def marking(client, task, by):
    client.force_login(by)
    return client.get(reverse("exams:mark", args=[task.public_id]))


def test_a_marker_sees_the_pictures_of_the_question_and_fetches_them(client, pictured):
    page = marking(client, pictured, marker())
    assert [alt for _address, alt in images(page)] == ["一张流程图", "一张公示牌"]
    assert "[图1]" not in page.content.decode()
    for address, _alt in images(page):
        fetched = client.get(address)
        assert (fetched.status_code, fetched["Content-Type"][:6]) == (200, "image/")
        assert set(fetched["Cache-Control"].split(", ")) == {"private", "max-age=3600"}


def test_nobody_else_fetches_a_picture_by_the_address_of_a_marker(client, pictured):
    address, _alt = images(marking(client, pictured, marker()))[0]
    for user in (marker(), UserFactory(), pictured.attempt.enrolment.user, UserFactory(is_superuser=True)):
        client.force_login(user)
        assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


def test_an_address_is_good_for_one_picture_of_one_answer(client, pictured):
    (address, _alt), (second, _other) = images(marking(client, pictured, marker()))
    assert client.get(address[:-3] + "xx/").status_code == 404
    crossed = address.rsplit(".", 1)[0] + "." + second.rsplit(".", 1)[1]
    assert client.get(crossed).status_code == 404


def test_once_the_mark_is_given_the_picture_is_gone_for_the_marker(client, pictured):
    by = marker()
    address, _alt = images(marking(client, pictured, by))[0]
    give(by, "8", pictured)
    assert client.get(address).status_code == 404


def test_who_may_not_mark_any_more_fetches_nothing(client, pictured):
    by = marker()
    address, _alt = images(marking(client, pictured, by))[0]
    by.user_permissions.remove(Permission.objects.get(codename="mark_answers"))
    assert client.get(address).status_code == 404


def test_a_marker_sees_the_picture_in_the_question_of_a_case(client):
    parts = [
        {"type": "single", "stem": "甲应当？", "options": ["公示", "隐瞒"], "answer": ["A"], "share": 1},
        {"type": "short", "stem": "[图1]错在哪里？", "answer": {"by_hand": True, "rubric": "提到诚信"}, "share": 3},
    ]
    case = make.item("scenario", answer=parts, options=[], pictures=[make.picture()])
    attempt = actions.start_attempt(entry=make.seat(the_paper=paper_of(case)))
    value = {case.content["parts"][1]["id"]: "见[图1]"}
    answers = [actions.Answer(1, 1, value)]
    actions.save_responses(by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=answers)
    actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    page = marking(client, HandTask.objects.get(), marker())
    assert [alt for _address, alt in images(page)] == ["一张流程图"]
    assert "<p>见[图1]</p>" in page.content.decode()  # what the learner wrote stays as written
