"""What dashboards tell the programmes: where the workplace is."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext as _

from programmes.contracts import Duty


def address_of(code: str) -> str:
    """The page of one unit; the list of the reader's units for ""."""
    return reverse("dashboards:unit", args=[code]) if code else reverse("dashboards:start")


class WorkplaceDuties:
    """Leads those who lead units to their figures."""

    def duties_of(self, user: AbstractBaseUser) -> Sequence[Duty]:
        """The workplace and the reports. No statement."""
        figures = _("See who may not make it, and remind them")
        reports = _("Word and PDF from the figures, for a unit, a quarter, an assignment")
        return [
            Duty(_("Workplace"), reverse("dashboards:start"), "grid", figures),
            Duty(_("Reports for leaders"), reverse("dashboards:reports"), "pdf", reports),
        ]
