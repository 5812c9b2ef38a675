"""Sign in by username, employee number or e-mail."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User


class IdentifierBackend(AuthenticationBackend):
    """allauth's backend (username, e-mail, its permissions) plus the employee number."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the active user whose identifier and password fit, else None."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            return user
        number, password = credentials.get("username"), credentials.get("password")
        if not number or not password:
            return None
        user = User.objects.filter(employee_number=number).first()
        if user is not None and user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
