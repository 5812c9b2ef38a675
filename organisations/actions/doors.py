"""Open and close a class, let pupils in and out, and help on the spot."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from organisations import keys
from organisations.keys import Device
from organisations.models import ClassEntry, ClassOpening, ClassRoom, ClassTry, Kind, Organisation
from organisations.queries import doors

LONGEST = timedelta(hours=12)
CODE_TRIES = 20
TRIES_KEPT = timedelta(days=30)


class NoClass(ValueError):
    """Only an open class can be opened to its pupils."""


class TooSoon(Exception):
    """This device has tried wrong ones: it waits `seconds` before the next try counts."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WrongCode(ValueError):
    """No class is open under this code."""


class WrongSecret(ValueError):
    """It does not open this seat: a wrong secret, an empty seat, an account that is closed. The door says no more."""


@transaction.atomic
def open_class(
    *,
    by: User,
    school_class: Organisation,
    closes_at: datetime,
    code: str = "",
    address: str = "",
    at: datetime | None = None,
) -> ClassOpening:
    """Open the door of a class until `closes_at`, under a code by chance (or `code`). One that is open stays open and
    closes then. Raises NoClass, or ValidationError for an end that is past or further than twelve hours away.
    """
    now = at or timezone.now()
    if not now < closes_at <= now + LONGEST:
        raise ValidationError(_("Choose an end within the next twelve hours."))
    unit = Organisation.objects.select_for_update().get(pk=school_class.pk)
    if unit.kind != Kind.CLASS or unit.closed_on:
        raise NoClass(unit.pk)
    _close_past(now)
    opening = ClassOpening.objects.filter(organisation=unit, closed_at=None).first()
    if opening is not None:
        opening.closes_at = closes_at
        opening.save(update_fields=["closes_at"])
    else:
        opening = _with_code(unit, by, closes_at, code, address, now)
    record(
        action="organisations.open_class",
        actor=by,
        target=f"organisations.ClassOpening:{opening.pk}",
        details={"class": unit.pk, "closes_at": closes_at.isoformat(timespec="seconds")},
    )
    return opening


def _close_past(now: datetime) -> None:
    """Openings whose end has come give their codes free."""
    for opening in ClassOpening.objects.filter(closed_at=None, closes_at__lte=now):
        ClassOpening.objects.filter(pk=opening.pk).update(closed_at=opening.closes_at)
        send_out(ClassEntry.objects.filter(opening=opening), opening.closes_at)


def _with_code(
    unit: Organisation, by: User, closes_at: datetime, code: str, address: str, now: datetime
) -> ClassOpening:
    for _try in range(CODE_TRIES):
        try:
            with transaction.atomic():
                return ClassOpening.objects.create(
                    organisation=unit,
                    code=code or keys.new_code(),
                    opened_by=by,
                    opened_from=keys.address_digest(address) if address else "",
                    opened_at=now,
                    closes_at=closes_at,
                )
        except IntegrityError:
            if code:
                break
    raise ValidationError(_("This code is in use just now."))


@transaction.atomic
def close_class(*, by: User, school_class: Organisation, at: datetime | None = None) -> int:
    """Close the door and sign out everybody who came in through it; returns how many still were in."""
    now = at or timezone.now()
    opening = doors.current_opening(school_class, now)
    if opening is None:
        return 0
    ClassOpening.objects.filter(pk=opening.pk).update(closed_at=now)
    inside = send_out(ClassEntry.objects.filter(opening=opening), now)
    record(
        action="organisations.close_class",
        actor=by,
        target=f"organisations.ClassOpening:{opening.pk}",
        details={"inside": inside},
    )
    return inside


@transaction.atomic
def set_up_class(*, by: User, school_class: Organisation, seats: int, secret_kind: str) -> ClassRoom:
    """Say how many seats the door shows and which kind of secret new cards bear. Raises ValidationError."""
    room = doors.room_of(school_class)
    room.seats, room.secret_kind = seats, secret_kind
    room.full_clean()
    room.save()
    record(
        action="organisations.set_up_class",
        actor=by,
        target=f"organisations.Organisation:{school_class.pk}",
        details={"seats": seats, "secret_kind": secret_kind},
    )
    return room


