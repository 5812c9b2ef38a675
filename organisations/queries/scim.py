"""What a personnel system's key opens: people and units of one subtree."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from organisations.contracts.scim import ENTERPRISE, Refused
from organisations.models import Membership, MembershipQuerySet, Organisation, OrganisationQuerySet, ScimKey, ScimRecord

USER_PATHS = {
    "username": "username__iexact",
    "id": "public_id",
    "displayname": "name",
    "name.formatted": "name",
    "emails": "email__iexact",
    "emails.value": "email__iexact",
    "phonenumbers": "phone",
    "phonenumbers.value": "phone",
    "employeenumber": "employee_number",
    f"{ENTERPRISE.casefold()}:employeenumber": "employee_number",
}


def scim_key(prefix: str, at: datetime) -> ScimKey | None:
    """The key with this beginning, if it is in force at `at`."""
    found = ScimKey.objects.filter(prefix=prefix, revoked_at=None, expires_at__gt=at)
    return found.select_related("organisation").first()


def memberships_within(key: ScimKey) -> MembershipQuerySet:
    """Who belongs where now, in the key's units."""
    return Membership.objects.current().filter(organisation__path__startswith=key.organisation.path or "-")


def people_of(key: ScimKey) -> QuerySet[User]:
    """The adults whom the key's system keeps: who belongs to its units, and whom it opened. Not those it took out."""
    here = Exists(memberships_within(key).filter(user=OuterRef("pk")))
    records = ScimRecord.objects.filter(organisation=key.organisation, user=OuterRef("pk"))
    kept = Exists(records.filter(removed_at=None)) & ~Exists(Membership.objects.current().filter(user=OuterRef("pk")))
    return User.objects.filter(here | kept, age_class=User.AgeClass.ADULT).order_by("pk")


def matching(key: ScimKey, people: QuerySet[User], pairs: list[tuple[str, str | bool]]) -> QuerySet[User]:
    """Those of `people` to whom every pair of a filter applies. Raises Refused for an attribute that nobody can ask."""
    for path, value in pairs:
        if path == "active":
            people = people.filter(is_active=value is True)
        elif path == "externalid":
            records = ScimRecord.objects.filter(organisation=key.organisation, user=OuterRef("pk"))
            people = people.filter(Exists(records.filter(external_id=value)))
        elif path in USER_PATHS and isinstance(value, str):
            people = people.filter(**{USER_PATHS[path]: value}) if value else people.none()
        else:
            raise Refused(400, f"People cannot be filtered by {path}.", "invalidFilter")
    return people


def person_of(key: ScimKey, public_id: str) -> User:
    """One of `people_of`. Raises Refused: somebody else's is answered like nobody."""
    person = people_of(key).filter(public_id=public_id).first()
    if person is None:
        raise Refused(404, f"There is no user {public_id}.")
    return person


def units_of(key: ScimKey) -> OrganisationQuerySet:
    """The key's unit and everything below it that is open, without classes: their members are pupils."""
    return Organisation.objects.within(key.organisation).filter(closed_on=None).exclude(kind__in=["grade", "class"])


def unit_of(key: ScimKey, code: str) -> Organisation:
    """The unit with this code or, where only one has it, this name. Raises Refused."""
    found = list(units_of(key).filter(Q(code=code) | Q(name=code))[:2])
    if len(found) != 1:
        raise Refused(400, f"The department {code} is not known, or not one only.", "invalidValue")
    return found[0]


def group_of(key: ScimKey, pk: str) -> Organisation:
    """One of `units_of`. Raises Refused."""
    unit = units_of(key).filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 18 else None
    if unit is None:
        raise Refused(404, f"There is no group {pk}.")
    return unit


def records_of(key: ScimKey, people: list[User]) -> dict[int, ScimRecord]:
    """By person: what the key's system calls them."""
    found = ScimRecord.objects.filter(organisation=key.organisation, user__in=people)
    return {record.user_id: record for record in found}


def memberships_of(key: ScimKey, people: list[User]) -> dict[int, list[Membership]]:
    """By person: where they belong within the key's units, the home unit first."""
    rows = memberships_within(key).filter(user__in=people).select_related("organisation")
    found: dict[int, list[Membership]] = {}
    for row in rows.order_by("-is_home", "pk"):
        found.setdefault(row.user_id, []).append(row)
    return found


def members_of(units: list[Organisation]) -> dict[int, list[User]]:
    """By unit: the adults who belong to it now."""
    rows = Membership.objects.current().filter(organisation__in=units, user__age_class=User.AgeClass.ADULT)
    found: dict[int, list[User]] = {}
    for row in rows.select_related("user").order_by("user_id", "pk"):
        people = found.setdefault(row.organisation_id, [])
        if not people or people[-1].pk != row.user_id:
            people.append(row.user)
    return found
