"""Places for a whole unit, and a word to everybody the day before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.actions.sessions import SessionClosed
from courses.models import SessionState, SignUp, TrainingSession
from courses.steps import bookable
from foundation.audit.actions import record
from notifications.actions import Draft, notify_all

TELL_SLICE = 500


@dataclass(frozen=True, slots=True)
class Booking:
    """How many people got a place, and for how many none was left."""

    booked: int
    left_out: int


@transaction.atomic
def book_places(
    *, by: AbstractBaseUser, session: TrainingSession, public_ids: Collection[str], at: datetime | None = None
) -> Booking:
    """Take places for those of `public_ids` (enrolments) whom `by` leads and who wait for this training.

    As many as there are places, in the order of their names; each is told. People who have a place, or whose step is
    complete, are left as they are. Raises SessionClosed.
    """
    now = at or timezone.now()
    locked = TrainingSession.objects.select_for_update().get(pk=session.pk)
    if locked.state != SessionState.OPEN or locked.starts_at <= now:
        raise SessionClosed(session.public_id)
    wanted = list(bookable(by, locked).filter(public_id__in=set(public_ids)).order_by("user__name", "pk"))
    given = wanted[: locked.capacity - locked.taken]
    SignUp.objects.bulk_create([SignUp(session=locked, enrolment=one, signed_up_at=now) for one in given])
    TrainingSession.objects.filter(pk=locked.pk).update(taken=F("taken") + len(given))
    _tell(
        [(one.user_id, locked) for one in given], "courses.booked", _("A place in a training was booked for you"), now
    )
    record(
        action="courses.book_places",
        actor=by,
        target=f"courses.TrainingSession:{locked.pk}",
        details={"enrolments": [one.pk for one in given], "left_out": len(wanted) - len(given)},
    )
    return Booking(len(given), len(wanted) - len(given))


@transaction.atomic
def tell_tomorrow(*, now: datetime | None = None) -> int:
    """Tell everybody with a place in a training of tomorrow (in China), once; returns how many were told."""
    moment = now or timezone.now()
    tomorrow = timezone.localdate(moment) + timedelta(days=1)
    begin = timezone.make_aware(datetime.combine(tomorrow, time()), timezone.get_default_timezone())
    places = SignUp.objects.select_for_update().filter(
        cancelled_at=None,
        told_at=None,
        session__state__in=[SessionState.OPEN, SessionState.CLOSED],
        session__starts_at__gte=begin,
        session__starts_at__lt=begin + timedelta(days=1),
    )
    due = list(places.select_related("session", "enrolment").order_by("pk")[:TELL_SLICE])
    if not due:
        return 0
    SignUp.objects.filter(pk__in=[place.pk for place in due]).update(told_at=moment)
    told = [(place.enrolment.user_id, place.session) for place in due]
    _tell(told, "courses.session_tomorrow", _("Your training is tomorrow"), moment)
    record(
        action="courses.tell_tomorrow",
        actor=None,
        target="courses.SignUp:*",
        details={"people": len(due), "day": tomorrow.isoformat()},
    )
    return len(due)


def _tell(people: list[tuple[int, TrainingSession]], kind: str, subject: Any, now: datetime) -> None:
    notify_all(
        drafts=[
            Draft(
                user_id,
                kind,
                subject,
                _("%(title)s, %(when)s, %(where)s")
                % {
                    "title": session.title,
                    "when": date_format(timezone.localtime(session.starts_at), "DATETIME_FORMAT"),
                    "where": session.place or _("on the network"),
                },
                reverse("programmes:my-learning"),
            )
            for user_id, session in people
        ],
        at=now,
    )
