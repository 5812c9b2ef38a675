"""The answers of a class's guardians, a row a child."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organisations.actions import Answer
from organisations.models import ConsentMethod, ConsentText

NONE, YES, NO = "", "yes", "no"
CHOICES = [(NONE, "—"), (YES, _("agrees")), (NO, _("says no"))]

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AnswersForm(forms.Form):
    """What holds for all papers, and for each child an answer with the guardian's name.

    Fields of children bear the public id: `a-ID` and `g-ID`.
    """

    text_version = forms.ChoiceField(label=_("Version of the text on the papers"))
    method = forms.ChoiceField(label=_("How the guardians answered"), choices=ConsentMethod.choices)
    given_on = forms.DateField(label=_("Day of the answers"), widget=DAY)

    def __init__(
        self, *args: Any, children: Sequence[tuple[int | None, User]], texts: Sequence[ConsentText], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        self.fields["text_version"].choices = [(text.version, text.version) for text in texts]  # type: ignore[attr-defined]
        for seat, child in children:
            self.fields[f"a-{child.public_id}"] = forms.ChoiceField(
                label=_("Answer, seat %(seat)s") % {"seat": seat or "—"}, choices=CHOICES, required=False
            )
            self.fields[f"g-{child.public_id}"] = forms.CharField(
                label=_("Guardian’s name, seat %(seat)s") % {"seat": seat or "—"},
                max_length=60,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def common(self) -> list[forms.BoundField]:
        """The fields that hold for all."""
        return [self["text_version"], self["method"], self["given_on"]]

    def rows(self) -> list[tuple[int | None, User, forms.BoundField, forms.BoundField]]:
        """Seat, child, and the two fields of each."""
        return [
            (seat, child, self[f"a-{child.public_id}"], self[f"g-{child.public_id}"]) for seat, child in self.children
        ]

    def clean_given_on(self) -> Any:
        """Not a day to come."""
        day = self.cleaned_data["given_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("A consent is not given on a day to come."))
        return day

    def clean(self) -> dict[str, Any] | None:
        """Who agrees has a name; somebody has answered."""
        data = super().clean() or self.cleaned_data
        answered = False
        for _seat, child in self.children:
            answer = data.get(f"a-{child.public_id}", NONE)
            answered = answered or answer != NONE
            if answer == YES and not data.get(f"g-{child.public_id}", "").strip():
                self.add_error(f"g-{child.public_id}", _("Who agrees? The name on the paper."))
        if not answered:
            raise forms.ValidationError(_("Enter the answer of at least one guardian."))
        return data

    def answers(self) -> list[Answer]:
        """What was entered, without the children who have no answer."""
        data = self.cleaned_data
        return [
            Answer(
                child=child,
                agrees=data[f"a-{child.public_id}"] == YES,
                guardian=data[f"g-{child.public_id}"].strip(),
                method=data["method"],
            )
            for _seat, child in self.children
            if data[f"a-{child.public_id}"] != NONE
        ]

    def given_at(self) -> datetime:
        """The day as a moment: now for today, its noon for an earlier one."""
        day = self.cleaned_data["given_on"]
        now = timezone.now()
        return now if day == timezone.localdate(now) else timezone.make_aware(datetime.combine(day, time(12)))
