"""Who keeps the keys and webhooks of departments' systems, and which there are."""

from datetime import datetime

from django.db.models import Case, QuerySet, When
from django.db.models.functions import Now

from accounts.models import User
from organisations.models import Organisation, Role
from organisations.queries import led_by
from pledges.models import ApiKey, Delivery, DeliveryState, Submission, Webhook
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


def keys_kept_by(user: User, *, at: datetime | None = None) -> QuerySet[ApiKey]:
    """Their keys: those in force at `at` first, then those that ended; of each the newest first."""
    units = system_units(user).order_by().values("pk")
    in_force_first = Case(When(revoked_at=None, expires_at__gt=at or Now(), then=0), default=1)
    found = ApiKey.objects.filter(organisation__in=units).select_related("organisation", "created_by")
    return found.order_by(in_force_first, "-created_at", "-pk")


def last_sent_with(key: ApiKey) -> Submission | None:
    """The newest letter that came with a key. Calls that only read are not recorded."""
    return Submission.objects.filter(key=key).select_related("letter").order_by("-pk").first()


def last_told(hook: Webhook) -> Delivery | None:
    """The newest message that reached a webhook, of those that are still kept."""
    return Delivery.objects.filter(webhook=hook, state=DeliveryState.SENT).order_by("-pk").first()


def hooks_kept_by(user: User) -> QuerySet[Webhook]:
    """Their webhooks that are told, the newest first."""
    units = system_units(user).order_by().values("pk")
    found = Webhook.objects.filter(organisation__in=units, ended_at=None)
    return found.select_related("organisation").order_by("-pk")
