"""The tree of units, who belongs where, guardians' consent, and rosters on their way in."""

from organisations.models.history import EventKind, IdentityConfirmation, OrganisationEvent
from organisations.models.rosters import (
    RosterColumns,
    RosterImport,
    RosterLeaver,
    RosterRow,
    RosterState,
    RowStatus,
    private_storage,
)
from organisations.models.scim import ScimKey, ScimRecord
from organisations.models.tree import (
    ConsentMethod,
    GuardianConsent,
    Kind,
    Membership,
    MembershipQuerySet,
    Organisation,
    OrganisationQuerySet,
    Profession,
    Role,
    Stage,
    validate_uscc,
)
from organisations.models.years import SchoolYearTurn

__all__ = [
    "ConsentMethod",
    "EventKind",
    "GuardianConsent",
    "IdentityConfirmation",
    "Kind",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "OrganisationEvent",
    "OrganisationQuerySet",
    "Profession",
    "Role",
    "RosterColumns",
    "RosterImport",
    "RosterLeaver",
    "RosterRow",
    "RosterState",
    "RowStatus",
    "SchoolYearTurn",
    "ScimKey",
    "ScimRecord",
    "Stage",
    "private_storage",
    "validate_uscc",
]
