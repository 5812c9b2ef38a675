"""Who signs in with which identifier, who is locked, who needs a second factor."""

import re
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import SignInFailures, User

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


def plain_phone(typed: str) -> str:
    """A mobile number as it is stored, from what people type: blanks, dashes, +86."""
    return re.sub(r"[-\s()（）]", "", typed).removeprefix("+86").removeprefix("0086")


def holder_of(identifier: str) -> User | None:
    """Whose identifier this is, in the order in which sign-in tries them: username, e-mail, employee number, phone."""
    by_name: User | None = get_user_by_username(identifier)
    if by_name is not None:
        return by_name
    by_email = filter_users_by_email(identifier, prefer_verified=True, for_login=True) if "@" in identifier else []
    return next(iter(by_email), None) or holder_of_number(identifier)


def holder_of_number(typed: str) -> User | None:
    """Whose employee number this is, or else whose mobile phone."""
    by_number = User.objects.filter(employee_number=typed).first()
    phone = plain_phone(typed)
    return by_number or (User.objects.filter(phone=phone).first() if phone else None)


def failures_key(identifier: str, user: User | None, *, is_known_device: bool) -> str:
    """Under which key wrong passwords are counted. What was typed is kept as a digest: people type passwords there."""
    if user is None:
        return "typed:" + salted_hmac("accounts.failures", identifier.casefold(), algorithm="sha256").hexdigest()[:48]
    return f"user:{user.pk}" + (":device" if is_known_device else "")


def locked_until(key: str, at: datetime) -> datetime | None:
    """Until when nobody signs in under this key, or None."""
    until = SignInFailures.objects.filter(key=key).values_list("locked_until", flat=True).first()
    return until if until is not None and until > at else None


def failures_of(user: User) -> list[SignInFailures]:
    """The wrong passwords in a row that are counted for `user`: elsewhere, and on devices that know them."""
    return list(SignInFailures.objects.filter(user=user).order_by("key"))


def match_of(provider: str, claims: dict[str, Any]) -> User | None:
    """Whose account this is, by what a provider that the city trusts says: employee number, else confirmed e-mail.

    An adult's only, and an open one. An address that two accounts have is nobody's.
    """
    grown = User.objects.filter(is_active=True, age_class=User.AgeClass.ADULT)
    if provider == "wecom":
        return grown.filter(employee_number=str(claims.get("userid") or "-")).first()
    if provider != "openid_connect":
        return None  # a private account: connected by its owner, after signing in
    number = str(claims.get(settings.OIDC_NUMBER_CLAIM) or "")
    found = grown.filter(employee_number=number).first() if number else None
    if found is None and claims.get("email_verified") is True and claims.get("email"):
        same = list(grown.filter(email__iexact=str(claims["email"]))[:2])
        found = same[0] if len(same) == 1 else None
    return found
