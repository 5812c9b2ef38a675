"""Sign in by username, employee number or e-mail."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User


class IdentifierBackend(AuthenticationBackend):
    """allauth's backend (username, e-mail, its permissions) plus the employee number.

    Whatever is typed, exactly one password is hashed: an unknown identifier, a username and an employee number take
    the same time and get the same answer.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Username or e-mail first; the employee number only where neither belongs to anybody."""
        user: User | None = super()._authenticate(request, **credentials)
        number, password = credentials.get("username"), credentials.get("password")
        if user is not None or self._did_check_password or not number:
            return user
        holder = User.objects.filter(employee_number=number).first()
        return self._check_password(holder, password or "")  # type: ignore[no-any-return]
