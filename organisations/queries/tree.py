"""Who belongs where, and who may see whom."""

from collections.abc import Collection, Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet

from organisations.models import Kind, Membership, Organisation, OrganisationQuerySet, Profession, Role

LEADING_ROLES: Sequence[str] = (Role.COORDINATOR, Role.TEACHER, Role.MANAGER)


def home_organisation(user: AbstractBaseUser) -> Organisation | None:
    """The unit that counts `user`, else None. One statement."""
    membership = (
        Membership.objects.current().filter(user_id=user.pk, is_home=True).select_related("organisation").first()
    )
    return membership.organisation if membership else None


def led_by(user: AbstractBaseUser, roles: Sequence[str] = LEADING_ROLES) -> OrganisationQuerySet:
    """Every unit in the subtrees that `user` leads in one of `roles`; empty for everybody else. Two statements."""
    roots = Membership.objects.current().filter(user_id=user.pk, role__in=roles)
    paths = list(roots.values_list("organisation__path", flat=True))
    if not paths:
        return Organisation.objects.none()
    scope = Q()
    for path in paths:
        scope |= Q(path__startswith=path)
    return Organisation.objects.filter(scope)


def leads(user: AbstractBaseUser, organisation: Organisation) -> bool:
    """True if `organisation` lies in a subtree that `user` leads."""
    return led_by(user).filter(pk=organisation.pk).exists()


def duties_in(organisation: Organisation) -> QuerySet[Membership]:
    """Who leads this very unit, in which role: the duties that can be handed over. One statement."""
    found = Membership.objects.current().filter(organisation=organisation, role__in=LEADING_ROLES)
    return found.select_related("user", "organisation").order_by("role", "pk")


def ancestors(organisation: Organisation) -> list[Organisation]:
    """From the root down to and including `organisation`. One statement."""
    ids = [int(part) for part in (organisation.path or "").split("/") if part]
    found = Organisation.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def names_of_professions(codes: Collection[str]) -> list[str]:
    """The names of key professions, in the order of their list. One statement, none without codes."""
    found = Profession.objects.filter(code__in=codes).order_by("order", "pk")
    return list(found.values_list("name", flat=True)) if codes else []


def may_be_named(organisation: Organisation) -> bool:
    """False if this unit or one above it is sensitive, or it is a class: such a unit is never named in public."""
    return not any(unit.is_sensitive or unit.kind in (Kind.CLASS, Kind.GRADE) for unit in ancestors(organisation))
