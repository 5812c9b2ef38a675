"""Certificates in every state: valid, expired, revoked, shown by name."""

import datetime as dt
from collections.abc import Sequence
from random import Random

from django.db import transaction
from django.utils import timezone

import courses.actions
from accounts.models import User
from certificates import actions
from certificates.models import Certificate, Reason
from elearning.demo.learners import leader_of
from elearning.demo.programmes import Materials
from elearning.demo.walk import Clock, Walker
from organisations.models import Organisation
from programmes.actions import add_step, close_programme, create_programme, enrol, open_programme
from programmes.models import Audience, Programme, Stage, StepKind

OLD_LEARNERS = 3
NOTE = "系统登记的单位有误，已在更正后重新安排学习，原证书作废。"


def load_certificates(
    *, office: User, materials: Materials, people: Sequence[tuple[User, Organisation]], now: dt.datetime
) -> None:
    """What was earned is issued; one of the newest is revoked, one holder shows the name; last year's have expired."""
    while actions.issue_certificates(at=now) == actions.SLICE:
        pass
    newest = Certificate.objects.filter(is_private=False, revocation=None).order_by("pk")
    if newest.count() > 2 and not Certificate.objects.filter(revocation__isnull=False).exists():
        actions.revoke_certificate(by=office, certificate=newest[0], reason=Reason.ERROR, note=NOTE, at=now)
        actions.choose_name(certificate=newest[0], shown=True)
    _last_year(office, materials, people, now)


@transaction.atomic
def _last_year(
    office: User, materials: Materials, people: Sequence[tuple[User, Organisation]], now: dt.datetime
) -> None:
    """A short programme of last year, whose certificates held for half a year."""
    began = timezone.localdate(now) - dt.timedelta(days=400)
    slug = f"civil-servants-{began.year}-initial"
    if len(people) < OLD_LEARNERS or Programme.objects.filter(slug=slug).exists():
        return
    programme = create_programme(
        by=office, slug=slug, title=f"{began.year}年新录用公职人员诚信入门",
        title_en=f"Integrity for new civil servants {began.year}", audience=Audience.CIVIL_SERVANT,
        summary="新录用人员的第一门课。", opens_on=began, closes_on=began + dt.timedelta(weeks=6),
        certificate_after=Stage.LEARN, certificate_months=6,
    )  # fmt: skip
    step = add_step(by=office, programme=programme, stage=Stage.LEARN, kind=StepKind.COURSE, title="课程：窗口上的诚信")
    courses.actions.assign_course(by=office, step=step, course=materials.courses["window-integrity"])
    open_programme(by=office, programme=programme)
    begin = now - dt.timedelta(days=398)
    for user, unit in people[-OLD_LEARNERS:]:
        enrolment = enrol(by=office, programme=programme, user=user, organisation=unit, at=begin)
        dice = Random(user.username)  # noqa: S311  # a demo, not a secret
        walker = Walker(enrolment, Clock(begin, begin + dt.timedelta(weeks=5), dice), dice, leader_of(unit), False)
        walker.take(step)
        actions.issue_certificates(enrolment_ids=[enrolment.pk], at=walker.clock.now)
    close_programme(by=office, programme=programme)
