"""Answers are kept for so long after a programme has ended; then verdicts stay and answers go."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.writeonce import ALL, protect


class ForgottenAnswers(models.Model):
    """The answers of one programme's attempts are gone, or going. Nothing is marked again or shown from them."""

    programme = models.OneToOneField(
        "programmes.Programme", on_delete=models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    since = models.DateTimeField(_("since"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("forgotten answers of a programme")
        verbose_name_plural = _("forgotten answers of programmes")

    def __str__(self) -> str:
        return str(self.programme_id)


protect("exams.ForgottenAnswers", frozen=ALL)
