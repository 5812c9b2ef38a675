"""The tree of units, who belongs where, guardians' consent, and rosters on their way in."""

from organisations.models.rosters import (
    RosterColumns,
    RosterImport,
    RosterLeaver,
    RosterRow,
    RosterState,
    RowStatus,
    private_storage,
)
from organisations.models.tree import (
    ConsentMethod,
    GuardianConsent,
    Kind,
    Membership,
    MembershipQuerySet,
    Organisation,
    OrganisationQuerySet,
    Role,
    validate_uscc,
)

__all__ = [
    "ConsentMethod",
    "GuardianConsent",
    "Kind",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "OrganisationQuerySet",
    "Role",
    "RosterColumns",
    "RosterImport",
    "RosterLeaver",
    "RosterRow",
    "RosterState",
    "RowStatus",
    "private_storage",
    "validate_uscc",
]
