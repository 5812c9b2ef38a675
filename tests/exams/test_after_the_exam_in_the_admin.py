"""Item analysis and re-marking under /admin/."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams import queries
from exams.forms.regrading import RegradeForm
from exams.models import ItemKey, ItemVersion, PaperAnalysis, Regrade, RegradeState, Score
from foundation.audit.models import Entry
from foundation.jobs.worker import run_pending
from tests.exams.test_regrading import first_version, other_option, sit
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    return make.paper(fixed=[make.item("single").item, make.item("single").item], attempts_allowed=5)


@pytest.fixture
def manager(client):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="exam manager"))
    client.force_login(user)
    return user


def test_the_analysis_is_worked_out_by_a_job_kept_and_drawn(client, manager, paper):
    for words in (("right", "right"), ("other", "right"), (None, "other")):
        sit(paper, *words)
    url = reverse("exams_admin:analysis", args=[paper.pk])
    assert client.get(url).context["found"] is None
    assert client.post(url, {"sample": "first"}).status_code == 302
    run_pending()
    page = client.get(url)
    kept = PaperAnalysis.objects.get()
    assert page.context["found"] == kept.found
    assert [dot.number for dot in page.context["charts"].dots] == [1, 2]
    assert [c.count for c in page.context["charts"].columns] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    client.post(url, {"sample": "first"})
    run_pending()
    assert PaperAnalysis.objects.get().made_at > kept.made_at
    assert Entry.objects.filter(action="exams.request_analysis").count() == 2
    assert client.get(url, {"sample": "worst"}).status_code == 404


def test_from_the_wrong_key_to_the_new_scores(client, manager, paper):
    wins = sit(paper, "other", "right")
    version = first_version(wins)
    url = reverse("exams_admin:correct", args=[version.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"effect": "key", "right": "", "reason": "错"}).status_code == 400
    response = client.post(
        url, {"effect": "key", "right": other_option(version), "reason": "答案有误", "keep_passes": "on"}
    )
    run_pending()
    regrade = Regrade.objects.get()
    assert (response.url, regrade.state) == (
        reverse("exams_admin:regrade", args=[regrade.public_id]),
        RegradeState.PLANNED,
    )
    page = client.get(response.url)
    assert (page.context["summary"].now_pass, len(page.context["page"].object_list)) == (1, 1)
    client.post(response.url, {"do": "commit"})
    run_pending()
    assert Score.objects.get(attempt=wins, run=2).passed
    assert client.get(response.url).context["summary"].applied == 1
    assert client.get(reverse("exams_admin:afterwards")).status_code == 200


def test_only_exam_managers_come_here(client, paper):
    attempt = sit(paper, "other", "right")
    version = first_version(attempt).pk
    urls = [
        reverse("exams_admin:afterwards"),
        reverse("exams_admin:appeals"),
        reverse("exams_admin:analysis", args=[paper.pk]),
        reverse("exams_admin:correct", args=[version]),
    ]
    author = UserFactory()
    author.groups.add(Group.objects.get(name="bank author"))
    for user in (UserFactory(), attempt.enrolment.user, author):
        client.force_login(user)
        assert {client.get(url).status_code for url in urls} <= {302, 403}


@pytest.mark.parametrize(
    ("kind", "data", "key"),
    [
        ("multiple", lambda c: {"right": [c["options"][1]["id"]]}, lambda c: {"right": [c["options"][1]["id"]]}),
        ("true_false", lambda c: {"right": "false"}, lambda c: {"right": False}),
        ("blank", lambda c: {"lines": "甲|乙\n丙"}, lambda c: {"blanks": [["甲", "乙"], ["丙"]], "any_order": False}),
        (
            "blank",
            lambda c: {"lines": "甲\n丙", "any_order": "on"},
            lambda c: {"blanks": [["甲"], ["丙"]], "any_order": True},
        ),
        ("blank", lambda c: {"lines": "甲"}, None),
        ("short", lambda c: {"lines": "甲\n乙"}, lambda c: {"keywords": [["甲"], ["乙"]]}),
        (
            "ordering",
            lambda c: {f"o_{o['id']}": str(3 - n) for n, o in enumerate(c["options"])},
            lambda c: {"order": [o["id"] for o in reversed(c["options"])]},
        ),
        ("ordering", lambda c: {f"o_{o['id']}": "1" for o in c["options"]}, None),
        (
            "matching",
            lambda c: {f"o_{o['id']}": c["right"][0]["id"] for o in c["left"]},
            lambda c: {"pairs": {o["id"]: c["right"][0]["id"] for o in c["left"]}},
        ),
        ("matching", lambda c: {}, None),
    ],
)
def test_a_new_key_for_every_type(kind, data, key):
    version = make.item(kind)
    stored = ItemKey.objects.get(version=version).answer
    form = RegradeForm({"effect": "key", "reason": "错", **data(version.content)}, version=version, key=stored)
    assert form.is_valid() is (key is not None)
    if key is not None:
        assert form.cleaned_data["answer"] == key(version.content)
        assert set(key(version.content)) == set(stored)


@pytest.mark.parametrize("kind", ["multiple", "blank", "short", "ordering", "matching", "scenario"])
def test_the_form_begins_with_the_key_that_counts_so_far(kind):
    version = make.item(kind)
    stored = ItemKey.objects.get(version=version).answer
    if kind == "blank":
        stored = {**stored, "any_order": True}
    begun = RegradeForm(version=version, key=stored)
    given = {name: begun.get_initial_for_field(field, name) for name, field in begun.fields.items()}
    form = RegradeForm({**given, "effect": "key", "reason": "错"}, version=version, key=stored)
    assert form.is_valid()
    assert form.cleaned_data["answer"] == stored


def case_with_a_part_for_people():
    hand = {"by_hand": True, "rubric": "说到依据"}
    parts = [*make.PLAIN["scenario"][1], {"type": "short", "stem": "为什么？", "answer": hand, "share": 1}]
    return make.item("scenario", answer=parts)


def test_one_part_of_a_case_gets_another_key_and_the_others_keep_theirs():
    version = case_with_a_part_for_people()
    stored = ItemKey.objects.get(version=version).answer
    first = version.content["parts"][0]
    begun = RegradeForm(version=version, key=stored)
    given = {name: begun.get_initial_for_field(field, name) for name, field in begun.fields.items()}
    other = first["content"]["options"][1]["id"]
    data = {**given, f"p_{first['id']}_right": other, "effect": "key", "reason": "错"}
    form = RegradeForm(data, version=version, key=stored)
    assert form.is_valid()
    parts = {**stored["parts"], first["id"]: {"type": "single", "share": 1, "right": [other]}}
    assert form.cleaned_data["answer"] == {**stored, "parts": parts}
    assert not RegradeForm({**data, f"p_{first['id']}_right": ""}, version=version, key=stored).is_valid()


def test_a_case_marked_again_by_one_part_changes_by_its_share(client, manager):
    paper = make.paper("exam", fixed=[make.item("scenario").item, make.item("single").item])
    attempt = sit(paper, "right", "right")
    version = ItemVersion.objects.get(item__type="scenario")
    url = reverse("exams_admin:correct", args=[version.pk])
    begun = client.get(url).context["form"]
    given = {name: begun.get_initial_for_field(field, name) for name, field in begun.fields.items()}
    part = version.content["parts"][0]
    right = given[f"p_{part['id']}_right"]
    other = next(option["id"] for option in part["content"]["options"] if option["id"] != right)
    page = client.post(url, {**given, "effect": "key", f"p_{part['id']}_right": other, "reason": "错"})
    run_pending()
    client.post(page.url, {"do": "commit"})
    run_pending()
    before, after = Score.objects.filter(attempt=attempt).order_by("run")
    earned = dict(zip(["before", "after"], [before.points, after.points], strict=True))
    points = Decimal(next(row[1] for row in attempt.drawn if row[0] == version.pk))
    assert earned["before"] - earned["after"] == points / 4


def test_the_next_correction_begins_with_the_key_of_the_newest_one(client, manager, paper):
    version = first_version(sit(paper, "other", "right"))
    frozen = ItemKey.objects.get(version=version).answer
    assert queries.key_that_counts(version) == frozen
    other = next(option["id"] for option in version.content["options"] if [option["id"]] != frozen["right"])
    asked = {"effect": "key", "right": other, "reason": "错"}
    page = client.post(reverse("exams_admin:correct", args=[version.pk]), asked).url
    run_pending()
    client.post(page, {"do": "commit"})
    run_pending()
    assert queries.key_that_counts(version) == {"right": [other]}


def test_the_page_of_a_re_marking_costs_the_same_for_one_and_for_three(client, manager, paper):
    counts = []
    for times in (1, 2):
        for _ in range(times):
            attempt = sit(paper, "other", "right")
        url = reverse("exams_admin:correct", args=[first_version(attempt).pk])
        page = client.post(url, {"effect": "full", "reason": "错"}).url
        run_pending()
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        counts.append(len(captured))
    assert counts[0] == counts[1]
