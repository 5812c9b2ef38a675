"""Forms of the Wagtail admin."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.models.reporting import REPORTING_KINDS, reports_only_for
from newsletters.models import NewsItem, NewsState
from organisations.models import Organisation


class NewsItemForm(WagtailAdminModelForm):
    """A reporter chooses among the own units."""

    class Meta:
        model = NewsItem
        fields = ["department", "title", "body", "happened_on", "further_units"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = reports_only_for(self.for_user) if self.for_user else None
        choices = Organisation.objects.filter(kind__in=REPORTING_KINDS, closed_on=None)
        choices = choices if units is None else choices.filter(pk__in=units)
        self.fields["department"].queryset = choices.order_by("path")

    def clean(self) -> dict[str, Any]:
        """What was accepted stays as it is."""
        if self.instance.pk and self.instance.state == NewsState.ACCEPTED:
            raise forms.ValidationError(_("This report is accepted; it can no longer be changed."))
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return data


class DecisionForm(WagtailAdminModelForm):
    """Accept a report, or return it with a reason."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accept", _("Accept: an issue may pick it")), ("return", _("Return with a reason"))],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3}))

    class Meta:
        model = NewsItem
        fields: list[str] = []

    def clean(self) -> dict[str, Any]:
        """A return needs its reason."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("decision") == "return" and not data.get("why", "").strip():
            self.add_error("why", _("Say why, so that it can be mended."))
        return data
