"""What accepting units and the credit office decide about letters, and what anybody objects to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pledges.actions.objections import CORRECT, END, INVALIDATE, REJECT
from pledges.forms.public import NO_STORE
from pledges.models import EndReason, FulfilmentStatus

INVALID_REASONS = [
    (reason.value, reason.label)
    for reason in (
        EndReason.DUPLICATE, EndReason.WRONG_PERSON, EndReason.NO_AUTHORITY, EndReason.WRONG_TEXT, EndReason.DECISION,
    )
]  # fmt: skip
END_REASONS = [
    (reason.value, reason.label) for reason in (EndReason.FULFILLED, EndReason.REQUESTED, EndReason.DECISION)
]


class ObjectionForm(forms.Form):
    """What is wrong; from somebody without an account, also who they are."""

    text = forms.CharField(
        label=_("What is wrong with this letter"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what is not right and how it should be. Leave out numbers of identity cards."),
    )
    contact = forms.CharField(
        label=_("Your name and how the answer reaches you"),
        max_length=200,
        widget=forms.TextInput(NO_STORE),
        help_text=_("Phone or e-mail. Only the accepting unit sees it."),
    )

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:
            del self.fields["contact"]


class DecisionForm(forms.Form):
    """Answer an objection."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            (REJECT, _("The letter is right: nothing changes")),
            (CORRECT, _("Publish a correction beside the letter")),
            (INVALIDATE, _("Declare the letter invalid")),
            (END, _("End the letter")),
        ],
    )
    note = forms.CharField(
        label=_("The correction, as everybody will read it"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.ChoiceField(
        label=pgettext_lazy("end", "Reason"),
        required=False,
        choices=[("", "—"), *INVALID_REASONS, *END_REASONS[:2]],
    )
    answer = forms.CharField(
        label=_("Answer to who objected"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        """What the chosen outcome needs is there."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") == CORRECT and not data.get("note"):
            self.add_error("note", _("Write the correction."))
        allowed = {INVALIDATE: INVALID_REASONS, END: END_REASONS}.get(data.get("outcome", ""), [])
        if allowed and data.get("reason") not in dict(allowed):
            self.add_error("reason", _("Choose a reason that fits the decision."))
        return data


class CorrectionForm(forms.Form):
    """A correction beside a letter."""

    note = forms.CharField(
        label=_("The correction, as everybody will read it"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class InvalidForm(forms.Form):
    """Declare a letter invalid."""

    reason = forms.ChoiceField(label=pgettext_lazy("end", "Reason"), choices=INVALID_REASONS)


class EndForm(forms.Form):
    """End a letter for good."""

    reason = forms.ChoiceField(label=pgettext_lazy("end", "Reason"), choices=END_REASONS)


class FulfilmentForm(forms.Form):
    """How an organisation has kept its letter."""

    status = forms.ChoiceField(label=_("Fulfilment status"), widget=forms.RadioSelect, choices=FulfilmentStatus.choices)
    decided_on = forms.DateField(label=_("Found on"), widget=forms.DateInput(attrs={"type": "date"}))
    unfulfilled_content = forms.CharField(
        label=_("What was not fulfilled"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    sanction_content = forms.CharField(
        label=_("What followed"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class EvidenceForm(forms.Form):
    """Why the evidence of a signature is opened."""

    reason = forms.CharField(
        label=_("Why you open the evidence"),
        min_length=6,
        max_length=200,
        help_text=_("Your name, the time and this reason are kept in the audit log."),
    )
