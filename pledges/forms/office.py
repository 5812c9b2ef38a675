"""What accepting units and the credit office decide about letters, and what anybody objects to."""

from hashlib import sha256
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pledges.actions.objections import CORRECT, END, INVALIDATE, REJECT
from pledges.files import MAX_BYTES, Draft, NotWord, read_letter
from pledges.forms.public import NO_STORE
from pledges.models import EndReason, FulfilmentStatus, LetterTemplate

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
        label=pgettext_lazy("objection", "Decision"),
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


NOT_WORD = {
    "other": _("This is not a Word file (.docx). Save it as .docx in Word or WPS, then try again."),
    "broken": _("The Word file is damaged. Open it, save it anew as .docx, then try again."),
    "large": _("The Word file is too large for a letter: leave pictures out."),
    "long": _("This is more than one letter: bring in one at a time."),
    "empty": _("There is no text in this file."),
}
WHY = {
    "number": _("its number does not follow the one before"),
    "sign-off": _("looks like a line to sign on: the platform adds those itself"),
    "after-clauses": _("stands after the clauses, and nothing says what it is"),
    "after-end": _("stands after the signature"),
}


class WordForm(forms.Form):
    """A letter's text as a Word file."""

    template = forms.ModelChoiceField(
        label=_("letter template"), queryset=LetterTemplate.objects.order_by("title", "pk")
    )
    file = forms.FileField(label=_("Word file (.docx)"), widget=forms.FileInput(attrs={"accept": ".docx"}))
    draft = Draft()
    source = ""

    def clean_file(self) -> UploadedFile:
        """Read it; whatever cannot be told for sure is in `draft.unsure`."""
        given: UploadedFile = self.cleaned_data["file"]
        if (given.size or 0) > MAX_BYTES:
            raise forms.ValidationError(str(NOT_WORD["large"]))
        data = given.read()
        try:
            self.draft = read_letter(data)
        except NotWord as wrong:
            raise forms.ValidationError(str(NOT_WORD[str(wrong)])) from None
        self.source = f"{(given.name or '')[:120]} sha256:{sha256(data).hexdigest()}"
        return given

    @property
    def doubts(self) -> list[tuple[int, str, str]]:
        """Line, text, why, in words."""
        return [(row.number, row.text, str(WHY[row.why])) for row in self.draft.unsure]


class ReasonForm(forms.Form):
    """Why the sealed copy of a letter that has ended is opened."""

    reason = forms.CharField(
        label=_("Why you open it"),
        min_length=6,
        max_length=200,
        help_text=_("Your name, the time and this reason are kept in the audit log."),
    )


class EvidenceForm(forms.Form):
    """Of which letter, and why, the evidence of a signature is opened."""

    code = forms.CharField(label=_("Pledge code or verification code"), max_length=40, widget=forms.TextInput(NO_STORE))

    reason = forms.CharField(
        label=_("Why you open the evidence"),
        min_length=6,
        max_length=200,
        help_text=_("Your name, the time and this reason are kept in the audit log."),
    )
