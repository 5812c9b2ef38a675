"""Letters ready to sign, and signed ones, all made through the actions."""

import datetime as dt
from typing import Any

from django.core.files.storage import storages
from django.utils import timezone

from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from foundation.ledger.sequencer import sequence
from organisations.models import Kind, Organisation, Role
from pledges import actions, steps
from pledges.contracts import number_clauses
from pledges.models import ApiKey, Letter, LetterPdf, LetterTemplate, LetterVersion, PledgeStep
from programmes.models import Enrolment, Stage, StepKind
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory

DISTRICT = "320583"
CLAUSES = ("依法履职，不办不该办的事。", "说过的时限，按时办结。", "报数据，有一说一。")


def accepting_unit(**fields: Any) -> Organisation:
    """A department inside an administrative division."""
    city = OrganisationFactory(kind=Kind.CITY, district_code=DISTRICT)
    return OrganisationFactory(parent=city, **fields)


def ready_version(template: LetterTemplate, **fields: Any) -> LetterVersion:
    """The next version, written by one person and found ready by another."""
    wording = {
        "reason": "自愿作出承诺",
        "breach_liability": "未履行的，依规处理。",
        "preamble": "我愿意照着做。",
    } | fields
    clauses = number_clauses(wording.pop("clauses", CLAUSES), wording.pop("promises", (1, 2)))
    version = actions.draft_version(by=UserFactory(), template=template, clauses=clauses, **wording)
    actions.send_for_review(by=version.author, version=version)
    return actions.approve_version(by=UserFactory(), version=version)


def template(*, ready: bool = True, **fields: Any) -> LetterTemplate:
    """A civil servant's letter that may be public, ready to sign."""
    number = LetterTemplate.objects.count()
    values = {
        "slug": f"letter-{number}",
        "title": "公职人员信用承诺书",
        "audience": "civil_servant",
        "pledge_type": "voluntary",
        "subject": "person",
        "publication": "public",
        "validity_days": 365,
    } | fields
    values.setdefault("accepting_unit", accepting_unit())
    ended_by_unit = values["subject"] == "organisation" or values["pledge_type"] in ("approval", "repair")
    values.setdefault("withdrawable", not ended_by_unit)
    made = actions.create_template(by=None, **values)
    if ready:
        ready_version(made)
    return made


def class_template(**fields: Any) -> LetterTemplate:
    """A class promise: never public."""
    return template(
        **({"subject": "class", "publication": "none", "audience": "primary", "title": "我们班的诚信约定"} | fields)
    )


def enrolment(letter: LetterTemplate | None = None, *, user: Any = None, unit: Any = None) -> Enrolment:
    """A learner before an open pledge step that asks for `letter`."""
    programme = ProgrammeFactory()
    step = StepFactory(programme=programme, stage=Stage.PLEDGE, kind=StepKind.PLEDGE, position=1)
    PledgeStep.objects.create(step=step, template=letter or template())
    given = {"user": user} if user else {}
    if unit:
        given["organisation"] = unit
    return EnrolmentFactory(programme=programme, **given)


def step_of(enrolled: Enrolment) -> Any:
    """The pledge step of an enrolment made here."""
    return enrolled.programme.steps.get(kind=StepKind.PLEDGE)


def gate(enrolled: Enrolment) -> steps.OpenStep:
    """The open step."""
    return steps.enter(user=enrolled.user, step_public_id=step_of(enrolled).public_id)


def reading(user: Any, **fields: Any) -> actions.Reading:
    """Read three minutes ago to the end, name typed, password entered."""
    opened = timezone.now() - dt.timedelta(minutes=3)
    values = {"opened_at": opened, "confirmed": True, "typed_name": user.get_full_name()} | fields
    return actions.Reading(**values)


def signed(enrolled: Enrolment | None = None, *, visibility: str = "named", **fields: Any) -> Letter:
    """A signed letter, not yet published."""
    enrolled = enrolled or enrolment()
    return actions.sign_letter(opened=gate(enrolled), visibility=visibility, reading=reading(enrolled.user), **fields)


def published(enrolled: Enrolment | None = None, **fields: Any) -> Letter:
    """A published letter, its PDF still to come."""
    letter = signed(enrolled, **fields)
    actions.publish_letter(letter_id=letter.pk)
    return Letter.objects.get(pk=letter.pk)


def work_off() -> None:
    """Let the background do all that follows from a signature: publish, log, look again, make the PDF."""
    run_pending()
    sequence()
    Job.objects.filter(state="ready").update(run_at=timezone.now())
    run_pending()


def pdf_bytes(letter: Letter) -> bytes:
    """The stored PDF of a letter."""
    return storages["private"].open(LetterPdf.objects.get(letter=letter).file).read()


def logged(enrolled: Enrolment | None = None, **fields: Any) -> Letter:
    """A published letter that stands in the published log; no PDF."""
    letter = published(enrolled, **fields)
    sequence()
    return letter


USCC = "91350100M000100Y43"


def request(**fields: Any) -> Any:
    """An open request to an enterprise, and the coordinator who made it."""
    unit = fields.pop("unit", None) or accepting_unit()
    letter = fields.pop("template", None) or template(
        subject="organisation", audience="organisation", accepting_unit=unit, title="专项资金信用承诺书"
    )
    from_user = coordinator_of(letter.accepting_unit)
    values = {"organisation_name": "江南示例制造有限公司", "uscc": USCC} | fields
    return actions.request_letter(by=from_user, template=letter, **values)


def coordinator_of(unit: Organisation) -> Any:
    """Somebody who coordinates `unit`."""
    user = UserFactory()
    MembershipFactory(user=user, organisation=unit, role=Role.COORDINATOR)
    return user


def jobs() -> Any:
    """The background jobs about letters; other apps queue their own."""
    return Job.objects.filter(kind__startswith="pledges.")


def forty_five_letters(unit: Organisation) -> ApiKey:
    """Forty-five letters of one department's system, two kinds, two years; returns the system's key."""
    key, _text = actions.create_api_key(by=None, organisation=unit, name="系统")
    for n in range(45):
        person = {"subject_category": "natural", "subject_id_code": "320583199003073015", "audience": "teacher"}
        actions.submit_letter(
            key=key,
            data={
                "source_code": str(n),
                "subject_name": f"江南示例{n}号有限公司" if n % 3 else "单雄信",
                "subject_category": "legal",
                "subject_id_code": USCC,
                "pledge_type": "approval" if n % 2 else "industry",
                "reason": "申报",
                "content": "材料真实。",
                "breach_liability": "依规处理。",
                "publication_type": "public",
                "made_on": "2026-11-01" if n % 5 else "2025-03-02",
            }
            | ({} if n % 3 else person),
        )
    return key
