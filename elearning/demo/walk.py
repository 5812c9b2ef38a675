"""Learners walk the five steps. Everything goes through the gate and the actions, with a clock of its own."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from django.utils import timezone

import courses.actions
import courses.queries
import exams.actions
import exams.queries
import pledges.actions
import pledges.queries
import practice.actions
from accounts.models import User
from courses.models import AttendanceMethod, CourseStep, SessionStep
from courses.models.evaluation import RATINGS
from elearning.demo.pledges import words_for
from exams.grading import model_answer
from exams.models import Attempt, ItemType, ItemVersion
from exams.sampling import next_in_drill
from pledges.actions import Reading
from pledges.models import Visibility
from programmes.contracts import promises_of
from programmes.models import Enrolment, Step, StepKind
from programmes.queries import OpenStep, require_open

DEEDS = (
    "答应三个工作日内回复的咨询，第二天就打了电话。",
    "材料缺一份，先收下，当天列清单发给了办事人。",
    "会议承诺的数据按时报送，报之前又核对了一遍。",
    "图纸审查要延期，提前两天说明原因和新的日期。",
    "发现上月填错一个数，当天更正，并告诉了用数的科室。",
    "周三下午在窗口坐班，当天的七个问题当天答复。",
    "评审前发现和投标人有旧识，主动提出回避。",
)
PUPIL_DEEDS = (
    "借了同桌的圆规，下课就还，还说了谢谢。",
    "答应浇花，放学前浇好了三盆。",
    "作业有一题不会，写了“不会”，第二天问懂了。",
    "捡到一支钢笔，交给了老师。",
)
RETURN_REASON = "写一下是哪一天、答复了谁，再交一次。"


@dataclass(slots=True)
class Clock:
    """The learner's time: goes on by a little after each thing done, and never passes `end`."""

    now: dt.datetime
    end: dt.datetime
    dice: Random

    def tick(self, low: int, high: int) -> dt.datetime:
        """Let between `low` and `high` minutes pass; returns the new time."""
        self.now += dt.timedelta(minutes=self.dice.randint(low, high))
        local = timezone.localtime(self.now)
        if not 8 <= local.hour < 21:  # people sleep
            morning = local.replace(hour=8, minute=self.dice.randint(5, 55)) + dt.timedelta(days=local.hour >= 21)
            self.now = morning.astimezone(dt.UTC)
        self.now = min(self.now, self.end)
        return self.now


@dataclass(slots=True)
class Walker:
    """One enrolled learner on the way."""

    enrolment: Enrolment
    clock: Clock
    dice: Random
    leader: User
    is_pupil: bool

    @property
    def user(self) -> User:
        """Who walks."""
        user: User = self.enrolment.user
        return user

    def enter(self, step: Step) -> OpenStep:
        """Pass the gate as of the learner's time."""
        return require_open(user=self.user, step_public_id=step.public_id, kind=step.kind, now=self.clock.now)

    def take(self, step: Step, *, well: bool = True) -> bool:
        """Do `step` to its end, or badly; returns whether it is complete."""
        return DOINGS[StepKind(step.kind)](self, step, well)


def read_course(walker: Walker, step: Step, well: bool) -> bool:
    """Every lesson in order; not `well`: only the first two."""
    walker.enter(step)
    course = CourseStep.objects.select_related("course").get(step=step).course
    lessons = list(courses.queries.live_lessons(course))
    for lesson in lessons if well else lessons[:2]:
        courses.actions.work_through_lesson(
            enrolment=walker.enrolment, lesson=lesson, at=walker.clock.tick(60, 1500), slips=walker.dice.randint(0, 1)
        )
    if well and walker.dice.random() < 0.6:
        _evaluate(walker, step)
    return well


def _evaluate(walker: Walker, step: Step) -> None:
    """课程评估 at the end of a course."""
    ratings = {row: walker.dice.choice((3, 4, 4, 5, 5)) for row in RATINGS}
    course = CourseStep.objects.select_related("course").get(step=step).course
    courses.actions.evaluate_course(
        enrolment=walker.enrolment, course=course, ratings=ratings, comment="", at=walker.clock.tick(1, 5)
    )


def drill(walker: Walker, step: Step, well: bool) -> bool:
    """Answer until the mastery rule is met; not `well`: four answers."""
    attempt = exams.actions.start_attempt(entry=walker.enter(step), at=walker.clock.tick(60, 1500))
    pool = exams.queries.drill_pool(attempt.paper)
    asked: list[int] = []
    for number in range(1, 60 if well else 5):
        version_id = next_in_drill(attempt.seed, pool, asked)
        asked.append(version_id)
        version = ItemVersion.objects.select_related("item", "key").get(pk=version_id)
        exams.actions.answer_drill(
            by=walker.user,
            attempt_id=attempt.public_id,
            number=number,
            value=_answer(walker, version, 0.85),
            at=walker.clock.tick(1, 2),
        )
        attempt.refresh_from_db()
        if attempt.submitted_at:
            return True
    return False


def _answer(walker: Walker, version: ItemVersion, skill: float) -> Any:
    """A right answer with probability `skill`, else a plausible slip."""
    right = model_answer(version)
    if walker.dice.random() < skill:
        return right
    if version.item.type == ItemType.SINGLE:
        return walker.dice.choice([o["id"] for o in version.content["options"] if o["id"] != right])
    if version.item.type == ItemType.TRUE_FALSE:
        return not right
    return right


