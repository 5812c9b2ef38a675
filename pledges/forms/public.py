"""What readers send us, and what offices choose."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.filetypes import EXTENSIONS, HEAD_BYTES, JPEG, PDF, PNG, sniff
from pledges.actions import Upload
from pledges.models import Audience, LetterTemplate, LetterVersion, Subject, VersionState
from tlog.attachments import from_pdf
from tlog.errors import Malformed

SCAN_TYPES = (PDF, JPEG, PNG)
NO_STORE = {"autocomplete": "off"}


def read_upload(upload: UploadedFile | None) -> Upload | None:
    """The file with the type that its first bytes prove. Raises ValidationError for other types and sizes."""
    if upload is None:
        return None
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise forms.ValidationError(gettext("The file is larger than %(limit)s MB.") % {"limit": limit})
    data = upload.read()
    media_type = sniff(data[:HEAD_BYTES])
    if media_type not in SCAN_TYPES:
        raise forms.ValidationError(gettext("Upload a PDF, JPEG or PNG file. This one is something else."))
    return Upload(data, media_type, EXTENSIONS[media_type])


MAX_CHECKED = 2_000_000  # ours have some 60 thousand bytes


class CheckForm(forms.Form):
    """A file that somebody was given: a letter's PDF, or its record and, apart, its proof."""

    file = forms.FileField(
        label=_("The letter’s PDF or its record (.json)"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.json,application/pdf,application/json"}),
    )
    proof = forms.FileField(
        label=_("Its proof (.tlog-proof), if you have it"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".tlog-proof"}),
    )
    parts: tuple[bytes, bytes, bytes] = (b"", b"", b"")

    def clean(self) -> dict[str, Any]:
        """Take the record and the proof out of what was sent."""
        data: dict[str, Any] = super().clean() or {}
        given, proof = data.get("file"), data.get("proof")
        if given is None:
            return data
        if given.size > MAX_CHECKED or (proof and proof.size > MAX_CHECKED):
            raise forms.ValidationError(gettext("This file is too large to be a letter of ours."))
        content = given.read()
        if not content.startswith(b"%PDF-"):
            self.parts = content, proof.read() if proof else b"", b""
            return data
        try:
            self.parts = (*from_pdf(content), content)
        except Malformed:
            raise forms.ValidationError(
                gettext("This PDF carries no record and no proof. It is not a letter of ours, or it was saved anew by"
                        " another program. Ask for the file as it was downloaded here, or type the code.")
            ) from None  # fmt: skip
        return data


class RequestForm(forms.Form):
    """Ask an organisation for a letter."""

    template = forms.ModelChoiceField(label=_("Letter"), queryset=LetterTemplate.objects.none())
    organisation_name = forms.CharField(label=_("Organisation"), max_length=200, widget=forms.TextInput(attrs=NO_STORE))
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=18,
        help_text=_("18 digits and capital letters, as on the business licence."),
        widget=forms.TextInput(attrs=NO_STORE),
    )

    def __init__(self, *args: Any, templates: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]


class RegistryForm(forms.Form):
    """The filters of the public list. Whatever does not fit is ignored: an old link still shows the list."""

    q = forms.CharField(label=_("Name, unit or code"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Letter of"), required=False)
    subject = forms.ChoiceField(label=_("Who promises"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("State"), required=False)

    PUBLIC_AUDIENCES = (
        Audience.CIVIL_SERVANT, Audience.TEACHER, Audience.UNIVERSITY, Audience.REVIEWER, Audience.ORGANISATION,
    )  # fmt: skip

    def __init__(self, *args: Any, years: list[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        every = ("", pgettext_lazy("filter", "All"))
        choices: dict[str, list[tuple[Any, Any]]] = {
            "kind": [every, *((audience.value, audience.label) for audience in self.PUBLIC_AUDIENCES)],
            "subject": [every, *((s.value, s.label) for s in (Subject.PERSON, Subject.ORGANISATION))],
            "year": [every, *((year, str(year)) for year in years)],
            "state": [every, ("in_force", _("valid")), ("expired", _("expired"))],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "class": "input", "enterkeyhint": "search"})
        for name in choices:
            self.fields[name].widget.attrs["class"] = "input"

    @property
    def filters(self) -> dict[str, Any]:
        """The filters that could be understood, for `queries.find_public`."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "text": given.get("q", ""),
            "audience": given.get("kind", ""),
            "subject": given.get("subject", ""),
            "year": given.get("year"),
            "state": given.get("state", ""),
        }


class LetterStepForm(forms.Form):
    """Which letter a step asks for. Only wording that a second person has found ready can be signed."""

    template = forms.ModelChoiceField(label=_("letter template"), queryset=LetterTemplate.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = LetterVersion.objects.filter(state=VersionState.READY).values("template")
        letters = LetterTemplate.objects.filter(pk__in=ready).exclude(subject=Subject.ORGANISATION)
        self.fields["template"].queryset = letters.order_by("title", "pk")  # type: ignore[attr-defined]
