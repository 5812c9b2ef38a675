"""Sign in by username, e-mail, employee number or phone."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts import queries
from accounts.models import User


class IdentifierBackend(AuthenticationBackend):
    """allauth's backend (username, e-mail, its permissions) plus employee number and mobile phone.

    Whatever is typed, exactly one password is hashed: an unknown identifier, a username and a number take the
    same time and get the same answer.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Username or e-mail first; a number only where neither belongs to anybody."""
        user: User | None = super()._authenticate(request, **credentials)
        number, password = credentials.get("username"), credentials.get("password")
        if user is not None or self._did_check_password or not number:
            return user
        return self._check_password(queries.holder_of_number(number), password or "")  # type: ignore[no-any-return]
