"""Answers go a year after their programme has ended, sealed evidence three years after its letter: verdicts stay."""

import datetime as dt

import pytest
from django.utils import timezone

from exams import actions as exams
from exams.models import ForgottenAnswers, Response, Score
from exams.queries import anchors
from exams.queries.analysis import sittings
from exams.queries.regrades import asked
from foundation.audit.models import Entry
from pledges.models import SealedEvidence
from privacy import actions
from programmes.models import Programme
from tests.exams.conftest import right_answers
from tests.factories import exams as make
from tests.factories import pledges as letters

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=366)


def sat(rules="after_submit"):
    seat = make.seat("exam", the_paper=make.paper(review=rules, fixed=[make.item().item, make.item().item]))
    attempt = exams.start_attempt(entry=seat)
    user, pk = seat.enrolment.user, attempt.public_id
    exams.save_responses(by=user, attempt_id=pk, epoch=1, answers=right_answers(attempt)[:1])
    return exams.submit_attempt(by=user, attempt_id=pk)


def end(attempt, ago):
    day = timezone.localdate() - ago
    Programme.objects.filter(pk=attempt.step.programme_id).update(opens_on=day - YEAR, closes_on=day)


def test_a_year_after_the_programme_the_answers_are_gone_and_the_verdict_stays(client):
    old, new = sat(), sat()
    exams.anchor_scores(facts=anchors.facts_of_scores(at=timezone.now() + dt.timedelta(minutes=1)))
    end(old, YEAR)
    end(new, dt.timedelta(days=300))
    scores = list(Score.objects.order_by("pk").values())
    assert actions.prune() == {"exams.answers": 1}
    assert set(Response.objects.values_list("attempt_id", flat=True)) == {new.pk}
    assert list(Score.objects.order_by("pk").values()) == scores
    assert Entry.objects.filter(action="exams.forget_answers").values_list("details", flat=True).get() == {
        "attempts": 1,
        "answers": 1,
        "drill_answers": 0,
    }
    assert (actions.prune(), ForgottenAnswers.objects.count()) == ({}, 1)
    client.force_login(old.enrolment.user)
    page = client.get(f"/exams/attempts/{old.public_id}/result/").content.decode()
    assert ("不再保存" in page, "共2题" in page) == (True, True)
    client.force_login(new.enrolment.user)
    assert "不再保存" not in client.get(f"/exams/attempts/{new.public_id}/result/").content.decode()


def test_what_is_gone_is_neither_marked_again_nor_called_changed():
    old = sat()
    exams.anchor_scores(facts=anchors.facts_of_scores(at=timezone.now() + dt.timedelta(minutes=1)))
    end(old, YEAR)
    actions.prune()
    version = old.drawn[0][0]
    assert (asked(version).count(), sittings(old.paper, "all")) == (0, [])
    assert anchors.check_run(anchors.ScoringRun.objects.get()) == []


def test_an_appeal_that_waits_keeps_the_answers():
    old = sat()
    exams.make_appeal(by=old.enrolment.user, attempt_id=old.public_id, text="第一题有两个答案", position=1)
    end(old, YEAR)
    assert actions.prune() == {}
    assert Response.objects.count() == 1


def test_sealed_evidence_goes_three_years_after_the_letter_and_not_before(settings):
    letter, endless = letters.signed(), letters.signed(letters.enrolment(letters.template(validity_days=None)))
    last = dt.datetime.combine(letter.valid_until, dt.time(12), dt.UTC)
    kept = dt.timedelta(days=settings.LETTER_EVIDENCE_KEEP_DAYS)
    assert "pledges.evidence" not in actions.prune(at=last + kept)
    assert actions.prune(at=last + kept + dt.timedelta(days=1))["pledges.evidence"] == 1
    assert SealedEvidence.objects.get().letter == endless
    assert Entry.objects.get(action="pledges.forget_evidence").details == {"letters": [letter.pk]}
