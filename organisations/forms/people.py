"""Units, memberships and consents as they are edited in Wagtail's admin."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organisations.models import GuardianConsent, Membership, Organisation, Profession
from organisations.queries.consents import texts

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OrganisationForm(forms.ModelForm):
    """A unit and where it stands. The unit above is named by its code: a city has thousands of units."""

    above = forms.ModelChoiceField(
        label=_("Code of the unit above"),
        queryset=Organisation.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("There is no unit with this code.")},
    )

    class Meta:
        model = Organisation
        fields = [
            "kind",
            "name",
            "short_name",
            "code",
            "uscc",
            "district_code",
            "stage",
            "order",
            "is_participating",
            "is_sensitive",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.parent:
            self.initial["above"] = self.instance.parent.code

    def clean_uscc(self) -> str | None:
        """Nothing typed is no code."""
        return self.cleaned_data["uscc"] or None

    def clean_above(self) -> Organisation | None:
        """Refuse a loop beside the field."""
        above: Organisation | None = self.cleaned_data["above"]
        if above and self.instance.pk and (above.path or "").startswith(self.instance.path or ""):
            raise forms.ValidationError(_("A unit cannot stand below itself."))
        return above

    def values(self) -> dict[str, Any]:
        """The keyword arguments for the action."""
        data = dict(self.cleaned_data)
        return {"parent": data.pop("above"), **data}


class _PersonAndUnitForm(forms.ModelForm):
    """Somebody named by username."""

    person = forms.ModelChoiceField(
        label=_("Username"),
        queryset=User.objects.all(),
        to_field_name="username",
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("Nobody has this username.")},
    )


class MembershipForm(_PersonAndUnitForm):
    """Who belongs where as what."""

    unit = forms.ModelChoiceField(
        label=_("Code of the unit"),
        queryset=Organisation.objects.filter(closed_on=None),
        to_field_name="code",
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("There is no open unit with this code.")},
    )
    field_order = ["person", "unit"]

    class Meta:
        model = Membership
        fields = ["role", "position", "profession", "seat", "is_home", "from_on", "ends_on"]
        widgets = dict.fromkeys(("from_on", "ends_on"), DAY)
        help_texts = {"ends_on": _("As of a secondment (借调). Empty: without end. It ends by itself after this day.")}

    def clean(self) -> dict[str, Any] | None:
        """Say beside the fields what the database would refuse."""
        data = super().clean() or {}
        mine = Membership.objects.current().filter(user=data.get("person"))
        if data.get("is_home") and mine.filter(is_home=True).exists():
            self.add_error("is_home", _("This person has another home unit. End that membership first."))
        if mine.filter(organisation=data.get("unit"), role=data.get("role")).exists():
            self.add_error("role", _("This person has this role there already."))
        if data.get("ends_on") and data["ends_on"] < max(data.get("from_on") or date.min, timezone.localdate()):
            self.add_error("ends_on", _("This day is over, or lies before the first."))
        return data

    def values(self) -> dict[str, Any]:
        """The keyword arguments for the action."""
        data = dict(self.cleaned_data)
        return {"user": data.pop("person"), "organisation": data.pop("unit"), **data}


class PlanEndForm(forms.Form):
    """When a membership is to end."""

    ends_on = forms.DateField(label=_("planned last day"), required=False, widget=DAY)


class MergeForm(forms.Form):
    """Which unit takes this one in."""

    into = forms.ModelChoiceField(
        label=_("Code of the unit that takes it in"),
        queryset=Organisation.objects.filter(closed_on=None),
        to_field_name="code",
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("There is no open unit with this code.")},
    )
    sure = forms.BooleanField(label=_("Everybody there moves, and the unit is closed."))


class _Duties(forms.ModelChoiceField):
    """Who holds which duty."""

    def label_from_instance(self, obj: Membership) -> str:  # type: ignore[override]
        """Name and duty."""
        return f"{obj.user.get_full_name()} · {obj.get_role_display()}"


class HandOverForm(forms.Form):
    """Which duty goes to whom. The successor belongs to a unit that the acting person leads."""

    duty = _Duties(
        label=_("Which duty?"), queryset=Membership.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    successor = forms.CharField(
        label=_("Who takes over?"),
        max_length=150,
        help_text=_("Username or employee number, of somebody in your units."),
    )
    message = forms.CharField(
        label=_("A word to the successor"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, duties: QuerySet[Membership], units: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        duty: Any = self.fields["duty"]
        duty.queryset = duties

    def clean_successor(self) -> User:
        """One and the same answer for nobody and for people of other units."""
        text = self.cleaned_data["successor"].strip()
        here = Membership.objects.current().filter(organisation__in=self.units).values("user")
        found = User.objects.filter(Q(username=text) | Q(employee_number=text), pk__in=here, is_active=True)
        person = found.order_by("pk").first()
        if person is None:
            raise forms.ValidationError(_("Nobody in your units has this username or employee number."))
        return person

    def clean(self) -> dict[str, Any] | None:
        """Say beside the field what the action would refuse."""
        data = super().clean() or {}
        duty, person = data.get("duty"), data.get("successor")
        if duty and person:
            same = Membership.objects.current().filter(user=person, organisation=duty.organisation, role=duty.role)
            if same.exists():
                self.add_error("successor", _("This person has this role there already."))
            elif person.is_minor:
                self.add_error("successor", _("A duty is held by adults."))
        return data


class ProfessionForm(forms.ModelForm):
    """A key group."""

    class Meta:
        model = Profession
        fields = ["code", "name", "order"]


class ConsentForm(_PersonAndUnitForm):
    """A guardian's consent."""

    text_version = forms.ChoiceField(label=_("version of the text"))
    field_order = ["person"]

    class Meta:
        model = GuardianConsent
        fields = ["guardian", "method", "text_version"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version: Any = self.fields["text_version"]
        version.choices = [(text.version, text.version) for text in texts()]

    def clean_person(self) -> User:
        """Only children need it, and only once."""
        child: User = self.cleaned_data["person"]
        if child.age_class != User.AgeClass.CHILD:
            raise forms.ValidationError(_("Consent is needed for children under 14 only."))
        if child.has_consent:
            raise forms.ValidationError(_("A consent for this child is in force already."))
        return child

    def values(self) -> dict[str, Any]:
        """The keyword arguments for the action."""
        data = dict(self.cleaned_data)
        return {"child": data.pop("person"), **data}
