"""What a learner or a coordinator types in. The rules are the actions'; here is only the shape."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice import steps
from practice.models import DeedState

STATES = [(state.value, state.label) for state in (DeedState.SUBMITTED, DeedState.CONFIRMED, DeedState.RETURNED)]


class DeedForm(forms.Form):
    """A deed: which promise, what was done, when, and evidence if there is any."""

    promise_key = forms.ChoiceField(
        label=_("The promise it keeps"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the promise that this deed keeps.")},
    )
    sentence = forms.CharField(
        label=_("What you did, in one sentence"),
        max_length=200,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "maxlength": 200}),
        error_messages={"required": _("Write what you did in one sentence, at most 200 characters.")},
    )
    happened_on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Say on which day it was.")},
    )
    evidence = forms.FileField(
        label=_("Evidence, if there is any"),
        required=False,
        widget=forms.FileInput(attrs={"class": "input", "accept": ".pdf,image/jpeg,image/png,image/webp"}),
        error_messages={"empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, promises: Sequence[steps.Promise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if promises:
            self.fields["promise_key"].choices = [(p.key, p.text) for p in promises]  # type: ignore[attr-defined]
        else:
            del self.fields["promise_key"]
        self.fields["happened_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"}

    def values(self) -> dict[str, Any]:
        """The keyword arguments for the actions."""
        data = self.cleaned_data
        return {
            "promise_key": data.get("promise_key", ""),
            "sentence": data["sentence"],
            "happened_on": data["happened_on"],
            "evidence": data["evidence"],
        }


class ReturnForm(forms.Form):
    """Why a deed goes back."""

    reason = forms.CharField(
        label=_("What should be changed"),
        max_length=300,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "maxlength": 300}),
        error_messages={"required": _("Say in a sentence what should be changed, at most 300 characters.")},
    )


class FilterForm(forms.Form):
    """The coordinator's filters, kept in the address. Nonsense falls back to the default."""

    unit = forms.CharField(required=False, max_length=40)
    state = forms.ChoiceField(required=False, choices=STATES)

    def chosen(self) -> tuple[str, str]:
        """(unit code or "", state)."""
        self.is_valid()
        return self.cleaned_data.get("unit", ""), self.cleaned_data.get("state") or DeedState.SUBMITTED
