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
    # What is published: the newest head that enough witnesses signed, who is missing on the one shown now, and the
    # sizes of the last two heads, which partial tiles outlive.
    witnessed = models.TextField(_("last checkpoint with enough cosignatures"), blank=True)
    missing = models.CharField(_("witnesses that are missing"), max_length=1000, blank=True)
    shown_size = models.BigIntegerField(_("entries published"), default=0)
    before_size = models.BigIntegerField(_("entries published before that"), default=0)
    tidied_size = models.BigIntegerField(_("entries whose partial tiles are gone"), default=0)

    class Meta:
        verbose_name = _("state of the log")
        verbose_name_plural = _("state of the log")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="log_state_one_row"),
            models.CheckConstraint(condition=Q(size__gte=0), name="log_state_size_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.origin}: {self.size}"


class LogKey(models.Model):
    """A key that signs, or once signed, the log. A retired key still proves what it signed, a revoked one nothing."""

    vkey = models.CharField(_("public key"), max_length=400, unique=True)
    since = models.DateTimeField(_("in use since"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    salt = models.BinaryField(_("salt"), max_length=32, null=True)
    entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("log entry")
    )

    class Meta:
        verbose_name = _("key of the log")
        verbose_name_plural = _("keys of the log")

    def __str__(self) -> str:
        return self.vkey


class LogWitness(models.Model):
    """How far a witness has seen the log, as far as we know: it saves a question, nothing rests on it."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    size = models.BigIntegerField(_("entries"))

    class Meta:
        verbose_name = _("witness")
        verbose_name_plural = _("witnesses")
        constraints = [models.CheckConstraint(condition=Q(size__gte=0), name="log_witness_size_not_negative")]

    def __str__(self) -> str:
        return f"{self.name}: {self.size}"


class LogShard(models.Model):
    """A log that ended because its key could not be trusted any more: its last head, to which the next log commits."""

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True)
    origin = models.CharField(_("origin"), max_length=200, unique=True)
    checkpoint = models.TextField(_("last checkpoint"))
    reason = models.CharField(_("reason"), max_length=500)
    ended_at = models.DateTimeField(_("ended"))
    salt = models.BinaryField(_("salt"), max_length=32)
    entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, related_name="begins", verbose_name=_("first entry of the next log")
    )

    class Meta:
        verbose_name = _("ended log")
        verbose_name_plural = _("ended logs")
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="log_shard_counts_from_one")]

    def __str__(self) -> str:
        return self.origin


class LogOldPlace(models.Model):
    """Where an entry stood in a log that ended. The same entry stands in the next log again."""

    shard = models.ForeignKey(LogShard, on_delete=models.PROTECT, related_name="places", verbose_name=_("ended log"))
    place = models.BigIntegerField(_("place in the log"))
    entry = models.ForeignKey(LogEntry, on_delete=models.PROTECT, related_name="+", verbose_name=_("log entry"))
    leaf = models.BinaryField(_("entry as published"), max_length=400)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("place in an ended log")
        verbose_name_plural = _("places in ended logs")
        constraints = [
            models.UniqueConstraint(fields=["shard", "place"], name="log_old_place_once"),
            models.CheckConstraint(condition=Q(place__gte=0), name="log_old_place_counts_from_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.shard_id}: {self.place}"


protect("ledger.LogEntry", frozen=ALL)
protect("ledger.LogPlace", frozen=ALL)
protect("ledger.LogShard", frozen=ALL)
protect("ledger.LogOldPlace", frozen=ALL)
protect("ledger.LogKey", frozen=["vkey", "since", "salt", "entry"])
