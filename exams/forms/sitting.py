"""What exam managers fill in about sitting: rules, sessions, extra time, make-ups and deferrals."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from exams import actions, queries
from exams.models import AttemptKind, ExtraAttempt, ExtraTime, Paper, PaperMode, Session, SittingRules
from exams.queries.seb import keys_in
from organisations.models import Organisation

MOST_NAMED = 500


def exam_papers() -> Any:
    """Papers that have rules of sitting."""
    return Paper.objects.filter(mode=PaperMode.EXAM).order_by("title", "pk")


def person_named(name: str) -> Any:
    """The one user who is meant. Raises ValidationError."""
    who = Q(username=name) | Q(employee_number=name) | Q(name=name)
    found = list(get_user_model()._default_manager.filter(who, is_active=True)[:2])
    if len(found) != 1:
        text = (
            gettext("Nobody is called “%(name)s”.") if not found else gettext("Several people are called “%(name)s”.")
        )
        raise ValidationError(text % {"name": name})
    return found[0]


def unit_named(name: str) -> Organisation:
    """The one unit that is meant, by its code or its name. Raises ValidationError."""
    found = list(Organisation.objects.filter(Q(code=name) | Q(name=name))[:2])
    if len(found) != 1:
        text = (
            gettext("No unit is called “%(name)s”.") if not found else gettext("Several units are called “%(name)s”.")
        )
        raise ValidationError(text % {"name": name})
    return found[0]


def lines_of(text: str) -> list[str]:
    """What stands on each line. Raises ValidationError for too many."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > MOST_NAMED:
        message = ngettext("At most %(n)s line.", "At most %(n)s lines.", MOST_NAMED)
        raise ValidationError(message % {"n": MOST_NAMED})
    return lines


class RulesForm(WagtailAdminModelForm):
    """The rules of one paper; the paper stays."""

    class Meta:
        model = SittingRules
        exclude = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].queryset = exam_papers()  # type: ignore[attr-defined]
        self.fields["paper"].disabled = bool(self.instance.pk)

    def clean_seb_config_keys(self) -> str:
        """Keys, one on a line."""
        return self._keys("seb_config_keys")

    def clean_seb_exam_keys(self) -> str:
        """Keys, one on a line."""
        return self._keys("seb_exam_keys")

    def _keys(self, name: str) -> str:
        try:
            return "\n".join(keys_in(self.cleaned_data[name]))
        except ValueError as wrong:
            text = gettext("“%(line)s” is no key: a key has 64 hexadecimal digits.")
            raise ValidationError(text % {"line": str(wrong)[:80]}) from None


