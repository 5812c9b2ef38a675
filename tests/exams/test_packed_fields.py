"""What was asked and earned is kept in little room, and comes back as it went in."""

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from exams import actions
from exams.models import Attempt, Score
from exams.models.packed import packed_drawn, questions_in, unpacked_drawn
from exams.queries.sittings import asking
from tests.exams.conftest import right_answers
from tests.factories import exams as make

papers = st.lists(
    st.tuples(st.integers(1, 2**40), st.decimals(0, 999, places=2, allow_nan=False).map(str)).map(list), max_size=80
)


@given(papers)
def test_what_was_drawn_comes_back(drawn):
    assert unpacked_drawn(packed_drawn(drawn)) == drawn


@pytest.mark.django_db
def test_sql_counts_the_questions_and_finds_who_was_asked_one():
    rows = [make.item("single").item for _ in range(12)]
    one = actions.start_attempt(entry=make.seat(the_paper=make.paper(fixed=rows)))
    two = actions.start_attempt(entry=make.seat(the_paper=make.paper(fixed=rows[1:2])))
    counted = Attempt.objects.annotate(n=questions_in("drawn")).order_by("pk").values_list("n", flat=True)
    assert list(counted) == [12, 1]
    first, second = one.drawn[0][0], two.drawn[0][0]
    assert [set(asking(pk)) for pk in (first, second, 10**9)] == [{one}, {one, two}, set()]


@pytest.mark.django_db
def test_marks_and_topics_come_back_and_take_little(entry, attempt):
    user = entry.enrolment.user
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt))
    actions.submit_attempt(by=user, attempt_id=attempt.public_id)
    score = Score.objects.get()
    (topic,) = score.by_topic
    assert (score.marks, topic["right"], topic["total"]) == (["1"] * 3, 3, 3)
    assert Decimal(topic["points"]) == score.points == score.max_points
    with connection.cursor() as cursor:
        cursor.execute("SELECT LENGTH(marks), LENGTH(by_topic) FROM exams_score")
        assert max(cursor.fetchone()) < 80
