"""What a coordinator fills in to bring a roster in."""

from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Case, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisations.forms.reasons import FIELD_WORDS, say_unreadable
from organisations.importers.lines import FIELDS
from organisations.models import Organisation, OrganisationQuerySet
from organisations.queries import in_tree_order

MOST_CHOICES = 300
LEAVE_OUT = "-"


class _Units(forms.ModelChoiceField):
    """Units as an indented list."""

    def label_from_instance(self, obj: Organisation) -> str:  # type: ignore[override]
        """The name, as far to the right as it stands deep in the tree."""
        return "　" * max(0, (obj.path or "").count("/") - 1) + obj.name


class RosterForm(forms.Form):
    """A file and which unit it is about."""

    organisation = _Units(
        label=_("Which unit is the roster of?"),
        queryset=Organisation.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": _("There is no open unit with this code.")},
    )
    file = forms.FileField(
        label=_("Roster"),
        help_text=_("Excel (.xlsx) or CSV (UTF-8 or GB18030). One row per person; one sheet per grade or class."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    makes_units = forms.BooleanField(
        label=_("Make grades, classes and sections that are missing"),
        required=False,
        help_text=_("Otherwise rows that name an unknown unit are wrong."),
    )
    is_complete = forms.BooleanField(
        label=_("The file names everybody of this unit and of all units below it"),
        required=False,
        help_text=_("Then everybody else is proposed as a leaver. Otherwise only people of units that the file names."),
    )

    def __init__(self, *args: Any, units: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        ordered = in_tree_order(units)
        places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(ordered[:MOST_CHOICES])]
        field.queryset = units.order_by(Case(*places, default=Value(MOST_CHOICES)), "pk")
        if len(ordered) > MOST_CHOICES:
            field.widget = forms.TextInput()
            field.label = _("Code of the unit that the roster is of")

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        upload = self.cleaned_data["file"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            raise forms.ValidationError(say_unreadable(f"too-large: {limit}"))
        return upload

    def values(self) -> dict[str, Any]:
        """The keyword arguments for the action."""
        data = dict(self.cleaned_data)
        upload = data.pop("file")
        return {"data": upload.read(), "filename": PurePosixPath(upload.name).name, **data}


class ColumnsForm(forms.Form):
    """What each header means. Headers are numbered in the form: any text may stand in a header."""

    def __init__(self, *args: Any, headers: list[list[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(LEAVE_OUT, _("leave out")), *((name, FIELD_WORDS[name]) for name in FIELDS)]
        self.words: dict[str, str] = {}  # field of the form: header
        for _sheet, _letter, text, found, _known in headers:
            if text not in self.words.values():
                name = f"c{len(self.words)}"
                self.words[name] = text
                self.fields[name] = forms.ChoiceField(label=text, choices=choices, initial=found or LEAVE_OUT)

    def clean(self) -> dict[str, Any] | None:
        """One column must hold the names."""
        data = super().clean()
        if not self.errors and "name" not in self.cleaned_data.values():
            raise forms.ValidationError(gettext("One column must hold the names."))
        return data

    def values(self) -> dict[str, str]:
        """{header: field}."""
        return {text: self.cleaned_data[name].replace(LEAVE_OUT, "") for name, text in self.words.items()}
