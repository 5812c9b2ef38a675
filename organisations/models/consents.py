"""To which text guardians agree, and what they answered for a whole class at once."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import together
from foundation.identifiers import code12
from foundation.writeonce import ALL, protect
from organisations.models.tree import Organisation


class ConsentText(models.Model):
    """One version of the letter to parents (告家长书). It is never changed: a new version is a new row."""

    version = models.CharField(
        _("version"), max_length=40, unique=True, validators=[RegexValidator(r"^[\w.\-]+\Z", _("Letters and digits."))]
    )
    title = models.CharField(_("title"), max_length=60)
    body = models.TextField(_("text"), help_text=_("A paragraph a line; a line that begins with # is a heading."))
    published_at = models.DateTimeField(_("in use since"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("text of consent")
        verbose_name_plural = _("texts of consent")
        constraints = [models.CheckConstraint(condition=~Q(version="") & ~Q(body=""), name="consent_text_says_it")]

    def __str__(self) -> str:
        return self.version


class ConsentBatch(models.Model):
    """The answers of a class's guardians, entered together; taken back together as long as nothing rests on them."""

    public_id = models.CharField(max_length=12, unique=True, default=code12, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("class"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"))
    agreed = models.PositiveSmallIntegerField(_("agreed"))
    refused = models.PositiveSmallIntegerField(_("said no"))
    undone_at = models.DateTimeField(_("taken back on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )

    class Meta:
        verbose_name = _("answers of a class's guardians")
        verbose_name_plural = _("answers of classes' guardians")
        constraints = [together(Q(undone_at__isnull=False), "undone_by", name="consent_batch_undone_by_somebody")]

    def __str__(self) -> str:
        return self.public_id


class ConsentRefusal(models.Model):
    """A guardian has said no. The account stays closed; what we hold of the child goes after some days of grace."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("child")
    )
    batch = models.ForeignKey(ConsentBatch, on_delete=models.PROTECT, null=True, related_name="refusals")
    text_version = models.CharField(_("version of the text"), max_length=40)
    told_at = models.DateTimeField(_("told"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    ended_at = models.DateTimeField(_("no longer so since"), null=True, blank=True)

    class Meta:
        verbose_name = _("refusal of a guardian")
        verbose_name_plural = _("refusals of guardians")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="refusal_one_in_force_per_child")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.text_version}"


protect("organisations.ConsentText", frozen=ALL)
protect("organisations.ConsentRefusal", frozen=["told_at", "recorded_by", "text_version"], deletable=True)
