"""What pupils enter at the door of a class, and what teachers say about it."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisations.models import MOST_SEATS, SecretKind
from organisations.presets import NUMBER_LENGTH, PICTURE_KEYS, SECRET_LENGTH

PICTURE_NAMES: dict[str, Promise] = {
    "plum": _("plum blossom"),
    "orchid": _("orchid"),
    "bamboo": _("bamboo"),
    "chrysanthemum": _("chrysanthemum"),
    "pine": _("pine tree"),
    "lotus": _("lotus"),
    "mountain": _("mountain"),
    "water": _("water"),
    "moon": _("moon"),
    "sun": _("sun"),
    "fish": _("fish"),
    "boat": _("boat"),
}
PLACES = tuple(f"p{number}" for number in range(1, SECRET_LENGTH + 1))
LESSON, TWO_LESSONS, DAY = "45", "90", "day"
DAY_ENDS = 18


class CodeForm(forms.Form):
    """The six digits on the blackboard; spaces and dashes do not matter."""

    code = forms.CharField(
        label=_("Class code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "class-code"}),
    )

    def clean_code(self) -> str:
        """Digits only, full-width ones too."""
        return "".join(str(int(sign)) for sign in self.cleaned_data["code"] if sign.isdecimal())


def place_of(data: Any) -> str:
    """The seat that was chosen, else the student number that was typed."""
    return str(data.get("seat", "").strip() or data.get("number", "").strip())[:40]


def secret_of(kind: str, data: Any) -> str:
    """The secret as it was entered, "" if something is missing."""
    if kind == SecretKind.NUMBER:
        digits = "".join(str(int(sign)) for sign in data.get("secret", "") if sign.isdecimal())
        return digits if len(digits) == NUMBER_LENGTH else ""
    chosen = [data.get(name, "") for name in PLACES]
    return "-".join(chosen) if all(key in PICTURE_KEYS for key in chosen) else ""


def secret_words(secret: str) -> list[tuple[str, str]]:
    """A secret as it is printed: keys of pictures with their names, or one pair of nothing and the number."""
    if secret.isdigit():
        return [("", secret)]
    return [(key, str(PICTURE_NAMES[key])) for key in secret.split("-")]


class OpenForm(forms.Form):
    """How long a class stays open."""

    until = forms.ChoiceField(
        label=_("Open for"),
        choices=[
            (LESSON, _("one lesson (45 minutes)")),
            (TWO_LESSONS, _("two lessons (90 minutes)")),
            (DAY, _("the rest of the school day (until 18:00)")),
        ],
        initial=LESSON,
    )

    def closes_at(self, now: datetime) -> datetime:
        """The moment; after six in the evening a "day" is two lessons."""
        until = self.cleaned_data["until"]
        evening = timezone.localtime(now).replace(hour=DAY_ENDS, minute=0, second=0, microsecond=0)
        if until == DAY and evening > now:
            return min(evening, now + timedelta(hours=12))
        return now + timedelta(minutes=90 if until == DAY else int(until))


class SetUpForm(forms.Form):
    """How a class signs in."""

    seats = forms.IntegerField(label=_("Number of seats"), min_value=1, max_value=MOST_SEATS)
    secret_kind = forms.ChoiceField(
        label=_("New cards bear"),
        choices=SecretKind.choices,
        help_text=_("Cards that are in use stay valid only while the kind is the same: print new ones after a change."),
    )
    free = forms.CharField(
        label=_("Seats of children without an account"),
        required=False,
        max_length=200,
        help_text=_("Numbers with commas or spaces. They take part in class; you enter that they did."),
    )

    def clean_free(self) -> list[int]:
        """Numbers of seats."""
        words = self.cleaned_data["free"].replace("，", " ").replace(",", " ").replace("、", " ").split()
        if not all(word.isdecimal() and 1 <= int(word) <= MOST_SEATS for word in words):
            raise forms.ValidationError(_("Only numbers of seats, from 1 to 60."))
        return sorted({int(word) for word in words})
