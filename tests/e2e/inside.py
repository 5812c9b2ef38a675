"""What the insider can do. Every change goes through the site's own actions."""

import time
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone
from wagtail.models import Page

import courses.actions
from accounts.actions import create_account
from accounts.models import User
from certificates.actions import issue_certificates
from certificates.models import Certificate
from courses.models import CoursePage, CourseStep, SessionStep
from courses.queries import live_lessons
from elearning.demo.learners import leader_of
from elearning.demo.people import PASSWORD
from elearning.demo.walk import Clock, Walker
from exams.grading import model_answer
from exams.models import Attempt, DrillAnswer, ItemVersion
from exams.queries import drill_pool
from exams.sampling import next_in_drill
from foundation.jobs.models import Job
from foundation.ledger.sequencer import sequence as publish_log
from organisations.actions import add_membership, create_pupil, give_secrets, record_consent, set_up_class
from organisations.models import ConsentMethod, Organisation
from organisations.queries import led_by
from pledges.actions import store_pdf
from pledges.models import Letter
from pledges.tasks import render
from programmes.actions import (
    add_step,
    close_programme,
    count_completions,
    create_programme,
    enrol,
    open_programme,
    withdraw_enrolment,
)
from programmes.models import Audience, Enrolment, Programme, Stage, Step, StepCompletion, StepKind
from tests.e2e.inside_exams import (  # noqa: F401  # asked for by name
    counted,
    end,
    events,
    exam,
    exam_step,
    give_minutes,
    late,
    lock,
    outcome,
    sweep,
)
from tests.e2e.inside_letters import level, signer  # noqa: F401  # asked for by name

SERVANTS, PUPILS = Audience.CIVIL_SERVANT, Audience.PRIMARY
UNIT = "housing-construction-2"


def _course(step: Step) -> CoursePage:
    return CourseStep.objects.select_related("course").get(step=step).course


def civil_servant(username: str, name: str) -> dict[str, list[str]]:
    """A new civil servant of the department whose coordinator is zhou.jing, enrolled; the steps by kind."""
    user = create_account(by=None, username=username, name=name, password=PASSWORD)
    unit = Organisation.objects.get(code=UNIT)
    add_membership(by=None, user=user, organisation=unit, is_home=True)
    enrol(by=None, programme=_demo(SERVANTS), user=user, organisation=unit)
    return steps(username)


def pupil(seat: int, name: str) -> dict[str, list[str]]:
    """A new pupil of he.qing's class, QP5A, with a guardian's consent, enrolled; the steps by kind."""
    school_class = Organisation.objects.get(code="QP5A")
    teacher = User.objects.get(username="he.qing")
    child = create_pupil(by=teacher, school_class=school_class, seat=seat, name=name, password=PASSWORD)
    record_consent(
        by=teacher, child=child, guardian="家长", method=ConsentMethod.PAPER, text_version="2026-09", at=timezone.now()
    )
    enrol(by=None, programme=_demo(PUPILS), user=child, organisation=school_class)
    return steps(child.username)


def _demo(audience: str) -> Programme:
    return Programme.objects.filter(audience=audience).order_by("pk")[0]


def _enrolment(username: str) -> Enrolment:
    return Enrolment.objects.select_related("programme", "organisation", "user").get(user__username=username)


def steps(username: str) -> dict[str, list[str]]:
    """The public ids of a learner's steps, by kind."""
    found: dict[str, list[str]] = {}
    for step in _enrolment(username).programme.steps.order_by("stage", "position"):
        found.setdefault(step.kind, []).append(step.public_id)
    return found


def name_of(username: str) -> str:
    """The name in the account."""
    return User.objects.get(username=username).get_full_name()


def bring(username: str, to: str) -> None:
    """Move a learner on: everything before the first step of kind `to` is done, quickly and well."""
    enrolment = _enrolment(username)
    now = timezone.now()
    dice = Random(username)
    walker = Walker(
        enrolment, Clock(now - timedelta(days=20), now, dice), dice, leader_of(enrolment.organisation),
        enrolment.programme.is_for_pupils,
    )  # fmt: skip
    done = set(StepCompletion.objects.filter(enrolment=enrolment).values_list("step_id", flat=True))
    for step in enrolment.programme.steps.order_by("stage", "position"):
        if step.kind == to:
            return
        assert step.pk in done or walker.take(step), step


def read_all_but_the_last_lesson(username: str) -> None:
    """The learner has read every course, but for the last lesson of the last one."""
    enrolment = _enrolment(username)
    course_steps = enrolment.programme.steps.filter(kind=StepKind.COURSE).order_by("stage", "position")
    lessons = [lesson for step in course_steps for lesson in live_lessons(_course(step))]
    for lesson in lessons[:-1]:
        courses.actions.work_through_lesson(enrolment=enrolment, lesson=lesson, at=timezone.now(), slips=0)


def right_answers(attempt: str) -> list[Any]:
    """Of an exam: a right value for every question, in the order of the paper."""
    found = Attempt.objects.get(public_id=attempt)
    versions = ItemVersion.objects.select_related("item", "key").in_bulk([row[0] for row in found.drawn])
    return [model_answer(versions[row[0]]) for row in found.drawn]


