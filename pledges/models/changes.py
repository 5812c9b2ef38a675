"""What departments' systems are told: every change to their letters in one order, and where it is sent to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.writeonce import ALL, protect
from organisations.models import Organisation
from pledges.models.letters import Letter


class ChangeCounter(models.Model):
    """The latest number of a unit's changes. Raised by an UPDATE that holds the row until commit: whoever has read up
    to a number will never find a lower one later."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+", verbose_name=_("accepting unit")
    )
    latest = models.BigIntegerField(_("latest number"), default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("counter of changes")
        verbose_name_plural = _("counters of changes")

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.latest}"


class LetterChange(models.Model):
    """Something happened to a letter that a unit accepted. `what` is "received", "published", or a kind of
    `LetterEvent`. Holds no name and no text."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("accepting unit")
    )
    number = models.BigIntegerField(_("number"))
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+", verbose_name=_("letter"))
    what = models.CharField(_("what happened"), max_length=12)
    at = models.DateTimeField(_("when"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("change to a letter")
        verbose_name_plural = _("changes to letters")
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="change_numbered_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class Webhook(models.Model):
    """An address of a unit's system that is told of changes. The secret that signs what is sent is kept encrypted.

    `reached` is the number of the last change that was delivered or given up.
    """

    public_id = models.CharField(_("number"), max_length=12, unique=True, default=code12, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepting unit")
    )
    url = models.CharField(_("address"), max_length=400)
    sealed_secret = models.BinaryField(_("encrypted secret"))
    reached = models.BigIntegerField(_("told up to"), default=0)
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "url"], condition=Q(ended_at=None), name="webhook_once_per_address"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("delivered")
    FAILED = "failed", _("given up")


class Delivery(models.Model):
    """Changes `first` to `last` on their way to one webhook, in one message. Rows are the log of deliveries."""

    public_id = models.CharField(_("number"), max_length=12, unique=True, default=code12, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("webhook"))
    first = models.BigIntegerField(_("first change"))
    last = models.BigIntegerField(_("last change"))
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    status = models.PositiveSmallIntegerField(_("last answer"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            one_of("state", DeliveryState, name="hook_delivery_state_known"),
            together(~Q(state="waiting"), "finished_at", name="delivery_finished_has_its_moment"),
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="delivery_forwards"),
            models.UniqueConstraint(fields=["webhook"], condition=Q(state="waiting"), name="delivery_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["webhook", "-id"], name="delivery_by_webhook")]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


protect("pledges.LetterChange", frozen=ALL)
protect("pledges.Webhook", frozen=["public_id", "organisation", "url", "sealed_secret", "created_at"])
protect("pledges.Delivery", frozen=["public_id", "webhook", "first", "last", "created_at"], deletable=True)
