"""People come, change and go by SCIM: one action per request of a personnel system."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import activate_account, change_account, create_account, deactivate_account
from accounts.models import User
from foundation.audit.actions import record
from organisations.actions.tree import add_membership, end_membership
from organisations.contracts.scim import Refused
from organisations.models import Membership, Organisation, Role, ScimKey, ScimRecord
from organisations.queries.scim import memberships_of, memberships_within, person_of, unit_of


@dataclass(slots=True)
class KeyActor:
    """A key as the audit log names it."""

    key: ScimKey
    pk: None = None

    def get_username(self) -> str:
        """What the log prints."""
        return f"scim:{self.key.prefix}"


@dataclass(frozen=True, slots=True)
class Person:
    """What a system says of somebody: fields of the account, and where they belong."""

    fields: dict[str, Any]
    external_id: str
    is_active: bool
    department: str
    title: str


@transaction.atomic
def note_scim_read(*, key: ScimKey, what: str, count: int) -> None:
    """Note down that a system looked at `count` people or units."""
    details = {"what": what, "count": count}
    record(
        action="organisations.read_by_scim",
        actor=KeyActor(key),
        target=f"organisations.ScimKey:{key.pk}",
        details=details,
    )


@transaction.atomic
def provision_person(*, key: ScimKey, person: Person) -> User:
    """Open an account, or the old one of somebody whom this system had taken out. Raises Refused."""
    by = KeyActor(key)
    user = _former(key, person)
    try:
        with transaction.atomic():
            if user is None:
                user = create_account(by=by, **person.fields)
            else:
                change_account(by=by, user=user, **person.fields)
    except (ValidationError, IntegrityError) as wrong:
        raise _refusal(wrong) from None
    _settle(key, user, person)
    record(action="organisations.provision_person", actor=by, target=f"accounts.User:{user.pk}")
    return user


@transaction.atomic
def replace_person(*, key: ScimKey, user: User, person: Person) -> User:
    """Make an account what the system says. Raises Refused."""
    _refuse_out_of_reach(key, user)
    by = KeyActor(key)
    try:
        with transaction.atomic():
            change_account(by=by, user=user, **person.fields)
    except (ValidationError, IntegrityError) as wrong:
        raise _refusal(wrong) from None
    _settle(key, user, person)
    record(action="organisations.replace_person", actor=by, target=f"accounts.User:{user.pk}")
    user.refresh_from_db()
    return user


@transaction.atomic
def take_out_person(*, key: ScimKey, user: User) -> None:
    """Close an account and end where it belongs within the key's units; nothing is erased. Raises Refused."""
    _refuse_out_of_reach(key, user)
    by: Any = KeyActor(key)
    deactivate_account(by=by, user=user)
    for membership in memberships_within(key).filter(user=user):
        end_membership(by=by, membership=membership)
    ScimRecord.objects.update_or_create(
        organisation=key.organisation, user=user, defaults={"removed_at": timezone.now()}
    )
    record(action="organisations.take_out_person", actor=by, target=f"accounts.User:{user.pk}")


@transaction.atomic
def change_members(*, key: ScimKey, unit: Organisation, add: list[str], remove: list[str]) -> None:
    """Let people, by their public ids, belong to a unit as members or no longer. Raises Refused."""
    by: Any = KeyActor(key)
    for public_id in add:
        user = person_of(key, public_id)
        _refuse_out_of_reach(key, user)
        current = Membership.objects.current().filter(user=user)
        if not current.filter(organisation=unit).exists():
            has_home = current.filter(is_home=True).exists()
            add_membership(by=by, user=user, organisation=unit, is_home=not has_home)
    for public_id in remove:
        rows = Membership.objects.current().filter(organisation=unit, user__public_id=public_id)
        for membership in rows.select_related("user"):
            _refuse_out_of_reach(key, membership.user)
            _keep(key, membership.user)
            end_membership(by=by, membership=membership)
    details = {"added": len(add), "removed": len(remove)}
    record(
        action="organisations.change_members", actor=by, target=f"organisations.Organisation:{unit.pk}", details=details
    )


def _former(key: ScimKey, person: Person) -> User | None:
    """Somebody whom this system took out before and who comes back under the same name."""
    found = ScimRecord.objects.filter(organisation=key.organisation, removed_at__isnull=False)
    record_found = found.filter(user__username__iexact=person.fields["username"]).select_related("user").first()
    return record_found.user if record_found else None


def _refuse_out_of_reach(key: ScimKey, user: User) -> None:
    """A key changes its own people: nobody whose home unit is elsewhere, no staff of this site, nobody under age."""
    home = Membership.objects.current().filter(user=user, is_home=True).select_related("organisation").first()
    is_elsewhere = home is not None and not (home.organisation.path or "").startswith(key.organisation.path or "-")
    if is_elsewhere or user.is_staff or user.is_superuser or user.is_minor:
        raise Refused(403, "This person is kept elsewhere: the key may look, not change.")


def _settle(key: ScimKey, user: User, person: Person) -> None:
    """Open or closed, in the right unit, under the system's own name."""
    by: Any = KeyActor(key)
    if person.is_active != user.is_active:
        (activate_account if person.is_active else deactivate_account)(by=by, user=user)
        user.is_active = person.is_active
    _place(key, user, person)
    defaults = {"external_id": person.external_id, "removed_at": None}
    try:
        with transaction.atomic():
            ScimRecord.objects.update_or_create(organisation=key.organisation, user=user, defaults=defaults)
    except IntegrityError:
        raise Refused(409, "Somebody else has this externalId.", "uniqueness") from None


def _place(key: ScimKey, user: User, person: Person) -> None:
    """The home unit and the post there. Without a department, people stay where they are; new ones begin at the top."""
    by: Any = KeyActor(key)
    homes = [row for row in memberships_of(key, [user]).get(user.pk, []) if row.is_home]
    home = homes[0] if homes else None
    unit = unit_of(key, person.department) if person.department else (home.organisation if home else key.organisation)
    if home is not None and home.organisation_id == unit.pk:
        Membership.objects.filter(pk=home.pk).update(position=person.title)
        return
    if home is not None:
        end_membership(by=by, membership=home)
    there = Membership.objects.current().filter(user=user, organisation=unit, role=Role.MEMBER)
    if not there.update(is_home=True, position=person.title):
        add_membership(by=by, user=user, organisation=unit, is_home=True, position=person.title)


def _keep(key: ScimKey, user: User) -> None:
    """Somebody without a unit is still this system's."""
    ScimRecord.objects.get_or_create(organisation=key.organisation, user=user)


def _refusal(wrong: ValidationError | IntegrityError) -> Refused:
    """What the database or a field says, as SCIM says it. Who holds the value is not told."""
    if isinstance(wrong, IntegrityError):
        return Refused(409, "A value that may occur once only is taken.", "uniqueness")
    taken = [name for name, errors in wrong.error_dict.items() if any(error.code == "unique" for error in errors)]
    if taken:
        return Refused(409, f"Taken: {', '.join(sorted(taken))}.", "uniqueness")
    said = "; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in sorted(wrong.message_dict.items()))
    return Refused(400, said, "invalidValue")