def explanations(attempt: str) -> list[str]:
    """Of an exam: the texts that only the key holds."""
    found = Attempt.objects.get(public_id=attempt)
    versions = ItemVersion.objects.select_related("key").filter(pk__in=[row[0] for row in found.drawn])
    return [v.key.explanation for v in versions if v.key.explanation]


def right_drill_answer(attempt: str) -> Any:
    """Of a drill: a right value for the question that is being asked."""
    found = Attempt.objects.select_related("paper").get(public_id=attempt)
    asked = list(DrillAnswer.objects.filter(attempt=found).order_by("number").values_list("version_id", flat=True))
    version_id = next_in_drill(found.seed, drill_pool(found.paper), asked)
    return model_answer(ItemVersion.objects.select_related("item", "key").get(pk=version_id))


def coming_session(username: str) -> str:
    """The public id of the next training session that the learner can sign up for."""
    step = _enrolment(username).programme.steps.get(kind=StepKind.SESSION)
    sessions = SessionStep.objects.get(step=step).sessions.filter(starts_at__gt=timezone.now()).order_by("starts_at")
    return str(sessions[0].public_id)


def withdraw(username: str) -> None:
    """The learner leaves the programme."""
    withdraw_enrolment(by=User.objects.get(username="zhou.jing"), enrolment=_enrolment(username), reason="调离本单位")


def completed(username: str) -> list[str]:
    """The kinds of the steps that are complete, in order."""
    rows = StepCompletion.objects.filter(enrolment=_enrolment(username)).order_by("step__stage", "step__position")
    return [str(kind) for kind in rows.values_list("step__kind", flat=True)]


def attempts_of(username: str) -> int:
    """How many attempts the learner has ever begun."""
    return Attempt.objects.filter(enrolment=_enrolment(username)).count()


def programme_of_ones_own(username: str, name: str) -> dict[str, list[str]]:
    """A civil servant in a programme with nobody else, made of the demo's first course and its letter."""
    user = create_account(by=None, username=username, name=name, password=PASSWORD)
    unit = Organisation.objects.get(code=UNIT)
    add_membership(by=None, user=user, organisation=unit, is_home=True)
    demo = _demo(SERVANTS)
    programme = create_programme(
        by=None, slug=username, title="短期诚信教育", title_en="A short programme", audience=SERVANTS,
        summary="", opens_on=demo.opens_on, closes_on=demo.closes_on,
    )  # fmt: skip
    model = demo.steps.filter(kind=StepKind.COURSE).order_by("stage", "position")[0]
    step = add_step(by=None, programme=programme, stage=Stage.LEARN, kind=StepKind.COURSE, title="课程")
    courses.actions.assign_course(by=None, step=step, course=_course(model))
    open_programme(by=None, programme=programme)
    enrol(by=None, programme=programme, user=user, organisation=unit)
    return steps(username)


def close(username: str) -> None:
    """Close the programme of a learner."""
    close_programme(by=None, programme=_enrolment(username).programme)


def today() -> str:
    """The day where the site is."""
    return timezone.localdate().isoformat()


def leader_username(username: str) -> str:
    """Who confirms the learner's deeds."""
    return str(leader_of(_enrolment(username).organisation).username)


def wait_for_background_work() -> None:
    """Until nothing is due any more, at most half a minute."""
    for _second in range(30):
        if not Job.objects.filter(finished_at=None, run_at__lte=timezone.now()).exists():
            return
        time.sleep(1)


def letter_of(username: str) -> str:
    """The public id of what the person signed."""
    return str(Letter.objects.get(enrolment=_enrolment(username)).public_id)


def certificate_of(username: str) -> str:
    """The number of the certificate of who has walked all steps."""
    count_completions()
    issue_certificates()
    return str(Certificate.objects.get(enrolment=_enrolment(username)).code)


def letters_of(username: str) -> int:
    """How many letters the person has signed."""
    return Letter.objects.filter(enrolment=_enrolment(username)).count()


def some_public_letter() -> str:
    """The public id of a letter that is published by name."""
    return str(Letter.objects.public().filter(visibility="named").order_by("pk")[0].public_id)


def page_id(**fields: str) -> int:
    """The number of a page in the admin."""
    return int(Page.objects.get(**fields).pk)


def letter_with_pdf() -> dict[str, Any]:
    """A letter that is published by name, stands in the log and has its PDF: what its paper carries."""
    letter = Letter.objects.public().filter(visibility="named", public_record__isnull=False).order_by("pk")[0]
    publish_log()
    store_pdf(letter_id=letter.pk, data=render({"letter": letter.pk}) or b"")
    entry = letter.public_record.entry
    return {
        "code": letter.public_id, "index": entry.place.place, "commitment": entry.commitment,
        "title": letter.record.title,
    }  # fmt: skip


def pupil_with_pictures(seat: int, name: str, secret: str) -> None:
    """A new pupil of he.qing's class who comes in at the class's door, with three pictures of their own."""
    pupil(seat, name)
    unit = Organisation.objects.get(code="QP5A")
    teacher, child = User.objects.get(username="he.qing"), User.objects.get(username=f"QP5A#{seat}")
    set_up_class(by=teacher, school_class=unit, seats=60, secret_kind="pictures")
    give_secrets(by=teacher, school_class=unit, pupils=[child], secret=secret)


def assignable() -> str:
    """The code of the unit whose coordinator is zhou.jing."""
    return str(led_by(User.objects.get(username="zhou.jing")).order_by("path")[0].code)
