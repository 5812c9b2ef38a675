"""Tell people things."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from notifications.models import Message


def notify(*, user: AbstractBaseUser, kind: str, subject: str, body: str = "", url: str = "") -> Message:
    """Put one message into the inbox of `user`, in the caller's transaction. `url` is a path on this site."""
    return Message.objects.create(
        user_id=user.pk, kind=kind, subject=subject, body=body, url=url, sent_at=timezone.now()
    )
