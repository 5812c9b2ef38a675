"""What the insider can do about letters."""

from django.utils import timezone

import pledges.actions
import pledges.queries
from accounts.actions import create_account
from elearning.demo.people import PASSWORD
from organisations.actions import add_membership
from organisations.models import Organisation
from pledges.models import LetterTemplate
from programmes.actions import add_step, create_programme, enrol, open_programme
from programmes.models import Audience, Programme, Stage, StepKind


def signer(username: str, name: str, unit: str) -> str:
    """A new civil servant of `unit` before a programme that asks for nothing but their letter; the step's address."""
    user = create_account(by=None, username=username, name=name, password=PASSWORD)
    home = Organisation.objects.get(code=unit)
    add_membership(by=None, user=user, organisation=home, is_home=True)
    programme = Programme.objects.filter(slug="only-a-letter").first() or _programme()
    enrol(by=None, programme=programme, user=user, organisation=home)
    return f"/pledges/steps/{programme.steps.get().public_id}/"


def _programme() -> Programme:
    today = timezone.localdate()
    programme = create_programme(
        by=None,
        slug="only-a-letter",
        title="只签承诺书",
        audience=Audience.CIVIL_SERVANT,
        opens_on=today,
        closes_on=today,
    )
    step = add_step(
        by=None, programme=programme, stage=Stage.PLEDGE, kind=StepKind.PLEDGE, title="承诺书", title_en="Letter"
    )
    template = LetterTemplate.objects.get(slug="civil-servant-2026")
    pledges.actions.set_step_letter(by=None, step=step, template=template)
    open_programme(by=None, programme=programme)
    return programme


def level(public_id: str) -> str:
    """How a letter was signed."""
    return str(pledges.queries.letter_by_code(public_id).evidence.level)
