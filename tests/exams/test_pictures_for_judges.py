"""Whoever judges an answer sees the pictures of its question, and may fetch them."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.translation import gettext

from exams import actions, queries
from exams.models import HandTask, ItemVersion
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


# ── Under /admin/ ──

CASE = [
    {"type": "single", "stem": "[图1]里先做什么？", "options": ["[图2]", "公示"], "answer": ["A"], "share": 1},
    {"type": "blank", "stem": "期限为____日。", "answer": [["三", "3"]], "share": 1},
    {"type": "short", "stem": "说说理由", "answer": {"by_hand": True, "rubric": "提到诚信"}, "share": 2},
]


def judge(*codenames):
    """Somebody who comes into the admin and has these permissions, but is no author."""
    user = UserFactory()
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def doubted():
    """An appeal about a case and a matching item, answered in part."""
    case = make.item("scenario", answer=CASE, options=[], pictures=[make.picture(), make.picture(2, "一张公示牌")])
    matching = make.item("matching", answer=[["[图1]", "丑"], ["寅", "卯"]], pictures=[make.picture()])
    attempt = actions.start_attempt(entry=make.seat(the_paper=paper_of(case, matching)))
    one, blank, _short = case.content["parts"]
    wrong = next(o["id"] for o in one["content"]["options"] if o["text"] == "公示")
    given = {one["id"]: wrong, blank["id"]: ["五"]}
    user, code = attempt.enrolment.user, attempt.public_id
    actions.save_responses(by=user, attempt_id=code, epoch=1, answers=[actions.Answer(1, 1, given)])
    actions.submit_attempt(by=user, attempt_id=code)
    return actions.make_appeal(by=user, attempt_id=code, position=None, text="[图1]看不清")


def page_of(name, appeal, client):
    """A page of the admin about the appeal's paper."""
    if name == "remake":
        return client.post(reverse("exams_admin:remake"), {"code": appeal.attempt.public_id, "reason": "申诉"})
    if name == "correct":
        return client.get(reverse("exams_admin:correct", args=[appeal.attempt.drawn[0][0]]))
    if name == "regrade":
        version = ItemVersion.objects.get(pk=appeal.attempt.drawn[0][0])
        fields = {"effect": "full", "answer": None, "reason": "题有误", "keep_passes": True}
        made = actions.plan_regrade(by=UserFactory(), version=version, **fields)
        return client.get(reverse("exams_admin:regrade", args=[made.public_id]))
    return client.get(reverse("exams_admin:appeal", args=[appeal.public_id]))


@pytest.mark.parametrize(
    ("name", "permission", "alts"),
    [
        ("appeal", "add_appealdecision", ["一张公示牌", "一张流程图", "一张流程图"]),
        ("remake", "change_paper", ["一张公示牌", "一张流程图", "一张流程图"]),
        ("correct", "add_regrade", ["一张公示牌", "一张流程图"]),
        ("regrade", "add_regrade", ["一张公示牌", "一张流程图"]),
    ],
)
def test_who_judges_under_admin_sees_and_fetches_the_pictures(client, doubted, name, permission, alts):
    client.force_login(judge("access_admin", permission))
    page = page_of(name, doubted, client)
    assert (page.status_code, sorted(alt for _address, alt in images(page))) == (200, alts)
    assert [client.get(address).status_code for address, _alt in images(page)] == [200] * len(alts)
    assert page.content.decode().count("[图1]") == (1 if name == "appeal" else 0)  # what the learner wrote stays


def test_who_judges_nothing_fetches_no_picture_under_admin(client, doubted):
    client.force_login(judge("access_admin", "add_appealdecision"))
    address, _alt = images(page_of("appeal", doubted, client))[0]
    for user in (judge("access_admin"), judge("add_appealdecision"), doubted.attempt.enrolment.user):
        client.force_login(user)
        assert client.get(address).status_code == 302


def test_the_label_of_a_picture_that_can_be_the_key_is_its_description(client, doubted):
    version = make.item("single", options=["[图1]", "乙"], answer=["A"], pictures=[make.picture()])
    client.force_login(judge("access_admin", "add_regrade"))
    form = client.get(reverse("exams_admin:correct", args=[version.pk])).context["form"]
    assert [label for _value, label in form.fields["right"].choices] == ["—", "〔一张流程图〕", "乙"]


# ── What an appeal is judged by ──


def told(page):
    """The terms and what stands behind them, in order."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page.content.decode(), re.DOTALL)
    return [(term, re.sub(r"<[^>]+>", "", text).strip()) for term, text in pairs]


def test_an_appeal_shows_each_question_of_a_case_with_options_answer_and_key(client, doubted):
    client.force_login(judge("access_admin", "add_appealdecision"))
    page = page_of("appeal", doubted, client)
    names = [gettext(word) for word in ("Answer given", "Right answer", "What counts")]
    given, right, counts = names
    assert [row for row in told(page) if row[0] in names] == [
        (given, "公示"),
        (right, "〔一张公示牌〕"),
        (given, "五"),
        (right, "三 / 3"),
        (given, gettext("none")),
        (counts, "提到诚信"),
        (given, gettext("none")),
        (right, "〔一张流程图〕 — 丑；寅 — 卯"),
    ]
    shown = re.findall(r'<li data-option="(\w+)">', page.content.decode())
    case, matching = (r.question for r, _version in page.context["questions"])
    asked = [o.id for o in case.parts[0].options]
    assert shown == asked + [o.id for o in matching.options] + [o.id for o in matching.right]


def test_the_right_answer_of_a_case_is_told_as_a_whole_too(doubted):
    review = queries.appeal_file(doubted).reviews[0]
    assert (review.given, review.right) == ("(1) 公示　(2) 五", "(1) 〔一张公示牌〕　(2) 三 / 3　(3) 提到诚信")


def test_a_remade_paper_lists_both_sides_of_a_matching_item_and_the_questions_of_a_case(client, doubted):
    client.force_login(judge("access_admin", "change_paper"))
    page = page_of("remake", doubted, client)
    case, matching = page.context["questions"]
    shown = re.findall(r'<li data-option="(\w+)">', page.content.decode())
    assert shown == [o.id for o in [*case.parts[0].options, *matching.options, *matching.right]]


@pytest.mark.parametrize("may", [True, False])
def test_an_appeal_leads_to_the_remade_paper_for_who_may_remake_it(client, doubted, may):
    client.force_login(judge("access_admin", "add_appealdecision", *(["change_paper"] if may else [])))
    address = f"{reverse('exams_admin:remake')}?code={doubted.attempt.public_id}"
    assert (f'href="{address}"' in page_of("appeal", doubted, client).content.decode()) is may
    if may:
        assert client.get(address).context["code"] == doubted.attempt.public_id
