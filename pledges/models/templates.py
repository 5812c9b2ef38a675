"""What can be signed: a template and its numbered versions."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of, together
from foundation.writeonce import ALL, protect
from pledges.contracts import CHINESE, ENGLISH, Clause, Wording, clauses_from_json, text_hash


class PledgeType(models.TextChoices):
    """The seven types of the national field layout (承诺类型)."""

    APPROVAL = "approval", _("in place of approval")
    TOLERANCE = "tolerance", _("documents to follow")
    CERTIFICATE = "certificate", _("in place of a certificate")
    REPAIR = "repair", _("credit repair")
    INDUSTRY = "industry", _("self-discipline of a trade")
    VOLUNTARY = "voluntary", _("voluntary")
    OTHER = "other", _("other")


class Subject(models.TextChoices):
    """Who makes the promise."""

    PERSON = "person", pgettext_lazy("pledge", "person")
    ORGANISATION = "organisation", _("organisation")
    CLASS = "class", _("class")


class PublicationType(models.TextChoices):
    """The widest publication that a template allows (公开类型)."""

    PUBLIC = "public", _("may be public")
    LIMITED = "limited", _("limited")
    NONE = "none", _("never public")


class Audience(models.TextChoices):
    """For whom a letter is written."""

    CIVIL_SERVANT = "civil_servant", _("civil servants")
    TEACHER = "teacher", _("teachers")
    PRIMARY = "primary", _("primary school pupils")
    JUNIOR = "junior", _("junior secondary pupils")
    SENIOR = "senior", _("senior secondary pupils")
    UNIVERSITY = "university", _("university students")
    REVIEWER = "reviewer", _("project reviewers")
    ORGANISATION = "organisation", _("enterprises and other organisations")


# The signer cannot withdraw these: the unit that accepted them ends them.
ENDED_BY_UNIT = ("approval", "repair")


class LetterTemplate(models.Model):
    """One kind of letter. What it says is in its versions; this row holds what stays the same between them."""

    slug = models.SlugField(_("short address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    pledge_type = models.CharField(_("pledge type"), max_length=12, choices=PledgeType)
    pledge_type_text = models.CharField(
        _("which other type"), max_length=60, blank=True, help_text=_("Only, and always, for the type “other”.")
    )
    subject = models.CharField(_("who promises"), max_length=12, choices=Subject)
    publication = models.CharField(_("widest publication"), max_length=8, choices=PublicationType)
    validity_days = models.PositiveIntegerField(
        _("valid for (days)"), null=True, blank=True, help_text=_("Empty: without an end.")
    )
    accepting_unit = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("accepting unit")
    )
    withdrawable = models.BooleanField(
        _("the signer may withdraw"),
        default=True,
        help_text=_("Not for letters in place of approval, for special funds or for repair: the unit ends those."),
    )
    for_special_funds = models.BooleanField(_("for special funds"), default=False)
    copies = models.PositiveSmallIntegerField(
        _("copies"), default=1, help_text=_("Two: one for the signer, one that the unit files. Both are made.")
    )
    sign_until = models.DateField(
        _("can be signed until"), null=True, blank=True, help_text=_("Empty: until it is retired.")
    )

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        constraints = [
            one_of("audience", Audience, name="template_audience_known"),
            one_of("pledge_type", PledgeType, name="template_pledge_type_known"),
            models.CheckConstraint(
                condition=Q(pledge_type="other") & ~Q(pledge_type_text="")
                | ~Q(pledge_type="other") & Q(pledge_type_text=""),
                name="template_type_text_of_other_types",
                violation_error_message=_("Say which other type it is; the six named types need no words."),
            ),
            one_of("subject", Subject, name="template_subject_known"),
            one_of("publication", PublicationType, name="template_publication_known"),
            models.CheckConstraint(
                condition=~Q(subject="class") | Q(publication="none"), name="template_class_never_public"
            ),
            models.CheckConstraint(
                condition=Q(validity_days=None) | Q(validity_days__gt=0), name="template_validity_positive"
            ),
            models.CheckConstraint(condition=Q(copies__in=[1, 2]), name="template_one_or_two_copies"),
            models.CheckConstraint(
                condition=Q(withdrawable=False)
                | (~Q(pledge_type__in=ENDED_BY_UNIT) & Q(for_special_funds=False) & ~Q(subject="organisation")),
                name="template_some_kinds_are_ended_by_the_unit",
                violation_error_message=_(
                    "Letters of organisations, in place of approval, for special funds and for repair are ended by the"
                    " accepting unit: the signer may not withdraw them."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def local_title(self) -> str:
        """The title in the language of the reader."""
        return (self.title_en or self.title) if get_language() == "en" else self.title

    def takes_signatures(self, day: date) -> bool:
        """Neither expired nor retired on `day`."""
        return self.sign_until is None or self.sign_until >= day


class VersionState(models.TextChoices):
    """How far a version's review is."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    READY = "ready", _("ready to sign")


