"""What readers send us, and what offices choose."""

from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.filetypes import EXTENSIONS, HEAD_BYTES, JPEG, PDF, PNG, sniff
from pledges.actions import Upload, count_search
from pledges.models import (
    PUBLIC_AUDIENCES,
    LetterTemplate,
    LetterVersion,
    PledgeType,
    RegistryState,
    Subject,
    VersionState,
)
from pledges.queries import Choice
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


def may_search(request: HttpRequest) -> bool:
    """Count a search from this network address; False if there were too many in this minute."""
    return count_search(address=get_ip(request))


class RegistryForm(forms.Form):
    """The filters of the public list. Whatever does not fit is ignored: an old link still shows the list."""

    q = forms.CharField(label=_("Name, unit or code"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Letter of"), required=False)
    type = forms.ChoiceField(label=_("Pledge type"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("State"), required=False)
    office = forms.RegexField(r"^[0-9A-Z]{18}$", required=False, widget=forms.HiddenInput)
    subject = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        every = ("", pgettext_lazy("filter", "All"))
        choices: dict[str, list[tuple[Any, Any]]] = {
            "kind": [every, *((audience.value, audience.label) for audience in PUBLIC_AUDIENCES)],
            "type": [every, *PledgeType.choices],
            "year": [every, *((year, str(year)) for year in years)],
            "state": [every, *RegistryState.choices],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["class"] = "input"
        self.fields["subject"].choices = [(s.value, s.label) for s in (Subject.PERSON, Subject.ORGANISATION)]  # type: ignore[attr-defined]
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "class": "input", "enterkeyhint": "search"})

    @property
    def choice(self) -> Choice:
        """The filters that could be understood."""
        self.is_valid()
        given = self.cleaned_data
        return Choice(
            text=given.get("q", ""),
            audience=given.get("kind", ""),
            subject=given.get("subject", ""),
            pledge_type=given.get("type", ""),
            year=given.get("year"),
            state=given.get("state", ""),
            office=given.get("office", ""),
        )


class LetterStepForm(forms.Form):
    """Which letter a step asks for. Only wording that a second person has found ready can be signed."""

    template = forms.ModelChoiceField(label=_("letter template"), queryset=LetterTemplate.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = LetterVersion.objects.filter(state=VersionState.READY).values("template")
        letters = LetterTemplate.objects.filter(pk__in=ready).exclude(subject=Subject.ORGANISATION)
        self.fields["template"].queryset = letters.order_by("title", "pk")  # type: ignore[attr-defined]
