"""Whose certificates somebody sees, and what a stranger is told."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from accounts.models import User
from certificates.contracts import is_number, read_number
from certificates.models import Certificate, CertificateQuerySet, State
from organisations.models import Role
from organisations.queries import led_by

SEES_ALL, REVOKES_ALL = "certificates.view_certificate", "certificates.revoke_certificate"


def _whole() -> CertificateQuerySet:
    return Certificate.objects.kept().select_related("revocation")


def certificates_of(user: AbstractBaseUser) -> CertificateQuerySet:
    """One's own, newest first. One statement."""
    return _whole().filter(holder_id=user.pk).order_by("-issued_at", "-pk")


def oversees(user: User) -> bool:
    """Whether somebody sees certificates of others at all."""
    return user.has_perm(SEES_ALL) or led_by(user).exists()


def seen_by(user: User) -> CertificateQuerySet:
    """Certificates of people of the units that `user` leads; all for who may see all. Newest first."""
    found = _whole().order_by("-issued_at", "-pk")
    return found if user.has_perm(SEES_ALL) else found.filter(organisation__in=led_by(user))


def may_revoke(user: User, certificate: Certificate) -> bool:
    """The credit office, or a coordinator above the holder's unit; never the holder."""
    if certificate.holder_id == user.pk:
        return False
    if user.has_perm(REVOKES_ALL):
        return True
    return led_by(user, (Role.COORDINATOR,)).filter(pk=certificate.organisation_id).exists()


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list is narrowed to."""

    text: str = ""
    programme: str = ""
    state: str = ""


def chosen(found: CertificateQuerySet, choice: Choice, today: date) -> CertificateQuerySet:
    """`found`, narrowed by a name or number, a programme and a state; nonsense is left out."""
    if choice.text:
        digits = read_number(choice.text)
        by_number = Q(code__startswith=digits) if digits else Q(pk=None)
        found = found.filter(Q(holder_name__icontains=choice.text) | by_number)
    if choice.programme:
        found = found.filter(programme__slug=choice.programme)
    return found.in_state(choice.state, today) if choice.state in State.values else found


def programmes_among(found: CertificateQuerySet) -> list[dict[str, Any]]:
    """{slug, title} of the programmes that these certificates are of. One statement."""
    rows = found.order_by("programme__title").values("programme__slug", "programme__title").distinct()
    return [{"slug": row["programme__slug"], "title": row["programme__title"]} for row in rows]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check shows. `name` is masked unless the holder wants it whole; `is_inside`: only who asked may see it."""

    certificate: Certificate
    name: str
    is_inside: bool


def check(typed: str, user: Any) -> Checked | None:
    """The certificate with this number, for everybody if it is public, else for its holder and who leads them.

    None is the same answer for absent, private and erased ones.
    """
    number = read_number(typed)
    if not is_number(number):
        return None
    found = _whole().public().filter(code=number).first()
    if found is not None:
        return Checked(found, found.public_name, is_inside=False)
    if not user.is_authenticated:
        return None
    inside = certificates_of(user).filter(code=number).first() or seen_by(user).filter(code=number).first()
    return Checked(inside, inside.holder_name, is_inside=True) if inside else None
