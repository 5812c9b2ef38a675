"""Plan training sessions: write a draft, open it for sign-up, close sign-up, cancel it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.models import Attendance, SessionState, TrainingSession
from courses.steps import Place, places_held
from foundation.audit.actions import record
from notifications.actions import Draft, notify_all


@transaction.atomic
def create_session(*, by: AbstractBaseUser, **fields: Any) -> TrainingSession:
    """Announce a training session, organised by `by` unless said otherwise. Raises ValidationError."""
    fields.setdefault("organiser_id", by.pk)
    session = TrainingSession(**fields)
    session.full_clean()
    session.save()
    record(action="courses.create_session", actor=by, target=f"courses.TrainingSession:{session.pk}")
    return session


class SessionMoved(ValueError):
    """The session is not in a state that this change starts from."""


@transaction.atomic
def change_session(*, by: AbstractBaseUser, session: TrainingSession, **fields: Any) -> TrainingSession:
    """Change a draft. Raises SessionMoved once it has been opened, or ValidationError."""
    drafts = TrainingSession.objects.select_for_update().filter(pk=session.pk, state=SessionState.DRAFT)
    if drafts.first() is None:
        raise SessionMoved(session.public_id)
    for name, value in fields.items():
        setattr(session, name, value)
    session.full_clean()
    session.save(update_fields=list(fields))
    record(
        action="courses.change_session",
        actor=by,
        target=f"courses.TrainingSession:{session.pk}",
        details={"fields": sorted(fields)},
    )
    return session


@transaction.atomic
def open_session(*, by: AbstractBaseUser, session: TrainingSession, at: datetime | None = None) -> None:
    """Let learners sign up: for the first time, or again. Raises SessionMoved if it is over, open or cancelled."""
    if session.ends_at <= (at or timezone.now()):
        raise SessionMoved(session.public_id)
    _move(session, (SessionState.DRAFT, SessionState.CLOSED), SessionState.OPEN)
    record(action="courses.open_session", actor=by, target=f"courses.TrainingSession:{session.pk}")


@transaction.atomic
def close_session(*, by: AbstractBaseUser, session: TrainingSession) -> None:
    """Take no more sign-ups; who holds a place keeps it. Raises SessionMoved unless it is open."""
    _move(session, (SessionState.OPEN,), SessionState.CLOSED)
    record(action="courses.close_session", actor=by, target=f"courses.TrainingSession:{session.pk}")


@transaction.atomic
def cancel_session(*, by: AbstractBaseUser, session: TrainingSession, at: datetime | None = None) -> None:
    """Call it off and tell everybody who holds a place.

    Raises SessionMoved if it is cancelled already, or if somebody's attendance is recorded: then it took place.
    """
    _move(session, (SessionState.DRAFT, SessionState.OPEN, SessionState.CLOSED), SessionState.CANCELLED)
    if Attendance.objects.filter(session=session, revoked_at=None).exists():
        raise SessionMoved(session.public_id)
    places = places_held(session)
    with override(settings.LANGUAGE_CODE):
        subject = _("Cancelled: %(title)s") % {"title": session.title}
        starts = date_format(timezone.localtime(session.starts_at), "DATETIME_FORMAT")
        body = _("The training session on %(starts)s does not take place. Please choose another date.") % {
            "starts": starts
        }
    drafts = [Draft(p.user_id, "courses.session_cancelled", subject, body, _address(p)) for p in places]
    notify_all(drafts=drafts, at=at)
    record(
        action="courses.cancel_session",
        actor=by,
        target=f"courses.TrainingSession:{session.pk}",
        details={"told": len(places)},
    )


def _address(place: Place) -> str:
    """Where whoever held `place` chooses another date."""
    return reverse("courses:step", args=[place.step_public_id]) if place.step_public_id else ""


def _move(session: TrainingSession, start: Collection[str], to: str) -> None:
    """Compare-and-set of the state. Raises SessionMoved."""
    if not TrainingSession.objects.filter(pk=session.pk, state__in=start).update(state=to):
        raise SessionMoved(session.public_id)
    session.state = to
