"""Long videos arrive in pieces: how far each upload is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.identifiers import code12


class MediaUpload(models.Model):
    """One file on its way. `received` moves only from the offset that a piece was sent for."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(_("file name"), max_length=200)
    title = models.CharField(_("title"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    received = models.PositiveBigIntegerField(pgettext_lazy("bytes", "received"), default=0)
    started_at = models.DateTimeField(_("started"))

    class Meta:
        verbose_name = _("upload in pieces")
        verbose_name_plural = _("uploads in pieces")
        constraints = [models.CheckConstraint(condition=Q(received__lte=F("size")), name="upload_not_beyond_its_size")]

    def __str__(self) -> str:
        return self.name
