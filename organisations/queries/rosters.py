"""Imports as somebody may see them, and what an import says about people who are not in the file."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Count, QuerySet

from accounts.models import User
from organisations.importers.people import fold_profession
from organisations.importers.rosters import Roster
from organisations.models import (
    Membership,
    MembershipQuerySet,
    Organisation,
    OrganisationQuerySet,
    Profession,
    Role,
    RosterColumns,
    RosterImport,
    RosterRow,
    RowStatus,
)
from organisations.queries.tree import led_by

ROSTER_ROLES = (Role.COORDINATOR, Role.MANAGER)


def roster_units(user: User) -> OrganisationQuerySet:
    """The open units whose rosters `user` keeps: those one leads as coordinator or manager, all for the office."""
    if user.has_perm("organisations.add_membership"):
        return Organisation.objects.filter(closed_on=None)
    return led_by(user, ROSTER_ROLES).filter(closed_on=None)


def rosters_of(user: User) -> QuerySet[RosterImport]:
    """The imports that `user` may see: of units whose rosters one keeps."""
    return RosterImport.objects.filter(organisation__in=roster_units(user)).select_related(
        "organisation", "uploaded_by"
    )


def remembered(organisation: Organisation) -> dict[str, str]:
    """What this organisation's headers mean."""
    found = RosterColumns.objects.filter(organisation=organisation).first()
    return dict(found.words) if found else {}


def reader(organisation: Organisation, data: bytes) -> Roster:
    """What reads a file of this organisation. Raises Unreadable. Two statements."""
    professions: dict[str, str] = {}
    for code, name in Profession.objects.order_by("-order", "-pk").values_list("code", "name"):
        professions |= {fold_profession(name): code, fold_profession(code): code}
    return Roster(
        data, remembered=remembered(organisation), professions=professions, most_rows=settings.ROSTER_MAX_ROWS
    )


def status_counts(roster: RosterImport) -> dict[str, int]:
    """How many rows stand in each status. One statement."""
    found = dict(roster.rows.order_by().values_list("status").annotate(n=Count("pk")))
    return {status: found.get(status, 0) for status in RowStatus.values}


def leavers_of(roster: RosterImport) -> MembershipQuerySet:
    """Who belongs to a unit that the file names and does not stand in it.

    A unit that the file says nothing about is left alone, unless the file is said to name everybody. Whoever a wrong
    row may mean is no leaver, and coordinators and managers leave by hand-over.
    """
    inside = Membership.objects.current().filter(
        is_home=True, organisation__path__startswith=roster.organisation.path or "-", organisation__closed_on=None
    )
    if not roster.is_complete:
        inside = inside.filter(organisation__in=roster.rows.exclude(unit=None).values("unit"))
    leading = Membership.objects.current().filter(role__in=ROSTER_ROLES).values("user")
    unclear = roster.rows.filter(status=RowStatus.ERROR, person=None).values("name")
    return (
        inside.exclude(user__in=roster.rows.exclude(person=None).values("person"))
        .exclude(user__in=leading)
        .exclude(user__name__in=unclear)
        .order_by("organisation__path", "pk")
    )


def missing_people(organisation: Organisation, rows: Sequence[RosterRow], *, is_complete: bool) -> list[dict[str, str]]:
    """`leavers_of` for rows that are not stored: masked names and codes of units."""
    inside = Membership.objects.current().filter(
        is_home=True, organisation__path__startswith=organisation.path or "-", organisation__closed_on=None
    )
    leading = Membership.objects.current().filter(role__in=ROSTER_ROLES).values("user")
    units = {row.unit_id for row in rows}
    people = {row.person_id for row in rows}
    unclear = {row.name for row in rows if row.status == RowStatus.ERROR and row.person_id is None}
    found = inside.exclude(user__in=leading).select_related("user", "organisation").order_by("organisation__path", "pk")
    return [
        {"name": f"{member.user.name[:1]}{'*' * (len(member.user.name) - 1)}", "unit": member.organisation.code}
        for member in found.iterator(chunk_size=2000)
        if member.user_id not in people
        and member.user.name not in unclear
        and (is_complete or member.organisation_id in units)
    ]
