"""The public list as one narrow row per letter, and its figures: copies that the actions keep, remade by a command."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from pledges.models.letters import Letter, Publication, SignatureLevel
from pledges.models.templates import Audience, PledgeType, Subject

PUBLIC_AUDIENCES = (
    Audience.CIVIL_SERVANT, Audience.TEACHER, Audience.UNIVERSITY, Audience.REVIEWER, Audience.ORGANISATION,
)  # fmt: skip


class RegistryState(models.TextChoices):
    """What the list says of a letter. A withdrawn one is not in it."""

    IN_FORCE = "in_force", _("valid")
    EXPIRED = "expired", _("expired")


class UnitKind(models.TextChoices):
    """What kind of unit stands behind a letter: the signer's, or the organisation that promises."""

    DEPARTMENT = "department", _("government departments")
    SCHOOL = "school", _("schools and universities")
    ENTERPRISE = "enterprise", _("enterprises and other organisations")
    OTHER = "other", _("other units")


class RegistryRow(models.Model):
    """One published letter in force, with what the list shows, searches and filters by: `public_…` texts only.

    Its key is the publication's, so that "newest first" is the order of the key. What it is found by as words stands
    in `pledges_registrywords` under the same key. A letter that is withdrawn loses its row in the same transaction.
    """

    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, primary_key=True, related_name="+", verbose_name=_("publication")
    )
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="+", verbose_name=_("letter"))
    public_id = models.CharField(_("verification code"), max_length=12, unique=True)
    code = models.CharField(_("pledge code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    subject = models.CharField(_("who promises"), max_length=12, choices=Subject)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    pledge_type = models.CharField(_("pledge type"), max_length=12, choices=PledgeType)
    unit_kind = models.CharField(_("kind of unit"), max_length=10, choices=UnitKind)
    office = models.CharField(_("accepting unit"), max_length=200)
    office_uscc = models.CharField(_("code of the accepting unit"), max_length=18, blank=True)
    made_on = models.DateField(_("made on"))
    year = models.PositiveSmallIntegerField(_("year"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RegistryState)
    level = models.CharField(_("level"), max_length=16, choices=SignatureLevel)
    has_scan = models.BooleanField(_("the stamped scan is public"))
    published_at = models.DateTimeField(_("published"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("row of the registry")
        verbose_name_plural = _("rows of the registry")
        constraints = [
            one_of("state", RegistryState, name="registry_state_known"),
            one_of("pledge_type", PledgeType, name="registry_pledge_type_known"),
            one_of("level", SignatureLevel, name="registry_level_known"),
            one_of("unit_kind", UnitKind, name="registry_unit_kind_known"),
            models.CheckConstraint(condition=Q(subject__in=["person", "organisation"]), name="registry_of_no_class"),
            models.CheckConstraint(
                condition=Q(audience__in=[audience.value for audience in PUBLIC_AUDIENCES]), name="registry_of_no_pupil"
            ),
        ]
        indexes = [
            models.Index(fields=["audience", "year", "publication"], name="registry_by_kind_and_year"),
            models.Index(fields=["audience", "publication"], name="registry_by_kind"),
            models.Index(fields=["year", "publication"], name="registry_by_year"),
            models.Index(fields=["unit_kind", "publication"], name="registry_by_unit_kind"),
            # Not partial: SQLite cannot see that the code which it is asked for is not empty.
            models.Index(fields=["uscc", "publication"], name="registry_by_uscc"),
            models.Index(fields=["office_uscc", "publication"], name="registry_by_office"),
            models.Index(fields=["valid_until"], name="registry_running_out", condition=Q(state="in_force")),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_expired(self) -> bool:
        """The list says so."""
        return self.state == RegistryState.EXPIRED


class RegistryTally(models.Model):
    """How many letters of a kind and kind of unit were published in a month. Rows of one month and kinds add up; a job
    makes one of them.

    Whoever publishes or withdraws adds a row, so that no two wait for each other.
    """

    month = models.DateField(_("month"))
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    unit_kind = models.CharField(_("kind of unit"), max_length=10, choices=UnitKind)
    letters = models.IntegerField(_("letters"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("figure of the registry")
        verbose_name_plural = _("figures of the registry")
        indexes = [models.Index(fields=["month", "audience"], name="registry_tally_by_month")]

    def __str__(self) -> str:
        return f"{self.month} {self.audience} {self.letters}"


class SchoolTally(models.Model):
    """How many promises the pupils of a school have made: all that is ever public of them, and only where many did."""

    school = models.OneToOneField(
        "organisations.Organisation", on_delete=models.CASCADE, primary_key=True, related_name="+",
        verbose_name=_("school"),
    )  # fmt: skip
    promises = models.PositiveIntegerField(_("promises"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("figure of a school")
        verbose_name_plural = _("figures of schools")

    def __str__(self) -> str:
        return f"{self.school_id} {self.promises}"


class SearchCount(models.Model):
    """How often one network address searched in one minute. One statement counts, in every process alike; rows go
    after some minutes. Of the address only a keyed digest is kept."""

    key = models.CharField(_("digest of address and minute"), max_length=64, primary_key=True)
    searches = models.PositiveIntegerField(_("searches"))
    at = models.DateTimeField(_("minute"), db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("searches from one address")
        verbose_name_plural = _("searches from one address")

    def __str__(self) -> str:
        return self.key[:8]
