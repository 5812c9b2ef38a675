"""The item analysis of a paper that was sat: gathered from the database, printed by the command."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams import actions, queries
from exams.models import ItemVersion
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    items = [make.item("single").item, make.item("multiple").item, make.item("true_false").item]
    return make.paper(slug="final", fixed=items, attempts_allowed=3)


def sit(paper, rights, seat=None):
    """One attempt; `rights` says per position whether it is answered right (True), wrong (False) or not (None)."""
    seat = seat or make.seat(the_paper=paper, enrolment=EnrolmentFactory(programme=ProgrammeFactory()))
    attempt = actions.start_attempt(entry=seat)
    versions = ItemVersion.objects.select_related("item", "key").in_bulk([v for v, _p in attempt.drawn])
    batch = []
    for right, answer, (version, _points) in zip(rights, right_answers(attempt), attempt.drawn, strict=True):
        if right is not None:
            batch.append(answer if right else actions.Answer(answer.seq, answer.position, wrong(versions[version])))
    if batch:
        actions.save_responses(by=seat.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=batch)
    actions.submit_attempt(by=seat.enrolment.user, attempt_id=attempt.public_id)
    return seat


def wrong(version):
    right = version.key.answer["right"]
    if isinstance(right, bool):
        return not right
    others = [o["id"] for o in version.content["options"] if o["id"] not in right]
    return others[0] if version.item.type == "single" else others


def command(*args):
    out = StringIO()
    call_command("item_statistics", *args, stdout=out)
    return out.getvalue()


def test_the_json_has_the_paper_and_each_item_with_its_indices_and_distractors(paper):
    for rights in ((True, True, True), (True, False, None), (False, True, False)):
        sit(paper, rights)
    found = json.loads(command("--paper", "final", "--json"))
    assert found == json.loads(command("--paper", str(paper.pk), "--json"))
    assert (found["paper"]["id"], found["paper"]["n"], found["paper"]["passed"]) == (paper.pk, 3, 1)
    assert found["paper"]["mean"] == pytest.approx((100 + 100 / 3 + 100 / 3) / 3)
    assert found["paper"]["histogram"] == [0, 0, 0, 2, 0, 0, 0, 0, 0, 1]
    first = found["items"][0]
    version = ItemVersion.objects.get(pk=first["version"])
    assert (first["stem"], first["n"], first["facility"]) == (version.stem, 3, pytest.approx(200 / 3))
    assert first["discrimination_index"] == pytest.approx(0)  # marks 1, 1, 0; the rest 2, 0, 1
    assert found["items"][2]["discrimination_index"] == pytest.approx(100)  # marks 1, 0, 0; the rest 2, 1, 1
    table = [(row["text"], row["is_key"], row["count"]) for row in first["distractors"]]
    assert table == [("甲", False, 1), ("乙", True, 2), ("丙", False, 0), ("丁", False, 0)]
    judgement = [(row["text"], row["is_key"], row["count"]) for row in found["items"][2]["distractors"]]
    assert judgement == [("√", True, 1), ("×", False, 1)]
    assert [item["flags"] for item in found["items"]] == [[], [], []]


def test_first_last_best_and_all_attempts(paper):
    seat = sit(paper, (False, False, False))
    sit(paper, (True, True, True), seat)
    sit(paper, (True, True, False), seat)
    means = {s: queries.analysis_of(paper, s)["paper"] for s in ("first", "last", "best", "all")}
    assert {name: (f["n"], f["mean"]) for name, f in means.items()} == {
        "first": (1, 0.0),
        "last": (1, pytest.approx(200 / 3)),
        "best": (1, 100.0),
        "all": (3, pytest.approx(500 / 9)),
    }


def test_a_paper_that_nobody_sat_has_no_figures_and_no_items(paper):
    found = queries.analysis_of(paper)
    assert (found["items"], found["paper"]["n"], found["paper"]["mean"]) == ([], 0, None)
    assert "attempts: 0" in command("--paper", "final")


def test_the_table_for_people_names_each_question(paper):
    sit(paper, (True, True, True))
    sit(paper, (True, False, False))
    text = command("--paper", "final", "--sample", "all")
    assert text.splitlines()[0] == f"{paper.title} (final), all attempts: 2, passed: 1"
    assert [line.split()[2] for line in text.splitlines()[3:]] == ["100.00", "50.00", "50.00"]


def test_drawn_papers_are_analysed_by_item_and_the_whole_by_position():
    sections = [{"bank": make.filled_bank(6), "type": "single", "count": 2}]
    paper = make.paper(sections=sections)
    for n in range(4):
        sit(paper, (True, n % 2 == 0))
    found = queries.analysis_of(paper)
    assert sum(item["n"] for item in found["items"]) == 8
    assert (found["paper"]["n"], found["paper"]["mean"]) == (4, 75.0)


def test_there_is_no_analysis_of_a_drill_or_of_a_paper_that_does_not_exist():
    drill = make.paper("drill", slug="drill")
    for name in ("drill", str(drill.pk), "nothing", "999999"):
        with pytest.raises(CommandError):
            command("--paper", name)


def test_the_analysis_costs_the_same_statements_for_one_and_for_three_learners(paper):
    counts = []
    for times in (1, 2):
        for _ in range(times):
            sit(paper, (True, False, True))
        with CaptureQueriesContext(connection) as captured:
            queries.analysis_of(paper)
        counts.append(len(captured))
    assert counts == [4, 4]
