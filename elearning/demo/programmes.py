"""The two programmes of the demo: which steps they have and what each step asks for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

import courses.actions
import exams.actions
import pledges.actions
import practice.actions
from accounts.models import User
from courses.models import CoursePage, TrainingSession
from exams.models import Paper
from pledges.models import LetterTemplate
from programmes import actions
from programmes.models import Audience, Programme, Stage, Step, StepKind


@dataclass(frozen=True, slots=True)
class Materials:
    """What the other loaders made, by slug."""

    courses: Mapping[str, CoursePage]
    papers: Mapping[str, Paper]
    templates: Mapping[str, LetterTemplate]
    sessions: Sequence[TrainingSession]


# (stage, kind, title, title in English, what it asks for)
Plan = Sequence[tuple[Stage, StepKind, str, str, Any]]
CIVIL_SERVANTS: Plan = (
    (Stage.LEARN, StepKind.COURSE, "课程：一句承诺怎样公开", "Course: how a promise becomes public", "public-promise"),
    (Stage.LEARN, StepKind.COURSE, "课程：招投标里的信用", "Course: credit in bidding", "bidding-credit"),
    (Stage.LEARN, StepKind.COURSE, "课程：窗口上的诚信", "Course: integrity at the counter", "window-integrity"),
    (Stage.TRAIN, StepKind.DRILL, "情境练习", "Drill", "civil-servants-drill"),
    (Stage.TRAIN, StepKind.SESSION, "集中培训", "Training session", None),
    (Stage.TEST, StepKind.EXAM, "诚信知识考试", "Integrity exam", "civil-servants-exam"),
    (Stage.PLEDGE, StepKind.PLEDGE, "公职人员信用承诺书", "Commitment letter", "civil-servant-2026"),
    (Stage.PRACTISE, StepKind.PRACTISE, "践行记录", "Deeds", 2),
)
PUPILS: Plan = (
    (Stage.LEARN, StepKind.COURSE, "课程：借了要还的小事", "Course: borrowing and returning", "borrow-and-return"),
    (Stage.TEST, StepKind.SURVEY, "自我测评", "Self-assessment", "pupils-self-assessment"),
    (Stage.PLEDGE, StepKind.PLEDGE, "班级约定", "Classroom promise", "class-promise-grade-5"),
    (Stage.PRACTISE, StepKind.PRACTISE, "说到做到", "Keeping it", 1),
)


TEACHERS: Plan = (
    (Stage.PLEDGE, StepKind.PLEDGE, "拒绝有偿补课承诺书", "Pledge against paid tutoring", "teacher-no-paid-tutoring"),
)


def load_teachers_programme(*, by: User, materials: Materials, today: dt.date) -> Programme:
    """Teachers only sign: a letter in two copies."""
    return _programme(
        by, materials, TEACHERS,
        slug=f"teachers-{today.year}", title=f"{today.year}年秋 师德承诺", title_en=f"Teachers, autumn {today.year}",
        audience=Audience.TEACHER, summary="拒绝有偿补课：一式两份，教师本人一份，学校存档一份。",
        opens_on=today - dt.timedelta(weeks=10), closes_on=today + dt.timedelta(weeks=6),
    )  # fmt: skip


def load_programmes(*, by: User, materials: Materials, today: dt.date) -> tuple[Programme, Programme]:
    """Make and open both programmes of this year, unless they are there; returns them.

    They have run for ten weeks and go on for six, whatever day the demo is loaded on.
    """
    days = {"opens_on": today - dt.timedelta(weeks=10), "closes_on": today + dt.timedelta(weeks=6)}
    servants = _programme(
        by, materials, CIVIL_SERVANTS,
        slug=f"civil-servants-{today.year}", title=f"{today.year}年公职人员诚信教育",
        title_en=f"Civil servants {today.year}", audience=Audience.CIVIL_SERVANT,
        summary="三门课、一组练习、一场集中培训、一次考试，然后写下承诺，拿两件事来对照。",
        certificate_after=Stage.PRACTISE, certificate_months=12, **days,
    )  # fmt: skip
    pupils = _programme(
        by, materials, PUPILS,
        slug=f"primary-grade-5-{today.year}", title=f"{today.year}年秋 小学五年级诚信课",
        title_en=f"Primary school, grade 5, autumn {today.year}", audience=Audience.PRIMARY,
        summary="听一门课，做一次自己看的测评，和全班一起约定一件事，再说说做到了没有。",
        certificate_after=Stage.PRACTISE, **days,
    )  # fmt: skip
    return servants, pupils


@transaction.atomic
def _programme(by: User, materials: Materials, plan: Plan, *, slug: str, **fields: Any) -> Programme:
    known = Programme.objects.filter(slug=slug).first()
    if known is not None:
        return known
    programme = actions.create_programme(by=by, slug=slug, **fields)
    for stage, kind, title, title_en, what in plan:
        step = actions.add_step(by=by, programme=programme, stage=stage, kind=kind, title=title, title_en=title_en)
        _ask_for(by, materials, step, what)
    actions.open_programme(by=by, programme=programme)
    programme.refresh_from_db()
    return programme


def _ask_for(by: User, materials: Materials, step: Step, what: Any) -> None:
    """Configure one step in the app that owns its kind."""
    match step.kind:
        case StepKind.COURSE:
            courses.actions.assign_course(by=by, step=step, course=materials.courses[what])
        case StepKind.SESSION:
            courses.actions.assign_sessions(by=by, step=step, sessions=materials.sessions)
        case StepKind.DRILL | StepKind.EXAM | StepKind.SURVEY:
            exams.actions.set_paper_step(by=by, step=step, paper=materials.papers[what])
        case StepKind.PLEDGE:
            pledges.actions.set_step_letter(by=by, step=step, template=materials.templates[what])
        case StepKind.PRACTISE:
            practice.actions.configure_step(by=by, step=step, required_deeds=what)
