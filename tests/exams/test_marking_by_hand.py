"""Two markers, a third where they differ, one score."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams import actions, queries
from exams.models import Attempt, AttemptState, HandTask, MarkDraft, MarkerMark, Score
from foundation.audit.models import Entry
from notifications.models import Message
from programmes.actions import rebuild_completions
from programmes.models import StepCompletion
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)


def marker():
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="mark_answers"))
    return user


@pytest.fixture
def paper():
    return paper_of(make.item("single"), make.hand_item())


def paper_of(*versions, **fields):
    """An exam of these questions at ten points each."""
    fields = {"attempts_allowed": 3, "pass_mark": 60, **fields}
    made = make.paper(fixed=[v.item for v in versions], published=False, **fields)
    made.fixed.update(points=10)
    return actions.publish_paper(by=None, paper=made)


def hand_in(paper, text="诚实守信，说到做到", right=True, seat=None):
    seat = seat or make.seat(the_paper=paper, enrolment=EnrolmentFactory(programme=ProgrammeFactory()))
    attempt = actions.start_attempt(entry=seat)
    batch = right_answers(attempt)[: 1 if right else 0]
    if text is not None:
        batch.append(actions.Answer(9, 2, text))
    if batch:
        actions.save_responses(by=seat.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=batch)
    return actions.submit_attempt(by=seat.enrolment.user, attempt_id=attempt.public_id)


def give(by, points, task=None):
    return actions.give_mark(by=by, task_id=(task or HandTask.objects.get()).public_id, points=points)


def test_an_attempt_with_an_answer_for_people_waits_without_a_score(paper):
    attempt = hand_in(paper)
    assert (attempt.state, attempt.passed, attempt.submitted_at is None) == (AttemptState.MARKING, None, False)
    assert not Score.objects.exists()
    assert not StepCompletion.objects.exists()
    task = HandTask.objects.get()
    assert (task.position, task.points, task.wanted, task.result) == (2, 10, 2, None)
    assert actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id) == attempt


def test_nothing_written_is_nothing_to_mark(paper):
    attempt = hand_in(paper, text="  ")
    assert (attempt.state, Score.objects.get().points) == (AttemptState.SUBMITTED, 10)


def test_two_marks_that_agree_make_their_mean_the_score_and_complete_the_step(paper):
    attempt = hand_in(paper)
    give(marker(), "8")
    assert not Score.objects.exists()
    give(marker(), "7.5")
    attempt.refresh_from_db()
    score = Score.objects.get()
    assert (attempt.state, attempt.passed) == (AttemptState.SUBMITTED, True)
    assert (score.run, score.points, score.max_points, score.marks) == (1, Decimal("17.75"), 20, ["1", "0.775"])
    assert StepCompletion.objects.get().source == f"exams.Attempt:{attempt.pk}"
    assert rebuild_completions(check=True).stale == 0
    message = Message.objects.get()
    assert (message.user, message.kind) == (attempt.enrolment.user, "exams.marked")
    assert message.url == reverse("exams:result", args=[attempt.public_id])
    assert [e.details["scored"] for e in Entry.objects.filter(action="exams.give_mark").order_by("pk")] == [False, True]


def test_when_two_differ_by_more_than_the_paper_tolerates_a_third_decides(paper):
    hand_in(paper)
    give(marker(), "8")
    give(marker(), "6.9")
    assert (HandTask.objects.get().wanted, Score.objects.count()) == (3, 0)
    give(marker(), "2")
    assert Score.objects.get().points == 12
    assert MarkerMark.objects.count() == 3


def test_exactly_the_tolerance_is_still_agreement(paper):
    hand_in(paper)
    give(marker(), "8")
    give(marker(), "7")
    assert Score.objects.get().points == Decimal("17.5")


def test_a_fourth_mark_the_same_marker_twice_and_the_author_are_refused(paper):
    attempt = hand_in(paper)
    one = marker()
    give(one, "8")
    for by in (one, attempt.enrolment.user):
        with pytest.raises(queries.TaskUnknown):
            give(by, "8")
    give(marker(), "8")
    with pytest.raises(queries.TaskUnknown):
        give(marker(), "8")
    assert (MarkerMark.objects.count(), Score.objects.count()) == (2, 1)


@pytest.mark.parametrize("points", ["", "x", "-1", "10.01", "NaN", "Infinity", "1e9"])
def test_points_outside_the_question_are_refused(paper, points):
    hand_in(paper)
    with pytest.raises(actions.BadPoints):
        give(marker(), points)
    assert not MarkerMark.objects.exists()


def test_the_queue_gives_each_marker_an_answer_of_their_own_and_what_was_begun_first(paper):
    hand_in(paper)
    hand_in(paper)
    one, two, three = marker(), marker(), marker()
    first = actions.claim_next(by=one, at=NOW)
    assert actions.claim_next(by=two, at=NOW) == first
    second = actions.claim_next(by=three, at=NOW)
    assert second != first
    assert actions.claim_next(by=three, at=NOW) == second
    actions.save_draft(by=one, task_id=first.public_id, points="7", comment="要点一", at=NOW)
    view = queries.task_view(one, first.public_id)
    assert (view.draft_points, view.draft_comment) == ("7", "要点一")
    assert queries.task_view(two, first.public_id).draft_points == ""


def test_a_claim_runs_out_after_half_an_hour(paper):
    hand_in(paper)
    one, two, three = marker(), marker(), marker()
    for by in (one, two):
        actions.claim_next(by=by, at=NOW)
    assert actions.claim_next(by=three, at=NOW + dt.timedelta(minutes=29)) is None
    assert actions.claim_next(by=three, at=NOW + dt.timedelta(minutes=31)) is not None


def test_a_void_attempt_leaves_the_queue(paper):
    attempt = hand_in(paper)
    actions.void_attempt(by=UserFactory(), attempt=attempt, reason="代考")
    assert actions.claim_next(by=marker(), at=NOW) is None


def test_the_page_shows_the_answer_and_the_rubric_and_neither_name_nor_marks(client, paper):
    attempt = hand_in(paper)
    other = marker()
    actions.give_mark(by=other, task_id=HandTask.objects.get().public_id, points="3.25", comment="离题")
    client.force_login(marker())
    response = client.post(reverse("exams:marking"), follow=True)
    page = response.content.decode()
    assert "诚实守信，说到做到" in page
    assert "两个要点，各一半" in page
    for secret in (attempt.enrolment.user.name, attempt.enrolment.user.username, attempt.public_id, "3.25", "离题"):
        assert secret not in page
    assert other.name not in page


def test_marking_with_the_form_goes_on_to_the_next_and_ends_at_the_queue(client, paper):
    hand_in(paper)
    hand_in(paper)
    client.force_login(marker())
    page = client.post(reverse("exams:marking"), follow=True)
    url = page.redirect_chain[-1][0]
    assert client.post(url, {"points": "11"}).status_code == 400
    kept = client.post(f"{url}draft/", {"points": "4", "comment": "x"})
    assert (kept.status_code, MarkDraft.objects.get().points) == (204, "4")
    second = client.post(url, {"points": "9", "comment": "好"})
    assert second.url != url
    last = client.post(second.url, {"points": "9"}, follow=True)
    assert last.redirect_chain[-1][0] == reverse("exams:marking")
    assert client.post(f"{url}draft/", {"points": "4"}).status_code == 404
    assert MarkDraft.objects.count() == 0


def test_only_markers_reach_the_marking(client, paper):
    attempt = hand_in(paper)
    task = HandTask.objects.get().public_id
    urls = [reverse("exams:marking"), reverse("exams:mark", args=[task]), reverse("exams:mark-draft", args=[task])]
    for user in (UserFactory(), attempt.enrolment.user):
        client.force_login(user)
        assert [client.post(url).status_code for url in urls] == [403, 403, 403]
    client.logout()
    assert [client.get(url).status_code for url in urls] == [302, 302, 302]


def test_the_learner_reads_that_it_is_being_marked_and_later_the_result(client, paper):
    attempt = hand_in(paper)
    client.force_login(attempt.enrolment.user)
    url = reverse("exams:result", args=[attempt.public_id])
    assert next(t.name for t in client.get(url).templates) == "exams/being_marked.html"
    for _ in range(2):
        give(marker(), "8")
    assert next(t.name for t in client.get(url).templates) == "exams/result.html"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_markermark SET points = 0",
        "DELETE FROM exams_markermark",
        "UPDATE exams_handtask SET result = 0",
        "DELETE FROM exams_handtask",
    ],
)
def test_marks_and_settled_answers_stay_whatever_sql_one_uses(paper, sql):
    hand_in(paper)
    for _ in range(2):
        give(marker(), "8")
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_attempt SET passed = 1 = 1",
        "UPDATE exams_attempt SET submitted_at = NULL",
        "UPDATE exams_attempt SET state = 'submitted'",
        "UPDATE exams_handtask SET wanted = 4",
        "UPDATE exams_handtask SET result = 2, settled_at = CURRENT_TIMESTAMP",
        "UPDATE exams_handtask SET result = 1",
    ],
)
def test_a_waiting_attempt_tells_the_truth(paper, sql):
    hand_in(paper)
    with pytest.raises(DatabaseError, match=r"(?i)check"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_queue_page_costs_the_same_for_one_and_for_three_answers(client, paper):
    by = marker()
    client.force_login(by)
    client.get(reverse("exams:marking"))
    counts = []
    for times in (1, 2):
        for _ in range(times):
            hand_in(paper)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("exams:marking"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_attempt_that_was_marked_late_still_counts_from_its_hand_in():
    """A later attempt passed first; the earlier one, marked afterwards, is what the step is complete by."""
    paper = paper_of(make.item("single"), make.hand_item(), pass_mark=50)
    seat = make.seat(the_paper=paper)
    early = hand_in(paper, seat=seat)
    late = hand_in(paper, text=None, right=True, seat=seat)
    assert StepCompletion.objects.get().source == f"exams.Attempt:{late.pk}"
    for _ in range(2):
        give(marker(), "9")
    row = StepCompletion.objects.get()
    assert (row.source, row.completed_at) == (
        f"exams.Attempt:{early.pk}",
        Attempt.objects.get(pk=early.pk).submitted_at,
    )


def test_of_a_case_people_mark_only_what_they_must_read(client):
    parts = [
        {"type": "single", "stem": "甲应当？", "options": ["公示", "隐瞒"], "answer": ["A"], "share": 1},
        {"type": "short", "stem": "说说理由", "answer": {"by_hand": True, "rubric": "提到诚信"}, "share": 3},
    ]
    case = make.item("scenario", answer=parts, options=[])
    attempt = actions.start_attempt(entry=make.seat(the_paper=paper_of(case)))
    choice, reason = (part["id"] for part in case.content["parts"])
    right = case.key.answer["parts"][choice]["right"][0]
    value = {choice: right, reason: "因为要诚信"}
    actions.save_responses(
        by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=[actions.Answer(1, 1, value)]
    )
    actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    task = HandTask.objects.get()
    assert task.points == Decimal("7.5")
    view = queries.task_view(marker(), task.public_id)
    assert [(p.stem, p.answer, p.rubric) for p in view.parts] == [("说说理由", "因为要诚信", "提到诚信")]
    for _ in range(2):
        give(marker(), "5")
    assert Score.objects.get().points == Decimal("7.5")  # 2.5 for the choice and 5 of 7.5
