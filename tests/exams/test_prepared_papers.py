"""Papers drawn beforehand: taken once each, never stale, and items are asked equally often."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams import actions, queries, steps
from exams.models import PoolEntry, PreparedPaper, UncountedDraw
from exams.queries import recipes
from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from programmes.models import EnrolmentState
from tests.factories import exams as make
from tests.factories.programmes import EnrolmentFactory

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def exposures():
    return sorted(PoolEntry.objects.values_list("exposure", flat=True))


def exam(items=12, count=3, **fields):
    for _ in range(items):
        make.item("single")
    return make.paper(sections=[{"bank": make.bank(), "type": "single", "count": count}], **fields)


def statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(CONTROL)]


def test_a_start_takes_one_and_draws_nothing():
    paper = exam()
    entry, other = make.seat(the_paper=paper), make.seat(the_paper=paper)
    assert actions.prepare_papers(paper=paper, count=2) == 2
    prepared = {p.seed: p.drawn for p in PreparedPaper.objects.all()}
    before = exposures()
    first, second = actions.start_attempt(entry=entry), actions.start_attempt(entry=other)
    assert {first.seed: first.drawn, second.seed: second.drawn} == prepared
    assert not PreparedPaper.objects.exists()
    assert not UncountedDraw.objects.exists()
    assert exposures() == before


def test_without_one_it_is_drawn_and_counted_later():
    paper = exam()
    attempt = actions.start_attempt(entry=make.seat(the_paper=paper))
    assert (len(attempt.drawn), sum(exposures())) == (3, 0)
    assert [actions.count_draws(), actions.count_draws()] == [1, 0]
    counted = PoolEntry.objects.filter(exposure=1).values_list("pk", flat=True)
    assert sorted(counted) == sorted(version for version, _points in attempt.drawn)


def test_starting_costs_nine_statements_with_a_prepared_paper_and_at_most_eleven_without(settings):
    paper = exam(items=60, count=50)
    entries = [make.seat(the_paper=paper) for _ in range(3)]
    actions.prepare_papers(paper=paper, count=1)

    def start(entry):
        entered = steps.enter(user=entry.enrolment.user, step_public_id=entry.step.public_id)
        return lambda: actions.start_attempt(entry=entered)

    gate = len(statements(lambda: start(entries[0])))
    assert gate == 3
    session_and_user = 2
    costs = [len(statements(start(entry))) + gate + session_and_user for entry in entries]
    assert costs == [9, 11, 10]  # prepared; drawn by a process that has to look at the bank first; drawn


def test_an_item_that_was_retired_or_corrected_is_never_handed_out():
    paper = exam(items=6, count=3)
    actions.prepare_papers(paper=paper, count=4)
    first, *_rest = PreparedPaper.objects.order_by("pk")
    gone = first.drawn[0][0]
    actions.retire_item(by=None, item=PoolEntry.objects.get(pk=gone).item)
    stale = {p.pk for p in PreparedPaper.objects.all() if gone in [v for v, _p in p.drawn]}
    fresh = PreparedPaper.objects.exclude(pk__in=stale).order_by("pk").first()
    attempt = actions.start_attempt(entry=make.seat(the_paper=paper))
    assert attempt.seed == fresh.seed
    assert actions.discard_prepared(paper=paper) == len(stale)
    assert not PreparedPaper.objects.filter(pk__in=stale).exists()
    PreparedPaper.objects.all().delete()
    drawn = actions.start_attempt(entry=make.seat(the_paper=paper)).drawn
    assert gone not in [version for version, _points in drawn]


def test_what_is_thrown_away_unseen_was_never_seen():
    paper = exam()
    actions.prepare_papers(paper=paper, count=8)
    assert sum(exposures()) == 24
    assert actions.discard_prepared(paper=paper, only_stale=False) == 8
    assert sum(exposures()) == 0


def test_items_are_asked_equally_often_and_papers_overlap_as_little_as_can_be():
    paper = exam(items=30, count=3)
    actions.prepare_papers(paper=paper, count=10)
    drawn = [version for p in PreparedPaper.objects.all() for version, _points in p.drawn]
    assert Counter(Counter(drawn).values()) == {1: 30}
    for _ in range(3):
        actions.prepare_papers(paper=paper, count=10)
    assert set(exposures()) == {4}


def test_draws_at_the_start_take_the_least_seen_as_well():
    paper = exam(items=9, count=3)
    for _ in range(3):
        actions.start_attempt(entry=make.seat(the_paper=paper))
        actions.count_draws()
    assert exposures() == [1] * 9


def test_the_job_prepares_for_everybody_enrolled_and_tops_up():
    paper = exam()
    entry = make.seat(the_paper=paper)
    programme = entry.enrolment.programme
    for _ in range(2):
        EnrolmentFactory(programme=programme)
    EnrolmentFactory(programme=programme, state=EnrolmentState.WITHDRAWN)
    Job.objects.filter(kind="exams.prepare").update(run_at=timezone.now())
    run_pending()
    assert queries.stock_of(paper) == 13
    actions.start_attempt(entry=entry)
    assert (actions.keep_stock(), queries.stock_of(paper)) == (False, 12)
    PreparedPaper.objects.filter(pk__in=PreparedPaper.objects.values("pk")[:5]).delete()
    assert (actions.keep_stock(), queries.stock_of(paper)) == (False, 12)
    late = timezone.now() + timedelta(days=3650)
    assert steps.papers_wanted(paper, late) == 0


def test_a_paper_may_say_itself_how_many():
    paper = exam(prepare=150)
    assert (actions.keep_stock(paper_id=paper.pk), queries.stock_of(paper)) == (False, 150)


def test_no_time_left_is_told_so_that_the_job_comes_again(monkeypatch):
    paper = exam(prepare=5)
    monkeypatch.setattr("exams.actions.preparing.LONGEST_RUN", -1.0)
    assert actions.keep_stock() is True
    monkeypatch.undo()
    assert (actions.keep_stock(), queries.stock_of(paper)) == (False, 5)


def test_a_draft_and_a_drill_prepare_nothing():
    for paper in (make.paper(published=False), make.paper("drill")):
        assert actions.prepare_papers(paper=paper, count=3) == 0


def test_a_bank_that_shrank_prepares_nothing_and_stops_no_other_paper():
    paper = exam(items=3, count=3, prepare=2)
    actions.retire_item(by=None, item=PoolEntry.objects.first().item)
    other = make.paper(sections=[{"bank": make.bank(), "type": "single", "count": 2}], prepare=1)
    assert actions.keep_stock() is False
    assert [queries.stock_of(p) for p in (paper, other)] == [0, 1]


def test_what_a_process_remembers_never_brings_back_what_was_retired():
    paper = exam(items=4, count=3)
    actions.start_attempt(entry=make.seat(the_paper=paper))
    assert (paper.pk, paper.published_at) in recipes._remembered
    gone = PoolEntry.objects.first()
    actions.retire_item(by=None, item=gone.item)
    for _ in range(6):
        drawn = actions.start_attempt(entry=make.seat(the_paper=paper)).drawn
        assert gone.pk not in [version for version, _points in drawn]


def test_two_prepared_papers_never_share_a_seed():
    paper = exam()
    actions.prepare_papers(paper=paper, count=1)
    with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exams_preparedpaper (paper_id, seed, drawn, prepared_at)"
            " SELECT paper_id, seed, drawn, prepared_at FROM exams_preparedpaper"
        )
