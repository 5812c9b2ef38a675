"""Bank authors and exam managers at work in Wagtail."""

import re

import pytest
from django.urls import reverse

from cms import registry
from exams import actions, queries
from exams.models import ExtraAttempt, Item, ItemVersion, KnowledgePoint, Paper, VersionState
from foundation.audit.models import Entry
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.groups import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = member(registry.EXAM_MANAGER)
    client.force_login(user)
    return user


def fields(**changes):
    return {
        "bank": make.bank().pk,
        "number": "7",
        "type": "single",
        "audience": "civil_servant",
        "language": "zh-Hans",
        "difficulty": "2",
        "source": "",
        "stem": "承诺编码有几位？",
        "lines": "18位\n* 20位",
        "explanation": "6位区划、8位日期、6位顺序号。",
        **changes,
    }


def test_an_author_writes_an_item_and_a_second_person_approves_it(client, author):
    client.post(reverse("exams_item:add"), fields())
    item = Item.objects.get()
    page = reverse("exams_admin:item", args=[item.pk])
    client.post(page, {"do": "submit"})
    client.post(page, {"do": "approve"})
    version = queries.newest_version(item)
    assert (version.state, version.author) == (VersionState.IN_REVIEW, author)
    assert [o["text"] for o in version.content["options"] if o["id"] in version.key.answer["right"]] == ["20位"]
    client.force_login(member(registry.BANK_AUTHOR))
    client.post(page, {"do": "approve"})
    assert queries.newest_version(item).state == VersionState.READY


def test_changing_a_frozen_wording_makes_a_new_version_and_the_old_one_stays_in_use(client, author):
    old = make.item("single")
    client.post(reverse("exams_item:edit", args=[old.item_id]), fields(number="", stem="新的问法"))
    versions = list(queries.versions_of(old.item))
    assert [(v.number, v.state) for v in versions] == [(2, VersionState.DRAFT), (1, VersionState.READY)]
    for _ in range(2):
        client.post(reverse("exams_item:edit", args=[old.item_id]), fields(number="", stem="再改一次"))
    assert ItemVersion.objects.count() == 2


def test_changing_only_the_difficulty_makes_no_new_version(client, author):
    version = make.item("true_false", explanation="", stem="一")
    same = fields(number="", type="true_false", stem="一", lines="对", explanation="", difficulty="5")
    client.post(reverse("exams_item:edit", args=[version.item_id]), same)
    assert (Item.objects.get().difficulty, ItemVersion.objects.count()) == (5, 1)


@pytest.mark.parametrize(
    "wrong", [{"lines": "甲\n乙"}, {"lines": "* 甲\n* 乙"}, {"lines": ""}, {"lines": "* 甲\n甲"}, {"stem": " "}]
)
def test_an_item_that_is_none_is_refused_with_a_reason(client, author, wrong):
    page = client.post(reverse("exams_item:add"), fields(**wrong))
    assert page.context["form"].errors
    assert not Item.objects.exists()


def test_the_list_is_searched_by_any_part_of_a_wording_and_filtered(client, author, django_assert_max_num_queries):
    make.item("single", stem="昆山的承诺编码")
    make.item("true_false", stem="别的")
    url = reverse("exams_item:index")
    assert [i.index.newest.stem for i in client.get(url, {"q": "诺编"}).context["object_list"]] == ["昆山的承诺编码"]
    assert [i.index.newest.stem for i in client.get(url, {"type": "true_false"}).context["object_list"]] == ["别的"]
    assert len(client.get(url, {"newest_state": "draft"}).context["object_list"]) == 0
    with django_assert_max_num_queries(45) as few:
        client.get(url)
    make.item("single")
    make.item("single")
    with django_assert_max_num_queries(len(few)):
        client.get(url)


def test_the_preview_is_what_the_learner_sees(client, author):
    version = make.item("single", explanation="保密的理由")
    page = client.get(reverse("exams_admin:preview", args=[version.item_id]))
    assert "保密的理由" not in page.content.decode()
    assert version.stem in page.content.decode()


def test_a_manager_builds_a_paper_and_is_told_what_the_bank_cannot_fill(client, manager):
    bank = make.filled_bank(1)
    data = {
        "name": "蓝图",
        "sections-TOTAL_FORMS": "1",
        "sections-INITIAL_FORMS": "0",
        "sections-MIN_NUM_FORMS": "1",
        "sections-MAX_NUM_FORMS": "1000",
        "sections-0-bank": bank.pk,
        "sections-0-type": "single",
        "sections-0-count": "5",
        "sections-0-points": "2",
        "sections-0-ORDER": "1",
    }
    page = client.post(reverse("exams_blueprint:add"), data, follow=True)
    warnings = [str(m) for m in page.context["messages"] if m.level_tag == "warning"]
    assert [int(n) for n in re.findall(r"\d+", "".join(warnings))] == [1, 5, 1]
    assert Entry.objects.filter(action="exams.save_edited").count() == 1


def test_a_manager_grants_one_make_up_to_one_person(client, manager, entry):
    paper = Paper.objects.get()
    data = {"paper": paper.pk, "person": entry.enrolment.user.username, "reason": "住院"}
    client.post(reverse("exams_extraattempt:add"), data | {"person": "没有这个人"})
    client.post(reverse("exams_extraattempt:add"), data | {"reason": ""})
    assert not ExtraAttempt.objects.exists()
    client.post(reverse("exams_extraattempt:add"), data)
    grant = ExtraAttempt.objects.get()
    assert (grant.enrolment, grant.granted_by, grant.reason) == (entry.enrolment, manager, "住院")


def test_a_point_cannot_lie_below_itself_and_moving_takes_along_what_is_below(client, author):
    top = actions.create_point(by=None, name="上")
    child = actions.create_point(by=None, name="中", parent=top)
    leaf = actions.create_point(by=None, name="下", parent=child)
    edit = reverse("exams_knowledgepoint:edit", args=[top.pk])
    assert client.post(edit, {"name": "上", "parent": leaf.pk}).context["form"].errors
    other = actions.create_point(by=None, name="别处")
    client.post(reverse("exams_knowledgepoint:edit", args=[child.pk]), {"name": "中", "parent": other.pk})
    leaf.refresh_from_db()
    assert leaf.path == f"{other.pk}/{child.pk}/{leaf.pk}/"
    assert KnowledgePoint.objects.count() == 4


def test_nobody_else_enters_and_nobody_deletes(client, db):
    version = make.item("single")
    page = reverse("exams_admin:item", args=[version.item_id])
    admin = UserFactory(is_superuser=True)
    client.force_login(UserFactory())
    assert client.get(page).status_code == 302
    assert client.get(reverse("exams_item:index")).status_code == 302
    client.force_login(admin)
    client.post(reverse("exams_item:delete", args=[version.item_id]))
    assert Item.objects.count() == 1
