"""Passkeys, codes from an app, and recovery codes: our words, encrypted secrets, and who may not be without."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions, queries
from accounts.keys import conceal, reveal
from accounts.models import User


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted at rest; whoever must have a second factor cannot remove the last one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Your duties need a second factor. Add another one before you remove this one."
        ),
        "incorrect_code": gettext_lazy("That was not right, or too old. Please try once more."),
    }

    def encrypt(self, text: str) -> str:
        """As it is stored: without the site's key nobody makes codes from a copy of the database."""
        return conceal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The inverse of `encrypt`. After a change of the site's key no code fits any more."""
        try:
            return reveal(encrypted_text)
        except InvalidTag:
            return generate_totp_secret()  # type: ignore[no-any-return]

    def build_totp_svg(self, url: str) -> str:
        """Nothing: the page draws the QR code itself."""
        return ""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who may enter the admin, where a second factor is asked for."""
        return not queries.is_last_needed_factor(authenticator)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """What a new passkey is called unless its owner knows better."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_totp_issuer(self) -> str:
        """What the app shows above the code."""
        return str(settings.WAGTAIL_SITE_NAME)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host as the browser sees it, and the site's name."""
        return {**super().get_public_key_credential_rp_entity(), "name": str(settings.WAGTAIL_SITE_NAME)}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """A handle that says nothing, and the name that the device shows."""
        return {
            **super().get_public_key_credential_user_entity(user),
            "display_name": user.get_full_name(),
            "name": user.get_username(),
        }


def watch() -> None:
    """Have allauth tell what becomes of second factors. Called once, when the app is ready."""
    signals.authenticator_added.connect(_added)
    signals.authenticator_removed.connect(_removed)
    signals.authenticator_reset.connect(_renewed)
    signals.authentication_failed.connect(_failed)


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Note it down; who has just shown a new factor need not show it again in this session."""
    actions.note_factor(user=user, verb="add", kind=authenticator.type)
    if authenticator.type in queries.SECOND_FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def _removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    actions.note_factor(user=user, verb="remove", kind=authenticator.type)


def _renewed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    actions.note_factor(user=user, verb="renew", kind=authenticator.type)


def _failed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    actions.note_factor(user=user, verb="show", kind=authenticator.type, succeeded=False)
