"""A class of the demo that is open, with secrets that are printed: to come in as a pupil from any device."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from organisations import actions
from organisations.models import ClassOpening, FreeSeat, Organisation, PupilSecret
from organisations.queries.doors import current_opening, members_of

CLASS = "QP5A"
CODE = "528301"
SECRET = "plum-bamboo-moon"  # noqa: S105  # printed at the start of the demo
SECRET_WORDS = "梅、竹、月"  # noqa: S105
FREE_SEAT = 46
WAITING_SEATS = (44, 45)
HOURS = 11


@transaction.atomic
def open_demo_class(*, teacher: User, now: dt.datetime) -> ClassOpening:
    """Open the class for eleven hours, with a secret for every pupil who has none, two children whose guardians have
    not answered, and one seat without an account. A class that is open stays open longer."""
    unit = Organisation.objects.get(code=CLASS)
    members = list(members_of(unit))
    has_secret = set(PupilSecret.objects.filter(user__in=[m.user_id for m in members]).values_list("user", flat=True))
    actions.give_secrets(
        by=teacher, school_class=unit, pupils=[m.user for m in members if m.user_id not in has_secret], secret=SECRET
    )
    taken = {member.seat for member in members}
    for seat in WAITING_SEATS:
        if seat not in taken:
            name = {44: "沐一禾", 45: "温念舟"}[seat]
            actions.create_pupil(by=teacher, school_class=unit, seat=seat, name=name)
    if not FreeSeat.objects.filter(organisation=unit).exists():
        actions.keep_free_seats(by=teacher, school_class=unit, seats=[FREE_SEAT])
    is_open = current_opening(unit, now) is not None
    taken_elsewhere = ClassOpening.objects.filter(code=CODE, closed_at=None, closes_at__gt=now).exists()
    return actions.open_class(
        by=teacher,
        school_class=unit,
        closes_at=now + dt.timedelta(hours=HOURS),
        code="" if is_open or taken_elsewhere else CODE,
        at=now,
    )


def told(opening: ClassOpening) -> str:
    """What is printed: how to come in."""
    until = timezone.localtime(opening.closes_at).strftime("%H:%M")
    how = f"/class/ with the code {opening.code}, seat 7, pictures {SECRET_WORDS}"
    return (
        f"  Class {CLASS} is open until {until}: {how}\n  (he.qing opens it again under /organisations/{CLASS}/class/)"
    )