class SessionForm(WagtailAdminModelForm):
    """A session with its units and invigilators, one on each line: a city has too many for a list to choose from."""

    unit_lines = forms.CharField(
        label=_("Units"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A unit on each line, its code or its full name; what lies below it belongs to it."),
    )
    invigilator_lines = forms.CharField(
        label=_("Invigilators"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A person on each line: user name, employee number or name."),
        required=False,
    )

    class Meta:
        model = Session
        fields = ["paper", "name", "place", "opens_at", "closes_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].queryset = exam_papers()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["paper"].disabled = True
            units = self.instance.units.order_by("path").values_list("code", flat=True)
            people = self.instance.invigilators.order_by("pk").values_list("username", flat=True)
            self.initial["unit_lines"], self.initial["invigilator_lines"] = "\n".join(units), "\n".join(people)

    def clean_unit_lines(self) -> list[Organisation]:
        """The units that are meant."""
        return [unit_named(line) for line in lines_of(self.cleaned_data["unit_lines"])]

    def clean_invigilator_lines(self) -> list[Any]:
        """The people who are meant."""
        return [person_named(line) for line in lines_of(self.cleaned_data["invigilator_lines"])]

    def save(self, commit: bool = True) -> Session:
        """With units and invigilators."""
        session: Session = super().save(commit=commit)
        session.units.set(self.cleaned_data["unit_lines"])
        session.invigilators.set(self.cleaned_data["invigilator_lines"])
        return session


class ExtraTimeForm(WagtailAdminModelForm):
    """More time for one person, in every exam."""

    person = forms.CharField(
        label=_("Person"), help_text=_("User name, employee number or name, written out."), max_length=150
    )

    for_user: AbstractBaseUser
    instance: ExtraTime

    class Meta:
        model = ExtraTime
        fields = ["percent", "minutes", "reason", "from_on", "until_on"]

    field_order = ["person", "percent", "minutes", "reason", "from_on", "until_on"]

    def clean_person(self) -> Any:
        """Who is meant."""
        return person_named(self.cleaned_data["person"].strip())

    def _post_clean(self) -> None:
        """The instance is made by the action."""

    def clean(self) -> dict[str, Any]:
        """Some time, and the days in order."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("percent") and not data.get("minutes") and not self.errors:
            self.add_error("minutes", gettext("Give minutes or per cent."))
        if data.get("from_on") and data.get("until_on") and data["until_on"] < data["from_on"]:
            self.add_error("until_on", gettext("The end lies before the beginning."))
        return data

    def save(self, commit: bool = True) -> ExtraTime:
        """Grant it."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        self.instance = actions.grant_time(by=self.for_user, user=self.cleaned_data["person"], **fields)
        return self.instance


class ExtraTimeEndForm(WagtailAdminModelForm):
    """When extra time ends; nothing else of it changes."""

    for_user: AbstractBaseUser
    instance: ExtraTime

    class Meta:
        model = ExtraTime
        fields = ["until_on"]

    def clean_until_on(self) -> Any:
        """A day, not before the first."""
        on = self.cleaned_data["until_on"]
        if on is None or on < self.instance.from_on:
            raise ValidationError(gettext("Give a day that is not before the first one."))
        return on

    def save(self, commit: bool = True) -> ExtraTime:
        """End it."""
        actions.end_time(by=self.for_user, extra=self.instance, on=self.cleaned_data["until_on"])
        return self.instance


class GrantForm(WagtailAdminModelForm):
    """A make-up or a deferral for one person or one unit, with the reason."""

    kind = forms.ChoiceField(label=_("kind"), choices=AttemptKind.choices[1:], required=False)
    person = forms.CharField(
        label=_("Person"),
        help_text=_("User name, employee number or name, written out. Leave it empty for a unit."),
        max_length=150,
        required=False,
    )
    unit = forms.CharField(
        label=_("unit"),
        help_text=_("Code or full name; what lies below it belongs to it."),
        max_length=120,
        required=False,
    )

    for_user: AbstractBaseUser
    instance: ExtraAttempt

    class Meta:
        model = ExtraAttempt
        fields = ["paper", "opens_at", "closes_at", "reason"]

    field_order = ["kind", "paper", "person", "unit", "opens_at", "closes_at", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].queryset = exam_papers()  # type: ignore[attr-defined]

    def clean_kind(self) -> str:
        """A make-up unless it says otherwise."""
        return self.cleaned_data["kind"] or str(AttemptKind.MAKEUP)

    def clean_unit(self) -> Organisation | None:
        """The unit that is meant, if one is."""
        name = self.cleaned_data["unit"].strip()
        return unit_named(name) if name else None

    def clean(self) -> dict[str, Any]:
        """For a person or a unit, with both ends of a window or none; a deferral says until when."""
        data: dict[str, Any] = super().clean() or {}
        person, unit = data.get("person", "").strip(), data.get("unit")
        if bool(person) == bool(unit) and "unit" not in self.errors:
            self.add_error("person", gettext("Name a person or a unit, one of them."))
        elif person and data.get("paper"):
            data["enrolment"] = self._enrolment(data["paper"], person)
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if (opens is None) != (closes is None) or (opens and closes <= opens):
            self.add_error("closes_at", gettext("A window has a beginning and, after it, an end."))
        elif data.get("kind") == AttemptKind.DEFERRED and opens is None:
            self.add_error("opens_at", gettext("Say when the deferred exam can be sat."))
        return data

    def _enrolment(self, paper: Paper, person: str) -> Any:
        """The one enrolment that is meant; an error of the form if there is none or more."""
        found = queries.enrolments_named(paper, person)
        if len(found) == 1:
            return found[0]
        missing, several = _("Nobody of that name sits this paper."), _("Several people match; use the user name.")
        self.add_error("person", several if found else missing)
        return None

    def _post_clean(self) -> None:
        """The instance is made by the action; there is nothing to validate on it here."""

    def save(self, commit: bool = True) -> ExtraAttempt:
        """Grant it."""
        data = self.cleaned_data
        self.instance = actions.grant_attempt(
            by=self.for_user,
            kind=data["kind"],
            paper=data["paper"],
            enrolment=data.get("enrolment"),
            organisation=data["unit"],
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
            reason=data["reason"],
        )
        return self.instance