def find_class(*, code: str, device: Device, address: str, at: datetime | None = None) -> ClassOpening:
    """The class that is open under a typed code. A wrong one counts against this device.

    Raises TooSoon before it looks, WrongCode afterwards.
    """
    now, where = at or timezone.now(), keys.address_digest(address)
    if wait := doors.wait_before_code(device, where, now):
        raise TooSoon(wait)
    opening = doors.opening_with(now, code=code)
    if opening is None:
        ClassTry.objects.create(device=device.key, is_known=device.is_known, address=where, at=now)
        raise WrongCode(code)
    return opening


def let_in(
    *, opening: ClassOpening, place: str, secret: str, device: Device, address: str, at: datetime | None = None
) -> ClassEntry:
    """Let the pupil of a seat in, on this device; on another one they are out then.

    A try is written down before it is judged, so that many at once are not all the first; the right one is taken out
    again. The secret is hashed outside the transaction: sixty pupils would wait for each other.
    Raises TooSoon or WrongSecret.
    """
    now, where = at or timezone.now(), keys.address_digest(address)
    attempt = ClassTry.objects.create(
        opening=opening, place=place[:40], device=device.key, is_known=device.is_known, address=where, at=now
    )
    if wait := doors.wait_before_secret(attempt, device, now):
        attempt.delete()
        raise TooSoon(wait)
    user, digest = doors.pupil_at(opening.organisation, place)
    if not keys.fits(secret, digest) or user is None:
        raise WrongSecret(place)
    return _enter(opening, user, device, where, attempt, now)


def send_out(entries: QuerySet[ClassEntry], now: datetime) -> int:
    """End these entries. Another request may have let somebody in a moment after `now` was read: never before that."""
    return entries.filter(out_at=None).update(out_at=Greatest(F("in_at"), Value(now)))


@transaction.atomic
def _enter(
    opening: ClassOpening, user: User, device: Device, where: str, attempt: ClassTry, now: datetime
) -> ClassEntry:
    User.objects.select_for_update().get(pk=user.pk)  # two devices at once: one of them goes out again
    attempt.delete()
    ClassTry.objects.filter(opening=opening, place=attempt.place, device=device.key).update(is_forgiven=True)
    send_out(ClassEntry.objects.filter(opening=opening, user=user), now)
    # A device is shared: whoever sat there before is gone.
    send_out(ClassEntry.objects.filter(device=device.key), now)
    entry = ClassEntry.objects.create(
        opening=opening, user=user, device=device.key, address=where, in_at=now, seen_at=now
    )
    record(action="organisations.let_in", actor=user, target=f"organisations.ClassOpening:{opening.pk}")
    return entry


def note_seen(*, entry: ClassEntry, at: datetime) -> None:
    """The pupil is still there."""
    ClassEntry.objects.filter(pk=entry.pk, out_at=None, seen_at__lt=at).update(seen_at=at)


@transaction.atomic
def let_out(*, user: AbstractBaseUser, entry_id: int, at: datetime | None = None) -> None:
    """The pupil is done, or was away too long."""
    gone = send_out(ClassEntry.objects.filter(pk=entry_id, user_id=user.pk), at or timezone.now())
    if gone:
        record(action="organisations.let_out", actor=user, target=f"organisations.ClassEntry:{entry_id}")


@transaction.atomic
def unlock_seat(*, by: User, school_class: Organisation, place: str, at: datetime | None = None) -> int:
    """Forget the wrong tries at a seat ("": at all) and of the devices that made them; returns how many."""
    now = at or timezone.now()
    opening = doors.current_opening(school_class, now)
    tries = ClassTry.objects.filter(opening=opening, is_forgiven=False).exclude(opening=None)
    if place:
        tries = tries.filter(place=place)
    devices = set(tries.values_list("device", flat=True))
    forgiven = ClassTry.objects.filter(device__in=devices, is_forgiven=False).update(is_forgiven=True)
    record(
        action="organisations.unlock_seat",
        actor=by,
        target=f"organisations.Organisation:{school_class.pk}",
        details={"place": place, "tries": forgiven},
    )
    return forgiven


def prune_doors(*, at: datetime | None = None) -> int:
    """Forget openings with their entries and tries after some weeks; returns how many rows went."""
    before = (at or timezone.now()) - TRIES_KEPT
    gone = ClassTry.objects.filter(at__lt=before).delete()[0]
    return gone + ClassOpening.objects.filter(closes_at__lt=before).delete()[0]
