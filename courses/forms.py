"""Forms."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.models import User
from courses.models import CoursePage, TrainingSession
from courses.models.evaluation import RATINGS
from organisations.models import Kind, Organisation

SCORES = [(5, _("fully agree")), (4, _("agree")), (3, _("undecided")), (2, _("disagree")), (1, _("not at all"))]


class EvaluationForm(forms.Form):
    """Five rows to rate and a comment."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, label in RATINGS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=SCORES, coerce=int, widget=forms.RadioSelect
            )
        self.fields["comment"] = forms.CharField(
            label=_("What should be better?"),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        )

    @property
    def ratings(self) -> dict[str, int]:
        """The rated rows."""
        return {name: self.cleaned_data[name] for name in RATINGS}


class CourseStepForm(forms.Form):
    """Which course a step asks for. Only what is released can be chosen."""

    course = forms.ModelChoiceField(label=_("course"), queryset=CoursePage.objects.live().order_by("title"))


class SessionsField(forms.ModelMultipleChoiceField):
    """Sessions to tick, each with its day."""

    def label_from_instance(self, obj: Any) -> str:
        """Title, day and hour, state."""
        starts = date_format(timezone.localtime(obj.starts_at), "SHORT_DATETIME_FORMAT")
        return f"{obj.title}, {starts} ({obj.get_state_display()})"


class SessionStepForm(forms.Form):
    """Which sessions count for a step: attending one of them completes it."""

    sessions = SessionsField(
        label=_("sessions that count"),
        queryset=TrainingSession.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Attending one of them completes the step."),
    )


class TrainingSessionForm(WagtailAdminModelForm):
    """A draft of a training session."""

    organiser = forms.ModelChoiceField(
        label=_("organiser"),
        queryset=User.objects.filter(is_active=True),
        to_field_name="username",
        required=False,
        widget=forms.TextInput,
        help_text=_("User name of who runs it and records attendance. Empty: you."),
        error_messages={"invalid_choice": _("There is no active account with this user name.")},
    )
    live_url = forms.URLField(label=_("address of the live room"), required=False, assume_scheme="https")

    class Meta:
        model = TrainingSession
        fields = [
            "title", "course", "organisation", "organiser", "starts_at", "ends_at", "place", "live_url", "capacity",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Organisation.objects.filter(closed_on=None).exclude(kind__in=(Kind.GRADE, Kind.CLASS)).order_by("path")
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            self.initial["organiser"] = self.instance.organiser.username

    def clean_organiser(self) -> User:
        """Who fills the form in, unless somebody else is named."""
        organiser: User = self.cleaned_data["organiser"] or self.for_user
        return organiser
