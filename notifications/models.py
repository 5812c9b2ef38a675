"""The site inbox."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.identifiers import code12


class Message(models.Model):
    """One message to one person. Rendered when written, in the language of the reader; other channels copy it."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("message text"), blank=True)
    url = models.CharField(_("address to open"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["user", "-sent_at"], name="message_inbox"),
            models.Index(fields=["user"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.subject


class Channel(models.TextChoices):
    """How a copy of a message leaves the site."""

    EMAIL = "email", _("e-mail")
    WECOM = "wecom", _("WeCom")
    SMS = "sms", _("text message")
    WEBHOOK = "webhook", _("webhook")


class DeliveryState(models.TextChoices):
    """What became of one attempt."""

    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class Mute(models.Model):
    """Somebody does not want copies of messages of one kind. The inbox keeps them all."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=60)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("unsubscribed kind")
        verbose_name_plural = _("unsubscribed kinds")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class Delivery(models.Model):
    """One attempt to bring one message to one address over one channel. Rows are only added."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", verbose_name=_("message"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    address = models.CharField(_("address"), max_length=254)
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState)
    error = models.CharField(_("error"), max_length=300, blank=True)
    attempted_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            one_of("channel", Channel, name="delivery_channel_known"),
            one_of("state", DeliveryState, name="delivery_state_known"),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(error="")) | (~Q(state="failed") & Q(error="")),
                name="delivery_failed_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "-attempted_at"], name="delivery_by_state")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
