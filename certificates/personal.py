"""What certificates hold about a person, how it is erased, and how long it is kept."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certificates.models import Certificate, Revocation
from certificates.pdf import certificate_pdf
from certificates.queries import certificates_of
from foundation.fonts import PdfUnavailable
from foundation.writeonce import opened
from privacy.personal import fields_of
from privacy.registry import Section

BLANK = "—"


class CertificateData:
    """Certificates with their PDF."""

    def sections(self, user: User) -> Iterable[Section]:
        """All that still name the person."""
        mine = list(certificates_of(user))
        rows = fields_of(
            mine, "code", "title", "unit_name", "holder_name", "credit_hours", "completed_on", "issued_on",
            "valid_until", "shows_name",
        )  # fmt: skip
        yield Section("certificates", _("Certificates"), rows, [(f"{c.code}.pdf", _reader(c)) for c in mine])
        taken = Revocation.objects.filter(certificate__in=mine).select_related("certificate").order_by("pk")
        names = ("certificate", "reason", "note", "revoked_at")
        yield Section("revocations", _("Certificates that were revoked"), fields_of(taken, *names))

    def holds(self, user: User) -> Iterable[str]:
        """Nothing."""
        return []

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """No certificate names the person, none can be checked any more."""
        return {"certificates": _forget(Q(holder=user))}


def _reader(certificate: Certificate) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return certificate_pdf(certificate)
        except PdfUnavailable as missing:
            return str(missing).encode()

    return read


def _forget(which: Q, limit: int | None = None) -> int:
    """Take the name out of certificates and the words out of their revocations; the bare rows stay for the figures."""
    ids = list(Certificate.objects.kept().filter(which).order_by("pk").values_list("pk", flat=True)[:limit])
    if ids:
        with opened("certificates.Certificate"):
            Certificate.objects.filter(pk__in=ids).update(holder_name="", shows_name=False)
        with opened("certificates.Revocation"):
            Revocation.objects.filter(certificate__in=ids).update(note=BLANK)
    return len(ids)


def certificates_due(before: datetime) -> int:
    """How many certificates ended before that."""
    return Certificate.objects.kept().filter(valid_until__lt=before.date()).count()


def forget_certificates(before: datetime, limit: int) -> int:
    """Forget whom certificates named that ended before that."""
    return _forget(Q(valid_until__lt=before.date()), limit)
