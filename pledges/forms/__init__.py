"""What signers, offices and readers send us."""

from pledges.forms.office import (
    CorrectionForm,
    DecisionForm,
    EndForm,
    EvidenceForm,
    FulfilmentForm,
    InvalidForm,
    ObjectionForm,
    WordForm,
)
from pledges.forms.public import CheckForm, LetterStepForm, RegistryForm, RequestForm, may_search, read_upload
from pledges.forms.signing import OnTheSpotForm, OrganisationSignForm, SignForm, TogetherForm

__all__ = [
    "CheckForm",
    "CorrectionForm",
    "DecisionForm",
    "EndForm",
    "EvidenceForm",
    "FulfilmentForm",
    "InvalidForm",
    "LetterStepForm",
    "ObjectionForm",
    "OnTheSpotForm",
    "OrganisationSignForm",
    "RegistryForm",
    "RequestForm",
    "SignForm",
    "TogetherForm",
    "WordForm",
    "may_search",
    "read_upload",
]
