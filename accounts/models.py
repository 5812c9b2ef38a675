"""The person who signs in."""

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.identifiers import code12

# Django's own characters, plus the # of a pupil's class and seat.
USERNAME = RegexValidator(r"^[\w.@+\-#]+\Z", _("Letters, digits and @ . + - _ # only."))


class User(AbstractUser):
    """A civil servant, teacher, pupil, enterprise handler or member of staff.

    Roles do not live here: memberships in `organisations` scope what learners and coordinators see, Wagtail groups
    grant what staff may do under /admin/. A pupil's username is `CLASSCODE#NO`; most pupils have no e-mail.
    """

    class AgeClass(models.TextChoices):
        ADULT = "adult", _("18 or older")
        MINOR = "minor", _("14 to 17")
        CHILD = "child", _("under 14")

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=code12, editable=False)
    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        validators=[USERNAME],
        help_text=_("Letters, digits and @ . + - _ # only."),
        error_messages={"unique": _("Somebody has this username already.")},
    )
    name = models.CharField(_("full name"), max_length=60, blank=True)
    employee_number = models.CharField(_("employee number"), max_length=40, unique=True, null=True, blank=True)
    phone = models.CharField(_("mobile phone"), max_length=20, unique=True, null=True, blank=True)
    # A pupil's number is the school's own: two schools may give the same one.
    student_number = models.CharField(_("student number"), max_length=40, null=True, blank=True, db_index=True)
    # Of an ID number only these two are ever stored (accounts/keys.py).
    id_digest = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    id_mask = models.CharField(_("ID number"), max_length=18, blank=True, editable=False)
    age_class = models.CharField(_("age class"), max_length=5, choices=AgeClass, default=AgeClass.ADULT)
    # Kept by organisations.actions beside the consent itself, so that the database can refuse an active child.
    has_consent = models.BooleanField(_("guardian's consent in force"), default=False, editable=False)

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(age_class__in=["adult", "minor", "child"]), name="user_age_class_known"),
            models.CheckConstraint(
                condition=~Q(age_class="child") | Q(is_active=False) | Q(has_consent=True),
                name="user_child_active_only_with_consent",
                violation_error_message=_(
                    "A child under 14 has no active account before a guardian's consent is recorded."
                ),
            ),
            models.CheckConstraint(condition=~Q(employee_number="") & ~Q(phone=""), name="user_numbers_null_not_empty"),
            models.CheckConstraint(condition=~Q(student_number=""), name="user_student_number_null_not_empty"),
            models.CheckConstraint(
                condition=Q(id_digest=None, id_mask="")
                | (Q(id_digest__isnull=False) & ~Q(id_mask="") & ~Q(id_digest="")),
                name="user_id_digest_with_mask",
            ),
        ]
        indexes = [models.Index(fields=["age_class", "has_consent"], name="user_by_age_and_consent")]

    @property
    def is_minor(self) -> bool:
        """True for anyone under 18: nothing of them is ever public."""
        return self.age_class != self.AgeClass.ADULT

    def get_full_name(self) -> str:
        """The name as shown, else the username."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """As `get_full_name`: Chinese names are short."""
        return self.get_full_name()

    def __str__(self) -> str:
        return self.get_full_name()


class SignInFailures(models.Model):
    """Wrong passwords in a row, for one account or for one identifier that belongs to nobody.

    Both are counted alike, so that being locked tells nothing about who exists. A device on which the person has signed
    in before is counted apart (`key`): whoever guesses elsewhere cannot lock its owner out.
    """

    key = models.CharField(max_length=80, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("person"))
    count = models.PositiveIntegerField(_("wrong passwords in a row"), default=0)
    last_at = models.DateTimeField(_("last one"))
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)

    class Meta:
        verbose_name = _("refused sign-ins")
        verbose_name_plural = _("refused sign-ins")
        indexes = [models.Index(fields=["last_at"], name="signin_failures_last_at")]

    def __str__(self) -> str:
        return self.key


class SignedInRequest(HttpRequest):
    """The type of a request behind `login_required`: its user is a `User`, never anonymous."""

    user: User  # type: ignore[assignment]
