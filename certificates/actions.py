"""Issue certificates, revoke them, let their holders choose what strangers read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from certificates import steps
from certificates.contracts import months_later, new_number
from certificates.models import Certificate, Revocation
from certificates.steps import Enrolment
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from notifications.actions import Draft, notify_all
from organisations.queries import may_be_named

ISSUE_JOB = "certificates.issue"
ISSUED, REVOKED, ENDING = "certificates.issued", "certificates.revoked", "certificates.ending"
SLICE = 100
TELL_DAYS = 30  # before the last day


def queue_issuing(*, enrolment_ids: Sequence[int]) -> None:
    """Let the worker look which of these enrolments have earned a certificate. In the caller's transaction."""
    wanted = steps.awarding(enrolment_ids)
    for begin in range(0, len(wanted), SLICE):
        enqueue(kind=ISSUE_JOB, payload={"enrolments": wanted[begin : begin + SLICE]})


@transaction.atomic
def issue_certificates(*, enrolment_ids: Sequence[int] | None = None, at: datetime | None = None) -> int:
    """Issue what is earned, of these enrolments or of all, at most `SLICE`; returns how many that were.

    Doing it twice, or twice at once, issues nothing twice: the database takes one certificate for an enrolment.
    """
    now = at or timezone.now()
    earned = list(steps.earned(enrolment_ids, SLICE))
    hours = steps.hours_of([enrolment.pk for enrolment in earned])
    named = {unit.pk: may_be_named(unit) for unit in {row.organisation_id: row.organisation for row in earned}.values()}
    fresh = []
    for row in earned:
        is_private = row.user.is_minor or row.programme.is_for_pupils or not named[row.organisation_id]
        certificate = _certificate(row, is_private=is_private, now=now)
        certificate.credit_hours = hours.get(row.pk)
        fresh.append(certificate)
    Certificate.objects.bulk_create(fresh, ignore_conflicts=True)
    issued = list(Certificate.objects.filter(code__in=[row.code for row in fresh]).order_by("pk"))
    for certificate in issued:
        details = {"enrolment": certificate.enrolment_id, "holder": certificate.holder_id}
        record(action="certificates.issue", actor=None, target=_target(certificate), details=details)
    notify_all(drafts=[_draft(certificate) for certificate in issued], at=now)
    return len(issued)


def _certificate(enrolment: Enrolment, *, is_private: bool, now: datetime) -> Certificate:
    """As it will be stored. It renews the newest one of the same person in the same programme."""
    programme, day = enrolment.programme, timezone.localdate(now)
    months = programme.certificate_months
    before = Certificate.objects.filter(holder_id=enrolment.user_id, programme=programme).order_by("-issued_at", "-pk")
    return Certificate(
        code=new_number(day),
        enrolment=enrolment,
        holder=enrolment.user,
        programme=programme,
        organisation=enrolment.organisation,
        holder_name=enrolment.user.get_full_name(),
        unit_name=enrolment.organisation.name,
        title=programme.title,
        title_en=programme.title_en,
        completed_on=min(timezone.localdate(steps.completed_at(enrolment)), day),
        issued_on=day,
        issued_at=now,
        valid_until=months_later(day, months) if months else None,
        renews=before.first(),
        is_private=is_private,
    )


def _target(certificate: Certificate) -> str:
    return f"certificates.Certificate:{certificate.pk}"


def _draft(certificate: Certificate) -> Draft:
    """The message to the holder."""
    words = {"title": certificate.title, "number": certificate.shown_code}
    with override(settings.LANGUAGE_CODE):
        return Draft(
            certificate.holder_id,
            ISSUED,
            _("Your certificate: %(title)s") % words,
            _("Number %(number)s. You can read it, take it along as PDF and say whether strangers see your name.")
            % words,
            reverse("certificates:own", args=[certificate.code]),
        )


@transaction.atomic
def tell_of_ends(*, at: datetime | None = None) -> int:
    """Tell holders, once each, that their certificate ends within `TELL_DAYS`, at most `SLICE`; returns how many."""
    now = at or timezone.now()
    today = timezone.localdate(now)
    ending = Certificate.objects.ending(today, today + timedelta(days=TELL_DAYS)).order_by("valid_until", "pk")
    told = []
    for certificate in ending[:SLICE]:
        # Of two workers at once, one tells.
        if Certificate.objects.filter(pk=certificate.pk, end_told_at=None).update(end_told_at=now):
            told.append(certificate)
    notify_all(drafts=[_ending(certificate) for certificate in told], at=now)
    for certificate in told:
        record(action="certificates.tell_of_ends", actor=None, target=_target(certificate), details={})
    return len(told)


def _ending(certificate: Certificate) -> Draft:
    """The message to the holder some weeks before the last day."""
    with override(settings.LANGUAGE_CODE):
        words = {
            "title": certificate.title,
            "number": certificate.shown_code,
            "day": date_format(certificate.valid_until, "DATE_FORMAT") if certificate.valid_until else "",
        }
        return Draft(
            certificate.holder_id,
            ENDING,
            _("Your certificate ends soon: %(title)s") % words,
            _("Number %(number)s holds until %(day)s. The next round of the programme gives you a new one; ask the"
              " coordinator of your unit when it begins.") % words,
            reverse("certificates:own", args=[certificate.code]),
        )  # fmt: skip


class AlreadyRevoked(ValueError):
    """It was revoked before."""


@transaction.atomic
def revoke_certificate(
    *, by: User, certificate: Certificate, reason: str, note: str, at: datetime | None = None
) -> Revocation:
    """Take a certificate back, for everybody to see, and tell its holder. Raises AlreadyRevoked, or ValidationError
    without an explanation."""
    now = at or timezone.now()
    revocation = Revocation(certificate=certificate, reason=reason, note=note.strip(), revoked_by=by, revoked_at=now)
    revocation.clean_fields()
    try:
        with transaction.atomic():
            revocation.save()
    except IntegrityError:
        raise AlreadyRevoked(certificate.code) from None
    record(action="certificates.revoke_certificate", actor=by, target=_target(certificate), details={"reason": reason})
    notify_all(drafts=[_told(certificate, revocation)], at=now)
    return revocation


def _told(certificate: Certificate, revocation: Revocation) -> Draft:
    """The message to the holder, in the language of the site: who revokes may read another one."""
    words = {"title": certificate.title, "number": certificate.shown_code}
    with override(settings.LANGUAGE_CODE):
        return Draft(
            certificate.holder_id,
            REVOKED,
            _("Your certificate was revoked: %(title)s") % words,
            f"{words['number']}: {revocation.get_reason_display()}. {revocation.note}",
            reverse("certificates:own", args=[certificate.code]),
        )


class NameStaysHidden(ValueError):
    """Certificates of minors, classes and units that are never named show no name to strangers."""


@transaction.atomic
def choose_name(*, certificate: Certificate, shown: bool) -> None:
    """Let the holder say whether strangers read the whole name. Raises NameStaysHidden."""
    if certificate.is_private or certificate.holder.is_minor:
        raise NameStaysHidden(certificate.code)
    if Certificate.objects.filter(pk=certificate.pk).exclude(shows_name=shown).update(shows_name=shown):
        record(
            action="certificates.choose_name",
            actor=certificate.holder,
            target=_target(certificate),
            details={"shown": shown},
        )


@transaction.atomic
def note_export(*, by: User, count: int) -> None:
    """Write down that somebody took a list of certificates along."""
    record(action="certificates.note_export", actor=by, target="certificates.Certificate:list", details={"rows": count})
