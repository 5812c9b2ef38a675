"""Enrol and withdraw single people, exempt them, give them more time."""

from collections import Counter
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from organisations.models import Membership, Organisation
from programmes import queries
from programmes.actions.tallying import count_people, insert_differences
from programmes.models import (
    Allowance,
    AllowanceKind,
    EndReason,
    Enrolment,
    EnrolmentState,
    Measure,
    Programme,
)


@transaction.atomic
def enrol(
    *,
    by: AbstractBaseUser | None,
    programme: Programme,
    user: User,
    organisation: Organisation,
    due_on: date | None = None,
    at: datetime | None = None,
) -> Enrolment:
    """Enrol `user`; a second call returns the active enrolment."""
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                programme=programme,
                user=user,
                organisation=organisation,
                due_on=due_on or programme.closes_on,
                enrolled_at=at or timezone.now(),
            )
    except IntegrityError:
        return Enrolment.objects.get(programme=programme, user=user, state=EnrolmentState.ACTIVE)
    insert_differences(
        differences=Counter({(programme.pk, organisation.pk, Measure.ENROLLED.value, None): 1}),
    )
    record(action="programmes.enrol", actor=by, target=f"programmes.Enrolment:{enrolment.pk}")
    return enrolment


class NotEnrolled(ValueError):
    """The enrolment was not active."""


@transaction.atomic
def withdraw_enrolment(
    *,
    by: AbstractBaseUser | None,
    enrolment: Enrolment,
    reason: str,
    kind: str = EndReason.BY_HAND,
    at: datetime | None = None,
) -> None:
    """End an enrolment; its facts stay. Raises NotEnrolled if it was not active."""
    active = Enrolment.objects.select_for_update(no_key=True).filter(pk=enrolment.pk, state=EnrolmentState.ACTIVE)
    if active.first() is None:
        raise NotEnrolled(enrolment.public_id)
    count_people(enrolment_ids=[enrolment.pk], sign=-1)
    active.update(state=EnrolmentState.WITHDRAWN, ended_at=at or timezone.now(), end_reason=kind)
    record(
        action="programmes.withdraw_enrolment",
        actor=by,
        target=f"programmes.Enrolment:{enrolment.pk}",
        details={"reason": reason, "kind": str(kind)},
    )


@transaction.atomic
def grant_exemption(
    *, by: User, programme: Programme, user: User, reason: str, at: datetime | None = None
) -> Allowance:
    """Let one person off a programme: no assignment enrols them, and an enrolment rests with its facts."""
    allowance = _grant(by=by, programme=programme, user=user, kind=AllowanceKind.EXEMPT, reason=reason, at=at)
    for enrolment in Enrolment.objects.filter(programme=programme, user=user, state=EnrolmentState.ACTIVE):
        count_people(enrolment_ids=[enrolment.pk], sign=-1)
        Enrolment.objects.filter(pk=enrolment.pk).update(
            state=EnrolmentState.WITHDRAWN, ended_at=allowance.granted_at, end_reason=EndReason.EXEMPT
        )
    record(
        action="programmes.grant_exemption",
        actor=by,
        target=f"programmes.Allowance:{allowance.pk}",
        details={"programme": programme.pk, "user": user.pk, "reason": reason},
    )
    return allowance


@transaction.atomic
def grant_extension(
    *, by: User, programme: Programme, user: User, due_on: date, reason: str, at: datetime | None = None
) -> Allowance:
    """Give one person until `due_on`. Raises ValidationError for a day that is over or after the programme's end."""
    today = timezone.localdate(at)
    if not today <= due_on <= programme.closes_on:
        closes_on = programme.closes_on
        raise ValidationError(
            {"due_on": _("Choose a day from today to %(last)s: then the programme ends.") % {"last": closes_on}}
        )
    allowance = _grant(
        by=by, programme=programme, user=user, kind=AllowanceKind.EXTENDED, due_on=due_on, reason=reason, at=at
    )
    Enrolment.objects.filter(programme=programme, user=user, state=EnrolmentState.ACTIVE).update(due_on=due_on)
    record(
        action="programmes.grant_extension",
        actor=by,
        target=f"programmes.Allowance:{allowance.pk}",
        details={"programme": programme.pk, "user": user.pk, "due_on": due_on.isoformat(), "reason": reason},
    )
    return allowance


def _grant(
    *,
    by: User,
    programme: Programme,
    user: User,
    kind: str,
    reason: str,
    at: datetime | None,
    due_on: date | None = None,
) -> Allowance:
    """One exception is in force for one person: a new one takes the place of the old one."""
    now = at or timezone.now()
    held = User.objects.select_for_update(no_key=True).filter(pk=user.pk)
    held.values_list("pk", flat=True).first()
    Allowance.objects.filter(programme=programme, user=user, ended_at=None).update(ended_at=now)
    allowance = Allowance(
        programme=programme, user=user, kind=kind, due_on=due_on, reason=reason.strip(), granted_by=by, granted_at=now
    )
    allowance.full_clean(validate_constraints=False)
    allowance.save()
    return allowance


class AllowanceOver(ValueError):
    """The exception was not in force any more."""


@transaction.atomic
def end_allowance(*, by: User, allowance: Allowance, at: datetime | None = None) -> None:
    """End an exception: who was exempt goes on where they stopped, who had more time has the common day again.

    Raises AllowanceOver.
    """
    now = at or timezone.now()
    if not Allowance.objects.filter(pk=allowance.pk, ended_at=None).update(ended_at=now):
        raise AllowanceOver(allowance.public_id)
    mine = Enrolment.objects.filter(programme_id=allowance.programme_id, user_id=allowance.user_id)
    if allowance.kind == AllowanceKind.EXEMPT:
        rested = mine.filter(state=EnrolmentState.WITHDRAWN, end_reason=EndReason.EXEMPT).order_by("-ended_at").first()
        if rested and not mine.filter(state=EnrolmentState.ACTIVE).exists():
            mine.filter(pk=rested.pk).update(state=EnrolmentState.ACTIVE, ended_at=None, end_reason="")
            count_people(enrolment_ids=[rested.pk], sign=1)
    else:
        for enrolment in mine.filter(state=EnrolmentState.ACTIVE).select_related("assignment__programme", "programme"):
            mine.filter(pk=enrolment.pk).update(due_on=_common_day(enrolment))
    record(action="programmes.end_allowance", actor=by, target=f"programmes.Allowance:{allowance.pk}")


def _common_day(enrolment: Enrolment) -> date:
    """The last day without an extension."""
    if enrolment.assignment is None:
        return enrolment.programme.closes_on
    home = Membership.objects.current().filter(user_id=enrolment.user_id, is_home=True).first()
    began = timezone.localdate(enrolment.enrolled_at)
    return queries.due_date(enrolment.assignment, home.from_on if home else began, began)
