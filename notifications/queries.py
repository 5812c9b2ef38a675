"""The inbox, who is reached how, and when people may be disturbed."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from foundation.workdays import Calendar, calendar, read_notices
from foundation.workdays.notices import NOTICES
from notifications.models import Channel, Delivery, DeliveryState, Message, Mute

SALT = "notifications.unsubscribe"


def inbox(user: AbstractBaseUser) -> QuerySet[Message]:
    """All messages to `user`, newest first."""
    return Message.objects.filter(user_id=user.pk).order_by("-sent_at", "-pk")


def unread_count(user: AbstractBaseUser) -> int:
    """How many messages `user` has not opened. One statement over a partial index."""
    return Message.objects.filter(user_id=user.pk, read_at=None).count()


def copies_to(user_id: int, *, kinds: str, limit: int) -> list[tuple[str, str, datetime]]:
    """(channel, what became of it, when) of the newest copies of messages to somebody whose kind begins with `kinds`.

    No address and no words: for those who lead the person. One statement.
    """
    found = Delivery.objects.filter(message__user_id=user_id, message__kind__startswith=kinds).order_by("-pk")[:limit]
    rows = found.values_list("channel", "state", "attempted_at")
    return [(str(Channel(way).label), str(DeliveryState(state).label), at) for way, state, at in rows]


def muted(user_ids: Iterable[int], kinds: Iterable[str]) -> set[tuple[int, str]]:
    """(user, kind) of what is unsubscribed among these. One statement."""
    found = Mute.objects.filter(user_id__in=list(user_ids), kind__in=list(kinds))
    return set(found.values_list("user_id", "kind"))


def unsubscribe_token(user_id: int, kind: str) -> str:
    """What the address in a mail carries: it unsubscribes one kind for one person, and does nothing else."""
    return signing.dumps([user_id, kind], salt=SALT)


def who_unsubscribes(token: str) -> tuple[User, str] | None:
    """The person and the kind that a token stands for; None if it is not one of ours."""
    try:
        user_id, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=user_id).first()
    return (user, kind) if user else None


@lru_cache(maxsize=4)
def _calendar(path: str) -> Calendar:
    return calendar([*NOTICES, *(read_notices(path) if path else [])])


def working_days() -> Calendar:
    """The calendar of this site. Raises BadNotice or OSError if the file of the setting cannot be used."""
    return _calendar(settings.HOLIDAYS_PATH)


def may_disturb(now: datetime) -> bool:
    """Whether reminders may go out: on a working day, outside the quiet hours."""
    return working_days().is_working(timezone.localtime(now).date()) and not is_quiet(now)


def is_quiet(now: datetime) -> bool:
    """Whether it is one of the quiet hours, on whatever day."""
    begins, ends = settings.QUIET_HOURS
    clock = timezone.localtime(now).time()
    return begins <= clock < ends if begins <= ends else clock >= begins or clock < ends


def next_opening(now: datetime) -> datetime:
    """`now` if people may be disturbed, else the first moment after it when they may."""
    if may_disturb(now):
        return now
    local = timezone.localtime(now)
    begins, ends = settings.QUIET_HOURS
    day = local.date()
    # On a working day before the end of the quiet hours it is today; inside quiet hours of the daytime, too.
    is_over = local.time() >= begins if begins > ends else False
    if is_over or not working_days().is_working(day):
        day = working_days().next_after(day)
        ends = ends if begins > ends else datetime.min.time()
    return timezone.make_aware(datetime.combine(day, ends))
