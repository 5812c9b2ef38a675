"""The inbox."""

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from notifications.models import Message


def inbox(user: AbstractBaseUser) -> QuerySet[Message]:
    """All messages to `user`, newest first."""
    return Message.objects.filter(user_id=user.pk).order_by("-sent_at", "-pk")


def unread_count(user: AbstractBaseUser) -> int:
    """How many messages `user` has not opened. One statement over a partial index."""
    return Message.objects.filter(user_id=user.pk, read_at=None).count()
