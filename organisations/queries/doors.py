"""The door of a class: which are open, who must wait, and who sits where.

Whoever guesses is slowed, and nobody else: a wrong secret slows this device at this seat, many wrong ones this device
everywhere. An address is slowed only when it is no class's own: neither opened a class that is open nor let a pupil
into one. So the sixty pupils behind one school address never answer for each other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import User
from organisations.keys import Device
from organisations.models import (
    ClassEntry,
    ClassOpening,
    ClassRoom,
    ClassTry,
    Membership,
    Organisation,
    PupilSecret,
    Role,
    SecretKind,
)
from organisations.models.classes import USUAL_SEATS

WINDOW = timedelta(minutes=15)
STRANGERS_CODES = 60
STRANGERS_SECRETS = 30


@dataclass(frozen=True, slots=True)
class Pace:
    """So many wrong tries are free; the next waits `first` seconds, each further one twice as long, up to `most`."""

    free: int
    first: int
    most: int

    def pause(self, wrong: int) -> int:
        """Seconds to wait after `wrong` wrong tries."""
        return 0 if wrong < self.free else min(self.most, self.first * 2 ** min(wrong - self.free, 12))


CODE_PACE = Pace(free=5, first=10, most=300)
SEAT_PACE = Pace(free=3, first=5, most=60)
DEVICE_PACE = Pace(free=8, first=10, most=300)


def running(now: datetime) -> QuerySet[ClassOpening]:
    """The classes that are open."""
    return ClassOpening.objects.filter(closed_at=None, closes_at__gt=now)


def opening_with(now: datetime, **key: str) -> ClassOpening | None:
    """The open class with this `code` or `token`."""
    return running(now).filter(**key).select_related("organisation__parent").first()


def room_of(school_class: Organisation) -> ClassRoom:
    """How a class signs in; the usual way where nobody has chosen."""
    found = ClassRoom.objects.filter(organisation=school_class).first()
    return found or ClassRoom(organisation=school_class, seats=USUAL_SEATS, secret_kind=SecretKind.PICTURES)


def members_of(school_class: Organisation) -> QuerySet[Membership]:
    """Who belongs to a class as a pupil, seat by seat."""
    found = Membership.objects.current().filter(organisation=school_class, role=Role.MEMBER)
    return found.select_related("user").order_by("seat", "user__student_number", "pk")


def seats_shown(school_class: Organisation) -> int:
    """How many seats the page of a class shows: all alike, whether somebody sits there or has an account or not."""
    highest = members_of(school_class).exclude(seat=None).order_by("-seat").values_list("seat", flat=True).first()
    return max(room_of(school_class).seats, highest or 0)


def pupil_at(school_class: Organisation, place: str) -> tuple[User | None, str | None]:
    """Who may come in at a seat (or with a student number), and the digest of the secret. Two statements always."""
    where = Q(user__student_number=place)
    if place.isascii() and place.isdigit() and len(place) <= 3:
        where |= Q(seat=int(place))
    found = list(members_of(school_class).filter(where)[:2])
    # A seat comes before a student number that looks like one.
    found.sort(key=lambda member: str(member.seat) != place.lstrip("0"))
    user = found[0].user if found else None
    secret = PupilSecret.objects.filter(user=user).values_list("digest", flat=True).first()
    is_welcome = user is not None and user.is_active and not user.is_staff
    return (user, secret) if is_welcome else (None, None)


def wait_before_code(device: Device, address: str, now: datetime) -> int:
    """Seconds until this device may try a code."""
    codes = ClassTry.objects.filter(opening=None, at__gt=now - WINDOW, is_forgiven=False)
    wait = _wait(codes.filter(device=device.key), CODE_PACE, now)
    if device.is_known or wait or _is_class_address(running(now), address):
        return wait
    strangers = codes.filter(address=address, is_known=False).order_by("-at")
    return _until_room(strangers, STRANGERS_CODES, now)


def wait_before_secret(attempt: ClassTry, device: Device, now: datetime) -> int:
    """Seconds that this try comes too early, by the wrong ones before it."""
    assert attempt.opening is not None, "a secret is tried at an open class"
    tries = ClassTry.objects.exclude(opening=None).filter(at__gt=now - WINDOW, is_forgiven=False, pk__lt=attempt.pk)
    own = tries.filter(device=device.key)
    at_seat = own.filter(opening=attempt.opening, place=attempt.place)
    wait = max(_wait(at_seat, SEAT_PACE, now), _wait(own, DEVICE_PACE, now))
    here = ClassOpening.objects.filter(pk=attempt.opening.pk)
    if device.is_known or wait or _is_class_address(here, attempt.address):
        return wait
    strangers = tries.filter(opening=attempt.opening, address=attempt.address, is_known=False).order_by("-at")
    return _until_room(strangers, STRANGERS_SECRETS, now)


def _wait(wrong: QuerySet[ClassTry], pace: Pace, now: datetime) -> int:
    moments = list(wrong.order_by("-at").values_list("at", flat=True)[:20])
    if not moments:
        return 0
    return _seconds(moments[0] + timedelta(seconds=pace.pause(len(moments))), now)


def _until_room(wrong: QuerySet[ClassTry], most: int, now: datetime) -> int:
    """Seconds until fewer than `most` of these lie in the window."""
    oldest = list(wrong.values_list("at", flat=True)[most - 1 : most])
    return _seconds(oldest[0] + WINDOW, now) if oldest else 0


def _seconds(until: datetime, now: datetime) -> int:
    left = (until - now).total_seconds()
    return max(0, int(left) + (left > int(left)))


def _is_class_address(openings: QuerySet[ClassOpening], address: str) -> bool:
    """True if one of these classes was opened from there, or a pupil came in from there."""
    if openings.filter(opened_from=address).exists():
        return True
    return ClassEntry.objects.filter(opening__in=openings, address=address).exists()


def current_opening(school_class: Organisation, now: datetime) -> ClassOpening | None:
    """The opening of one class that runs now."""
    return running(now).filter(organisation=school_class).first()


def entry_in_force(entry_id: int, now: datetime) -> ClassEntry | None:
    """The entry behind a session, while its class is open and nobody has ended it. One statement."""
    found = ClassEntry.objects.filter(pk=entry_id, out_at=None, opening__closed_at=None, opening__closes_at__gt=now)
    return found.select_related("opening").first()
