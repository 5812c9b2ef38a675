"""The outbox table. A row appears in the same transaction as the business row that needs the work."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Where a job stands."""

    READY = "ready", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    DEAD = "dead", _("failed for good")


class Job(models.Model):
    """One piece of background work.

    It survives anything that the database survives: a worker that dies leaves the row `running` with a lease
    that runs out; another worker claims it again. Only the holder of the newest attempt may finish it (fencing
    by `attempts`). After `attempts` reaches the handler's limit it is `dead` and waits for a person.
    """

    kind = models.CharField(_("kind"), max_length=60)
    payload = models.JSONField(_("payload"), default=dict)
    key = models.CharField(_("idempotency key"), max_length=160, unique=True, null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.READY)
    run_at = models.DateTimeField(_("not before"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(pgettext_lazy("job", "attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["ready", "running", "done", "dead"]), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False) | (~Q(state="running") & Q(lease_until=None)),
                name="job_lease_only_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False) | (~Q(state="done") & Q(finished_at=None)),
                name="job_finished_only_when_done",
            ),
        ]
        indexes = [
            models.Index(fields=["run_at"], name="job_due", condition=Q(state__in=["ready", "running"])),
            models.Index(fields=["state", "-id"], name="job_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
