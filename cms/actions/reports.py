"""报送 → 审核 → 发布: the way of a case, on Wagtail's workflow."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState, WorkflowState

from accounts.models import User
from cms.models import CaseIndexPage, CasePage
from cms.models.reporting import reports_only_for
from foundation.audit.actions import record
from notifications.actions import notify


class NotReporting(PermissionError):
    """The person does not report for this unit."""


@transaction.atomic
def report_case(*, by: AbstractBaseUser, index: CaseIndexPage, at: datetime | None = None, **fields: Any) -> CasePage:
    """Add a draft case below `index` and hand it to the credit office.

    `fields` are those of CasePage. Raises NotReporting for a unit that `by` does not report for, ValidationError for
    a field that is wrong.
    """
    case = CasePage(owner_id=by.pk, live=False, **fields)
    units = reports_only_for(by)
    if units is not None and case.department_id not in units:
        raise NotReporting(case.department_id)
    index.add_child(instance=case)
    case.save_revision(user=by)
    case.get_workflow().start(case, by)
    if at is not None:
        CasePage.objects.filter(pk=case.pk).update(latest_revision_created_at=at)
    record(action="cms.report_case", actor=by, target=f"cms.CasePage:{case.pk}")
    return case


class NotUnderReview(ValueError):
    """The case is not waiting for the credit office."""


def _task_state(case: CasePage) -> TaskState:
    """The review that waits. Raises NotUnderReview."""
    state = case.current_workflow_task_state
    if state is None:
        raise NotUnderReview(case.pk)
    return state


@transaction.atomic
def return_case(*, by: AbstractBaseUser, case: CasePage, reason: str) -> None:
    """Send a report back. Raises NotUnderReview, or BadRequest without a reason. `after_return` records and tells."""
    state = _task_state(case)
    state.task.specific.on_action(state, by, "reject", comment=reason)


@transaction.atomic
def resubmit_case(*, by: AbstractBaseUser, case: CasePage) -> None:
    """Hand a returned report in again. Raises NotUnderReview if none was returned."""
    workflow = case.current_workflow_state
    if workflow is None or workflow.status != WorkflowState.STATUS_NEEDS_CHANGES:
        raise NotUnderReview(case.pk)
    workflow.resume(by)
    record(action="cms.resubmit_case", actor=by, target=f"cms.CasePage:{case.pk}")


@transaction.atomic
def accept_case(*, by: AbstractBaseUser, case: CasePage, at: datetime | None = None) -> None:
    """Accept a report, which publishes it. Raises NotUnderReview. `after_acceptance` records and tells."""
    state = _task_state(case)
    state.task.specific.on_action(state, by, "approve")
    if at is not None:
        Page.objects.filter(pk=case.pk).update(first_published_at=at, last_published_at=at)


def _page_of(workflow_state: Any) -> Page | None:
    """The page under review as what it is; None for a snippet. Wagtail hands over the plain Page."""
    page = workflow_state.content_object
    return page.specific if isinstance(page, Page) else None


def _tell_reporter(workflow_state: WorkflowState, *, kind: str, subject: str, body: str) -> None:
    """Put a message into the inbox of whoever handed the report in."""
    reporter = User.objects.filter(pk=workflow_state.requested_by_id).first()
    if reporter is not None:
        url = reverse("wagtailadmin_pages:edit", args=(workflow_state.object_id,))
        notify(user=reporter, kind=kind, subject=subject, body=body, url=url)


@transaction.atomic
def after_return(*, task_state: Any, by: Any) -> None:
    """A review ended with a return: record it and tell the reporter why. Other pages than cases are left alone."""
    case = _page_of(task_state.workflow_state)
    if not isinstance(case, CasePage):
        return
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Returned: %(title)s") % {"title": case.get_latest_revision_as_object().title}
    _tell_reporter(task_state.workflow_state, kind="cms.returned", subject=subject, body=task_state.comment)
    record(
        action="cms.return_case",
        actor=by,
        target=f"cms.CasePage:{case.pk}",
        details={"reason": task_state.comment},
    )


@transaction.atomic
def after_acceptance(*, workflow_state: Any, by: Any) -> None:
    """A review ended with publication: record it, and tell the reporter if it was a case."""
    page = _page_of(workflow_state)
    if page is None:
        return
    if isinstance(page, CasePage):
        with translation.override(settings.LANGUAGE_CODE):
            subject = _("Accepted and published: %(title)s") % {"title": page.title}
        _tell_reporter(workflow_state, kind="cms.accepted", subject=subject, body="")
    record(
        action="cms.accept_case" if isinstance(page, CasePage) else "cms.approve_page",
        actor=by,
        target=f"wagtailcore.Page:{page.pk}",
    )
