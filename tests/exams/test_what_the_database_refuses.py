"""Invariants that hold whatever SQL one uses."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from exams import actions
from exams.models import Attempt, ItemVersion, KnowledgePoint
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def refuse(sql, params=(), match=None):
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture
def submitted(entry, attempt):
    user = entry.enrolment.user
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt))
    return actions.submit_attempt(by=user, attempt_id=attempt.public_id)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_score SET points = 0",
        "DELETE FROM exams_score",
        "UPDATE exams_response SET value = '1'",
        "DELETE FROM exams_response",
        "UPDATE exams_attempt SET drawn = '[]'",
        "UPDATE exams_attempt SET seed = 'x'",
        "DELETE FROM exams_attempt",
        "UPDATE exams_itemversion SET stem = 'x' WHERE frozen_at IS NOT NULL",
        "UPDATE exams_itemversion SET frozen_at = NULL",
        "UPDATE exams_itemkey SET answer = '{}'",
        "DELETE FROM exams_itemkey",
    ],
)
def test_what_was_asked_answered_and_scored_stays(submitted, sql):
    refuse(sql, match="write-once")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_attempt SET state = 'open'",
        "UPDATE exams_attempt SET state = 'lost'",
        "UPDATE exams_attempt SET passed = NULL",
        "UPDATE exams_paper SET minutes = NULL",
        "UPDATE exams_paper SET pass_mark = NULL",
        "UPDATE exams_paper SET minutes = NULL, pass_mark = NULL, mode = 'drill', mastery_right = 1",
        "UPDATE exams_paper SET mastery_right = 1, mastery_of = 2",
        "UPDATE exams_item SET difficulty = 6",
        "UPDATE exams_item SET type = 'essay'",
        "UPDATE exams_blueprintsection SET count = 0",
    ],
)
def test_states_tell_the_truth(submitted, sql):
    make.paper(published=False)
    sql += " WHERE state = 'draft'" if "exams_paper " in sql else ""
    refuse(sql, match=r"(?i)check")


def test_one_open_attempt_per_enrolment_and_paper(attempt):
    twin = Attempt.objects.get()
    twin.pk, twin.public_id, twin.number = None, "BBBBBBBBBBBB", 2
    with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
        twin.save(force_insert=True)


def test_one_ready_and_one_working_version_per_item():
    version = make.item("single")
    actions.revise_item(by=None, item=version.item, stem="二", built=_built())
    for state in ("ready", "draft"):
        with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
            ItemVersion.objects.create(
                item=version.item,
                number=9,
                stem="三",
                state=state,
                created_at=version.created_at,
                frozen_at=version.created_at if state == "ready" else None,
            )


def _built():
    return make.build("single", ["甲", "乙"], ["A"])


def test_nobody_approves_what_they_wrote():
    author = UserFactory()
    version = make.item("single", by=author, ready=False)
    actions.submit_for_review(by=author, version=version)
    with pytest.raises(actions.OwnWork):
        actions.approve_version(by=author, version=version)
    refuse("UPDATE exams_itemversion SET reviewer_id = author_id", match=r"(?i)check")
    version.refresh_from_db()
    assert version.state == "in_review"


def test_two_knowledge_points_of_one_name_below_the_same_point_or_at_the_top():
    top = KnowledgePoint.objects.create(name="信用修复")
    KnowledgePoint.objects.create(name="流程", parent=top)
    for parent, name in ((top, "流程"), (None, "信用修复")):
        with pytest.raises(IntegrityError), transaction.atomic():
            KnowledgePoint.objects.create(name=name, parent=parent)
