"""What signers, offices and readers send us."""

from pledges.forms.office import (
    CorrectionForm,
    DecisionForm,
    EndForm,
    EvidenceForm,
    FulfilmentForm,
    InvalidForm,
    ObjectionForm,
    ReasonForm,
    WordForm,
)
from pledges.forms.public import (
    SCAN_TYPES,
    CheckForm,
    ImportForm,
    LetterStepForm,
    RegistryForm,
    RequestForm,
    may_search,
    read_upload,
    say_reason,
    say_unreadable,
)
from pledges.forms.signing import OnTheSpotForm, OrganisationSignForm, SignForm, TogetherForm
from pledges.forms.systems import HookForm, KeyForm

__all__ = [
    "SCAN_TYPES",
    "CheckForm",
    "CorrectionForm",
    "DecisionForm",
    "EndForm",
    "EvidenceForm",
    "FulfilmentForm",
    "HookForm",
    "ImportForm",
    "InvalidForm",
    "KeyForm",
    "LetterStepForm",
    "ObjectionForm",
    "OnTheSpotForm",
    "OrganisationSignForm",
    "ReasonForm",
    "RegistryForm",
    "RequestForm",
    "SignForm",
    "TogetherForm",
    "WordForm",
    "may_search",
    "read_upload",
    "say_reason",
    "say_unreadable",
]
