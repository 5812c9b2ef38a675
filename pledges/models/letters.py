"""What has been signed. Rows here are facts: they outlive the course, the template's next version and the account."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of, together
from foundation.identifiers import code12
from foundation.writeonce import ALL, protect
from pledges.contracts import CHINESE, Clause, clauses_from_json, show_code
from pledges.models.templates import Audience, LetterVersion, PledgeType, PublicationType, Subject


class CodeCounter(models.Model):
    """The latest serial of one division on one day. Raised by an UPDATE that holds the row until commit."""

    district = models.CharField(_("administrative division code"), max_length=6)
    day = models.DateField(_("day"))
    latest = models.PositiveIntegerField(_("latest serial"), default=0)

    class Meta:
        verbose_name = _("pledge code counter")
        verbose_name_plural = _("pledge code counters")
        constraints = [models.UniqueConstraint(fields=["district", "day"], name="counter_once_per_day")]

    def __str__(self) -> str:
        return f"{self.district} {self.day} {self.latest}"


class Visibility(models.TextChoices):
    """What the signer lets the public see."""

    NAMED = "named", _("by name")
    UNIT = "unit", _("unit only")
    NONE = "none", _("not public")


class LetterState(models.TextChoices):
    """Whether the signature still stands."""

    IN_FORCE = "in_force", _("in force")
    WITHDRAWN = "withdrawn", _("withdrawn")
    INVALIDATED = "invalidated", _("invalid")


class LetterQuerySet(models.QuerySet["Letter"]):
    """Filters."""

    def in_force(self) -> "LetterQuerySet":
        """Not withdrawn."""
        return self.filter(state=LetterState.IN_FORCE)

    def public(self) -> "LetterQuerySet":
        """Published and not withdrawn: what a stranger may read."""
        return self.in_force().filter(publication__isnull=False)


class Letter(models.Model):
    """A signature: who signed which wording when, under which code. No text and no name is in this row: those are
    in `LetterRecord`, which a withdrawal destroys while this row stays. Only state and its moment ever change.

    `version` and `signer` are empty where a department's system sent the letter.

    `public_id` is the address /l/<public_id> and the 核验码. `code` is the 20-digit pledge code.
    """

    public_id = models.CharField(_("verification code"), max_length=12, unique=True, default=code12, editable=False)
    code = models.CharField(_("pledge code"), max_length=20, unique=True)
    district = models.CharField(_("administrative division code"), max_length=6)
    made_on = models.DateField(_("made on"))
    signed_at = models.DateTimeField(_("signed"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    version = models.ForeignKey(
        LetterVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("letter version"),
    )
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signer"),
    )
    enrolment = models.ForeignKey(
        "programmes.Enrolment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("enrolment"),
    )
    step = models.ForeignKey(
        "programmes.Step", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("step")
    )
    subject = models.CharField(_("who promises"), max_length=12, choices=Subject)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    visibility = models.CharField(_("visibility"), max_length=8, choices=Visibility)
    signer_is_minor = models.BooleanField(_("the signer is under 18"))
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("renews")
    )
    state = models.CharField(_("state"), max_length=12, choices=LetterState, default=LetterState.IN_FORCE)
    withdrawn_at = models.DateTimeField(_("withdrawn or declared invalid"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{20}$"), name="letter_code_twenty_digits"),
            models.CheckConstraint(
                condition=Q(
                    code__startswith=Concat(
                        F("district"),
                        Replace(Cast("made_on", models.CharField()), Value("-"), Value("")),
                        output_field=models.CharField(),
                    )
                ),
                name="letter_code_names_division_and_day",
            ),
            one_of("subject", Subject, name="letter_subject_known"),
            one_of("audience", Audience, name="letter_audience_known"),
            one_of("visibility", Visibility, name="letter_visibility_known"),
            one_of("state", LetterState, name="letter_state_known"),
            together(Q(state__in=["withdrawn", "invalidated"]), "withdrawn_at", name="letter_withdrawn_has_its_moment"),
            models.CheckConstraint(
                condition=Q(visibility="none") | (Q(signer_is_minor=False) & ~Q(subject="class")),
                name="letter_of_a_minor_or_class_never_public",
            ),
            # Signed here, or sent by a department's system, which knows neither our wordings nor our accounts.
            models.CheckConstraint(
                condition=Q(version=None, signer=None, enrolment=None) | Q(version__isnull=False, signer__isnull=False),
                name="letter_version_and_signer_together",
            ),
            models.CheckConstraint(
                condition=Q(enrolment=None, step=None) | Q(enrolment__isnull=False, step__isnull=False),
                name="letter_step_and_enrolment_together",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("made_on")), name="letter_valid_after_made"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "step"], condition=Q(state="in_force"), name="letter_signed_once_per_step"
            ),
            models.UniqueConstraint(fields=["renews"], condition=Q(state="in_force"), name="letter_renewed_once"),
        ]
        indexes = [
            models.Index(fields=["signer", "-signed_at"], name="letter_by_signer"),
            models.Index(fields=["state", "valid_until"], name="letter_by_last_day"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def shown_code(self) -> str:
        """The verification code in groups of four."""
        return show_code(self.public_id)

    @property
    def is_expired(self) -> bool:
        """Its last day lies before today in China."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def is_public_choice(self) -> bool:
        """The signer agreed to some publication."""
        return self.visibility != Visibility.NONE


