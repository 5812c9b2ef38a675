"""Templates with frozen versions, signed letters with their record, and requests to organisations."""

from pledges.models.letters import (
    CodeCounter,
    Letter,
    LetterPdf,
    LetterQuerySet,
    LetterRecord,
    LetterState,
    Publication,
    SignatureLevel,
    SigningEvidence,
    SubjectCategory,
    Visibility,
)
from pledges.models.proofs import IssuerKey, PublicRecord, SealedEvidence
from pledges.models.registry import (
    PUBLIC_AUDIENCES,
    RegistryRow,
    RegistryState,
    RegistryTally,
    SchoolTally,
    SearchCount,
)
from pledges.models.requests import LetterRequest, OrganisationSigning, RequestState
from pledges.models.submissions import ApiKey, Submission
from pledges.models.templates import (
    Audience,
    LetterTemplate,
    LetterVersion,
    PledgeStep,
    PledgeType,
    PublicationType,
    Subject,
    VersionState,
)

__all__ = [
    "PUBLIC_AUDIENCES",
    "ApiKey",
    "Audience",
    "CodeCounter",
    "IssuerKey",
    "Letter",
    "LetterPdf",
    "LetterQuerySet",
    "LetterRecord",
    "LetterRequest",
    "LetterState",
    "LetterTemplate",
    "LetterVersion",
    "OrganisationSigning",
    "PledgeStep",
    "PledgeType",
    "PublicRecord",
    "Publication",
    "PublicationType",
    "RegistryRow",
    "RegistryState",
    "RegistryTally",
    "RequestState",
    "SchoolTally",
    "SealedEvidence",
    "SearchCount",
    "SignatureLevel",
    "SigningEvidence",
    "Subject",
    "SubjectCategory",
    "Submission",
    "VersionState",
    "Visibility",
]
