"""Programmes, assignments and exceptions as people write them."""

from programmes.forms.assigning import AllowanceForm, AssignmentForm
from programmes.forms.setup import (
    CopyForm,
    EnrolUnitForm,
    ExtendForm,
    ProgrammeForm,
    StepForm,
    preset_title,
)

__all__ = [
    "AllowanceForm",
    "AssignmentForm",
    "CopyForm",
    "EnrolUnitForm",
    "ExtendForm",
    "ProgrammeForm",
    "StepForm",
    "preset_title",
]
