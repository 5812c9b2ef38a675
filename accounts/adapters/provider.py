"""Identity providers of others: who comes from one must have an account here, and is found by number or address."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import actions, queries
from accounts.models import User

OIDC = "openid_connect"


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Providers come from the settings only; accounts are matched, not made, unless the settings say so."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Those of the settings: nothing is read from the database for each sign-in page."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_app(self, request: HttpRequest, provider: Any, client_id: Any = None) -> SocialApp:
        """The one with this name. Raises Http404 where it is not set up."""
        apps = self.list_apps(request, provider=provider, client_id=client_id)
        if not apps:
            raise Http404
        return apps[0]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find whose account here this is, if it was not connected before."""
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        user = queries.match_of(sociallogin.account.provider, claims_of(sociallogin))
        if user is not None:
            sociallogin.connect(request, user)
            actions.note_identity(user=user, provider=sociallogin.account.provider, verb="connect")
        elif not self.is_open_for_signup(request, sociallogin):
            messages.error(
                request,
                _(
                    "You are known there, but no account here is yours for sure. Sign in with the password and connect "
                    "the two under “Sign-in and security”, or ask the contact person of your unit."
                ),
            )
            raise ImmediateHttpResponse(redirect("account_login"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Only the city's own provider, and only where the settings say so."""
        return settings.OIDC_SIGN_UP and sociallogin.account.provider == OIDC

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody fills in a form: the provider has said all that is needed."""
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """What a new account would hold."""
        claims = claims_of(sociallogin)
        user: User = sociallogin.user
        number = str(claims.get(settings.OIDC_NUMBER_CLAIM) or "")
        user.username = number or str(claims.get("preferred_username") or claims.get("sub") or "")
        user.name = str(claims.get("name") or "")[:60]
        user.email = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
        user.employee_number = number or None
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Open the account by the action that every account is opened by."""
        new: User = sociallogin.user
        fields: dict[str, Any] = {"email": new.email, "employee_number": new.employee_number}
        try:
            user = actions.create_account(by=None, username=new.username, name=new.name, **fields)
        except (ValidationError, IntegrityError):
            messages.error(request, _("An account could not be opened for you. Ask the contact person of your unit."))
            raise ImmediateHttpResponse(redirect("account_login")) from None
        sociallogin.user = user
        sociallogin.email_addresses = []
        sociallogin.save(request)
        return user

    def validate_disconnect(self, account: SocialAccount, accounts: Any) -> None:
        """Note it down; the password and passkeys stay."""
        actions.note_identity(user=account.user, provider=account.provider, verb="disconnect")


def claims_of(sociallogin: SocialLogin) -> dict[str, Any]:
    """What the provider says of the person."""
    data: dict[str, Any] = sociallogin.account.extra_data
    return data.get("userinfo") or data.get("id_token") or data
