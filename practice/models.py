"""Deeds: what a learner did to keep a promise, and who confirmed it."""

from collections.abc import Iterable

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of, together
from foundation.identifiers import code12, random_code
from foundation.writeonce import ALL, protect


def private_storage() -> Storage:
    """The storage that no address serves."""
    return storages["private"]


def evidence_path(deed: "Deed", filename: str) -> str:
    """A random name that says nothing of the person; the extension is the one that the action sniffed."""
    extension = filename[filename.rfind(".") :]
    return f"deeds/{deed.happened_on:%Y}/{random_code(20)}{extension}"


class PractiseStep(models.Model):
    """What a step of kind "practise" asks for: so many confirmed deeds."""

    step = models.OneToOneField(
        "programmes.Step", on_delete=models.PROTECT, primary_key=True, related_name="+", verbose_name=_("step")
    )
    required_deeds = models.PositiveSmallIntegerField(_("confirmed deeds required"), default=2)

    class Meta:
        verbose_name = _("practise step")
        verbose_name_plural = _("practise steps")
        constraints = [
            models.CheckConstraint(
                condition=Q(required_deeds__gte=1, required_deeds__lte=50), name="practise_step_asks_for_1_to_50"
            )
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.required_deeds}"


class DeedState(models.TextChoices):
    """Where a deed stands. A returned deed can be corrected and submitted again."""

    SUBMITTED = "submitted", _("waiting for confirmation")
    CONFIRMED = "confirmed", _("confirmed")
    RETURNED = "returned", _("returned")
    WITHDRAWN = "withdrawn", _("taken back")


DECIDED = (DeedState.CONFIRMED, DeedState.RETURNED)


class DeedQuerySet(models.QuerySet["Deed"]):
    """Filters."""

    def of_pairs(self, pairs: Iterable[tuple[int, int]]) -> "DeedQuerySet":
        """Deeds of these (enrolment id, step id) pairs."""
        scope = Q(pk__in=[])
        for enrolment_id, step_id in pairs:
            scope |= Q(enrolment_id=enrolment_id, practise_step_id=step_id)
        return self.filter(scope)


class Deed(models.Model):
    """One sentence about one promise kept, in one enrolment. Once confirmed it never changes.

    The promise is a snapshot (key and text): a letter that is withdrawn later does not rewrite what was done.
    """

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    enrolment = models.ForeignKey(
        "programmes.Enrolment", on_delete=models.PROTECT, related_name="+", verbose_name=_("enrolment")
    )
    practise_step = models.ForeignKey(
        PractiseStep, on_delete=models.PROTECT, related_name="+", verbose_name=_("practise step")
    )
    promise_key = models.CharField(_("promise"), max_length=80, blank=True)
    promise = models.TextField(_("text of the promise"), blank=True)
    sentence = models.CharField(_("what was done"), max_length=200)
    happened_on = models.DateField(_("day"))
    evidence = models.FileField(
        _("evidence"), storage=private_storage, upload_to=evidence_path, max_length=120, blank=True
    )
    evidence_type = models.CharField(_("type of evidence"), max_length=20, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    state = models.CharField(_("state"), max_length=10, choices=DeedState, default=DeedState.SUBMITTED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason for returning"), max_length=300, blank=True)

    objects = DeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("deed")
        verbose_name_plural = _("deeds")
        constraints = [
            one_of("state", DeedState, name="deed_state_known"),
            together(Q(state__in=DECIDED), "decided_by", "decided_at", name="deed_decided_names_who_and_when"),
            models.CheckConstraint(
                condition=(Q(state="returned") & ~Q(reason="")) | (~Q(state="returned") & Q(reason="")),
                name="deed_returned_says_why",
            ),
            models.CheckConstraint(
                condition=Q(evidence="", evidence_type="") | (~Q(evidence="") & ~Q(evidence_type="")),
                name="deed_evidence_has_a_type",
            ),
            models.CheckConstraint(
                condition=Q(promise_key="", promise="") | (~Q(promise_key="") & ~Q(promise="")),
                name="deed_promise_key_has_a_text",
            ),
            models.CheckConstraint(condition=~Q(sentence=""), name="deed_says_something"),
            models.UniqueConstraint(
                fields=["enrolment", "practise_step", "promise_key", "happened_on", "sentence"],
                condition=~Q(state="withdrawn"),
                name="deed_recorded_once",
            ),
        ]
        indexes = [
            models.Index(fields=["enrolment", "practise_step", "state"], name="deed_by_enrolment"),
            models.Index(fields=["state", "recorded_at"], name="deed_by_state"),
        ]

    def __str__(self) -> str:
        return self.sentence


protect("practice.Deed", frozen=ALL, when="OLD.state = 'confirmed'")
