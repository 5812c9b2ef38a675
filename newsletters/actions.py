"""Report, accept and return news; keep the PDFs of issues."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from cms.models.reporting import reports_only_for
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from newsletters.models import IssuePage, NewsItem, NewsState
from newsletters.pdf import document_of, set_document
from notifications.actions import notify

PDF_JOB = "newsletters.make_pdf"


class NotReporting(PermissionError):
    """The person does not report for this unit."""


@transaction.atomic
def submit_news(*, by: AbstractBaseUser, at: datetime | None = None, **fields: Any) -> NewsItem:
    """Report one piece of news. Raises NotReporting for a foreign unit, ValidationError for a wrong field."""
    item = NewsItem(reported_by_id=by.pk, submitted_at=at or timezone.now(), **fields)
    units = reports_only_for(by)
    if units is not None and item.department_id not in units:
        raise NotReporting(item.department_id)
    item.full_clean()
    item.save()
    record(action="newsletters.submit_news", actor=by, target=f"newsletters.NewsItem:{item.pk}")
    return item


class WrongState(ValueError):
    """The report is not in the state that this step starts from."""


@transaction.atomic
def revise_news(*, by: AbstractBaseUser, item: NewsItem) -> NewsItem:
    """Store the changed fields of a report that is not accepted yet and submit it again.

    Raises NotReporting for a foreign unit, WrongState for an accepted one, ValidationError for a wrong field.
    """
    units = reports_only_for(by)
    stored = NewsItem.objects.select_related("department").get(pk=item.pk)
    if units is not None and not {stored.department_id, item.department_id} <= units:
        raise NotReporting(item.department_id)
    item.full_clean()
    changed = NewsItem.objects.filter(pk=item.pk).exclude(state=NewsState.ACCEPTED)
    if not changed.update(
        department_id=item.department_id,
        title=item.title,
        body=item.body,
        happened_on=item.happened_on,
        further_units=item.further_units,
        state=NewsState.SUBMITTED,
        reason="",
        decided_at=None,
    ):
        raise WrongState(item.pk)
    item.refresh_from_db()
    record(action="newsletters.revise_news", actor=by, target=f"newsletters.NewsItem:{item.pk}")
    return item


def _decide(item: NewsItem, *, state: str, reason: str, at: datetime | None) -> NewsItem:
    """Move a submitted report to `state`. Raises WrongState."""
    waiting = NewsItem.objects.filter(pk=item.pk, state=NewsState.SUBMITTED)
    if not waiting.update(state=state, reason=reason, decided_at=at or timezone.now()):
        raise WrongState(item.pk)
    item.refresh_from_db()
    return item


def _tell(item: NewsItem, *, kind: str, subject: str) -> None:
    """Put a message into the reporter's inbox."""
    reporter = User.objects.get(pk=item.reported_by_id)
    url = reverse("wagtailsnippets_newsletters_newsitem:edit", args=(item.pk,))
    notify(user=reporter, kind=kind, subject=subject % {"title": item.title}, body=item.reason, url=url)


@transaction.atomic
def accept_news(*, by: AbstractBaseUser, item: NewsItem, at: datetime | None = None) -> NewsItem:
    """Let an issue pick the report. Raises WrongState unless it is submitted."""
    item = _decide(item, state=NewsState.ACCEPTED, reason="", at=at)
    with translation.override(settings.LANGUAGE_CODE):
        _tell(item, kind="newsletters.accepted", subject=_("Accepted: %(title)s"))
    record(action="newsletters.accept_news", actor=by, target=f"newsletters.NewsItem:{item.pk}")
    return item


@transaction.atomic
def return_news(*, by: AbstractBaseUser, item: NewsItem, reason: str, at: datetime | None = None) -> NewsItem:
    """Send a report back with its reason. Raises WrongState unless it is submitted, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a return carries its reason")
    item = _decide(item, state=NewsState.RETURNED, reason=reason.strip(), at=at)
    with translation.override(settings.LANGUAGE_CODE):
        _tell(item, kind="newsletters.returned", subject=_("Returned: %(title)s"))
    record(
        action="newsletters.return_news",
        actor=by,
        target=f"newsletters.NewsItem:{item.pk}",
        details={"reason": item.reason},
    )
    return item


@transaction.atomic
def request_pdf(*, issue: IssuePage, with_matrix: bool) -> None:
    """Have the PDF of an issue made in the background, once for each state of the issue."""
    document = document_of(issue, with_matrix=with_matrix)
    if storages["private"].exists(document.path):
        return
    payload = {"issue": issue.pk, "with_matrix": with_matrix}
    enqueue(kind=PDF_JOB, payload=payload, key=f"{PDF_JOB}:{document.path}")


def make_pdf(payload: dict[str, Any]) -> None:
    """The work of the job: set the issue as it is now and keep the file. Doing it twice is harmless.

    Raises foundation.fonts.PdfUnavailable where the system libraries are missing: the job is tried again later.
    """
    issue = IssuePage.objects.filter(pk=payload["issue"]).first()
    if issue is None:
        return
    document = document_of(issue, with_matrix=payload["with_matrix"])
    storage = storages["private"]
    if not storage.exists(document.path):
        storage.save(document.path, ContentFile(set_document(document)))
