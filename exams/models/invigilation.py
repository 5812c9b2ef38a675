"""What happens in the room: who is there, and what was noticed. Nothing is filmed and nobody is measured."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams.models.attempts import Attempt
from foundation.constraints import one_of
from foundation.writeonce import ALL, protect


class EventKind(models.TextChoices):
    """The first six are told by the page, the others are made by the server."""

    LEFT = "left", _("left the page")
    BACK = "back", _("came back")
    COPY = "copy", _("copied")
    PRINT = "print", _("printed")
    OFFLINE = "offline", _("lost the network")
    ONLINE = "online", _("network back")
    TAKEN_OVER = "taken_over", _("went on with another device")
    LOCKED = "locked", pgettext_lazy("attempt", "locked")
    UNLOCKED = "unlocked", _("unlocked")
    EXTENDED = "extended", _("was given more minutes")
    FORCED = "forced", _("was handed in by the invigilator")


TOLD_BY_PAGE = ("left", "back", "copy", "print", "offline", "online")


class Presence(models.Model):
    """The last sign of life of an attempt's page. One row per attempt, written over by each pulse.

    `away_since` is set while the page is left; `left_count` and `left_seconds` are what the leave limit looks at.
    """

    attempt = models.OneToOneField(
        Attempt, on_delete=models.PROTECT, primary_key=True, related_name="presence", verbose_name=_("attempt")
    )
    seen_at = models.DateTimeField(_("last seen"))
    waiting = models.PositiveIntegerField(_("answers waiting"), default=0)
    away_since = models.DateTimeField(_("away since"), null=True, blank=True)
    left_count = models.PositiveIntegerField(_("times left"), default=0)
    left_seconds = models.PositiveIntegerField(_("seconds away"), default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")

    def __str__(self) -> str:
        return f"{self.attempt_id}"


class SittingEvent(models.Model):
    """Something noticed during an attempt. Append-only.

    `n` counts the events of one page (epoch) from 1, so that a repeat changes nothing; the server's own have none.
    `seconds` is how long somebody was away, or how much time was given; `by` and `note` say who did it and why.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="events", verbose_name=_("attempt"))
    kind = models.CharField(_("what"), max_length=10, choices=EventKind)
    epoch = models.PositiveIntegerField(_("epoch"))
    n = models.PositiveIntegerField(_("number"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )
    note = models.CharField(_("reason"), max_length=200, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("sitting event")
        verbose_name_plural = _("sitting events")
        constraints = [
            one_of("kind", EventKind, name="event_kind_known"),
            models.UniqueConstraint(fields=["attempt", "epoch", "n"], name="event_once_per_page"),
            models.CheckConstraint(
                condition=Q(kind__in=TOLD_BY_PAGE, n__isnull=False, n__gte=1, by=None)
                | (~Q(kind__in=TOLD_BY_PAGE) & Q(n=None)),
                name="event_numbered_by_its_page",
            ),
        ]
        indexes = [models.Index(fields=["attempt", "at"], name="event_by_attempt")]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.kind}"

    @property
    def minutes(self) -> int:
        """How many minutes were given."""
        return self.seconds // 60


protect("exams.SittingEvent", frozen=ALL)
