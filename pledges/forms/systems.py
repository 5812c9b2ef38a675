"""Keys and webhooks of departments' systems."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation
from pledges.models import Scope
from pledges.queries import unit_named

LONGEST_DAYS = 730


class UnitForm(forms.Form):
    """In whose name: one of few units, or, for the credit office, any by its name or code."""

    def __init__(self, *args: Any, units: Any, is_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        if is_office:
            self.fields["unit"] = forms.CharField(label=_("Name or code of the unit"), max_length=200)
        else:
            self.fields["unit"] = forms.ModelChoiceField(label=_("Unit"), queryset=units, initial=units.first())
        self.order_fields(["unit"])

    def clean_unit(self) -> Organisation:
        """A unit whose keys this person keeps."""
        given = self.cleaned_data["unit"]
        found = given if isinstance(given, Organisation) else unit_named(given.strip())
        if found is None or not self.units.filter(pk=found.pk).exists():
            raise forms.ValidationError(gettext("There is no such unit, or more than one: give its unified code."))
        return found


class KeyForm(UnitForm):
    """A new key."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, initial=Scope.values, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=pgettext_lazy("key", "Holds for (days)"), initial=365, min_value=1, max_value=LONGEST_DAYS
    )


class HookForm(UnitForm):
    """An address that is told of changes."""

    url = forms.CharField(
        label=_("Address that is told"), max_length=400, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
