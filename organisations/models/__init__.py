"""The tree of units, who belongs where, guardians' consent, and rosters on their way in."""

from organisations.models.classes import (
    MOST_SEATS,
    ClassEntry,
    ClassOpening,
    ClassRoom,
    ClassTry,
    FreeSeat,
    PupilSecret,
    SecretKind,
)
from organisations.models.consents import ConsentBatch, ConsentRefusal, ConsentText
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
    "MOST_SEATS",
    "ClassEntry",
    "ClassOpening",
    "ClassRoom",
    "ClassTry",
    "ConsentBatch",
    "ConsentMethod",
    "ConsentRefusal",
    "ConsentText",
    "EventKind",
    "FreeSeat",
    "GuardianConsent",
    "IdentityConfirmation",
    "Kind",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "OrganisationEvent",
    "OrganisationQuerySet",
    "Profession",
    "PupilSecret",
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
    "SecretKind",
    "Stage",
    "private_storage",
    "validate_uscc",
]
