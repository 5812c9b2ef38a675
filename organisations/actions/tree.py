"""Build the tree and say who belongs where."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import create_account
from accounts.models import User
from foundation.audit.actions import record
from organisations import registry
from organisations.actions.history import note
from organisations.models import EventKind, GuardianConsent, Kind, Membership, Organisation, Role


@transaction.atomic
def create_organisation(
    *, by: AbstractBaseUser | None, kind: str, name: str, parent: Organisation | None = None, **fields: Any
) -> Organisation:
    """Add a unit below `parent` (None: a root). Raises ValidationError if a field is wrong."""
    unit = Organisation(kind=kind, name=name, parent=parent, **fields)
    unit.full_clean()
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    record(action="organisations.create_organisation", actor=by, target=f"organisations.Organisation:{unit.pk}")
    note(EventKind.CREATED, unit, by, {}, {"name": name, "above": parent.name if parent else ""})
    return unit


@transaction.atomic
def add_membership(
    *,
    by: AbstractBaseUser | None,
    user: User,
    organisation: Organisation,
    role: str = Role.MEMBER,
    is_home: bool = False,
    from_on: date | None = None,
    **fields: Any,
) -> Membership:
    """Let `user` belong to `organisation`. A new home unit ends nothing: end the old membership first.

    Raises IntegrityError if the person already holds this role there, or has another home unit.
    """
    membership = Membership.objects.create(
        user=user,
        organisation=organisation,
        role=role,
        is_home=is_home,
        from_on=from_on or timezone.localdate(),
        **fields,
    )
    record(
        action="organisations.add_membership",
        actor=by,
        target=f"organisations.Membership:{membership.pk}",
        details={"user": user.pk, "organisation": organisation.pk, "role": role},
    )
    registry.members_changed([user.pk])
    return membership


class TreeLoop(ValueError):
    """A unit cannot be moved below itself."""


@transaction.atomic
def move_organisation(*, by: AbstractBaseUser | None, organisation: Organisation, parent: Organisation | None) -> None:
    """Put a unit with everything below it under another (None: make it a root). Paths are rewritten in one statement.

    Raises TreeLoop if `parent` is the unit itself or lies below it.
    """
    ids = [organisation.pk, parent.pk] if parent else [organisation.pk]
    rows = {row.pk: row for row in Organisation.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    unit, above = rows[organisation.pk], rows.get(parent.pk) if parent else None
    old, new = unit.path or "", f"{above.path if above else ''}{unit.pk}/"
    if above and (above.path or "").startswith(old):
        raise TreeLoop(unit.pk)
    was, above_before = unit.parent_id, unit.parent.name if unit.parent else ""
    Organisation.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    Organisation.objects.filter(pk=unit.pk).update(parent=above)
    record(
        action="organisations.move_organisation",
        actor=by,
        target=f"organisations.Organisation:{unit.pk}",
        details={"from": was, "to": above.pk if above else None},
    )
    note(EventKind.MOVED, unit, by, {"above": above_before}, {"above": above.name if above else ""})


@transaction.atomic
def change_organisation(*, by: AbstractBaseUser | None, organisation: Organisation, **fields: Any) -> Organisation:
    """Rename a unit or change its codes, order and marks; where it stands is `move_organisation`'s business.

    Raises ValidationError if a field is wrong.
    """
    before = {name: getattr(organisation, name) for name in fields}
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.full_clean()
    organisation.save(update_fields=list(fields))
    changed = {name: str(old) for name, old in before.items() if old != fields[name]}
    record(
        action="organisations.change_organisation",
        actor=by,
        target=f"organisations.Organisation:{organisation.pk}",
        details={"before": changed},
    )
    if changed:
        note(EventKind.CHANGED, organisation, by, changed, {name: str(fields[name]) for name in changed})
    return organisation


@transaction.atomic
def save_organisation(
    *, by: AbstractBaseUser | None, organisation: Organisation, parent: Organisation | None, **fields: Any
) -> Organisation:
    """`change_organisation`, and `move_organisation` if `parent` is another one: two entries in the log, one change."""
    if organisation.parent_id != (parent.pk if parent else None):
        move_organisation(by=by, organisation=organisation, parent=parent)
        organisation.refresh_from_db()
    return change_organisation(by=by, organisation=organisation, **fields)


class OrganisationClosed(ValueError):
    """The unit had been closed already."""


@transaction.atomic
def close_organisation(*, by: AbstractBaseUser | None, organisation: Organisation, on: date | None = None) -> None:
    """Close a unit and everything below it. Memberships stay: people are moved by hand or by the next roster.

    Raises OrganisationClosed.
    """
    day = on or timezone.localdate()
    if not Organisation.objects.filter(pk=organisation.pk, closed_on=None).update(closed_on=day):
        raise OrganisationClosed(organisation.pk)
    open_below = Organisation.objects.within(organisation).filter(closed_on=None)
    for unit in [organisation, *open_below]:
        note(EventKind.CLOSED, unit, by, {}, {"on": day.isoformat()})
    below = open_below.update(closed_on=day)
    record(
        action="organisations.close_organisation",
        actor=by,
        target=f"organisations.Organisation:{organisation.pk}",
        details={"below": below},
    )


class MembershipEnded(ValueError):
    """The membership had already ended."""


@transaction.atomic
def end_membership(*, by: AbstractBaseUser | None, membership: Membership, on: date | None = None) -> None:
    """End a membership. Raises MembershipEnded if it had ended already."""
    changed = Membership.objects.filter(pk=membership.pk, until_on=None).update(until_on=on or timezone.localdate())
    if not changed:
        raise MembershipEnded(membership.pk)
    record(
        action="organisations.end_membership", actor=by, target=f"organisations.Membership:{membership.pk}", details={}
    )
    registry.members_changed([membership.user_id])


@transaction.atomic
def plan_end(*, by: AbstractBaseUser | None, membership: Membership, ends_on: date | None) -> None:
    """Set, move or take away (None) the last day of a membership that goes on. A job ends it when the day has passed.

    Raises MembershipEnded, or ValidationError for a day that is over or lies before the first.
    """
    found = Membership.objects.select_for_update(of=("self",)).filter(pk=membership.pk, until_on=None).first()
    if found is None:
        raise MembershipEnded(membership.pk)
    if ends_on and ends_on < max(timezone.localdate(), found.from_on):
        raise ValidationError({"ends_on": _("This day is over, or lies before the first.")})
    before, found.ends_on = found.ends_on, ends_on
    found.save(update_fields=["ends_on"])
    record(
        action="organisations.plan_end",
        actor=by,
        target=f"organisations.Membership:{found.pk}",
        details={"from": str(before or ""), "to": str(ends_on or "")},
    )


ENDING = 500


def end_planned(*, today: date) -> int:
    """End the memberships whose planned last day has passed, a portion at a time; returns how many. Who was at home
    there leaves programmes as every leaver does; who was seconded stays at home where they were."""
    ended = 0
    while portion := _end_portion(today):
        ended += portion
    return ended


@transaction.atomic
def _end_portion(today: date) -> int:
    over = Membership.objects.over(today).select_for_update().order_by("pk")
    rows = list(over.values_list("pk", "user_id")[:ENDING])
    Membership.objects.filter(pk__in=[pk for pk, _user in rows]).update(until_on=F("ends_on"))
    if rows:
        record(
            action="organisations.end_planned",
            actor=None,
            target="organisations.Membership:*",
            details={"memberships": [pk for pk, _user in rows]},
        )
        registry.members_changed(sorted({user for _pk, user in rows}))
    return len(rows)


class ConsentInForce(ValueError):
    """A consent for this child is in force already: withdraw it before another is recorded."""


@transaction.atomic
def record_consent(
    *,
    by: AbstractBaseUser,
    child: User,
    guardian: str,
    method: str,
    text_version: str,
    at: datetime | None = None,
) -> GuardianConsent:
    """Record a guardian's consent and let the child's account become active.

    Raises ConsentInForce, or ValidationError without a guardian's name, a known method and a version of the text.
    """
    consent = GuardianConsent(
        user=child,
        guardian=guardian.strip(),
        method=method,
        text_version=text_version,
        given_at=at or timezone.now(),
        recorded_by_id=by.pk,
    )
    consent.clean_fields()
    try:
        with transaction.atomic():
            consent.save()
    except IntegrityError:
        raise ConsentInForce(child.pk) from None
    User.objects.filter(pk=child.pk).update(has_consent=True, is_active=True)
    child.has_consent = child.is_active = True
    record(action="organisations.record_consent", actor=by, target=f"accounts.User:{child.pk}")
    return consent


class NoConsent(ValueError):
    """No consent is in force."""


@transaction.atomic
def withdraw_consent(*, by: AbstractBaseUser, child: User, at: datetime | None = None) -> None:
    """Record that the guardian has withdrawn. A child under 14 is signed out of everything until consent is given anew.

    Raises NoConsent.
    """
    withdrawn = GuardianConsent.objects.filter(user=child, withdrawn_at=None).update(withdrawn_at=at or timezone.now())
    if not withdrawn:
        raise NoConsent(child.pk)
    under_14 = child.age_class == User.AgeClass.CHILD
    child.has_consent, child.is_active = False, child.is_active and not under_14
    child.save(update_fields=["has_consent", "is_active"])
    record(action="organisations.withdraw_consent", actor=by, target=f"accounts.User:{child.pk}")


@transaction.atomic
def create_pupil(
    *,
    by: AbstractBaseUser | None,
    school_class: Organisation,
    seat: int,
    name: str,
    age_class: str = User.AgeClass.CHILD,
    password: str | None = None,
    password_hash: str = "",
    from_on: date | None = None,
) -> User:
    """Open a pupil's account, `CLASSCODE#NO`, in a class. Under 14 it stays closed until `record_consent`.

    Raises ValidationError if the unit is no class or the seat is taken.
    """
    if school_class.kind != Kind.CLASS:
        raise ValidationError({"school_class": _("Pupils belong to a class.")})
    user = create_account(
        by=by,
        username=f"{school_class.code}#{seat:02}",
        name=name,
        age_class=age_class,
        password=password,
        password_hash=password_hash,
    )
    add_membership(by=by, user=user, organisation=school_class, seat=seat, is_home=True, from_on=from_on)
    return user
