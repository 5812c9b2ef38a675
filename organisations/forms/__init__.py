"""What coordinators and administrators fill in."""

from organisations.forms.people import (
    ConsentForm,
    HandOverForm,
    MembershipForm,
    MergeForm,
    OrganisationForm,
    PlanEndForm,
    ProfessionForm,
)

__all__ = [
    "ConsentForm",
    "HandOverForm",
    "MembershipForm",
    "MergeForm",
    "OrganisationForm",
    "PlanEndForm",
    "ProfessionForm",
]
