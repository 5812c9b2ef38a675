"""Forms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models.evaluation import RATINGS

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
