"""A class as its teacher sees it: every seat, who is in, who could not come in, and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import User
from organisations.models import (
    ClassEntry,
    ClassOpening,
    ClassRoom,
    ClassTry,
    FreeSeat,
    Membership,
    Organisation,
    PupilSecret,
)
from organisations.queries.consents import consent_states
from organisations.queries.doors import current_opening, members_of, room_of

SEAT_ALARM = 10
IN, LEFT, ABSENT, CLOSED, FREE = "in", "left", "absent", "closed", "free"


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat. `state`: in, left or absent; closed: the account is not open; free: a child without an account."""

    number: int | None
    user: User | None
    state: str
    since: datetime | None = None
    wrong: int = 0
    has_secret: bool = False
    consent: str = ""

    @property
    def is_alarming(self) -> bool:
        """Somebody seems to guess here."""
        return self.wrong >= SEAT_ALARM

    @property
    def place(self) -> str:
        """What the pupil chooses or types at the door."""
        return str(self.number) if self.number else (self.user.student_number or "" if self.user else "")


@dataclass(frozen=True, slots=True)
class Board:
    """The page of one class."""

    room: ClassRoom
    opening: ClassOpening | None
    seats: list[Seat]

    @property
    def inside(self) -> int:
        """How many are in."""
        return sum(seat.state == IN for seat in self.seats)

    @property
    def accounts(self) -> int:
        """How many could come in."""
        return sum(seat.state in (IN, LEFT, ABSENT) for seat in self.seats)

    @property
    def missing_secrets(self) -> int:
        """How many have an account and no secret yet."""
        return sum(seat.state in (IN, LEFT, ABSENT) and not seat.has_secret for seat in self.seats)

    @property
    def missing_consents(self) -> int:
        """How many guardians have not answered."""
        return sum(seat.consent == "missing" for seat in self.seats)

    @property
    def has_alarm(self) -> bool:
        """Somebody guesses at a seat."""
        return any(seat.is_alarming for seat in self.seats)


def board_of(school_class: Organisation, now: datetime) -> Board:
    """Everything on the page of a class. Nine statements, however many pupils."""
    members = list(members_of(school_class))
    users = [member.user for member in members]
    opening = current_opening(school_class, now)
    consents = consent_states(users)
    secrets = set(PupilSecret.objects.filter(user__in=users).values_list("user_id", flat=True))
    entries = _newest_entries(opening)
    wrong = _wrong_tries(opening)
    idle = now - timedelta(seconds=2 * settings.CLASS_IDLE_SECONDS)
    seats = [
        _seat(member, consents[member.user_id], member.user_id in secrets, entries.get(member.user_id), wrong, idle)
        for member in members
    ]
    free = FreeSeat.objects.filter(organisation=school_class, until=None).values_list("seat", flat=True)
    seats += [Seat(number, None, FREE) for number in free]
    seats.sort(key=lambda seat: (seat.number is None, seat.number or 0, seat.place))
    return Board(room_of(school_class), opening, seats)


def _newest_entries(opening: ClassOpening | None) -> dict[int, ClassEntry]:
    if opening is None:
        return {}
    return {entry.user_id: entry for entry in ClassEntry.objects.filter(opening=opening).order_by("pk")}


def _wrong_tries(opening: ClassOpening | None) -> "Counter[str]":
    if opening is None:
        return Counter()
    return Counter(ClassTry.objects.filter(opening=opening, is_forgiven=False).values_list("place", flat=True))


def _seat(
    member: Membership, consent: str, has_secret: bool, entry: ClassEntry | None, wrong: "Counter[str]", idle: datetime
) -> Seat:
    user = member.user
    tries = wrong[str(member.seat)] + (wrong[user.student_number] if user.student_number else 0)
    if not user.is_active:
        return Seat(member.seat, user, CLOSED, None, tries, has_secret, consent)
    if entry is None:
        return Seat(member.seat, user, ABSENT, None, tries, has_secret, consent)
    if entry.out_at or entry.seen_at < idle:
        return Seat(member.seat, user, LEFT, entry.out_at or entry.seen_at, tries, has_secret, consent)
    return Seat(member.seat, user, IN, entry.in_at, tries, has_secret, consent)


def free_seats(school_class: Organisation) -> list[int]:
    """The seats of children who take part without an account."""
    found = FreeSeat.objects.filter(organisation=school_class, until=None).order_by("seat")
    return list(found.values_list("seat", flat=True))
