"""Programmes that end with a certificate, and certificates earned in them."""

import datetime as dt

from django.utils import timezone

from certificates.actions import issue_certificates
from certificates.models import Certificate
from programmes.actions import complete_steps
from programmes.contracts import Evidence
from programmes.models import Enrolment, Stage
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory


def awarding(**fields):
    """An open programme of a course and an exam that ends with a certificate."""
    programme = ProgrammeFactory(**{"certificate_after": Stage.PRACTISE, **fields})
    StepFactory(programme=programme, stage=Stage.LEARN)
    StepFactory(programme=programme, stage=Stage.TEST, kind="exam")
    return programme


def complete(enrolment: Enrolment, *, until: int = Stage.PRACTISE, at: dt.datetime | None = None) -> None:
    """Every step up to that stage."""
    steps = enrolment.programme.steps.filter(stage__lte=until)
    moment = at or timezone.now()
    complete_steps(evidence=[Evidence(enrolment.pk, step.pk, moment, f"test:{step.pk}") for step in steps])


def certificate(at: dt.datetime | None = None, programme=None, **fields) -> Certificate:
    """Issued to somebody who completed a programme."""
    enrolment = EnrolmentFactory(programme=programme or awarding(), **fields)
    complete(enrolment, at=at)
    issue_certificates(enrolment_ids=[enrolment.pk], at=at)
    return Certificate.objects.get(enrolment=enrolment)
