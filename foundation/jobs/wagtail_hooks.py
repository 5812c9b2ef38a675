"""Background jobs in Wagtail's admin: look at them, and retry those that failed for good."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from foundation.jobs.actions import NotDead, retry_job
from foundation.jobs.models import Job


class LookOnly(ModelPermissionPolicy):
    """Nobody adds, edits or deletes a job by hand; who may "change" jobs may look and retry."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """`view` for those who hold change_job; nothing else."""
        return action == "view" and user.has_perm("jobs.change_job")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """True if `view` is among `actions` and allowed."""
        return any(self.user_has_permission(user, action) for action in actions)


class JobViewSet(ModelViewSet):
    """List with filters, and a page for each job with its last error."""

    model = Job
    name = "background-jobs"
    icon = "tasks"
    menu_label = gettext_lazy("Background jobs")
    add_to_settings_menu = True
    inspect_view_enabled = True
    inspect_template_name = "jobs/inspect.html"
    form_fields = ["kind"]
    list_display = ["kind", "state", "attempts", "run_at", "created_at", "finished_at"]
    list_filter = ["state", "kind"]
    inspect_view_fields = [
        "kind",
        "state",
        "attempts",
        "run_at",
        "created_at",
        "finished_at",
        "payload",
        "key",
        "error",
    ]
    ordering = ["-id"]
    copy_view_enabled = False


register_permission_policy(Job, LookOnly(Job))


@hooks.register("register_admin_viewset")
def register_viewset() -> JobViewSet:
    """Show the list under Settings."""
    return JobViewSet()


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a dead job back to work and return to its page."""
    if not request.user.has_perm("jobs.change_job"):
        raise PermissionDenied
    job = get_object_or_404(Job, pk=pk)
    try:
        retry_job(by=request.user, job=job)  # type: ignore[arg-type]  # has_perm is never true for anonymous
    except NotDead:
        messages.warning(request, _("This job is not waiting for a person any more."))
    else:
        messages.success(request, _("The job will be tried again."))
    return redirect(reverse("background-jobs:inspect", args=[pk]))


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """The address of the retry button."""
    return [path("background-jobs/<int:pk>/retry/", retry, name="retry_job")]
