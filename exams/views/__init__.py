"""The learner's pages and the address that saves answers."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that passed a check for a signed-in user."""

    user: User
