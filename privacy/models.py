"""Requests of people about their own data."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.identifiers import code12
from foundation.writeonce import protect


def private_storage() -> object:
    """Where the archives lie."""
    return storages["private"]


class RequestKind(models.TextChoices):
    """What somebody wants."""

    EXPORT = "export", _("copy of my data")
    ERASURE = "erasure", _("erasure of my account")


class RequestState(models.TextChoices):
    """Where a request stands."""

    WAITING = "waiting", _("waiting")
    READY = "ready", _("ready to fetch")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("taken back")


class DataRequest(models.Model):
    """One request of one person: a copy of everything held about them, or the end of it.

    A row appears when the person (or, for an erasure, the office) asks; it stays when the person is erased, and then
    names nobody. `outcome` counts what an erasure did.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=RequestKind)
    state = models.CharField(_("state"), max_length=9, choices=RequestState, default=RequestState.WAITING)
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    file = models.CharField(_("file"), max_length=120, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), default=0)
    expires_at = models.DateTimeField(_("can be fetched until"), null=True, blank=True)
    outcome = models.JSONField(_("what was done"), default=dict)

    class Meta:
        verbose_name = _("request about one's data")
        verbose_name_plural = _("requests about one's data")
        constraints = [
            one_of("kind", RequestKind, name="data_request_kind_known"),
            one_of("state", RequestState, name="data_request_state_known"),
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(state="waiting"), name="data_request_one_waiting_per_kind"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & Q(expires_at__isnull=False)),
                name="data_request_ready_has_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "refused", "cancelled"]) | Q(finished_at__isnull=False),
                name="data_request_end_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="data_request_refused_with_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["user", "-asked_at"], name="data_request_by_user")]
        permissions = [("decide_erasure", "Can decide requests for erasure"), ("view_minors", "Can see minors' report")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


protect("privacy.DataRequest", frozen=["public_id", "user", "kind", "asked_at"], deletable=False)
