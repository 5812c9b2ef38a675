"""Training sessions: dates, places, who comes, who was there."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Q, QuerySet
from django.utils import timezone

from courses.models import Attendance, SessionState, SessionStep, SignUp, TrainingSession
from organisations.queries import led_by

# The code on the screen changes every half minute; one that was scanned may arrive a little later.
CODE_SECONDS = 30
CODE_VALID_SECONDS = 75
# After the scan the learner has this long to press the button (or to sign in first).
TICKET_VALID_SECONDS = 600
SHOWN = (SessionState.OPEN, SessionState.CLOSED, SessionState.CANCELLED)


@dataclass(frozen=True, slots=True)
class SessionView:
    """One date as the learner sees it."""

    session: TrainingSession
    is_mine: bool
    attended: bool

    @property
    def left(self) -> int:
        """Places left."""
        return self.session.capacity - self.session.taken

    @property
    def may_sign_up(self) -> bool:
        """Open, with a place left, and not mine yet."""
        return self.session.state == SessionState.OPEN and self.left > 0 and not self.is_mine


def sessions_of_step(step_id: int) -> QuerySet[TrainingSession]:
    """The dates that count for a step, drafts left out, earliest first."""
    chosen = SessionStep.sessions.through.objects.filter(sessionstep__step_id=step_id).values("trainingsession_id")
    return TrainingSession.objects.filter(pk__in=chosen, state__in=SHOWN).order_by("starts_at", "pk")


def session_views(*, step_id: int, enrolment_id: int) -> list[SessionView]:
    """The dates of a step with this learner's places. Three statements."""
    mine = set(SignUp.objects.filter(enrolment_id=enrolment_id, cancelled_at=None).values_list("session_id", flat=True))
    attended = set(
        Attendance.objects.filter(enrolment_id=enrolment_id, revoked_at=None).values_list("session_id", flat=True)
    )
    return [SessionView(row, row.pk in mine, row.pk in attended) for row in sessions_of_step(step_id)]


def may_organise(user: AbstractBaseUser, session: TrainingSession) -> bool:
    """The organiser, whoever leads the organising unit, and whoever plans sessions in the admin."""
    return (
        session.organiser_id == user.pk
        or led_by(user).filter(pk=session.organisation_id).exists()
        or (isinstance(user, PermissionsMixin) and user.has_perm("courses.change_trainingsession"))
    )


def planned_sessions() -> QuerySet[TrainingSession]:
    """All sessions with their units and organisers, for who plans them. One statement."""
    return TrainingSession.objects.select_related("organisation", "organiser")


def sessions_to_choose(step_id: int) -> QuerySet[TrainingSession]:
    """What may count for a step: everything that is not over or cancelled, and what is chosen already."""
    chosen = SessionStep.objects.filter(step_id=step_id).values("sessions")
    coming = Q(ends_at__gte=timezone.now()) & ~Q(state=SessionState.CANCELLED)
    return TrainingSession.objects.filter(coming | Q(pk__in=chosen)).order_by("starts_at", "pk")


@dataclass(frozen=True, slots=True)
class Guest:
    """One row of the attendance list."""

    enrolment_id: int
    public_id: str
    name: str
    unit: str
    attended: bool
    signed_up: bool


def guests_of(session: TrainingSession) -> list[Guest]:
    """Everybody who holds a place or was recorded, by unit and name. Two statements."""
    related = ("enrolment__user", "enrolment__organisation")
    places = SignUp.objects.filter(session=session, cancelled_at=None).select_related(*related)
    there = Attendance.objects.filter(session=session, revoked_at=None).select_related(*related)
    held = {row.enrolment_id: row.enrolment for row in places}
    attended = {row.enrolment_id: row.enrolment for row in there}
    guests = [
        Guest(
            enrolment.pk,
            enrolment.public_id,
            enrolment.user.get_full_name(),
            enrolment.organisation.name,
            enrolment.pk in attended,
            enrolment.pk in held,
        )
        for enrolment in {**held, **attended}.values()
    ]
    return sorted(guests, key=lambda guest: (guest.unit, guest.name, guest.enrolment_id))


def step_ids_counting(session: TrainingSession) -> Collection[int]:
    """The steps for which `session` counts. One statement."""
    return list(SessionStep.objects.filter(sessions=session).values_list("step_id", flat=True))


def screen_code(session: TrainingSession) -> str:
    """The signed code on the organiser's screen now."""
    return TimestampSigner(salt="courses.screen").sign(session.public_id).split(":", 1)[1]


def screen_code_is_fresh(session: TrainingSession, code: str) -> bool:
    """True if `code` stood on the screen a moment ago."""
    return _is_signed(session.public_id, code, "courses.screen", CODE_VALID_SECONDS)


def ticket(session: TrainingSession, user: AbstractBaseUser) -> str:
    """What somebody who scanned a fresh code holds until they press the button: for them alone."""
    return TimestampSigner(salt="courses.ticket").sign(f"{session.public_id}.{user.pk}").split(":", 1)[1]


def ticket_is_valid(session: TrainingSession, user: AbstractBaseUser, text: str) -> bool:
    """True if `text` is a ticket of `user` for `session` that has not run out."""
    return _is_signed(f"{session.public_id}.{user.pk}", text, "courses.ticket", TICKET_VALID_SECONDS)


def _is_signed(value: str, code: str, salt: str, seconds: int) -> bool:
    """True if `code` is the signature of `value` and at most `seconds` old."""
    try:
        TimestampSigner(salt=salt).unsign(f"{value}:{code}", max_age=seconds)
    except BadSignature:
        return False
    return True
