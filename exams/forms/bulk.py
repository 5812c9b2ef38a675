"""What to change in many items."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams import actions
from exams.models import Audience, KnowledgePoint, Language

VERBS = [
    ("point", _("Set the knowledge point")),
    ("difficulty", _("Set the difficulty")),
    ("audience", _("Set for whom they are")),
    ("language", _("Set the language")),
    ("source", _("Set the source")),
    ("submit", _("Hand drafts in for review")),
    ("approve", _("Approve what others handed in")),
    ("retire", _("Retire what is ready")),
]
REVIEWING = ("approve", "retire")


class BulkForm(forms.Form):
    """One change; only the field that belongs to it is read."""

    verb = forms.ChoiceField(label=_("What to change"), choices=VERBS, widget=forms.RadioSelect)
    point = forms.ModelChoiceField(
        label=_("knowledge point"), queryset=KnowledgePoint.objects.order_by("path"), required=False
    )
    difficulty = forms.TypedChoiceField(
        label=_("difficulty"), choices=[(n, str(n)) for n in range(1, 6)], coerce=int, required=False
    )
    audience = forms.ChoiceField(label=_("audience"), choices=Audience.choices, required=False)
    language = forms.ChoiceField(label=_("language of the items"), choices=Language.choices, required=False)
    source = forms.CharField(label=_("source (document and number)"), max_length=200, required=False)

    def __init__(self, *args: Any, may_review: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_review:
            self.fields["verb"].choices = [row for row in VERBS if row[0] not in REVIEWING]  # type: ignore[attr-defined]

    @property
    def value(self) -> Any:
        """What is stored: a primary key for the point, nothing for a move."""
        verb = self.cleaned_data["verb"]
        if verb == "point":
            return self.cleaned_data["point"].pk if self.cleaned_data["point"] else None
        return self.cleaned_data[verb] if verb in actions.BULK_FIELDS else None
