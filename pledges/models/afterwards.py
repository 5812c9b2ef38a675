"""What became of a letter after it was signed, and what its office keeps of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.ledger.models import LogEntry
from foundation.writeonce import ALL, protect
from pledges.models.letters import Letter


class EventKind(models.TextChoices):
    """What happened."""

    RENEWED = "renewed", _("renewed")
    CORRECTED = "corrected", _("corrected")
    FULFILMENT = "fulfilment", _("fulfilment recorded")
    WITHDRAWN = "withdrawn", _("withdrawn by the signer")
    ENDED = "ended", _("ended by the accepting unit")
    INVALIDATED = "invalidated", _("declared invalid")
    RESTORED = "restored", _("valid again")
    EXPIRED = "expired", _("expired")


class EndReason(models.TextChoices):
    """Why a letter was ended or declared invalid, in neutral words: nothing here says that somebody broke a promise."""

    FULFILLED = "fulfilled", _("the matter is settled")
    REQUESTED = "requested", _("at the signer's request")
    DUPLICATE = "duplicate", _("signed twice")
    WRONG_PERSON = "wrong_person", _("signed under another's name")
    NO_AUTHORITY = "no_authority", _("signed without authority")
    WRONG_TEXT = "wrong_text", _("the text was not the right one")
    DECISION = "decision", _("decision of another authority")


class LetterEvent(models.Model):
    """One thing that happened to a letter, with its entry in the log. No words of anybody are in this row: those are in
    `EventStatement`, which a withdrawal destroys while this row stays."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="events", verbose_name=_("letter"))
    kind = models.CharField(_("what happened"), max_length=12, choices=EventKind)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("done by"),
    )
    unit_name = models.CharField(_("unit"), max_length=200, blank=True)
    reason = models.CharField(pgettext_lazy("end", "reason"), max_length=14, choices=EndReason, blank=True)
    successor = models.ForeignKey(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("new letter")
    )
    entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("log entry")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("event of a letter")
        verbose_name_plural = _("events of letters")
        constraints = [
            one_of("kind", EventKind, name="letter_event_kind_known"),
            together(Q(kind="renewed"), "successor", name="event_renewed_by_a_letter"),
            models.CheckConstraint(
                condition=~Q(kind__in=["ended", "invalidated"]) | ~Q(reason=""), name="event_end_has_a_reason"
            ),
            models.UniqueConstraint(fields=["letter"], condition=Q(kind="expired"), name="event_letter_expires_once"),
            models.UniqueConstraint(
                fields=["letter"], condition=Q(kind__in=["withdrawn", "ended"]), name="event_letter_withdrawn_once"
            ),
        ]
        indexes = [models.Index(fields=["letter", "at"], name="event_by_letter")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.kind}"


class EventStatement(models.Model):
    """What an amendment says, signed by the issuer, and the salt of its entry in the log. As public as its letter."""

    event = models.OneToOneField(
        LetterEvent, on_delete=models.PROTECT, related_name="statement", verbose_name=_("event of a letter")
    )
    note = models.CharField(_("what was corrected"), max_length=1000, blank=True)
    body = models.TextField(_("statement as published"), blank=True)
    salt = models.BinaryField(_("salt"), max_length=32)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("statement about a letter")
        verbose_name_plural = _("statements about letters")

    def __str__(self) -> str:
        return str(self.event_id)


class FulfilmentStatus(models.TextChoices):
    """承诺履行状态 of the national field layout."""

    WHOLE = "whole", _("fulfilled")
    PARTLY = "partly", _("partly fulfilled")
    NOT = "not", _("not fulfilled")


