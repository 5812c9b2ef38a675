"""Which pages a person may come across in the Wagtail admin."""

from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies.pages import PagePermissionPolicy

from cms.models import CasePage
from cms.models.reporting import reports_only_for


def without_foreign_reports(user: Any, pages: QuerySet) -> QuerySet:
    """`pages` without the cases of units that a reporter does not report for; unchanged for everybody else."""
    units = reports_only_for(user)
    if units is None:
        return pages
    return pages.exclude(pk__in=CasePage.objects.exclude(department_id__in=units).values("pk"))


class ReportingPagePolicy(PagePermissionPolicy):
    """Wagtail's policy, except that reporters find neither drafts nor titles of other units: listing, search, API."""

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet:
        """Pages on which `user` may do one of `actions`."""
        return without_foreign_reports(user, super().instances_user_has_any_permission_for(user, actions))
