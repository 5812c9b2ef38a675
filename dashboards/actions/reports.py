"""Reports for leaders: asked for, written in the background, taken, put away."""

import logging
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from dashboards import queries
from dashboards.exports import paper, word
from dashboards.exports.wording import Block, Chart, blocks_of
from dashboards.models import Report, ReportScope, ReportState
from foundation.audit.actions import record
from foundation.fonts import PdfUnavailable
from foundation.jobs.actions import enqueue
from notifications.actions import notify
from organisations.models import Organisation
from programmes.models import Assignment, Programme

REPORT_JOB = "dashboards.write_report"
PARTS = 4  # figures, charts, Word, PDF
logger = logging.getLogger(__name__)


@transaction.atomic
def ask_report(
    *,
    by: User,
    unit: Organisation,
    scope: str,
    from_on: date,
    until_on: date,
    programme: Programme | None = None,
    assignment: Assignment | None = None,
    at: datetime | None = None,
) -> Report:
    """Have a report written in the background, for `by` alone. The caller has checked that they may see the unit."""
    report = Report.objects.create(
        asked_by=by,
        asked_at=at or timezone.now(),
        scope=scope,
        organisation=unit,
        programme=assignment.programme if assignment else programme,
        assignment=assignment,
        from_on=from_on,
        until_on=until_on,
        title=_title(unit, scope, assignment.programme if assignment else programme, from_on),
    )
    enqueue(kind=REPORT_JOB, payload={"report": report.pk})
    record(
        action="dashboards.ask_report",
        actor=by,
        target=f"dashboards.Report:{report.pk}",
        details={"organisation": unit.pk, "scope": scope},
    )
    return report


def _title(unit: Organisation, scope: str, programme: Programme | None, from_on: date) -> str:
    """An official title, Chinese whatever the language of the reader."""
    words = {
        "unit": unit.name,
        "title": programme.title if programme else "",
        "year": from_on.year,
        "quarter": "一二三四"[(from_on.month - 1) // 3],
    }
    with override(settings.LANGUAGE_CODE):
        if scope == ReportScope.QUARTER:
            return _("%(unit)s: integrity education in quarter %(quarter)s of %(year)d") % words
        if scope == ReportScope.CAMPAIGN:
            return _("%(unit)s: report on the assignment “%(title)s”") % words
        return _("%(unit)s: report on “%(title)s”") % words


def write_report(*, report_id: int, today: date) -> tuple[str, str] | None:
    """Write both files and keep them; returns their paths ("" for a PDF that cannot be made here), None if nobody
    wants the report any more. Doing it twice is harmless: the older files go with the report.
    """
    report = Report.objects.select_related("organisation", "programme").filter(pk=report_id).first()
    if report is None or report.state == ReportState.DONE:
        return None
    try:
        return _written(report, today)
    except Exception:
        Report.objects.filter(pk=report_id).update(state=ReportState.FAILED, error="write")
        raise


def _written(report: Report, today: date) -> tuple[str, str]:
    _go_on(report, 0)
    with override(settings.LANGUAGE_CODE):
        blocks = blocks_of(queries.content_of(report, today))
        _go_on(report, 1)
        pictures = _pictures(blocks)
        _go_on(report, 2)
        about = (report.title, report.organisation.name, today, blocks)
        docx = _kept(report, "docx", word.document(*about, pictures))
        _go_on(report, 3)
        try:
            pdf = _kept(report, "pdf", paper.pdf(*about))
        except PdfUnavailable as missing:
            logger.warning("a report without PDF: %s", missing)
            pdf = ""
    return docx, pdf


def _go_on(report: Report, parts: int) -> None:
    """Let the page see how far it is."""
    Report.objects.filter(pk=report.pk).update(state=ReportState.WORKING, done_parts=parts, error="")


def _pictures(blocks: list[Block]) -> dict[int, bytes]:
    """The charts by the place of their block; none where PDFs cannot be made."""
    try:
        return {place: paper.picture(block) for place, block in enumerate(blocks) if isinstance(block, Chart)}
    except PdfUnavailable:
        return {}


def _kept(report: Report, kind: str, data: bytes) -> str:
    """The path of a file below PRIVATE_ROOT that nobody can guess."""
    return storages["private"].save(f"reports/{report.public_id}-{secrets.token_hex(8)}.{kind}", ContentFile(data))


@transaction.atomic
def finish_report(*, report_id: int, paths: tuple[str, str], at: datetime | None = None) -> None:
    """The files are there: say so to who asked, in the transaction of the job's own mark."""
    report = Report.objects.select_related("asked_by", "organisation").get(pk=report_id)
    report.state, report.done_parts, report.done_at = ReportState.DONE, PARTS, at or timezone.now()
    report.docx, report.pdf = paths
    report.save(update_fields=["state", "done_parts", "done_at", "docx", "pdf"])
    with override(settings.LANGUAGE_CODE):
        until = date_format(timezone.localdate(kept_until(report)), "DATE_FORMAT")
        subject = _("Ready: %(title)s") % {"title": report.title}
        body = _("It can be taken until %(day)s, as Word file and as PDF.") % {"day": until}
    url = reverse("dashboards:report", args=[report.public_id])
    notify(user=report.asked_by, kind="dashboards.report", subject=subject[:200], body=body, url=url)
    record(action="dashboards.finish_report", actor=None, target=f"dashboards.Report:{report.pk}")


def kept_until(report: Report) -> datetime:
    """When a report goes by itself."""
    return report.asked_at + timedelta(days=settings.REPORT_KEEP_DAYS)


@transaction.atomic
def take_report(*, by: User, report: Report, kind: str) -> Any:
    """Open one of the two files, and write down that it was taken."""
    opened = storages["private"].open(report.pdf if kind == "pdf" else report.docx)
    record(action="dashboards.take_report", actor=by, target=f"dashboards.Report:{report.pk}", details={"kind": kind})
    return opened


@transaction.atomic
def discard_reports(*, by: User | None, reports: list[Report]) -> int:
    """Put reports and their files away; returns how many."""
    paths = [path for report in reports for path in (report.docx, report.pdf) if path]
    Report.objects.filter(pk__in=[report.pk for report in reports]).delete()
    transaction.on_commit(lambda: _delete(paths))
    if reports:
        record(
            action="dashboards.discard_reports",
            actor=by,
            target="dashboards.Report:some",
            details={"reports": [report.pk for report in reports]},
        )
    return len(reports)


def _delete(paths: list[str]) -> None:
    for path in paths:
        storages["private"].delete(path)