def attend(walker: Walker, step: Step, well: bool) -> bool:
    """Sign up for the next session with a free place, if there is one; `well`: have been at the one that is over."""
    walker.enter(step)
    past, *coming = SessionStep.objects.get(step=step).sessions.order_by("starts_at")
    if not well:
        free = next((session for session in coming if session.taken < session.capacity), None)
        if free is not None:
            courses.actions.sign_up(enrolment=walker.enrolment, session=free, at=walker.clock.tick(60, 600))
        return False
    courses.actions.record_attendance(
        by=past.organiser, session=past, enrolment=walker.enrolment, method=AttendanceMethod.LIST,
        at=walker.clock.tick(600, 3000),
    )  # fmt: skip
    return True


def sit_exam(walker: Walker, step: Step, well: bool) -> bool:
    """One attempt; `well` passes (a second attempt follows a failed one)."""
    for skill in (0.9, 1.0) if well else (0.15,):
        attempt = exams.actions.start_attempt(entry=walker.enter(step), at=walker.clock.tick(600, 3000))
        answers = [
            exams.actions.Answer(seq=n, position=n, value=_answer(walker, version, skill))
            for n, version in enumerate(_drawn(attempt), 1)
            if well or walker.dice.random() < 0.5
        ]
        exams.actions.save_responses(
            by=walker.user, attempt_id=attempt.public_id, epoch=1, answers=answers, at=walker.clock.tick(10, 20)
        )
        done = exams.actions.submit_attempt(by=walker.user, attempt_id=attempt.public_id, at=walker.clock.tick(5, 10))
        if done.passed:
            return True
    return False


def _drawn(attempt: Attempt) -> list[ItemVersion]:
    """The versions of the paper in their order."""
    found = ItemVersion.objects.select_related("item", "key").in_bulk([row[0] for row in attempt.drawn])
    return [found[row[0]] for row in attempt.drawn]


def assess(walker: Walker, step: Step, well: bool) -> bool:
    """The pupil's own assessment: no right, no wrong, no score."""
    attempt = exams.actions.start_attempt(entry=walker.enter(step), at=walker.clock.tick(60, 1500))
    if not well:
        return False
    values = {n: walker.dice.choice(version.content["options"])["id"] for n, version in enumerate(_drawn(attempt), 1)}
    exams.actions.submit_survey(by=walker.user, attempt_id=attempt.public_id, values=values, at=walker.clock.tick(3, 8))
    return True


def sign(walker: Walker, step: Step, well: bool) -> bool:
    """Read, choose what is public, sign. Publication follows a moment later."""
    entry = walker.enter(step)
    opened_at = walker.clock.tick(60, 1500)
    version = pledges.queries.version_of_step(step.pk)
    assert version is not None
    wish = walker.dice.choices((Visibility.NAMED, Visibility.UNIT, Visibility.NONE), weights=(70, 20, 10))[0]
    offered = pledges.queries.offered_visibilities(
        version=version, signer=walker.user, unit=entry.enrolment.organisation
    )
    reading = Reading(
        opened_at=opened_at,
        confirmed=True,
        typed_name="" if walker.is_pupil else walker.user.get_full_name(),
        method="session" if walker.is_pupil else "password",
        read_to_end_at=walker.clock.tick(2, 4),
        address="127.0.0.1",
        user_agent="demo",
    )
    letter = pledges.actions.sign_letter(
        opened=entry,
        visibility=wish if wish in offered else Visibility.NONE,
        reading=reading,
        words=words_for(version, walker.user.pk),
        at=walker.clock.tick(1, 3),
    )
    pledges.actions.publish_letter(letter_id=letter.pk, at=letter.signed_at + dt.timedelta(seconds=4))
    return well


def practise(walker: Walker, step: Step, well: bool) -> bool:
    """Record deeds; `well`: the leader confirms them, else one waits and one came back."""
    entry = walker.enter(step)
    promises = promises_of(walker.enrolment.pk)
    texts = walker.dice.sample(PUPIL_DEEDS if walker.is_pupil else DEEDS, 3)
    deeds = []
    for text in texts[: 2 if not walker.is_pupil else 1]:
        at = walker.clock.tick(600, 5000)
        promise = walker.dice.choice(promises)
        deeds.append(
            practice.actions.record_deed(
                gate=entry, sentence=text, happened_on=timezone.localdate(at), promise_key=promise.key, at=at
            )
        )
    at = walker.clock.tick(300, 3000)
    if well:
        practice.actions.confirm_deeds(by=walker.leader, public_ids=[d.public_id for d in deeds], at=at)
    elif len(deeds) > 1:
        practice.actions.return_deed(by=walker.leader, public_id=deeds[0].public_id, reason=RETURN_REASON, at=at)
    return well


DOINGS: dict[StepKind, Callable[[Walker, Step, bool], bool]] = {
    StepKind.COURSE: read_course,
    StepKind.DRILL: drill,
    StepKind.SESSION: attend,
    StepKind.EXAM: sit_exam,
    StepKind.SURVEY: assess,
    StepKind.PLEDGE: sign,
    StepKind.PRACTISE: practise,
}