class SubjectCategory(models.TextChoices):
    """承诺人类别 of the national field layout."""

    LEGAL = "legal", _("legal person or other organisation")
    NATURAL = "natural", _("natural person")
    SELF_EMPLOYED = "self_employed", _("self-employed business")


class LetterRecord(models.Model):
    """All texts as signed, in the fields of the national layout. Never changed; a withdrawal deletes the row.

    `public_name` and `public_unit` are what the signer lets the public see: empty means hidden. No search, list,
    page, file or export for the public reads `subject_name` or `unit_name`.
    """

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="record", verbose_name=_("letter"))
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    subject_name = models.CharField(_("name"), max_length=200)
    subject_category = models.CharField(_("category"), max_length=14, choices=SubjectCategory)
    subject_id_code = models.CharField(_("identification code"), max_length=18, blank=True)
    unit_name = models.CharField(_("unit"), max_length=200)
    public_name = models.CharField(_("name shown in public"), max_length=200, blank=True)
    public_unit = models.CharField(_("unit shown in public"), max_length=200, blank=True)
    pledge_type = models.CharField(_("pledge type"), max_length=12, choices=PledgeType)
    pledge_type_text = models.CharField(_("which other type"), max_length=60, blank=True)
    reason = models.CharField(pgettext_lazy("pledge", "reason"), max_length=512)
    preamble = models.TextField(_("preamble"), blank=True)
    clauses = models.JSONField(_("clauses"))
    breach_liability = models.TextField(_("breach liability"))
    accepting_unit = models.CharField(_("accepting unit"), max_length=200)
    accepting_unit_uscc = models.CharField(_("code of the accepting unit"), max_length=18, blank=True)
    publication_type = models.CharField(_("publication type"), max_length=8, choices=PublicationType)
    made_on = models.DateField(_("made on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    locale = models.CharField(_("language of the text"), max_length=8, default=CHINESE)
    digest = models.CharField(_("text hash"), max_length=64)
    # 备注 of the national layout: for the accepting unit, never public.
    remarks = models.CharField(_("remarks"), max_length=512, blank=True)

    class Meta:
        verbose_name = _("letter record")
        verbose_name_plural = _("letter records")
        constraints = [
            one_of("subject_category", SubjectCategory, name="record_category_known"),
            one_of("pledge_type", PledgeType, name="record_pledge_type_known"),
            one_of("publication_type", PublicationType, name="record_publication_known"),
            models.CheckConstraint(
                condition=Q(pledge_type="other") | Q(pledge_type_text=""), name="record_type_text_of_other_types"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def clause_list(self) -> list[Clause]:
        """The clauses in order."""
        return clauses_from_json(self.clauses)

    @property
    def type_words(self) -> str:
        """承诺类型 in words; of another type also which."""
        label = str(self.get_pledge_type_display())
        return f"{label}（{self.pledge_type_text}）" if self.pledge_type_text else label

    @property
    def content(self) -> str:
        """承诺内容 in one text."""
        return "\n".join([self.preamble, *(f"{n}. {c.text}" for n, c in enumerate(self.clause_list, 1))]).strip()


class SignatureLevel(models.TextChoices):
    """How sure we are of who signed. Recorded and never hidden."""

    SUBMITTED = "submitted", _("signed with the accepting unit, which sent it")
    CONFIRMED = "confirmed", _("confirmed while signed in")
    REAUTHENTICATED = "reauthenticated", _("password entered again and name typed")
    DRAWN = "drawn", _("password entered again and signature drawn")
    ON_THE_SPOT = "on_the_spot", _("signed on the spot, identity confirmed by the coordinator")
    PASSKEY = "passkey", _("signed with a passkey of the signer's device")


class SigningEvidence(models.Model):
    """How a letter was signed. Private: shown to the signer and to an auditor only. Never changed, never deleted.

    It names nobody: the name as typed, the network and the browser are in `SealedEvidence`. Network address and browser
    stand here in rows from before evidence was sealed, until the signer is erased.
    """

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("letter"))
    method = models.CharField(_("method"), max_length=20)
    level = models.CharField(_("level"), max_length=16, choices=SignatureLevel)
    opened_at = models.DateTimeField(_("letter opened"))
    read_to_end_at = models.DateTimeField(_("scrolled to the end"), null=True, blank=True)
    confirmed_reading = models.BooleanField(_("says to have read all of it"))
    address = models.CharField(_("network address"), max_length=45, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    text_digest = models.CharField(_("hash of the text shown"), max_length=64)
    visible_seconds = models.PositiveIntegerField(_("seconds in view"), null=True, blank=True)
    strokes_sha256 = models.CharField(_("hash of the drawn signature"), max_length=64, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("signature", "identity confirmed by"),
    )

    class Meta:
        verbose_name = _("signing evidence")
        verbose_name_plural = _("signing evidence")
        constraints = [
            one_of("level", SignatureLevel, name="evidence_level_known"),
            models.CheckConstraint(condition=Q(confirmed_reading=True), name="evidence_reading_confirmed"),
            models.CheckConstraint(
                condition=Q(read_to_end_at=None) | Q(read_to_end_at__gte=F("opened_at")),
                name="evidence_end_after_opening",
            ),
            together(Q(level="on_the_spot"), "confirmed_by", name="evidence_on_the_spot_before_somebody"),
            models.CheckConstraint(
                condition=~Q(level="drawn") | ~Q(strokes_sha256=""), name="evidence_drawn_has_its_strokes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.level}"


class Publication(models.Model):
    """The letter is public since. Made by the background job; ends with the letter's withdrawal, not with a delete."""

    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, related_name="publication", verbose_name=_("letter")
    )
    published_at = models.DateTimeField(_("published"), db_index=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return f"{self.letter_id}"


class LetterPdf(models.Model):
    """The PDF of a published letter, in private storage, served through the letter's address. Can be made again."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="pdf", verbose_name=_("letter"))
    file = models.CharField(_("file"), max_length=200)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rendered_at = models.DateTimeField(_("rendered"))
    # The certificate of the last time stamp over it ends then, and another must be there before; none without stamps.
    stamp_ends_at = models.DateTimeField(_("time stamp holds until"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("letter PDF")
        verbose_name_plural = _("letter PDFs")

    def __str__(self) -> str:
        return self.file


protect(
    "pledges.Letter",
    frozen=[
        "public_id", "code", "district", "made_on", "signed_at", "valid_until", "version", "signer", "enrolment",
        "step", "subject", "audience", "visibility", "signer_is_minor", "renews",
    ],
)  # fmt: skip
protect("pledges.LetterRecord", frozen=ALL, deletable=True)
protect("pledges.SigningEvidence", frozen=ALL)
protect("pledges.Publication", frozen=ALL)
