"""A class with pupils who can come in: a teacher, seats, secrets, and the door open."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from organisations import actions
from organisations.models import ClassOpening, Kind, Organisation, Role
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

SECRET = "plum-bamboo-moon"


@dataclass
class Classroom:
    """What a test asks for."""

    unit: Organisation
    teacher: User
    pupils: list[User]
    opening: ClassOpening | None


def classroom(pupils: int = 2, *, code: str = "QS5A", is_open: bool = True, secret: str = SECRET) -> Classroom:
    """A class of children whose guardians have agreed, all with the same secret."""
    unit = OrganisationFactory(kind=Kind.CLASS, code=code, name="五（1）班")
    teacher = UserFactory()
    MembershipFactory(user=teacher, organisation=unit, role=Role.TEACHER)
    made = [sit(unit, teacher, seat) for seat in range(1, pupils + 1)]
    if secret:
        actions.give_secrets(by=teacher, school_class=unit, pupils=made, secret=secret)
    opening = open_door(unit, teacher) if is_open else None
    return Classroom(unit, teacher, made, opening)


def sit(unit: Organisation, teacher: User, seat: int, *, consent: bool = True) -> User:
    """A child in a seat."""
    child = actions.create_pupil(by=teacher, school_class=unit, seat=seat, name=f"小满{seat}")
    if consent:
        actions.record_consent(by=teacher, child=child, guardian="陈家长", method="paper", text_version="2026-09")
    return child


def open_door(unit: Organisation, teacher: User, *, minutes: int = 45, address: str = "") -> ClassOpening:
    """Open the class now."""
    closes_at = timezone.now() + timedelta(minutes=minutes)
    return actions.open_class(by=teacher, school_class=unit, closes_at=closes_at, address=address)


def come_in(client, opening: ClassOpening, seat: int | str, secret: str = SECRET, **extra):
    """What a pupil's browser posts in the end."""
    words = dict(zip(("p1", "p2", "p3"), secret.split("-"), strict=False)) if "-" in secret else {"secret": secret}
    return client.post(f"/class/{opening.token}/", {"seat": str(seat), "trying": "1", **words}, **extra)
