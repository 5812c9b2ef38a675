"""A new key of a personnel system."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation


class ScimKeyForm(forms.Form):
    """For which unit, what for, and how far it goes."""

    unit = forms.CharField(label=_("Code of the unit"), max_length=40)
    name = forms.CharField(label=_("What it is for"), max_length=80)
    may_write = forms.BooleanField(label=_("May change people, not only look"), required=False, initial=True)
    days = forms.IntegerField(label=_("Holds for so many days"), min_value=1, max_value=1100, initial=365)

    def clean_unit(self) -> Organisation:
        """The open unit with this code. Raises ValidationError."""
        found = Organisation.objects.filter(code=self.cleaned_data["unit"].strip(), closed_on=None).first()
        if found is None:
            raise forms.ValidationError(_("There is no open unit with this code."))
        return found
