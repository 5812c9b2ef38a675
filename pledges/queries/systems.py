"""Who keeps the keys and webhooks of departments' systems, and which there are."""

from django.db.models import QuerySet

from accounts.models import User
from organisations.models import Organisation, Role
from organisations.queries import led_by
from pledges.models import ApiKey, Webhook
from pledges.queries.afterwards import DECIDE


def keeps_all_systems(user: User) -> bool:
    """The credit office keeps the keys of all units."""
    return user.has_perm(DECIDE)


def system_units(user: User) -> QuerySet[Organisation]:
    """The units whose keys `user` keeps: those that they manage; all of them for the credit office."""
    open_units = Organisation.objects.filter(closed_on=None).exclude(kind__in=("grade", "class"))
    if keeps_all_systems(user):
        return open_units.order_by("path")
    managed = led_by(user, (Role.MANAGER,)).order_by().values("pk")
    return open_units.filter(pk__in=managed).order_by("path")


def keys_kept_by(user: User) -> QuerySet[ApiKey]:
    """Their keys, those in force first, the newest of them first."""
    units = system_units(user).order_by().values("pk")
    return ApiKey.objects.filter(organisation__in=units).select_related("organisation").order_by("-expires_at", "-pk")


def hooks_kept_by(user: User) -> QuerySet[Webhook]:
    """Their webhooks that are told, the newest first."""
    units = system_units(user).order_by().values("pk")
    found = Webhook.objects.filter(organisation__in=units, ended_at=None)
    return found.select_related("organisation").order_by("-pk")
