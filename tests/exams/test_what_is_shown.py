"""Which parts of a result are shown, and when."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from exams import actions, queries
from exams.models import Attempt, ExtraAttempt, ExtraTime, Paper, Session, SittingRules
from foundation.audit.models import Entry
from foundation.jobs.models import Job
from tests.exams.conftest import right_answers, rules_given
from tests.factories import exams as make

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def handed_in(attempt):
    actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id)
    return queries.own_attempt(user=attempt.enrolment.user, public_id=attempt.public_id)


def shown(attempt, at=None):
    attempt = queries.own_attempt(user=attempt.enrolment.user, public_id=attempt.public_id)
    may = queries.may_show(attempt, at or timezone.now())
    return "".join(word[0] for word in ("marks", "answers", "right") if getattr(may, word)) + "e" * may.reasons


def rules(attempt, **fields):
    rules_given(attempt.paper, **fields)


@pytest.mark.parametrize(
    ("review", "first", "last"), [("after_submit", "mare", "mare"), ("after_last", "m", "mare"), ("never", "m", "m")]
)
def test_without_rules_the_paper_s_own_word_holds(handed_in, entry, review, first, last):
    Paper.objects.update(review=review)
    assert shown(handed_in) == first
    actions.submit_attempt(by=entry.enrolment.user, attempt_id=actions.start_attempt(entry=entry).public_id)
    assert shown(handed_in) == last


def test_passing_shows_what_waits_for_the_last_attempt(attempt):
    user = attempt.enrolment.user
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt))
    actions.submit_attempt(by=user, attempt_id=attempt.public_id)
    assert shown(attempt) == "mare"


def test_nothing_is_shown_of_an_open_or_a_void_attempt(attempt):
    rules(attempt, show_right="at_once", show_answers="at_once", show_reasons="at_once")
    assert shown(attempt) == ""
    Attempt.objects.update(state="void")
    assert shown(attempt) == ""


def test_each_part_has_its_own_moment(handed_in):
    end = timezone.now() + HOUR
    rules(
        handed_in,
        closes_at=end,
        show_marks="at_once",
        show_answers="at_once",
        show_right="after_window",
        show_reasons="never",
    )
    assert shown(handed_in) == "ma"
    assert shown(handed_in, end - dt.timedelta(seconds=1)) == "ma"
    assert shown(handed_in, end) == "mar"


def test_the_window_has_closed_only_when_it_has_for_everybody(handed_in):
    now = timezone.now()
    rules(handed_in, closes_at=now - HOUR, show_right="after_window")
    Paper.objects.update(review="never")
    assert shown(handed_in) == "mr"
    Session.objects.create(paper=handed_in.paper, name="晚场", opens_at=now, closes_at=now + HOUR)
    assert (shown(handed_in), shown(handed_in, now + HOUR)) == ("m", "mr")
    other = make.seat("exam", the_paper=handed_in.paper)
    actions.grant_attempt(
        by=None, paper=handed_in.paper, enrolment=other.enrolment, reason="病", opens_at=now, closes_at=now + 3 * HOUR
    )
    assert (shown(handed_in, now + HOUR), shown(handed_in, now + 3 * HOUR)) == ("m", "mr")
    late = actions.start_attempt(entry=other, at=now + 2.5 * HOUR)
    Attempt.objects.filter(pk=late.pk).update(deadline=now + 5 * HOUR)
    assert (shown(handed_in, now + 4 * HOUR), shown(handed_in, now + 5 * HOUR)) == ("m", "mr")


def test_without_any_window_the_programme_s_end_counts(handed_in):
    rules(handed_in, show_right="after_window")
    end = queries.end_of(handed_in.enrolment.programme)
    assert (shown(handed_in, end - dt.timedelta(seconds=1)), shown(handed_in, end)) == ("m", "mr")


def test_the_result_page_keeps_back_what_may_not_be_shown_yet(client, handed_in):
    client.force_login(handed_in.enrolment.user)
    rules(handed_in, show_marks="never", show_answers="at_once", show_right="never", show_reasons="never")
    page = client.get(reverse("exams:result", args=[handed_in.public_id]))
    main = page.content.decode().split("<main")[1].split("</main>")[0]
    assert page.context["result"].reviews is not None
    for word in ("正确答案：", 'class="big"', "bad-c", "<dt>正确答案</dt>"):
        assert word not in main
    assert "这场考试不公布分数" in main


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_sittingrules SET closes_at = opens_at",
        "UPDATE exams_sittingrules SET leave_action = 'shoot'",
        "UPDATE exams_sittingrules SET show_right = 'sometimes'",
        "UPDATE exams_session SET closes_at = opens_at",
        "UPDATE exams_session SET code = ''",
        "UPDATE exams_extratime SET until_on = '2000-01-01'",
    ],
)
def test_rules_keep_making_sense(everything, sql):
    refuse(sql, "check|write-once")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_extratime SET minutes = 20",
        "DELETE FROM exams_extratime",
        "UPDATE exams_extraattempt SET reason = 'x'",
        "DELETE FROM exams_extraattempt",
        "UPDATE exams_session SET public_id = 'x'",
        "UPDATE exams_attempt SET session_id = NULL",
    ],
)
def test_what_was_granted_stays(everything, sql):
    refuse(sql, "write-once")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE exams_sittingrules SET opens_at = started_at FROM exams_attempt",
        "UPDATE exams_sittingrules SET wait_hours = 5",
        "UPDATE exams_sittingrules SET code_needed = NOT code_needed",
        "UPDATE exams_sittingrules SET leave_action = 'lock'",
        "UPDATE exams_sittingrules SET closes_at = started_at FROM exams_attempt",
        "DELETE FROM exams_sittingrules",
    ],
)
def test_once_somebody_sits_the_rules_stay(everything, sql):
    refuse(sql, "write-once|check")


def test_once_somebody_sits_rules_come_not_out_of_nowhere(entry):
    actions.start_attempt(entry=entry)
    paper = Attempt.objects.get().paper
    for fields in ({"wait_hours": 1}, {"closes_at": timezone.now()}, {"seb_required": True}):
        with pytest.raises(ValidationError):
            actions.set_rules(by=None, paper=paper, **fields)
        with pytest.raises(DatabaseError, match="write-once"), transaction.atomic():
            SittingRules.objects.create(paper=paper, **fields)
    actions.set_rules(by=None, paper=paper, show_right="never")
    assert SittingRules.objects.get().show_right == "never"


def test_once_somebody_sits_the_end_moves_later_only(everything):
    rules = SittingRules.objects.get()
    with pytest.raises(ValidationError) as told:
        actions.set_rules(by=None, paper=rules.paper, closes_at=rules.closes_at - HOUR / 2, late_entry_minutes=1)
    assert set(told.value.message_dict) == {"closes_at", "late_entry_minutes"}
    actions.set_rules(by=None, paper=rules.paper, closes_at=rules.closes_at + HOUR, show_right="never")
    changed = Entry.objects.filter(action="exams.set_rules").order_by("-pk")[0]
    assert changed.details == {"closes_at": str(rules.closes_at + HOUR), "show_right": "never"}
    assert Job.objects.filter(kind="exams.anchor_papers", payload={"paper": rules.paper_id, "cause": "rules"}).exists()


def refuse(sql, match):
    with pytest.raises(DatabaseError, match=f"(?i){match}"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def everything(entry):
    """One row of each kind."""
    paper, now = make.paper(fixed=[make.item().item]), timezone.now()
    actions.set_rules(by=None, paper=paper, opens_at=now - HOUR, closes_at=now + HOUR)
    units = [entry.enrolment.organisation]
    actions.create_session(by=None, paper=paper, units=units, name="场", opens_at=now - HOUR, closes_at=now + HOUR)
    actions.start_attempt(entry=make.seat("exam", the_paper=paper, enrolment=entry.enrolment))
    actions.grant_time(by=None, user=entry.enrolment.user, minutes=5, reason="一")
    actions.grant_attempt(by=None, paper=paper, enrolment=entry.enrolment, reason="二")
    assert Attempt.objects.get().session is not None


def test_a_grant_is_for_a_person_or_a_unit_and_says_what_it_needs(everything, entry):
    paper, unit, now = Paper.objects.first(), entry.enrolment.organisation, timezone.now()
    wrong = [
        {"reason": "x"},
        {"reason": "x", "enrolment": entry.enrolment, "organisation": unit},
        {"reason": "", "organisation": unit},
        {"reason": "x", "organisation": unit, "kind": "regular"},
        {"reason": "x", "organisation": unit, "kind": "deferred"},
        {"reason": "x", "organisation": unit, "opens_at": now},
        {"reason": "x", "organisation": unit, "opens_at": now, "closes_at": now},
    ]
    for fields in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            ExtraAttempt.objects.create(paper=paper, granted_at=now, **fields)
    for fields in ({"percent": 0, "minutes": 0}, {"percent": 201}, {"minutes": 5, "reason": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ExtraTime.objects.create(
                **{"user": entry.enrolment.user, "reason": "x", "from_on": now.date(), "granted_at": now, **fields}
            )


def test_pairs_are_told_in_the_order_of_the_question_whatever_order_they_are_stored_in():
    version = make.item("matching")
    pairs = version.key.answer["pairs"]
    told = {queries.texts_of(version, dict(order)) for order in (list(pairs.items()), list(pairs.items())[::-1])}
    assert told == {"子 — 丑；寅 — 卯"}
