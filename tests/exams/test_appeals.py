"""A learner doubts a question; an exam manager sees everything and answers once."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from exams import actions, queries
from exams.models import Appeal, AppealDecision, Score
from foundation.audit.models import Entry
from notifications.models import Message
from tests.exams.conftest import right_answers
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def manager():
    user = UserFactory()
    user.groups.add(Group.objects.get(name="exam manager"))
    return user


@pytest.fixture
def handed_in(entry, attempt):
    user = entry.enrolment.user
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt)[:1])
    return actions.submit_attempt(by=user, attempt_id=attempt.public_id)


def appeal(attempt, position=2, text="选项 B 也对", **more):
    return actions.make_appeal(
        by=attempt.enrolment.user, attempt_id=attempt.public_id, position=position, text=text, **more
    )


def test_an_appeal_is_stored_with_the_day_of_its_answer(handed_in):
    made = appeal(handed_in)
    assert (made.position, made.text, made.answer_by - made.made_at) == (2, "选项 B 也对", dt.timedelta(days=10))
    assert Entry.objects.get(action="exams.make_appeal").target == f"exams.Appeal:{made.pk}"


@pytest.mark.parametrize(
    ("word", "more"),
    [("empty", {"text": "  "}), ("question", {"position": 9}), ("question", {"position": 0})],
)
def test_an_appeal_that_says_nothing_or_names_no_question_is_refused(handed_in, word, more):
    with pytest.raises(actions.AppealRefused, match=word):
        appeal(handed_in, **more)


def test_each_question_and_the_whole_result_can_be_doubted_once(handed_in):
    for position in (1, 2, None):
        appeal(handed_in, position)
        with pytest.raises(actions.AppealRefused, match="again"):
            appeal(handed_in, position)
    assert Appeal.objects.count() == 3


def test_after_the_papers_days_it_is_too_late(handed_in):
    marked = Score.objects.get().marked_at
    end = marked + dt.timedelta(days=handed_in.paper.appeal_days)
    appeal(handed_in, 1, at=end)
    with pytest.raises(actions.AppealRefused, match="late"):
        appeal(handed_in, 2, at=end + dt.timedelta(seconds=1))


def test_a_paper_without_appeals_and_an_open_attempt_take_none(attempt):
    with pytest.raises(actions.AppealRefused, match="none"):
        appeal(attempt)
    actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    type(attempt.paper).objects.update(appeal_days=0)
    with pytest.raises(actions.AppealRefused, match="none"):
        appeal(attempt)


def test_nobody_doubts_the_result_of_another(handed_in):
    with pytest.raises(queries.AttemptUnknown):
        actions.make_appeal(by=UserFactory(), attempt_id=handed_in.public_id, text="x")


def test_the_answer_is_given_once_and_the_learner_is_told(handed_in):
    made, by = appeal(handed_in), manager()
    actions.decide_appeal(by=by, appeal=made, accepted=False, answer="教材第三章写明只有 A。")
    message = Message.objects.get()
    assert (message.user, message.kind, message.body) == (
        handed_in.enrolment.user,
        "exams.appeal",
        "教材第三章写明只有 A。",
    )
    with pytest.raises(actions.AppealDecided):
        actions.decide_appeal(by=by, appeal=made, accepted=True, answer="改判")
    assert AppealDecision.objects.get().accepted is False


@pytest.mark.parametrize("table", ["exams_appeal", "exams_appealdecision"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET {} = 'x'"])
def test_appeals_and_answers_stay_whatever_sql_one_uses(handed_in, table, verb):
    actions.decide_appeal(by=manager(), appeal=appeal(handed_in), accepted=False, answer="不改")
    column = "text" if table == "exams_appeal" else "answer"
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table, column))


def test_the_file_has_the_question_the_answer_the_key_and_what_arrived(handed_in):
    file = queries.appeal_file(appeal(handed_in, 1))
    assert [(r.question.position, r.is_right, r.given == r.right) for r in file.reviews] == [(1, True, True)]
    assert [(a.position, a.epoch, a.seq, a.late) for a in file.arrivals] == [(1, 1, 1, False)]
    assert (file.versions, [s.run for s in file.scores]) == ([handed_in.drawn[0][0]], [1])


def test_the_page_of_an_appeal_is_for_exam_managers_and_each_look_is_recorded(client, handed_in):
    made = appeal(handed_in)
    url = reverse("exams_admin:appeal", args=[made.public_id])
    for user in (handed_in.enrolment.user, UserFactory()):
        client.force_login(user)
        assert client.get(url).status_code in (302, 403)
    by = manager()
    client.force_login(by)
    assert client.get(url).status_code == 200
    look = Entry.objects.get(action="exams.appeal.look")
    whose = f"accounts.User:{handed_in.enrolment.user_id}"
    assert (look.actor_id, look.target, look.details) == (by.pk, whose, {"attempt": handed_in.pk})
    assert client.post(url, {"accepted": "", "answer": ""}).status_code == 400
    assert client.post(url, {"accepted": "yes", "answer": "两个选项都对"}).status_code == 302
    assert (AppealDecision.objects.get().accepted, AppealDecision.objects.get().decided_by) == (True, by)
    assert client.get(url).status_code == 200
    for name in ("appeals", "afterwards"):  # the second shows those that wait only
        assert client.get(reverse(f"exams_admin:{name}")).status_code == 200
    lists = Entry.objects.filter(action="exams.appeals.look").values_list("target", "details")
    assert list(lists) == [("accounts.User:?", {"appeals": 1})]


def test_the_learner_writes_an_appeal_on_a_form_and_reads_it_with_the_result(client, handed_in):
    client.force_login(handed_in.enrolment.user)
    url = reverse("exams:appeal", args=[handed_in.public_id])
    assert client.get(url + "?question=2").context["position"] == 2
    assert client.post(url, {"position": "2", "text": ""}).status_code == 400
    assert client.post(url, {"position": "2", "text": "选项 B 也对"}).status_code == 302
    page = client.get(reverse("exams:result", args=[handed_in.public_id]))
    assert [a.text for a in page.context["appeals"]] == ["选项 B 也对"]
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
