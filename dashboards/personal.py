"""What dashboards hold about a person: the reports that they asked for."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dashboards import actions, queries
from dashboards.models import Report
from privacy.personal import fields_of
from privacy.registry import Section


class DashboardData:
    """Reports."""

    def sections(self, user: User) -> Iterable[Section]:
        """Their titles and days; the files hold figures, and nobody's data."""
        mine = Report.objects.filter(asked_by=user).order_by("pk")
        yield Section("reports", _("Reports"), fields_of(mine, "title", "asked_at", "from_on", "until_on"))

    def holds(self, user: User) -> Iterable[str]:
        """Nothing."""
        return []

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Reports and files go."""
        return {"reports": actions.discard_reports(by=None, reports=list(Report.objects.filter(asked_by=user)))}


def reports_due(before: datetime) -> int:
    """How many reports are older."""
    return queries.expired_reports(before).count()


def forget_reports(before: datetime, limit: int) -> int:
    """Put old reports away."""
    return actions.discard_reports(by=None, reports=list(queries.expired_reports(before)[:limit]))
