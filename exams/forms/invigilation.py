"""What an invigilator fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.actions import MOST_MINUTES


class ReasonForm(forms.Form):
    """Why something is done to somebody's exam."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class MinutesForm(ReasonForm):
    """More time, and why."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MOST_MINUTES, initial=5)

    field_order = ["minutes", "reason"]
