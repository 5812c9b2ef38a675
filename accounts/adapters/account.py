"""Signing in and out: accounts are made by coordinators, never by sign-up; everything is noted down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import actions, queries
from accounts.keys import device_mark
from accounts.models import User

DEVICE_DAYS, DEVICE_PEOPLE = 180, 5


class AccountAdapter(DefaultAccountAdapter):
    """Closed for sign-up; locks after wrong passwords in a row; writes the audit log."""

    # One sentence whatever was typed: name, number or e-mail, known or not.
    error_messages = DefaultAccountAdapter.error_messages | {
        **dict.fromkeys(
            ("username_password_mismatch", "email_password_mismatch", "phone_password_mismatch"),
            _("The account or the password is not right."),
        ),
        "too_many_login_attempts": _(
            "Too many wrong passwords in a row. Wait some minutes, use a passkey, or choose a new password by e-mail. "
            "The contact person of your unit can have the account unlocked."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse where too many wrong passwords came before: of this account, or from this address.

        A device on which the person has signed in before has its own count and no limit by address, so that neither
        a guesser nor a colleague behind the same address shuts anybody out.
        """
        identifier = _identifier(credentials)
        user = queries.holder_of(identifier)
        is_known = user is not None and device_mark(user) in _devices(request)
        self._holder, self._key = user, queries.failures_key(identifier, user, is_known_device=is_known)
        if queries.locked_until(self._key, timezone.now()):
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage = None
        if not is_known:  # given back when the password is right
            self._login_failed_rl_usage = ratelimit.consume(request, app="allauth.account", action="guesses")
            if not self._login_failed_rl_usage:
                raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the refusal and note it down."""
        actions.note_failed_sign_in(identifier=_identifier(credentials), key=self._key, user=self._holder)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Note the sign-in down, and let the device know its person."""
        actions.note_sign_in(user=user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if not user.is_minor:
            marks = [device_mark(user), *(mark for mark in _devices(request) if mark != device_mark(user))]
            response.set_signed_cookie(
                settings.DEVICE_COOKIE_NAME,
                " ".join(marks[:DEVICE_PEOPLE]),
                max_age=DEVICE_DAYS * 86_400,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response

    def logout(self, request: HttpRequest) -> None:
        """Note the sign-out down while it is still known who it is."""
        if isinstance(request.user, User):
            actions.note_sign_out(user=request.user)
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Note the change down; a reset by e-mail has no signed-in actor."""
        super().set_password(user, password)
        actor = self.request.user if isinstance(self.request.user, User) else None
        actions.note_password(by=actor, user=user)  # type: ignore[arg-type]  # AUTH_USER_MODEL is User


def _identifier(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")


def _devices(request: HttpRequest) -> list[str]:
    """The marks of people who have signed in on this device; empty if somebody tampered with them."""
    try:
        return (request.get_signed_cookie(settings.DEVICE_COOKIE_NAME, max_age=DEVICE_DAYS * 86_400) or "").split()
    except (KeyError, BadSignature):
        return []