class Fulfilment(models.Model):
    """How an organisation has kept its letter, as the accepting unit found. The newest row holds; a person's letter has
    none (rule R4, and: nothing negative about a person)."""

    event = models.OneToOneField(
        LetterEvent, on_delete=models.PROTECT, related_name="fulfilment", verbose_name=_("event of a letter")
    )
    status = models.CharField(_("fulfilment status"), max_length=8, choices=FulfilmentStatus)
    unfulfilled_content = models.TextField(_("what was not fulfilled"), max_length=4000, blank=True)
    sanction_content = models.TextField(_("what followed"), max_length=4000, blank=True)
    decided_on = models.DateField(_("found on"))
    unit_name = models.CharField(_("found by"), max_length=200)
    unit_uscc = models.CharField(_("code of that unit"), max_length=18, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("fulfilment of a letter")
        verbose_name_plural = _("fulfilment of letters")
        constraints = [
            one_of("status", FulfilmentStatus, name="fulfilment_status_known"),
            models.CheckConstraint(
                condition=Q(status="whole", unfulfilled_content="", sanction_content="")
                | (~Q(status="whole") & ~Q(unfulfilled_content="") & ~Q(sanction_content="")),
                name="fulfilment_says_what_is_missing_and_what_followed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.status}"


class ObjectionState(models.TextChoices):
    """Where an objection stands."""

    FILED = "filed", _("to be taken up")
    CHECKING = "checking", _("being checked")
    UPHELD = "upheld", pgettext_lazy("objection", "accepted")
    REJECTED = "rejected", pgettext_lazy("objection", "not accepted")


class Objection(models.Model):
    """Somebody says that a letter is wrong. Answered within five working days; the letter is marked meanwhile.

    The signer's own is checked at once; one from outside marks nothing until the unit has taken it up.
    """

    code = models.CharField(_("case number"), max_length=12, unique=True, default=code12, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="objections", verbose_name=_("letter"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("filed by"),
    )
    contact = models.CharField(_("name and how to reach you"), max_length=200, blank=True)
    text = models.TextField(_("what is wrong"), max_length=2000)
    filed_at = models.DateTimeField(_("filed"))
    due_on = models.DateField(_("answer due on"))
    state = models.CharField(_("state"), max_length=8, choices=ObjectionState, default=ObjectionState.FILED)
    answer = models.TextField(pgettext_lazy("objection", "answer"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(pgettext_lazy("objection", "decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("objection", "decided by"),
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            one_of("state", ObjectionState, name="objection_state_known"),
            together(Q(state__in=["upheld", "rejected"]), "decided_at", "decided_by", name="objection_decided_by"),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "rejected"]) | ~Q(answer=""), name="objection_decided_has_an_answer"
            ),
            models.CheckConstraint(condition=Q(by__isnull=False) | ~Q(contact=""), name="objection_by_somebody"),
            models.UniqueConstraint(
                fields=["letter", "by"],
                condition=Q(state__in=["filed", "checking"]),
                name="objection_one_open_per_person",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(decided_at=None), name="objection_open_by_due")]

    def __str__(self) -> str:
        return self.code


class Holder(models.TextChoices):
    """Who keeps a copy."""

    SIGNER = "signer", _("the signer's copy")
    UNIT = "unit", _("the unit's copy")


class Copy(models.Model):
    """One of the two copies of a letter that its template asks for, in private storage: whole, with the name.

    `keep_until` is set when the letter has ended; then the sweeper removes file and row.
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="copies", verbose_name=_("letter"))
    holder = models.CharField(_("kept by"), max_length=6, choices=Holder)
    unit = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    file = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    made_at = models.DateTimeField(pgettext_lazy("copy", "made"))
    keep_until = models.DateField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = _("copy of a letter")
        verbose_name_plural = _("copies of letters")
        constraints = [
            one_of("holder", Holder, name="copy_holder_known"),
            models.UniqueConstraint(fields=["letter", "holder"], name="copy_once_per_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.holder}"


class ArchivedLetter(models.Model):
    """The texts of a letter that has ended, encrypted, for the accepting unit's duty to keep records. Opened only with
    a reason; removed by the sweeper after `keep_until`."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="archived", verbose_name=_("letter"))
    sealed = models.BinaryField(_("encrypted texts"))
    archived_at = models.DateTimeField(_("archived"))
    keep_until = models.DateField(_("kept until"), db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("archived letter")
        verbose_name_plural = _("archived letters")

    def __str__(self) -> str:
        return str(self.letter_id)


class ExtraKind(models.TextChoices):
    """What is kept beside the evidence because it must go before it."""

    SIGNATURE = "signature", _("drawn signature")
    ADDRESS = "address", _("full network address")


class SealedExtra(models.Model):
    """A part of the evidence that does not stay as long: the strokes of a drawn signature (destroyed with the letter)
    and the full network address (90 days). Encrypted; the evidence holds a hash of it."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="extras", verbose_name=_("letter"))
    kind = models.CharField(pgettext_lazy("evidence", "kind"), max_length=9, choices=ExtraKind)
    sealed = models.BinaryField(_("encrypted"))
    delete_on = models.DateField(_("removed on"), null=True, blank=True, db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("sealed extra")
        verbose_name_plural = _("sealed extras")
        constraints = [
            one_of("kind", ExtraKind, name="extra_kind_known"),
            models.UniqueConstraint(fields=["letter", "kind"], name="extra_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.kind}"


protect("pledges.LetterEvent", frozen=ALL)
protect("pledges.EventStatement", frozen=ALL, deletable=True)
protect("pledges.Fulfilment", frozen=ALL, deletable=True)
protect("pledges.Objection", frozen=["code", "letter", "by", "text", "filed_at", "due_on"])
protect("pledges.Copy", frozen=["letter", "holder", "unit", "file", "sha256", "made_at"], deletable=True)
protect("pledges.ArchivedLetter", frozen=ALL, deletable=True)
protect("pledges.SealedExtra", frozen=ALL, deletable=True)
