"""The grid of results: a row a seat."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classwork.actions import Result
from classwork.queries import Module, Row

MOST_ASKED = 100

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ResultsForm(forms.Form):
    """The day, for a drill how many questions there were, and what each seat did: `r-KEY`."""

    done_on = forms.DateField(label=_("Day of the lesson"), widget=DAY)
    asked = forms.IntegerField(label=_("Questions on the sheet"), min_value=1, max_value=MOST_ASKED, required=False)

    def __init__(self, *args: Any, module: Module, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.module = module
        self.open_rows = [row for row in rows if row.state == "open"]
        if not module.is_drill:
            del self.fields["asked"]
        for row in self.open_rows:
            word = {"seat": row.seat or "—", "name": row.name}
            self.fields[f"r-{row.key}"] = (
                forms.IntegerField(
                    label=_("Right answers, seat %(seat)s %(name)s") % word,
                    min_value=0,
                    max_value=MOST_ASKED,
                    required=False,
                )
                if module.is_drill
                else forms.BooleanField(label=_("Took part, seat %(seat)s %(name)s") % word, required=False)
            )

    def grid(self) -> list[tuple[Row, forms.BoundField]]:
        """The open rows with their fields."""
        return [(row, self[f"r-{row.key}"]) for row in self.open_rows]

    def clean_done_on(self) -> Any:
        """Not a day to come."""
        day = self.cleaned_data["done_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Results are not entered for a day to come."))
        return day

    def clean(self) -> dict[str, Any] | None:
        """Somebody took part; nobody has more right than there were questions."""
        data = super().clean() or self.cleaned_data
        if self.module.is_drill:
            asked = data.get("asked")
            if not asked and "asked" not in self.errors:
                self.add_error("asked", _("How many questions were there?"))
            for row in self.open_rows:
                if asked and (data.get(f"r-{row.key}") or 0) > asked:
                    self.add_error(f"r-{row.key}", _("More right answers than questions."))
        if not self.errors and not self.results():
            raise forms.ValidationError(_("Nothing is entered yet."))
        return data

    def results(self) -> dict[str, Result]:
        """What was entered, by the keys of the rows."""
        data = self.cleaned_data
        if self.module.is_drill:
            asked = data["asked"]
            return {
                row.key: Result(data[f"r-{row.key}"], asked)
                for row in self.open_rows
                if data.get(f"r-{row.key}") is not None
            }
        return {row.key: Result() for row in self.open_rows if data.get(f"r-{row.key}")}
