"""What readers send us, and what offices choose."""

import re
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.filetypes import EXTENSIONS, HEAD_BYTES, JPEG, PDF, PNG, sniff
from organisations.models import Organisation
from pledges.actions import Upload, count_search
from pledges.models import (
    PUBLIC_AUDIENCES,
    LetterTemplate,
    PledgeType,
    RegistryState,
    Subject,
    UnitKind,
)
from pledges.queries import Choice, askable_letters
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


EVERY = pgettext_lazy("filter", "All")
YEARS = [(year, str(year)) for year in range(1990, 2100)]


class RegistryForm(forms.Form):
    """The filters of the public list. Whatever does not fit is ignored: an old link still shows the list."""

    q = forms.CharField(label=_("Name, unit or code"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Letter of"), required=False)
    unit = forms.ChoiceField(label=_("Kind of unit"), required=False)
    type = forms.ChoiceField(label=_("Pledge type"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None, choices=YEARS)
    state = forms.ChoiceField(label=_("State"), required=False)
    office = forms.RegexField(r"^[0-9A-Z]{18}$", required=False, widget=forms.HiddenInput)
    subject = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        every = ("", EVERY)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "kind": [every, *((audience.value, audience.label) for audience in PUBLIC_AUDIENCES)],
            "unit": [every, *UnitKind.choices],
            "type": [every, *PledgeType.choices],
            "state": [every, *RegistryState.choices],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["class"] = "input"
        self.fields["year"].widget.attrs["class"] = "input"
        self.fields["subject"].choices = [(s.value, s.label) for s in (Subject.PERSON, Subject.ORGANISATION)]  # type: ignore[attr-defined]
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "class": "input", "enterkeyhint": "search"})

    def offer_years(self, years: list[int]) -> None:
        """Let people choose among these years and the one that is chosen, so that the list says what it shows."""
        chosen = self.choice.year
        offered = sorted({*years, chosen} if chosen else years, reverse=True)
        self.fields["year"].choices = [("", EVERY), *((year, str(year)) for year in offered)]  # type: ignore[attr-defined]

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
            unit_kind=given.get("unit", ""),
        )


class ImportForm(forms.Form):
    """A table of letters, and in whose name."""

    unit = forms.ModelChoiceField(label=_("In the name of"), queryset=Organisation.objects.none())
    file = forms.FileField(
        label=_("Table"),
        help_text=_("Excel (.xlsx) or CSV, at most 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["unit"].initial = units.first()

    def clean_file(self) -> UploadedFile:
        """Not larger than uploads may be."""
        given: UploadedFile = self.cleaned_data["file"]
        if (given.size or 0) > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            raise forms.ValidationError(gettext("The file is larger than %(limit)s MB.") % {"limit": limit})
        return given


UNREADABLE = {
    "no-table": _("No sheet has the columns of the layout. Take the empty table and fill it in."),
    "too-many-rows": _("More than 10,000 rows: cut the table in parts."),
    "encrypted": _("The file has a password. Save it without one."),
    "old-office": _("This is an old Excel file (.xls). Save it as .xlsx."),
    "macros": _("The file holds macros. Save it as .xlsx without them."),
    "encoding": _("The characters of this file cannot be read. Save it as UTF-8 or GB18030."),
}
REASONS = {
    "required": _("is missing"),
    "day": _("is no day; write 2026-11-18"),
    "must be a day like 2026-11-18": _("is no day; write 2026-11-18"),
    "lies in the future": _("lies in the future"),
    "lies before made_on": _("lies before the day on which the letter was made"),
    "not a valid code for this category": _("is no valid code for this category"),
    "nothing of a person under 18 is taken": _("nothing of a person under 18 is taken"),
    "only for persons": _("only for natural persons"),
    "only for organisations": _("only for organisations"),
    "only for the type other": _("only for the type “other”"),
    "only if not all was fulfilled": _("only where not all was fulfilled"),
    "holds a number of a phone or an identity card, or an e-mail address": _(
        "holds a number of a phone or an identity card, or an e-mail address, and may be read by everybody"
    ),
    "contains control characters": _("contains signs that cannot be printed"),
    "is not the code of the unit whose key this is": _("is not this unit’s code"),
    "was used before, for another text": _("was used before, for another text"),
    "not-a-text": _("is no text"),
    "excel-digits": _("Excel has changed the last digits; make the column a text and type the number again"),
    "excel-scientific": _("Excel has shortened the number; make the column a text and type the number again"),
    "excel-float": _("Excel has changed the number; make the column a text and type the number again"),
}


def say_unreadable(code: str) -> str:
    """Why a file cannot be read, for the person who brought it."""
    return str(UNREADABLE.get(code, _("This file cannot be read as a table.")))


def say_reason(text: str) -> str:
    """What is wrong with a cell, for the person who brought it."""
    if text in REASONS:
        return str(REASONS[text])
    if found := re.fullmatch(r"longer than (\d+) characters", text):
        return gettext("is longer than %(most)s characters") % {"most": found[1]}
    if found := re.fullmatch(r"stands in row (\d+), too", text):
        return gettext("stands in row %(row)s, too") % {"row": found[1]}
    if text.startswith("one of: "):
        return gettext("is none of the words of the layout")
    return text


class LetterStepForm(forms.Form):
    """Which letter a step asks for. Only wording that a second person has found ready can be signed."""

    template = forms.ModelChoiceField(label=_("letter template"), queryset=LetterTemplate.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters = askable_letters()
        self.fields["template"].queryset = letters.order_by("title", "pk")  # type: ignore[attr-defined]
