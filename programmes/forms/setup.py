"""Programmes as they are edited in Wagtail's admin."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation
from programmes.models import Programme, Step


class ProgrammeForm(forms.ModelForm):
    """A draft."""

    class Meta:
        model = Programme
        fields = ["slug", "title", "title_en", "summary", "audience", "opens_on", "closes_on",
                  "certificate_after", "certificate_months"]  # fmt: skip
        widgets = {
            "opens_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class StepForm(forms.ModelForm):
    """One more step. What it asks for is chosen afterwards, in the form of its kind."""

    class Meta:
        model = Step
        fields = ["stage", "kind", "title", "title_en"]


class EnrolUnitForm(forms.Form):
    """Which unit's people to enrol, and by when they should be done."""

    unit = forms.ModelChoiceField(
        label=_("Code of the unit"),
        queryset=Organisation.objects.filter(closed_on=None),
        to_field_name="code",
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("There is no open unit with this code.")},
    )
    due_on = forms.DateField(
        label=_("due on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