class LetterVersion(models.Model):
    """The wording of a template. Frozen for good when a second person has found it ready: only then can it be
    signed, and a correction is the next number. At most one version of a template is still open."""

    template = models.ForeignKey(
        LetterTemplate, on_delete=models.PROTECT, related_name="versions", verbose_name=_("template")
    )
    number = models.PositiveIntegerField(_("number"))
    preamble = models.TextField(_("preamble"), max_length=2000, blank=True)
    clauses = models.JSONField(_("clauses"))
    breach_liability = models.TextField(_("breach liability"), max_length=4000)
    reason = models.CharField(pgettext_lazy("pledge", "reason"), max_length=512)
    preamble_en = models.TextField(_("preamble in English"), max_length=3000, blank=True)
    clauses_en = models.JSONField(_("clauses in English"), default=list, blank=True)
    breach_liability_en = models.TextField(_("breach liability in English"), max_length=6000, blank=True)
    reason_en = models.CharField(_("reason in English"), max_length=512, blank=True)
    asks_promise = models.BooleanField(
        _("asks for one promise of one's own"),
        default=False,
        help_text=_("The signer adds a sentence: “This year I will …”. It becomes the last clause."),
    )
    source_file = models.CharField(_("imported from"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("letter", "author"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    # Why a second person gave it back; empty again once it is sent to them anew.
    returned_because = models.CharField(_("returned because"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"))
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter version")
        verbose_name_plural = _("letter versions")
        constraints = [
            one_of("state", VersionState, name="version_state_known"),
            together(Q(state="ready"), "reviewer", "frozen_at", name="version_ready_means_reviewed_and_frozen"),
            models.CheckConstraint(condition=~Q(reviewer=F("author")), name="version_reviewed_by_a_second_person"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(returned_because=""), name="version_returned_is_a_draft"
            ),
            models.UniqueConstraint(fields=["template", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["template"], condition=~Q(state="ready"), name="version_one_open_per_template"
            ),
        ]

    def __str__(self) -> str:
        return gettext("Wording %(number)s of “%(title)s”") % {"number": self.number, "title": self.template.title}

    @property
    def clause_list(self) -> list[Clause]:
        """The clauses in order."""
        return clauses_from_json(self.clauses)

    @property
    def has_english(self) -> bool:
        """It can be read and signed in English, too."""
        return bool(self.clauses_en and self.breach_liability_en)

    def wording(self, language: str = CHINESE) -> Wording:
        """The words to read and sign; the Chinese ones where there are none in `language`."""
        if language == ENGLISH and self.has_english:
            title = self.template.title_en or self.template.title
            pairs = zip(self.clause_list, self.clauses_en, strict=True)
            clauses = tuple(Clause(clause.id, str(text), clause.is_promise) for clause, text in pairs)
            reason = self.reason_en or self.reason
            return Wording(ENGLISH, title, self.preamble_en, clauses, self.breach_liability_en, reason)
        clauses = tuple(self.clause_list)
        return Wording(CHINESE, self.template.title, self.preamble, clauses, self.breach_liability, self.reason)

    @property
    def digest(self) -> str:
        """SHA-256 of all its wording: the signing form carries it, so that one signs what one has read."""
        texts = [clause.text for clause in self.clause_list]
        english = [self.preamble_en, *map(str, self.clauses_en), self.breach_liability_en, self.reason_en]
        added = [*english, str(self.asks_promise)] if self.has_english or self.asks_promise else []
        return text_hash(str(self.number), self.preamble, *texts, self.breach_liability, self.reason, *added)


class PledgeStep(models.Model):
    """Which letter a pledge step of a programme asks for. The newest ready version is the one to sign."""

    step = models.OneToOneField("programmes.Step", on_delete=models.CASCADE, related_name="+", verbose_name=_("step"))
    template = models.ForeignKey(
        LetterTemplate, on_delete=models.PROTECT, related_name="+", verbose_name=_("letter template")
    )

    class Meta:
        verbose_name = _("pledge step")
        verbose_name_plural = _("pledge steps")

    def __str__(self) -> str:
        return f"{self.step_id}: {self.template_id}"


protect("pledges.LetterVersion", frozen=ALL, when="OLD.frozen_at IS NOT NULL")
