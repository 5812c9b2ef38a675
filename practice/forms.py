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
        help_text=_("Say what happened, not how good it was. No names of other people."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what you did in one sentence, at most 200 characters.")},
    )
    happened_on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Say on which day it was.")},
    )
    evidence = forms.FileField(
        label=_("Evidence, if there is any"),
        help_text=_("A PDF or a picture. Only you and those who confirm can open it; it is never public."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,image/jpeg,image/png,image/webp"}),
        error_messages={"empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, promises: Sequence[steps.Promise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if promises:
            self.fields["promise_key"].choices = [(p.key, p.text) for p in promises]  # type: ignore[attr-defined]
        else:
            del self.fields["promise_key"]
        self.fields["happened_on"].widget.attrs["max"] = timezone.localdate().isoformat()

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
        help_text=_("The learner reads this sentence and can correct the deed."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
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


class PractiseStepForm(forms.Form):
    """How many confirmed deeds a step asks for."""

    required_deeds = forms.IntegerField(label=_("confirmed deeds required"), min_value=1, max_value=50)
