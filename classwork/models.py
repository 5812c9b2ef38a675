"""What a teacher entered together for one step of one class, and the package that a class takes along."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.writeonce import ALL, protect


class ClassworkBatch(models.Model):
    """Results of one step, entered together and taken back together. The facts lie in the app that owns the step."""

    public_id = models.CharField(max_length=12, unique=True, default=code12, editable=False)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("class")
    )
    step = models.ForeignKey("programmes.Step", on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    done_on = models.DateField(_("day of the lesson"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"))
    pupils = models.PositiveSmallIntegerField(_("pupils with an account"))
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )

    class Meta:
        verbose_name = _("class work entered")
        verbose_name_plural = _("class work entered")
        constraints = [together(Q(undone_at__isnull=False), "undone_by", name="classwork_undone_by_somebody")]
        indexes = [models.Index(fields=["organisation", "-id"], name="classwork_by_class")]

    def __str__(self) -> str:
        return self.public_id


class SeatPart(models.Model):
    """A child without an account took part: the number of the seat, and for a drill the result. Nothing else."""

    batch = models.ForeignKey(ClassworkBatch, on_delete=models.CASCADE, related_name="seats")
    seat = models.PositiveSmallIntegerField(_("seat number"))
    right = models.PositiveSmallIntegerField(_("right answers"), null=True)
    asked = models.PositiveSmallIntegerField(_("questions asked"), null=True)

    class Meta:
        verbose_name = _("seat that took part")
        verbose_name_plural = _("seats that took part")
        constraints = [
            models.UniqueConstraint(fields=["batch", "seat"], name="seat_part_once"),
            models.CheckConstraint(
                condition=Q(right=None, asked=None) | Q(right__lte=F("asked"), asked__gte=1), name="seat_part_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.seat}"


class PackageState(models.TextChoices):
    """How far a package is."""

    WAITING = "waiting", _("waits")
    WORKING = "working", _("is being put together")
    DONE = "done", _("ready")
    FAILED = "failed", _("could not be put together")


class Package(models.Model):
    """The newest package of a class: asked for by one of its teachers, put together in the background, fetched by all
    of them. `file` is a path below PRIVATE_ROOT. It names nobody."""

    organisation = models.OneToOneField(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="+", verbose_name=_("class")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"))
    mark = models.CharField(max_length=12, default=code12, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=PackageState, default=PackageState.WAITING)
    done_parts = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=1)
    file = models.CharField(max_length=120, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    done_at = models.DateTimeField(_("ready since"), null=True, blank=True)

    class Meta:
        verbose_name = _("package of a class")
        verbose_name_plural = _("packages of classes")
        constraints = [
            one_of("state", PackageState, name="package_state_known"),
            together(Q(state="done"), "done_at", name="package_done_says_when"),
        ]

    def __str__(self) -> str:
        return self.mark

    @property
    def is_under_way(self) -> bool:
        """Asked for, and not there yet."""
        return self.state in (PackageState.WAITING, PackageState.WORKING)


protect("classwork.ClassworkBatch", frozen=["organisation", "step", "done_on", "entered_by", "entered_at", "pupils"])
protect("classwork.SeatPart", frozen=ALL)
