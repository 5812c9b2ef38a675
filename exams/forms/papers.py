"""A new paper and its sections, as exam managers fill them in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.models import Bank, BlueprintSection, KnowledgePoint, Paper, PaperMode
from exams.presets import BY_SLUG, Preset
from exams.queries import Plan, blank_plan, planned_section

# English message ids of exams.presets, named here so that they are translated.
PRESET_NAMES = {
    "teachers-law": _("Teachers, law platform: 25 + 10 + 15 questions, 120 minutes, 5 attempts"),
    "officials": _("Officials of a province: 50 questions, 90 minutes, 3 attempts, pass at 60"),
    "state-employees": _("State employees of a region: 25 + 10 + 10 questions, 90 minutes, the better of 2 attempts"),
    "pupils": _("Pupils: 20 questions in 10 minutes"),
    "daily-quiz": _("Learning app: a short quiz, 5 right in a row"),
}
MOST_SECTIONS = 40
SPARE = 2


class PresetForm(forms.Form):
    """Where to begin: a format and a bank."""

    preset = forms.ChoiceField(label=_("Format"), choices=list(PRESET_NAMES.items()), widget=forms.RadioSelect)
    bank = forms.ModelChoiceField(label=_("item bank"), queryset=Bank.objects.order_by("name"))


class NewPaperForm(forms.ModelForm):
    """A paper's own fields; the sections stand in a formset beside it."""

    class Meta:
        model = Paper
        fields = [
            "title",
            "title_en",
            "slug",
            "mode",
            "intro",
            "minutes",
            "pass_mark",
            "attempts_allowed",
            "counting",
            "partial_credit",
            "review",
            "mastery_right",
            "mastery_of",
            "shuffle",
            "prepare",
        ]
        widgets = {"intro": forms.Textarea(attrs={"rows": 2}), "mode": forms.HiddenInput()}

    def clean_mode(self) -> str:
        """Exams and drills are made here."""
        mode: str = self.cleaned_data["mode"]
        if mode not in (PaperMode.EXAM, PaperMode.DRILL):
            raise ValidationError(gettext("Choose a format first."))
        return mode


class SectionForm(forms.ModelForm):
    """One line of a blueprint."""

    class Meta:
        model = BlueprintSection
        fields = ["bank", "point", "type", "difficulty", "audience", "language", "count", "points"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point: Any = self.fields["point"]
        point.queryset = KnowledgePoint.objects.order_by("path")
        for name in ("count", "points", "difficulty"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"


class BaseSections(BaseFormSet[SectionForm]):
    """Lines may be left empty, those that a format filled in as well: only what says something is stored."""

    def initial_form_count(self) -> int:
        """No line is required."""
        return 0

    def total_form_count(self) -> int:
        """As many as the browser sent, or as the format has."""
        return super().total_form_count() if self.is_bound else len(self.initial or [])


SectionFormSet = formset_factory(
    SectionForm, formset=BaseSections, extra=0, max_num=MOST_SECTIONS, validate_max=True, can_delete=True
)


def begin(preset: Preset, bank: Bank) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a paper of this format begins with: its fields, and its sections with two empty ones to spare."""
    right, of = preset.mastery or (None, None)
    fields = {
        "mode": preset.mode,
        "minutes": preset.minutes,
        "pass_mark": preset.pass_mark,
        "attempts_allowed": preset.attempts,
        "partial_credit": preset.partial_credit,
        "mastery_right": right,
        "mastery_of": of,
        "shuffle": True,
        "counting": preset.counting,
    }
    sections: list[dict[str, Any]] = [
        {"bank": bank.pk, "type": s.item_type, "count": s.count, "points": s.points} for s in preset.sections
    ]
    return fields, sections + [{} for _n in range(SPARE)]


def chosen(data: Any) -> tuple[Preset, Bank] | None:
    """Format and bank of an address, or None if one is missing or unknown."""
    form = PresetForm(data)
    return (BY_SLUG[form.cleaned_data["preset"]], form.cleaned_data["bank"]) if form.is_valid() else None


def filled(formset: BaseFormSet[Any]) -> list[Any]:
    """The forms of a formset that say something and are not to be removed."""
    return [form for form in formset if form.has_changed() and form not in formset.deleted_forms]


def plan_of(data: Any) -> tuple[Plan, int]:
    """What the sections of a form on the screen ask for, and how many lines are not complete yet. Reads the fields
    `sections-0-bank` and so on, as both our own page and Wagtail's editor name them."""
    text = data.get("sections-TOTAL_FORMS", "")
    number = min(int(text), MOST_SECTIONS) if text.isdecimal() else 0
    found, incomplete = [], 0
    for n in range(number):
        prefix = f"sections-{n}"
        if data.get(f"{prefix}-DELETE") or not data.get(f"{prefix}-bank"):
            continue
        form = SectionForm(data, prefix=prefix)
        if form.is_valid():
            found.append(planned_section(form.instance))
        else:
            incomplete += 1
    return blank_plan(found), incomplete
