"""Who needs a second factor, and who has one."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def needs_second_factor(user: User) -> bool:
    """Whether `user` may enter the admin and the site asks such people for a second factor."""
    return settings.STAFF_SECOND_FACTOR and user.has_perm("wagtailadmin.access_admin")


def second_factors(user: User) -> set[str]:
    """The kinds that `user` has set up. Recovery codes alone are none: they come with one."""
    return set(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).values_list("type", flat=True))


def is_last_needed_factor(authenticator: Authenticator) -> bool:
    """Whether its owner would stand without the second factor that their duties need."""
    if authenticator.type not in SECOND_FACTORS or not needs_second_factor(authenticator.user):
        return False
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=SECOND_FACTORS)
    return not others.exclude(pk=authenticator.pk).exists()


def used_second_factor(request: HttpRequest) -> bool:
    """Whether the person of this session has shown a second factor in it."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)
