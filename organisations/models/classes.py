"""A class and its door: opened by the teacher for a while, entered by seat and secret, from devices that are shared."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.identifiers import random_code
from foundation.writeonce import protect
from organisations.models.tree import Organisation

MOST_SEATS = 60
USUAL_SEATS = 48


class SecretKind(models.TextChoices):
    """What the pupils of a class prove themselves with."""

    PICTURES = "pictures", _("three pictures")
    NUMBER = "number", _("number of six digits")


def token16() -> str:
    """Sixteen characters, 80 bits: the address behind the QR code of an open class cannot be guessed."""
    return random_code(16)


class ClassRoom(models.Model):
    """How a class signs in: how many seats its page shows, whoever sits there, and with which kind of secret."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("class")
    )
    seats = models.PositiveSmallIntegerField(
        _("number of seats"),
        default=USUAL_SEATS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)],
    )
    secret_kind = models.CharField(_("kind of secret"), max_length=8, choices=SecretKind, default=SecretKind.PICTURES)

    class Meta:
        verbose_name = _("classroom")
        verbose_name_plural = _("classrooms")
        constraints = [
            one_of("secret_kind", SecretKind, name="classroom_secret_kind_known"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=MOST_SEATS), name="classroom_seats_in_bounds"),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)


class ClassOpening(models.Model):
    """A class is open: until when, and under which code. The code is new each time and says nothing afterwards."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("class"))
    code = models.CharField(_("code"), max_length=6)
    token = models.CharField(max_length=16, unique=True, default=token16, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_from = models.CharField(max_length=16, blank=True, editable=False)  # digest: pupils sit behind it, too
    opened_at = models.DateTimeField(_("opened"))
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("opening of a class")
        verbose_name_plural = _("openings of classes")
        constraints = [
            models.CheckConstraint(condition=Q(Exact(Length("code"), 6)), name="opening_code_has_6_digits"),
            models.CheckConstraint(condition=Q(closes_at__gt=models.F("opened_at")), name="opening_has_an_end"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=models.F("opened_at")), name="opening_closed_after"
            ),
            models.UniqueConstraint(fields=["code"], condition=Q(closed_at=None), name="opening_code_once"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(closed_at=None), name="opening_once_per_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.opened_at}"


class PupilSecret(models.Model):
    """A pupil's secret, hashed under a key that is not in the database: a thousand and some picture secrets are tried
    in a second otherwise."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("pupil")
    )
    kind = models.CharField(_("kind of secret"), max_length=8, choices=SecretKind)
    digest = models.CharField(max_length=200, editable=False)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("secret of a pupil")
        verbose_name_plural = _("secrets of pupils")
        constraints = [
            one_of("kind", SecretKind, name="pupil_secret_kind_known"),
            models.CheckConstraint(condition=Q(digest__startswith="$argon2"), name="pupil_secret_is_hashed"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class ClassEntry(models.Model):
    """A pupil came in through the class's door, on one device, and left."""

    opening = models.ForeignKey(ClassOpening, on_delete=models.CASCADE, related_name="entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    device = models.CharField(max_length=16)
    address = models.CharField(max_length=16, blank=True)
    in_at = models.DateTimeField(_("came in"))
    seen_at = models.DateTimeField(_("seen last"))
    out_at = models.DateTimeField(_("left the class"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry into a class")
        verbose_name_plural = _("entries into classes")
        constraints = [
            models.CheckConstraint(condition=Q(seen_at__gte=models.F("in_at")), name="class_entry_seen_after"),
            models.CheckConstraint(
                condition=Q(out_at=None) | Q(out_at__gte=models.F("in_at")), name="class_entry_left_after"
            ),
            models.UniqueConstraint(
                fields=["opening", "user"], condition=Q(out_at=None), name="class_entry_on_one_device"
            ),
        ]
        indexes = [models.Index(fields=["device"], name="class_entry_by_device")]

    def __str__(self) -> str:
        return f"{self.opening_id}/{self.user_id}"


class ClassTry(models.Model):
    """A wrong code (no opening), or a wrong secret at a seat. Whoever must wait is found by these, and nothing else.

    `place` is what was typed or chosen: a seat or a student number. `address` is a keyed digest.
    """

    opening = models.ForeignKey(ClassOpening, on_delete=models.CASCADE, null=True, related_name="tries")
    place = models.CharField(max_length=40, blank=True)
    device = models.CharField(max_length=16)
    is_known = models.BooleanField(default=False)  # somebody had come in on this device before
    address = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    is_forgiven = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("wrong try at a class's door")
        verbose_name_plural = _("wrong tries at classes' doors")
        indexes = [
            models.Index(fields=["device", "at"], name="class_try_by_device"),
            models.Index(fields=["address", "at"], name="class_try_by_address"),
            models.Index(fields=["opening", "place"], name="class_try_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.opening_id} {self.at}"


class FreeSeat(models.Model):
    """A seat of a class whose child takes part without an account: a number and a day, and nothing of the child."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("class"))
    seat = models.PositiveSmallIntegerField(_("seat number"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("seat without an account")
        verbose_name_plural = _("seats without an account")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "seat"], condition=Q(until=None), name="free_seat_once_per_class"
            ),
            models.CheckConstraint(condition=Q(seat__gte=1, seat__lte=MOST_SEATS), name="free_seat_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.seat}"


protect(
    "organisations.ClassOpening", frozen=["organisation", "code", "token", "opened_by", "opened_at"], deletable=True
)
protect("organisations.ClassEntry", frozen=["opening", "device", "in_at"], deletable=True)
