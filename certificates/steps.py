"""The one door from certificates to programmes: who has earned one, and has none yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from certificates import queries
from certificates.models import Certificate
from programmes.contracts import Duty
from programmes.contracts import hours_of as hours_of
from programmes.models import Enrolment as Enrolment
from programmes.models import EnrolmentState, Step, StepCompletion


def awarding(enrolment_ids: Sequence[int]) -> list[int]:
    """Those of these enrolments whose programme ends with a certificate. One statement."""
    found = Enrolment.objects.filter(pk__in=enrolment_ids, programme__certificate_after__isnull=False)
    return list(found.order_by("pk").values_list("pk", flat=True))


def earned(enrolment_ids: Sequence[int] | None, limit: int) -> QuerySet[Enrolment]:
    """Enrolments that have every step up to the one after which a certificate is due, and have none yet; with the
    moment of the last of these steps as `completed_at`. An earlier round counts, an enrolment that was ended does not.
    """
    until = OuterRef("programme__certificate_after")
    asked = Step.objects.filter(programme=OuterRef("programme_id"), stage__lte=until)
    done = StepCompletion.objects.filter(enrolment=OuterRef(OuterRef("pk")), step=OuterRef("pk"))
    last = StepCompletion.objects.filter(enrolment=OuterRef("pk"), step__stage__lte=until).order_by()
    found = Enrolment.objects.filter(programme__certificate_after__isnull=False).exclude(state=EnrolmentState.WITHDRAWN)
    if enrolment_ids is not None:
        found = found.filter(pk__in=enrolment_ids)
    found = found.filter(
        ~Exists(Certificate.objects.filter(enrolment=OuterRef("pk"))),
        Exists(asked),
        ~Exists(asked.filter(~Exists(done))),
    )
    moments = last.values("enrolment").annotate(last=Max("completed_at")).values("last")
    found = found.annotate(completed_at=Subquery(moments)).select_related("programme", "user", "organisation")
    return found.order_by("pk")[:limit]


def completed_at(enrolment: Enrolment) -> datetime:
    """When the last step that the certificate asks for was completed."""
    moment: datetime = enrolment.completed_at  # type: ignore[attr-defined]  # annotated by `earned`
    return moment


class CertificateDuties:
    """The list of certificates, for those who lead units."""

    def duties_of(self, user: Any) -> Sequence[Duty]:
        """Its address, once there is anything in it. Three statements."""
        if not queries.seen_by(user).exists():
            return []
        return [Duty(_("Certificates of my units"), reverse("certificates:office"), "shield", _("Look up, revoke"))]
