"""Whose figures somebody may see, as conditions of one statement."""

from django.contrib.auth.models import AbstractBaseUser, Permission
from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.expressions import Combinable

from accounts.models import User
from organisations.models import Membership, Organisation, OrganisationQuerySet
from organisations.queries import LEADING_ROLES
from programmes.queries import MANAGES_ALL

CONFIRMS_IDENTITY = "organisations.confirm_identity"


def holds(user: AbstractBaseUser, permission: str) -> Combinable:
    """What `has_perm` answers, inside another statement."""
    if isinstance(user, User) and user.is_superuser:
        return Value(True, output_field=BooleanField())
    app, codename = permission.split(".")
    granted = Q(user=user.pk) | Q(group__user=user.pk)
    return Exists(Permission.objects.filter(granted, content_type__app_label=app, codename=codename))


def leads_it(user: AbstractBaseUser) -> Exists:
    """Whether `user` leads the organisation of the row."""
    here = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    leading = Membership.objects.current().filter(user_id=user.pk, role__in=LEADING_ROLES).alias(here=here)
    return Exists(leading.filter(here__startswith=F("organisation__path")))


def watched_by(user: AbstractBaseUser) -> OrganisationQuerySet:
    """What `user` leads, and every unit for who may change programmes (the credit office); each with `is_led` and
    `confirms` (identities). Part of one statement."""
    units: OrganisationQuerySet = Organisation.objects.annotate(
        is_led=leads_it(user), confirms=holds(user, CONFIRMS_IDENTITY), sees_all=holds(user, MANAGES_ALL)
    )
    return units.filter(Q(is_led=True) | Q(sees_all=True))
