"""Entries on their way into the log, and how far the log is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.writeonce import ALL, protect


class Kind(models.TextChoices):
    """What an entry is about. The values are those of `tlog.leaf`."""

    PLEDGE = "pledge", _("letter")
    PAPER = "paper", _("exam paper")
    SCORING = "scoring", _("scoring run")
    TEMPLATE = "template", _("letter template")
    EVIDENCE = "evidence", _("evidence of a signature")
    KEY = "key", _("key")
    NOTE = "note", _("note")


class Op(models.TextChoices):
    """What happened. Every op but `add` acts on an earlier entry."""

    ADD = "add", _("added")
    AMEND = "amend", _("amended")
    WITHDRAW = "withdraw", _("withdrawn")
    RESTORE = "restore", _("restored")
    EXPIRE = "expire", _("expired")
    FREEZE = "freeze", _("log ended")


class LogEntry(models.Model):
    """One entry. A row appears in the transaction of what it records and never changes.

    Holds a commitment, never the record: no name, no number, no plain hash.
    """

    event_key = models.CharField(_("event"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    op = models.CharField(_("what happened"), max_length=10, choices=Op)
    commitment = models.CharField(_("commitment"), max_length=43)
    acts_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("acts on")
    )
    created_at = models.DateTimeField(_("created"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        constraints = [
            one_of("kind", Kind, name="log_entry_kind_known"),
            one_of("op", Op, name="log_entry_op_known"),
            models.CheckConstraint(
                condition=Q(op="add", acts_on=None) | (~Q(op="add") & Q(acts_on__isnull=False)),
                name="log_entry_acts_on_an_earlier_one",
            ),
        ]

    def __str__(self) -> str:
        return self.event_key


class LogWaiting(models.Model):
    """An entry that has no place yet. The row goes when the entry gets one, in the same transaction."""

    entry = models.OneToOneField(
        LogEntry, on_delete=models.CASCADE, primary_key=True, related_name="waiting", verbose_name=_("log entry")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("waiting log entry")
        verbose_name_plural = _("waiting log entries")

    def __str__(self) -> str:
        return str(self.pk)


class LogPlace(models.Model):
    """Where an entry stands in the log, for ever: its index from 0, its time and its bytes as published.

    `logged_at` (Unix seconds) never goes back from one place to the next.
    """

    place = models.BigIntegerField(_("place in the log"), primary_key=True)
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="place", verbose_name=_("log entry"))
    logged_at = models.BigIntegerField(_("time in the log"))
    leaf = models.BinaryField(_("entry as published"), max_length=400)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("place in the log")
        verbose_name_plural = _("places in the log")
        constraints = [models.CheckConstraint(condition=Q(place__gte=0), name="log_place_counts_from_zero")]

    def __str__(self) -> str:
        return str(self.place)


class LogState(models.Model):
    """How far the log is signed: one row. The signed checkpoint here is the point of no return, the file follows."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(_("origin"), max_length=200)
    size = models.BigIntegerField(_("entries"))
    root = models.BinaryField(_("root hash"), max_length=32)
    checkpoint = models.TextField(_("signed checkpoint"))
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("state of the log")
        verbose_name_plural = _("state of the log")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="log_state_one_row"),
            models.CheckConstraint(condition=Q(size__gte=0), name="log_state_size_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.origin}: {self.size}"


protect("ledger.LogEntry", frozen=ALL)
protect("ledger.LogPlace", frozen=ALL)
