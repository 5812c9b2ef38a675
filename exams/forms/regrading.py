"""Correct the key of a wording that is frozen: the options stay, another answer is right."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.forms.keying import given_now, key_fields, key_of
from exams.models import Effect, ItemVersion, Regrade


class RegradeForm(forms.Form):
    """What to do, the new key in the form that the type needs, why, and whether passes are kept."""

    effect = forms.ChoiceField(label=_("what is done"), choices=Effect.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("reason"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Every learner it concerns reads it.")
    )
    keep_passes = forms.BooleanField(label=_("nobody who passed loses it"), required=False, initial=True)

    def __init__(self, *args: Any, version: ItemVersion, key: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.kind = version.item.type
        self.key = key
        fields = key_fields(self.kind, version.content, key)
        if not fields:
            choices = [choice for choice in Effect.choices if choice[0] != Effect.KEY]
            self.fields["effect"].choices = choices  # type: ignore[attr-defined]
        self.fields.update(fields)
        self.initial = {**given_now(self.kind, version.content, key), **self.initial}
        self.order_fields(["effect", *fields, "reason", "keep_passes"])

    def clean(self) -> dict[str, Any]:
        """Build the new key if another answer is to be right."""
        data: dict[str, Any] = super().clean() or {}
        data["answer"] = None
        if data.get("effect") == Effect.KEY:
            data["answer"] = key_of(self.kind, self.version.content, self.key, data)
            if data["answer"] is None:
                self.add_error(None, gettext("Say which answer is right."))
        return data


class AppealForm(forms.Form):
    """The answer to an appeal."""

    accepted = forms.TypedChoiceField(
        label=_("decision"),
        choices=[("", "—"), ("yes", _("accepted, the learner is right")), ("no", _("rejected"))],
        coerce=lambda word: word == "yes",
    )
    answer = forms.CharField(
        label=_("answer to the learner"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    regrade = forms.ModelChoiceField(label=_("re-marking"), queryset=Regrade.objects.none(), required=False)

    def __init__(self, *args: Any, regrades: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regrade"].queryset = regrades  # type: ignore[attr-defined]
