"""The tree of units, who belongs where, and guardians' consent."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from foundation.constraints import one_of
from foundation.identifiers import code8


def validate_uscc(value: str) -> None:
    """Raise ValidationError unless `value` is a unified social credit code (GB 32100-2015), check digit included."""
    if not uscc.is_valid(value):
        raise ValidationError(_("“%(value)s” is not a valid unified social credit code."), params={"value": value})


def validate_district(value: str) -> None:
    """Raise ValidationError unless `value` is six digits (GB/T 2260)."""
    if not (value.isascii() and value.isdigit() and len(value) == 6):
        raise ValidationError(_("An administrative division code has six digits."))


class Stage(models.TextChoices):
    """Whom a school teaches. A class has the stage of its school."""

    PRIMARY = "primary", _("primary school")
    JUNIOR = "junior", _("junior secondary school")
    SENIOR = "senior", _("senior secondary school")
    VOCATIONAL = "vocational", _("vocational school")
    UNIVERSITY = "university", _("university")


class Kind(models.TextChoices):
    """What sort of unit it is."""

    CITY = "city", _("whole city")
    DEPARTMENT = "department", _("government department")
    SECTION = "section", _("section of a department")
    SCHOOL = "school", _("school")
    GRADE = "grade", _("grade")
    CLASS = "class", _("class")
    ENTERPRISE = "enterprise", _("enterprise")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Filters."""

    def within(self, root: "Organisation") -> "OrganisationQuerySet":
        """`root` and everything below it."""
        return self.filter(path__startswith=root.path)


class Organisation(models.Model):
    """One unit. `path` is the chain of ids from the root, "1/4/17/", kept by the actions, so that a subtree is one
    indexed prefix search."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("belongs to")
    )
    path = models.CharField(_("path"), max_length=255, unique=True, null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    code = models.CharField(_("code"), max_length=40, unique=True, default=code8)
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, null=True, blank=True, validators=[validate_uscc]
    )
    district_code = models.CharField(
        _("administrative division code"), max_length=6, blank=True, validators=[validate_district]
    )
    stage = models.CharField(_("stage of education"), max_length=10, choices=Stage, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    is_participating = models.BooleanField(_("takes part"), default=True)
    is_sensitive = models.BooleanField(_("never named in public"), default=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("merged into"),
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            one_of("kind", Kind, name="organisation_kind_known"),
            models.CheckConstraint(condition=~Q(uscc=""), name="organisation_uscc_null_not_empty"),
            models.CheckConstraint(
                condition=Q(uscc=None) | Q(Exact(Length("uscc"), 18)), name="organisation_uscc_has_18_characters"
            ),
            models.CheckConstraint(
                condition=Q(district_code="") | Q(Exact(Length("district_code"), 6)),
                name="organisation_district_code_has_6_digits",
            ),
            models.CheckConstraint(condition=Q(stage__in=["", *Stage.values]), name="organisation_stage_known"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")), name="organisation_not_below_itself"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_on__isnull=False), name="organisation_merged_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Profession(models.Model):
    """One of the key groups (重点人群) whose credit is looked after: lawyers, doctors. A list to extend."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("key profession")
        verbose_name_plural = _("key professions")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person is in a unit."""

    MEMBER = "member", _("member")
    COORDINATOR = "coordinator", _("coordinator")
    TEACHER = "teacher", _("class teacher")
    MANAGER = "manager", _("manager")
    REPORTER = "reporter", _("reporter")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Filters."""

    def current(self) -> "MembershipQuerySet":
        """Not ended."""
        return self.filter(until_on=None)

    def over(self, today: date) -> "MembershipQuerySet":
        """Not ended, and their planned last day has passed."""
        return self.current().filter(ends_on__lt=today)


class Membership(models.Model):
    """A person belongs to a unit in a role, from a day until a day (open end while current).

    A person may belong to several units; the one with `is_home` counts them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.MEMBER)
    position = models.CharField(_("post held"), max_length=60, blank=True)
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("key profession")
    )
    seat = models.PositiveSmallIntegerField(_("seat number"), null=True, blank=True)
    is_home = models.BooleanField(_("home unit"), default=False)
    from_on = models.DateField(_("from"))
    # The last day as it is planned, as of a secondment; `until_on` is set when it is over.
    ends_on = models.DateField(_("planned last day"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            one_of("role", Role, name="membership_role_known"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_home=True, until_on=None), name="membership_one_home_unit"
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], condition=Q(until_on=None), name="membership_once_per_role"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=models.F("from_on")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("from_on")), name="membership_planned_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_on"], name="membership_to_end", condition=Q(ends_on__isnull=False, until_on=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class ConsentMethod(models.TextChoices):
    """How a guardian's consent was given."""

    PAPER = "paper", _("signed paper")
    MEETING = "meeting", _("in person")
    ONLINE = "online", _("online")


class GuardianConsent(models.Model):
    """A guardian agreed that a child under 14 has an account (PIPL 31): who, when, how, to which text."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("child")
    )
    guardian = models.CharField(_("guardian"), max_length=60)
    method = models.CharField(_("how"), max_length=8, choices=ConsentMethod)
    text_version = models.CharField(_("version of the text"), max_length=40)
    given_at = models.DateTimeField(_("consent given"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    withdrawn_at = models.DateTimeField(_("consent withdrawn"), null=True, blank=True)
    batch = models.ForeignKey(
        "organisations.ConsentBatch", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("guardian consent")
        verbose_name_plural = _("guardian consents")
        constraints = [
            one_of("method", ConsentMethod, name="consent_method_known"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(withdrawn_at=None), name="consent_one_in_force_per_child"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.text_version}"
