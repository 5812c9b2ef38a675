"""Programmes, assignments and exceptions as people write them."""

from programmes.forms.assigning import AllowanceForm, AssignmentForm
from programmes.forms.setup import EnrolUnitForm, ProgrammeForm, StepForm

__all__ = ["AllowanceForm", "AssignmentForm", "EnrolUnitForm", "ProgrammeForm", "StepForm"]
