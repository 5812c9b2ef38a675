"""An assignment as a coordinator writes it, and an exception for one person."""

from typing import Any

from django import forms
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organisations.models import Kind, Organisation, Profession, Role
from programmes import queries
from programmes.models import AllowanceKind, Programme


def day_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AssignmentForm(forms.Form):
    """Whom, what, until when, seen from one unit. Nothing is stored before the preview was seen."""

    UNTIL_END, FIXED, RELATIVE = "end", "fixed", "relative"
    LONGEST_LIST = 500

    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none())
    units = forms.ModelMultipleChoiceField(
        label=_("Units"),
        queryset=Organisation.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each with everything below it."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Only kinds of unit"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    grades = forms.CharField(
        label=_("Only grades"), required=False, help_text=_("Names as in the tree, separated by commas, as 初一, 初二.")
    )
    roles = forms.MultipleChoiceField(
        label=_("Only roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    professions = forms.ModelMultipleChoiceField(
        label=_("Only key professions"),
        queryset=Profession.objects.order_by("order", "pk"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    position = forms.CharField(label=_("Only posts that contain"), required=False, max_length=60)
    joined_after = forms.DateField(label=_("Only who joined on or after"), required=False, widget=day_input())
    completed = forms.ModelChoiceField(
        label=_("Only who has completed"), queryset=Programme.objects.none(), required=False
    )
    not_completed = forms.ModelChoiceField(
        label=_("Only who has not completed"), queryset=Programme.objects.none(), required=False
    )
    people = forms.CharField(
        label=_("Only these people"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line: username or employee number, or a name that only one person has."),
    )
    due = forms.ChoiceField(
        label=_("Last day"),
        initial=UNTIL_END,
        widget=forms.RadioSelect,
        choices=[
            (UNTIL_END, _("when the programme ends")),
            (FIXED, _("on a fixed day")),
            (RELATIVE, _("so many days after joining")),
        ],
    )
    due_on = forms.DateField(label=_("The fixed day"), required=False, widget=day_input())
    due_days = forms.IntegerField(label=_("Days after joining"), required=False, min_value=1, max_value=1000)
    renews_on = forms.DateField(
        label=_("A new round begins on"),
        required=False,
        widget=day_input(),
        help_text=_(
            "Then everybody begins anew, every year, until the programme ends. What was done before stays in the "
            "history."
        ),
    )

    def __init__(self, *args: Any, unit: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self._chosen("programme").queryset = queries.assignable_programmes(timezone.localdate())
        for name in ("completed", "not_completed"):
            self._chosen(name).queryset = Programme.objects.order_by("-opens_on", "pk")
        here = Organisation.objects.filter(Q(pk=unit.pk) | Q(parent=unit), closed_on=None)
        above_first = Case(When(pk=unit.pk, then=Value(0)), default=Value(1))
        self._chosen("units").queryset = here.order_by(above_first, "order", "name", "pk")
        if not self.is_bound:
            self.initial.setdefault("units", [unit.code])

    def _chosen(self, name: str) -> Any:
        return self.fields[name]

    def clean_grades(self) -> list[str]:
        """Names one by one, whichever comma was typed."""
        text: str = self.cleaned_data["grades"]
        for comma in "，、;；\n":
            text = text.replace(comma, ",")
        return [name.strip() for name in text.split(",") if name.strip()]

    def clean_people(self) -> list[User]:
        """Raises ValidationError that names every line that is nobody, or more than one person, of this unit."""
        lines = list(dict.fromkeys(line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()))
        if len(lines) > self.LONGEST_LIST:
            raise forms.ValidationError(
                _("At most %(most)d people by name: choose a unit or a rule instead.") % {"most": self.LONGEST_LIST}
            )
        found = queries.people_called(self.unit, lines)
        nobody = [line for line in lines if not found[line]]
        several = [line for line in lines if len(found[line]) > 1]
        problems = []
        if nobody:
            problems.append(_("Nobody of this unit: %(lines)s.") % {"lines": "、".join(nobody)})
        if several:
            problems.append(
                _("More than one person, give the username or number: %(lines)s.") % {"lines": "、".join(several)}
            )
        if problems:
            raise forms.ValidationError(problems)
        return [found[line][0] for line in lines]

    def clean(self) -> dict[str, Any]:
        """The day that the rule asks for must be there; the other one does not count."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("due") == self.FIXED and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Give the day."))
        if data.get("due") == self.RELATIVE and not data.get("due_days") and "due_days" not in self.errors:
            self.add_error("due_days", _("Give the number of days."))
        data["due_on"] = data.get("due_on") if data.get("due") == self.FIXED else None
        data["due_days"] = data.get("due_days") if data.get("due") == self.RELATIVE else None
        return data

    def target(self) -> queries.Target:
        """Who is meant, after `is_valid`."""
        data = self.cleaned_data
        return queries.Target(
            organisation=self.unit,
            units=list(data["units"]),
            people=[person.pk for person in data["people"]],
            kinds=data["kinds"],
            roles=data["roles"],
            grades=data["grades"],
            professions=[profession.code for profession in data["professions"]],
            position=data["position"],
            joined_after=data["joined_after"],
            completed_id=data["completed"].pk if data["completed"] else None,
            not_completed_id=data["not_completed"].pk if data["not_completed"] else None,
        )


class AllowanceForm(forms.Form):
    """Let one person off, or give one person more time, with the reason."""

    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none())
    person = forms.CharField(
        label=_("Person"), help_text=_("Username or employee number, or a name that only one person has.")
    )
    kind = forms.ChoiceField(
        label=_("What is granted"), choices=AllowanceKind.choices, widget=forms.RadioSelect, initial="exempt"
    )
    due_on = forms.DateField(
        label=_("New last day"), required=False, widget=day_input(), help_text=_("Only for more time.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        programme: Any = self.fields["programme"]
        programme.queryset = queries.assignable_programmes(timezone.localdate())

    def clean_person(self) -> User:
        """Raises ValidationError unless exactly one person in the units of the reader is meant."""
        words: str = self.cleaned_data["person"].strip()
        found = list(queries.people_assignable_by(self.user, words)[:2])
        if not found:
            raise forms.ValidationError(_("Nobody in your units is called that."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several people have this name: give the username or employee number."))
        return found[0]

    def clean(self) -> dict[str, Any]:
        """More time needs a day."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == AllowanceKind.EXTENDED and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Give the new last day."))
        return data
