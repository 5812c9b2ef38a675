"""Revoke a certificate; narrow the list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.models import Reason, State


class RevokeForm(forms.Form):
    """Why, in a word for everybody and a sentence for the holder."""

    reason = forms.ChoiceField(label=_("Reason, as everybody reads it"), choices=[("", "—"), *Reason.choices])
    note = forms.CharField(
        label=_("Explanation to the holder"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The holder and those who lead their unit read it, nobody else."),
    )


class FilterForm(forms.Form):
    """What the list shows."""

    q = forms.CharField(label=_("Name or number"), max_length=60, required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *State.choices])

    def __init__(self, *args: object, programmes: list[dict[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(row["slug"], row["title"]) for row in programmes]
        self.fields["programme"].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]
