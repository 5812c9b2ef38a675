"""The server decides when a lesson and a course are complete."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from courses import actions
from courses.models import CourseCompletion, LessonCompletion, LessonPage, QuestionAnswer, SectionRead
from courses.queries import lesson_state
from courses.steps import CourseHandler
from foundation.audit.models import Entry
from programmes.contracts import Evidence, Progress
from programmes.models import StepCompletion
from tests.factories.courses import add_lesson, course_step, learner_of, make_course, section, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(lessons=2)


@pytest.fixture
def step(course):
    return course_step(course)


@pytest.fixture
def enrolment(step):
    return learner_of(step)


def lessons_of(course):
    return list(LessonPage.objects.child_of(course).order_by("path"))


def ids_of(lesson):
    return [block.id for block in lesson.body]


def question_of(lesson):
    return next(block.id for block in lesson.body[0].value["content"] if block.block_type == "question")


def read(enrolment, lesson, ids=None, **kwargs):
    return actions.read_sections(enrolment=enrolment, lesson=lesson, section_ids=ids or ids_of(lesson), **kwargs)


def answer(enrolment, lesson, choice=1, **kwargs):
    question_id = question_of(lesson)
    return actions.answer_question(enrolment=enrolment, lesson=lesson, question_id=question_id, choice=choice, **kwargs)


def test_sections_alone_do_not_complete_a_lesson_that_asks_a_question(course, enrolment):
    lesson = lessons_of(course)[0]
    assert read(enrolment, lesson) is False
    answer(enrolment, lesson)
    assert LessonCompletion.objects.get().lesson == lesson


def test_a_question_alone_does_not_either(course, enrolment):
    lesson = lessons_of(course)[0]
    answer(enrolment, lesson)
    assert read(enrolment, lesson, ids_of(lesson)[:1]) is False
    assert read(enrolment, lesson, ids_of(lesson)[1:]) is True


def test_a_wrong_answer_counts_as_answered_and_may_be_given_again(course, enrolment):
    lesson = lessons_of(course)[0]
    read(enrolment, lesson)
    assert answer(enrolment, lesson, choice=0).is_correct is False
    assert LessonCompletion.objects.count() == 1
    assert answer(enrolment, lesson, choice=1).is_correct is True
    assert list(QuestionAnswer.objects.order_by("pk").values_list("choice", flat=True)) == [0, 1]


def test_the_revision_that_was_read_is_recorded(course, enrolment):
    lesson = lessons_of(course)[0]
    answer(enrolment, lesson)
    read(enrolment, lesson)
    fact = LessonCompletion.objects.get()
    assert fact.revision_id == lesson.live_revision_id
    assert set(SectionRead.objects.values_list("revision_id", flat=True)) == {lesson.live_revision_id}


def test_a_section_added_later_must_be_read_too_and_what_is_complete_stays_complete(course, enrolment):
    first, second = lessons_of(course)
    for lesson in (first, second):
        answer(enrolment, lesson)
    read(enrolment, first)
    for lesson in (first, second):
        lesson.body.append(("section", {"heading": "新的一节", "content": []}))
        lesson.save_revision().publish()
    first, second = lessons_of(course)
    assert len(ids_of(second)) == 3
    assert read(enrolment, second, ids_of(second)[:2]) is False
    assert read(enrolment, first, ids_of(first)[:1]) is True


def test_the_last_lesson_completes_the_course_and_its_step(course, step, enrolment):
    first, second = lessons_of(course)
    early, late = timezone.now() - dt.timedelta(hours=2), timezone.now() - dt.timedelta(hours=1)
    actions.work_through_lesson(enrolment=enrolment, lesson=second, at=early)
    assert not StepCompletion.objects.exists()
    actions.work_through_lesson(enrolment=enrolment, lesson=first, at=late)
    fact = CourseCompletion.objects.get()
    done = StepCompletion.objects.get()
    assert (done.enrolment, done.step, done.completed_at) == (enrolment, step, fact.completed_at)
    assert fact.completed_at == late + dt.timedelta(minutes=first.minutes)
    assert fact.credit_hours == course.credit_hours


def test_the_handler_proves_what_is_stored(course, step, enrolment):
    for lesson in lessons_of(course):
        actions.work_through_lesson(enrolment=enrolment, lesson=lesson, at=timezone.now())
    fact = CourseCompletion.objects.get()
    source = f"courses.CourseCompletion:{fact.pk}"
    assert list(CourseHandler().evidence()) == [Evidence(enrolment.pk, step.pk, fact.completed_at, source)]
    assert list(CourseHandler().evidence([enrolment.pk + 1])) == []


def test_progress_counts_live_lessons_only(course, step, enrolment):
    first, second = lessons_of(course)
    actions.work_through_lesson(enrolment=enrolment, lesson=first, at=timezone.now())
    assert CourseHandler().progress(enrolment.pk, [step.pk]) == {step.pk: Progress(1, 2)}
    second.unpublish()
    assert CourseHandler().progress(enrolment.pk, [step.pk]) == {step.pk: Progress(1, 1)}


def test_facts_of_another_enrolment_do_not_count(course, step, enrolment):
    other = learner_of(step)
    lesson = lessons_of(course)[0]
    answer(other, lesson)
    assert read(enrolment, lesson) is False


def test_an_unknown_section_question_or_option_records_nothing(course, enrolment):
    lesson, other = lessons_of(course)
    with pytest.raises(actions.NotInLesson):
        read(enrolment, lesson, [ids_of(lesson)[0], ids_of(other)[0]])
    for choice in (-1, 3):
        with pytest.raises(actions.NotInLesson):
            answer(enrolment, lesson, choice=choice)
    with pytest.raises(actions.NotInLesson):
        actions.answer_question(enrolment=enrolment, lesson=lesson, question_id="nothing", choice=0)
    assert SectionRead.objects.count() + QuestionAnswer.objects.count() == 0


def test_one_audit_entry_for_a_completed_lesson_and_none_for_saves(course, enrolment):
    lesson = lessons_of(course)[0]
    Entry.objects.values("pk")
    before = Entry.objects.count()
    answer(enrolment, lesson)
    assert Entry.objects.count() == before
    read(enrolment, lesson)
    read(enrolment, lesson)
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True))[before:] == ["courses.complete_lesson"]


def test_minimum_time_runs_from_the_first_opening(enrolment, course):
    course.minimum_seconds = 300
    course.save()
    lesson = lessons_of(course)[0]
    opened = timezone.now() - dt.timedelta(hours=1)
    actions.open_lesson(enrolment=enrolment, lesson=lesson, at=opened)
    answer(enrolment, lesson, at=opened + dt.timedelta(seconds=10))
    assert read(enrolment, lesson, at=opened + dt.timedelta(seconds=20)) is False
    state = lesson_state(
        enrolment_id=enrolment.pk, lesson=lesson, course=course, now=opened + dt.timedelta(seconds=299)
    )
    assert state.outstanding.wait_until == opened + dt.timedelta(seconds=300)
    assert actions.finish_lesson(enrolment=enrolment, lesson=lesson, at=opened + dt.timedelta(seconds=299)) is False
    assert actions.finish_lesson(enrolment=enrolment, lesson=lesson, at=opened + dt.timedelta(seconds=300)) is True


def test_a_course_with_check_in_takes_nothing_before_it(enrolment, course):
    course.check_in = True
    course.save()
    lesson = lessons_of(course)[0]
    with pytest.raises(actions.CheckInRequired):
        read(enrolment, lesson)
    with pytest.raises(actions.CheckInRequired):
        answer(enrolment, lesson)
    actions.check_in(enrolment=enrolment, lesson=lesson)
    answer(enrolment, lesson)
    assert read(enrolment, lesson) is True


def test_raw_sql_cannot_change_or_double_what_was_read(course, enrolment):
    lesson = lessons_of(course)[0]
    answer(enrolment, lesson)
    read(enrolment, lesson)
    for table in ("courses_sectionread", "courses_questionanswer", "courses_lessoncompletion"):
        for sql in (f"UPDATE {table} SET lesson_id = lesson_id + 1", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO courses_lessoncompletion (enrolment_id, lesson_id, revision_id, completed_at) "
            "SELECT enrolment_id, lesson_id, revision_id, completed_at FROM courses_lessoncompletion"
        )


def test_a_lesson_published_without_a_revision_gets_one_when_it_is_read(course, enrolment):
    lesson = LessonPage(title="脚本写入", slug="scripted")
    lesson.body = lesson.body.stream_block.to_python([section("一", [text("<p>字</p>")])])
    course.add_child(instance=lesson)
    lesson = LessonPage.objects.get(pk=lesson.pk)
    assert lesson.live_revision_id is None
    assert read(enrolment, lesson) is True
    assert LessonCompletion.objects.get().revision_id == LessonPage.objects.get(pk=lesson.pk).live_revision_id


def test_a_new_lesson_after_the_end_takes_nothing_back(course, step, enrolment):
    for lesson in lessons_of(course):
        actions.work_through_lesson(enrolment=enrolment, lesson=lesson, at=timezone.now())
    add_lesson(course, slug="later")
    assert StepCompletion.objects.count() == 1
    assert len(list(CourseHandler().evidence())) == 1
