"""What a report is to be about."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards import queries
from dashboards.models import ReportScope
from organisations.models import Organisation


class ReportForm(forms.Form):
    """One unit is fixed by the address; the rest is chosen. Only what the choice of `scope` needs is looked at."""

    scope = forms.ChoiceField(
        label=gettext_lazy("The report is about"),
        choices=ReportScope,
        widget=forms.RadioSelect,
        initial=ReportScope.UNIT,
    )
    programme = forms.ChoiceField(label=gettext_lazy("Programme"), required=False)
    quarter = forms.ChoiceField(label=gettext_lazy("Quarter"), required=False)
    assignment = forms.ChoiceField(label=gettext_lazy("Assignment"), required=False)

    def __init__(self, *args: Any, unit: Organisation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.programmes = {p.slug: p for p in queries.programmes_in(unit)}
        self.campaigns = {a.public_id: a for a in queries.campaigns_in(unit)}
        self.quarters = {
            f"{first:%Y}-{(first.month + 2) // 3}": (first, last) for first, last in queries.quarters(today)
        }
        choices: dict[str, list[tuple[str, str]]] = {
            "programme": [(slug, p.local_title) for slug, p in self.programmes.items()],
            "quarter": [(key, quarter_name(first)) for key, (first, _last) in self.quarters.items()],
            "assignment": [
                (key, _("%(title)s, %(unit)s, given %(day)s") % _campaign(a)) for key, a in self.campaigns.items()
            ],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The field that belongs to the scope must be chosen."""
        data = super().clean() or {}
        scope = data.get("scope")
        needed = {"unit": "programme", "quarter": "quarter", "campaign": "assignment"}.get(scope or "", "")
        if needed and not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Choose one."))
        return data

    def asked(self) -> dict[str, Any]:
        """What `actions.ask_report` takes."""
        data = self.cleaned_data
        if data["scope"] == ReportScope.QUARTER:
            first, last = self.quarters[data["quarter"]]
            return {"scope": data["scope"], "from_on": first, "until_on": last}
        if data["scope"] == ReportScope.CAMPAIGN:
            campaign = self.campaigns[data["assignment"]]
            begin = min(campaign.given_at.date(), self.today)
            return {"scope": data["scope"], "assignment": campaign, "from_on": begin, "until_on": self.today}
        programme = self.programmes[data["programme"]]
        begin = min(programme.opens_on, self.today)
        until = max(begin, min(programme.closes_on, self.today))
        return {"scope": data["scope"], "programme": programme, "from_on": begin, "until_on": until}


def quarter_name(first: date) -> str:
    """A quarter in words."""
    return _("%(year)d, quarter %(quarter)d") % {"year": first.year, "quarter": (first.month + 2) // 3}


def _campaign(assignment: Any) -> dict[str, Any]:
    return {
        "title": assignment.programme.local_title,
        "unit": assignment.organisation.name,
        "day": assignment.given_at.date(),
    }
