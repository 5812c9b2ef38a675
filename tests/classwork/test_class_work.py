"""A class works without the site: a package that opens from a stick, and results entered afterwards."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from classwork import actions, exports, queries
from classwork.models import ClassworkBatch, Package, SeatPart
from courses.models import ClassReading, CourseStep
from exams.models import ClassDrill, PaperStep
from foundation.audit.models import Entry
from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from organisations.models import FreeSeat
from privacy import actions as privacy
from programmes.models import StepCompletion, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.classes import classroom, sit
from tests.factories.courses import make_course
from tests.factories.exams import paper
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db
PAGE = "/classwork/QS5A/"


@pytest.fixture
def room(db):
    """Two pupils and a seat without an account; a course first, then a drill of which 8 of 10 must be right."""
    room = classroom(2, is_open=False, secret="")
    FreeSeat.objects.create(organisation=room.unit, seat=7, since=timezone.localdate())
    programme = ProgrammeFactory(audience="primary")
    room.course = StepFactory(programme=programme, title="听一课")
    room.drill = StepFactory(programme=programme, kind=StepKind.DRILL, stage=2, title="练一练")
    CourseStep.objects.create(step=room.course, course=make_course(lessons=2))
    PaperStep.objects.create(step=room.drill, paper=paper("drill", mastery_right=8, mastery_of=10))
    room.enrolments = [
        EnrolmentFactory(programme=programme, user=pupil, organisation=room.unit) for pupil in room.pupils
    ]
    return room


def enter(room, step, results, **fields):
    module = queries.module_of(room.unit, step.public_id)
    given = {"done_on": timezone.localdate(), **fields}
    return actions.enter_results(by=room.teacher, school_class=room.unit, module=module, results=results, **given)


def took_part(room, *, seat=True):
    results = {enrolment.public_id: actions.Result() for enrolment in room.enrolments}
    return results | ({"s7": actions.Result()} if seat else {})


def completed(step):
    return sorted(StepCompletion.objects.filter(step=step).values_list("enrolment_id", flat=True))


def test_a_course_done_in_class_completes_the_step_and_can_be_taken_back(room):
    batch = enter(room, room.course, took_part(room))
    ids = [enrolment.pk for enrolment in room.enrolments]
    assert completed(room.course) == ids
    sources = set(StepCompletion.objects.values_list("source", flat=True))
    assert sources == {f"courses.ClassReading:{pk}" for pk in ClassReading.objects.values_list("pk", flat=True)}
    assert list(SeatPart.objects.values_list("seat", "right")) == [(7, None)]
    assert (batch.pupils, batch.entered_by) == (2, room.teacher)
    actions.undo_results(by=room.teacher, batch=batch)
    assert completed(room.course) == []
    assert set(ClassReading.objects.values_list("revoked_by", flat=True)) == {room.teacher.pk}
    with pytest.raises(actions.TakenBack):
        actions.undo_results(by=room.teacher, batch=batch)
    assert Entry.objects.filter(action__in=["classwork.enter_results", "classwork.undo_results"]).count() == 2


def test_a_drill_counts_when_the_mastery_rule_holds(room):
    enter(room, room.course, took_part(room))
    first, second = room.enrolments
    results = {first.public_id: actions.Result(8, 10), second.public_id: actions.Result(7, 10)}
    batch = enter(room, room.drill, results | {"s7": actions.Result(9, 10)})
    assert completed(room.drill) == [first.pk]
    assert list(ClassDrill.objects.order_by("pk").values_list("right", "asked", "mastered")) == [
        (8, 10, True),
        (7, 10, False),
    ]
    assert list(SeatPart.objects.filter(batch=batch).values_list("seat", "right", "asked")) == [(7, 9, 10)]
    actions.undo_results(by=room.teacher, batch=batch)
    assert completed(room.drill) == []


def test_all_right_of_too_few_questions_is_no_mastery(room):
    enter(room, room.course, took_part(room))
    enter(room, room.drill, {room.enrolments[0].public_id: actions.Result(5, 5)})
    assert completed(room.drill) == []


def test_an_earlier_step_comes_first_and_what_is_complete_is_not_entered_again(room):
    module = queries.module_of(room.unit, room.drill.public_id)
    assert [(row.seat, row.state) for row in queries.rows_of(room.unit, module)] == [
        (1, "early"),
        (2, "early"),
        (7, "open"),
    ]
    with pytest.raises(actions.NothingEntered):
        enter(room, room.drill, {room.enrolments[0].public_id: actions.Result(10, 10)})
    enter(room, room.course, took_part(room, seat=False))
    with pytest.raises(actions.NothingEntered):
        enter(room, room.course, took_part(room, seat=False))
    assert ClassReading.objects.count() == 2


def test_the_index_is_rebuilt_from_what_was_entered(room):
    enter(room, room.course, took_part(room))
    enter(room, room.drill, {room.enrolments[0].public_id: actions.Result(10, 10)})
    before = set(StepCompletion.objects.values_list("enrolment_id", "step_id", "source"))
    StepCompletion.objects.all().delete()
    call_command("rebuild_programmes", stdout=io.StringIO())
    assert set(StepCompletion.objects.values_list("enrolment_id", "step_id", "source")) == before
    assert len(before) == 3


@pytest.mark.parametrize(
    ("result", "days"), [(actions.Result(11, 10), 0), (actions.Result(-1, 10), 0), (actions.Result(9, 10), 1)]
)
def test_what_cannot_be_is_refused(room, result, days):
    with pytest.raises(ValidationError):
        enter(room, room.drill, {"s7": result}, done_on=timezone.localdate() + timedelta(days=days))
    assert ClassworkBatch.objects.count() == 0


def test_the_grid_is_looked_at_before_it_counts(client, room):
    client.force_login(room.teacher)
    page = f"{PAGE}steps/{room.course.public_id}/"
    assert client.get(page).status_code == 200
    values = {"done_on": timezone.localdate().isoformat(), f"r-{room.enrolments[1].public_id}": "on", "r-s7": "on"}
    shown = client.post(page, values | {"do": "look"})
    assert [row.seat for row, _result in shown.context["entered"]] == [2, 7]
    assert ClassworkBatch.objects.count() == 0
    assert client.post(page, values | {"do": "apply"}).url == PAGE
    assert completed(room.course) == [room.enrolments[1].pk]
    batch = ClassworkBatch.objects.get()
    client.post(PAGE, {"batch": batch.public_id})
    assert completed(room.course) == []
    assert client.post(page, {"do": "apply", "done_on": values["done_on"]}).status_code == 400


def test_the_grid_of_a_drill_takes_figures(client, room):
    enter(room, room.course, took_part(room))
    client.force_login(room.teacher)
    page = f"{PAGE}steps/{room.drill.public_id}/"
    today, key = timezone.localdate().isoformat(), f"r-{room.enrolments[0].public_id}"
    for wrong in ({key: "11", "asked": "10"}, {key: "5", "asked": ""}, {key: "x", "asked": "10"}):
        assert client.post(page, {"do": "apply", "done_on": today, **wrong}).status_code == 400
    assert client.post(page, {"do": "apply", "done_on": today, key: "9", "asked": "10"}).status_code == 302
    assert completed(room.drill) == [room.enrolments[0].pk]


def fetched(client, room):
    """The package, put together by the worker."""
    client.force_login(room.teacher)
    assert client.get(f"{PAGE}package/").url == PAGE
    assert client.post(PAGE, {"do": "package"}).url == PAGE
    assert client.get(f"{PAGE}package/").url == PAGE
    assert "<progress" in client.get(PAGE).content.decode()
    run_pending()
    return client.get(f"{PAGE}package/")


def test_the_package_is_put_together_in_the_background_once_at_a_time_and_goes_after_its_days(client, room):
    with pytest.raises(actions.NothingToTake):
        actions.ask_package(by=room.teacher, school_class=classroom(0, code="QS5B", is_open=False, secret="").unit)
    asked = actions.ask_package(by=room.teacher, school_class=room.unit)
    with pytest.raises(actions.AlreadyAsked):
        actions.ask_package(by=room.teacher, school_class=room.unit)
    told = []
    exports.write_package(io.BytesIO(), room.unit, queries.modules_of(room.unit), lambda *far: told.append(far))
    assert (told[0], told[-1][0] == told[-1][1], told == sorted(told)) == ((1, 2), True, True)
    for _stopped in range(2):  # a worker that was stopped before it could say so does it again
        written = actions.write_package(mark=asked.mark)
    actions.finish_package(mark=asked.mark, written=written)
    assert actions.write_package(mark=asked.mark) is None
    again = actions.ask_package(by=room.teacher, school_class=room.unit)
    assert list(Package.objects.values_list("mark", "state")) == [(again.mark, "waiting")]
    later = timezone.now() + timedelta(days=settings.CLASS_PACKAGE_KEEP_DAYS + 1)
    assert privacy.prune(at=later)["classwork.packages"] == 1


def test_a_package_that_cannot_be_written_says_so_and_is_tried_again(client, room, monkeypatch):
    def broken(*args):
        raise OSError("no room left")

    actions.ask_package(by=room.teacher, school_class=room.unit)
    with monkeypatch.context() as patch:
        patch.setattr(exports, "write_package", broken)
        run_pending()
    client.force_login(room.teacher)
    assert "没有做成" in client.get(PAGE).content.decode()
    Job.objects.filter(state="ready").update(run_at=timezone.now())
    run_pending()
    assert client.get(f"{PAGE}package/").status_code == 200


def test_the_package_opens_without_network_and_names_nobody(client, room):
    answer = fetched(client, room)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as zipped:
        names = set(zipped.namelist())
        pages = {name: zipped.read(name).decode() for name in names if name.endswith(".html")}
    assert set(pages) == {"index.html", "01-01.html", "01-02.html", "02.html"}
    assert {"files/page.css", "files/page.js"} <= names
    for page in pages.values():
        targets = re.findall(r'(?:href|src)="([^"]*)"', page)
        assert [target for target in targets if target not in names] == []
        assert "小满" not in page
        assert "<script>" not in page
    assert pages["01-01.html"].count("<details>") == 1
    assert pages["02.html"].count("<details>") >= 1
    assert "正文1" in pages["01-01.html"]


def test_nobody_else_gets_package_or_grid(client, room):
    other = classroom(1, code="QS5B", is_open=False, secret="")
    batch = enter(room, room.course, took_part(room))
    for somebody in (UserFactory(), room.pupils[0], other.teacher):
        client.force_login(somebody)
        for path in ("", "package/", f"steps/{room.course.public_id}/"):
            assert client.get(f"{PAGE}{path}").status_code == 404
        assert client.post(PAGE, {"batch": batch.public_id}).status_code == 404
        assert client.post(PAGE, {"do": "package"}).status_code == 404
    assert client.post("/classwork/QS5B/", {"batch": batch.public_id}).status_code == 404
    assert client.post("/classwork/QS5B/", {"do": "package"}).status_code == 404
    assert client.get("/classwork/QS5B/").status_code == 200
    assert len(completed(room.course)) == 2


def test_the_grid_costs_the_same_for_one_pupil_and_for_three(client, room):
    client.force_login(room.teacher)
    page = f"{PAGE}steps/{room.course.public_id}/"
    client.get(page)

    def cost():
        with CaptureQueriesContext(connection) as queries_made:
            assert client.get(page).status_code == 200
        return len(queries_made)

    before = cost()
    for seat in (3, 4):
        pupil = sit(room.unit, room.teacher, seat)
        EnrolmentFactory(programme=room.course.programme, user=pupil, organisation=room.unit)
    assert cost() == before


def test_raw_sql_cannot_change_a_result_or_make_one_that_does_not_add_up(room):
    enter(room, room.course, took_part(room))
    enter(room, room.drill, {room.enrolments[0].public_id: actions.Result(9, 10)})
    for sql in (
        'UPDATE exams_classdrill SET "right" = 10',
        "UPDATE courses_classreading SET course_id = course_id + 1",
        "DELETE FROM courses_classreading",
        "UPDATE classwork_seatpart SET seat = 8",
        "UPDATE classwork_classworkbatch SET pupils = 5",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    batch = ClassworkBatch.objects.latest("pk")
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatPart.objects.create(batch=batch, seat=9, right=11, asked=10)
