"""Programmes as they are edited in Wagtail's admin."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation
from programmes.models import Programme, Step
from programmes.presets import PRESETS, Preset


class ProgrammeForm(forms.ModelForm):
    """A draft."""

    class Meta:
        model = Programme
        fields = ["slug", "title", "title_en", "summary", "audience", "opens_on", "closes_on",
                  "certificate_after", "certificate_months"]  # fmt: skip
        widgets = {
            "opens_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class StepForm(forms.ModelForm):
    """One more step. What it asks for is chosen afterwards, in the form of its kind."""

    class Meta:
        model = Step
        fields = ["stage", "kind", "title", "title_en"]


class EnrolUnitForm(forms.Form):
    """Which unit's people to enrol, and by when they should be done."""

    unit = forms.ModelChoiceField(
        label=_("Code of the unit"),
        queryset=Organisation.objects.filter(closed_on=None),
        to_field_name="code",
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("There is no open unit with this code.")},
    )
    due_on = forms.DateField(
        label=_("due on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ExtendForm(forms.Form):
    """A later last day for an open programme."""

    closes_on = forms.DateField(
        label=_("New last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


PRESET, PROGRAMME = "preset:", "programme:"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CopyForm(forms.Form):
    """A new programme after a model: one of ours, or one that is there."""

    source = forms.ChoiceField(label=_("After which model"))
    title = forms.CharField(
        label=_("title"), max_length=120, required=False, help_text=_("Empty: as the model is called.")
    )
    opens_on = forms.DateField(label=_("opens on"), widget=DAY)
    closes_on = forms.DateField(label=_("closes on"), widget=DAY)
    unit = forms.ModelChoiceField(
        label=_("Code of the unit"),
        queryset=Organisation.objects.filter(closed_on=None),
        to_field_name="code",
        widget=forms.TextInput,
        required=False,
        help_text=_("Everybody whose home is there is enrolled. Empty: enrol people later."),
        error_messages={"invalid_choice": _("There is no open unit with this code.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Programme.objects.order_by("-opens_on", "pk")
        ours = [(f"{PRESET}{preset.slug}", preset_title(preset)) for preset in PRESETS]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (_("Ready to use"), ours),
            (_("Like a programme that is there"), [(f"{PROGRAMME}{row.pk}", row.local_title) for row in there]),
        ]

    def clean(self) -> dict[str, Any]:
        """The last day does not lie before the first."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("opens_on") and data.get("closes_on") and data["closes_on"] < data["opens_on"]:
            self.add_error("closes_on", _("The last day lies before the first."))
        return data

    @property
    def chosen(self) -> Preset | Programme:
        """What is copied, once the form is valid."""
        kind, _colon, key = self.cleaned_data["source"].partition(":")
        if f"{kind}:" == PRESET:
            return next(preset for preset in PRESETS if preset.slug == key)
        return Programme.objects.get(pk=key)


def preset_title(preset: Preset) -> str:
    """The title without its year, in the language of the reader."""
    title = preset.title_en if get_language() == "en" else preset.title
    return title.replace("{year}年", "").replace(" {year}", "").strip()
