"""What a signer sends: the words of their own, what may be public, how they sign."""

import json
from collections.abc import Sequence
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from pledges.actions import Upload, Words
from pledges.contracts import CHINESE, ENGLISH, Wording
from pledges.forms.public import NO_STORE, read_upload
from pledges.models import LetterVersion, Subject, Visibility
from tlog.leaf import canonical

PASSWORD, DRAWN, PASSKEY, SESSION = "password", "drawn", "passkey", "session"
MAX_STROKES, MAX_POINTS, MAX_DRAWN_BYTES = 80, 6000, 120_000
FORM_ID = "sign-form"
VISIBILITY_WORDS = (
    (Visibility.NAMED.value, _("Public with my name and unit")),
    (Visibility.UNIT.value, _("Public with my unit only, without my name")),
    (Visibility.NONE.value, _("Not public")),
)
ORGANISATION_WORDS = (
    (Visibility.NAMED.value, _("Public with the organisation's name and code")),
    (Visibility.NONE.value, _("Not public")),
)
WAYS = (
    (PASSWORD, _("With my name and my password")),
    (DRAWN, _("With a drawn signature and my password")),
    (PASSKEY, _("With a passkey: fingerprint, face or security key")),
)


def read_strokes(text: str) -> str:
    """A drawn signature as RFC 8785 JSON: strokes of points, whole numbers from 0 to 1000. Raises ValidationError for
    anything else, and for a mere dot."""
    wrong = forms.ValidationError(gettext("The drawing did not arrive whole. Draw your signature again."))
    if len(text) > MAX_DRAWN_BYTES:
        raise wrong
    try:
        strokes = json.loads(text)
    except ValueError:
        raise wrong from None
    if not isinstance(strokes, list) or len(strokes) > MAX_STROKES:
        raise wrong
    for stroke in strokes:
        if not isinstance(stroke, list) or not all(_is_point(point) for point in stroke):
            raise wrong
    points = sum(len(stroke) for stroke in strokes)
    if points > MAX_POINTS:
        raise wrong
    if points < 8:
        raise forms.ValidationError(gettext("Draw your name, or choose another way to sign."))
    return canonical(strokes).decode()


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 1000 for n in point)
    )


class WordsForm(forms.Form):
    """The blanks of a letter and the signer's own promise, before whatever else is asked."""

    def __init__(self, *args: Any, version: LetterVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.language = ENGLISH if get_language() == ENGLISH and version.has_english else CHINESE
        self.wording: Wording = version.wording(self.language)
        for number, blank in enumerate(self.wording.blanks):
            attributes = {"autocomplete": "off", "form": FORM_ID, "data-blank": blank}
            widget = forms.TextInput(attrs=attributes)
            self.fields[f"blank_{number}"] = forms.CharField(label=blank, max_length=60, widget=widget)
        if version.asks_promise:
            self.fields["promise"] = forms.CharField(
                label=_("One promise of my own, for this year"),
                max_length=60,
                help_text=_("Something that you can really do this year and others can see. It becomes part of the"
                            " letter, and public with it."),
                widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "form": FORM_ID, "data-promise": ""}),
            )  # fmt: skip

    @property
    def own_words(self) -> list[forms.BoundField]:
        """The fields that the signer's own words go into."""
        return [self[name] for name in self.fields if name.startswith("blank_") or name == "promise"]

    @property
    def words(self) -> Words:
        """What the signer wrote."""
        data = self.cleaned_data
        values = {blank: data.get(f"blank_{number}", "") for number, blank in enumerate(self.wording.blanks)}
        return Words(self.language, values, data.get("promise", ""))


class SignForm(WordsForm):
    """Decide on publication, say that you have read it, type your name, choose how to sign."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    read_after = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    visible_seconds = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    time_zone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    assertion = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    visibility = forms.ChoiceField(label=_("What may be public"), widget=forms.RadioSelect)
    confirmed = forms.BooleanField(label=_("I have read all of it and sign of my own will."))
    typed_name = forms.CharField(
        label=_("Type your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    way = forms.ChoiceField(label=_("How to sign"), widget=forms.RadioSelect, initial=PASSWORD)
    strokes = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MAX_DRAWN_BYTES)
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        max_length=128,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        request: HttpRequest,
        version: LetterVersion,
        offered: tuple[str, ...],
        ways: Sequence[str] = (PASSWORD, DRAWN),
        **kwargs: Any,
    ):
        super().__init__(*args, version=version, **kwargs)
        self.request = request
        self.user: User = request.user  # type: ignore[assignment]
        self.is_class = version.template.subject == Subject.CLASS
        self.fields["digest"].initial = version.digest
        labels = dict(VISIBILITY_WORDS)
        self.fields["visibility"].choices = [(value, labels[value]) for value in offered]  # type: ignore[attr-defined]
        self.fields["way"].choices = [row for row in WAYS if row[0] in ways]  # type: ignore[attr-defined]
        self.fields["password"].required = self.data.get("way") != PASSKEY
        if self.is_class:
            for name in ("visibility", "typed_name", "password", "way", "strokes", "assertion"):
                del self.fields[name]
            self.fields["confirmed"].label = _("I have read it, and I promise.")

    @property
    def ways(self) -> list[str]:
        """The ways to sign that are offered."""
        return [value for value, _label in self.fields["way"].choices] if "way" in self.fields else []  # type: ignore[attr-defined]

    def clean_typed_name(self) -> str:
        """Exactly the account's name, blanks aside."""
        return exact_name(self.cleaned_data["typed_name"], self.user)

    def clean_strokes(self) -> str:
        """A drawing, if that is the way."""
        if self.cleaned_data.get("way") != DRAWN:
            return ""
        return read_strokes(self.cleaned_data["strokes"] or "[]")

    def clean_password(self) -> str:
        """The account's password, asked for again; ten tries a minute. A passkey needs none."""
        if self.cleaned_data.get("way") != PASSKEY:
            check_password(self.request, self.user, self.cleaned_data["password"])
        return ""

    @property
    def method(self) -> str:
        """How it is signed, as `Reading` names it."""
        return SESSION if self.is_class else str(self.cleaned_data["way"])

    @property
    def visibility_chosen(self) -> str:
        """What was chosen; a class promise has no choice."""
        return str(self.cleaned_data.get("visibility", Visibility.NONE))


def exact_name(text: str, user: User) -> str:
    """`text` if it is the account's name, blanks aside. Raises ValidationError."""
    typed, name = text.strip(), user.get_full_name()
    if typed != name:
        raise forms.ValidationError(gettext("Type your name as it stands in your account: %(name)s.") % {"name": name})
    return typed


def check_password(request: HttpRequest, user: User, password: str) -> None:
    """Raises ValidationError unless it is the account's; ten tries a minute."""
    if not password:
        raise forms.ValidationError(gettext("Enter your password."), code="required")
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        raise forms.ValidationError(gettext("Too many tries. Wait a minute, then try again."))
    if not user.check_password(password):
        raise forms.ValidationError(gettext("That is not your password. Nothing was signed; try again."))


class OnTheSpotForm(WordsForm):
    """Signed on the coordinator's screen: the signer reads, decides, types their name; the coordinator confirms who
    it is."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    read_after = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    visible_seconds = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    time_zone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    visibility = forms.ChoiceField(label=_("What may be public (the signer decides)"), widget=forms.RadioSelect)
    confirmed = forms.BooleanField(label=_("The signer has read all of it and signs of their own will."))
    typed_name = forms.CharField(
        label=_("The signer types their name"), max_length=60, widget=forms.TextInput(NO_STORE)
    )
    strokes = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MAX_DRAWN_BYTES)
    identity = forms.BooleanField(
        label=_("I have seen who signs, and I know the person or have looked at the identity card.")
    )
    password = forms.CharField(
        label=_("Your password, as the coordinator"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        max_length=128,
    )

    def __init__(
        self,
        *args: Any,
        request: HttpRequest,
        version: LetterVersion,
        offered: tuple[str, ...],
        signer: User,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, version=version, **kwargs)
        self.request, self.signer = request, signer
        self.user: User = request.user  # type: ignore[assignment]
        self.is_class = False
        self.fields["digest"].initial = version.digest
        labels = dict(VISIBILITY_WORDS)
        self.fields["visibility"].choices = [(value, labels[value]) for value in offered]  # type: ignore[attr-defined]

    method = "on_the_spot"

    def clean_typed_name(self) -> str:
        """The signer's name, not the coordinator's."""
        return exact_name(self.cleaned_data["typed_name"], self.signer)

    def clean_strokes(self) -> str:
        """A drawing, if there is one."""
        text = self.cleaned_data["strokes"]
        return read_strokes(text) if text and text != "[]" else ""

    def clean_password(self) -> str:
        """The coordinator's."""
        check_password(self.request, self.user, self.cleaned_data["password"])
        return ""

    @property
    def visibility_chosen(self) -> str:
        """What the signer chose."""
        return str(self.cleaned_data["visibility"])


class TogetherForm(forms.Form):
    """A class promises together with its teacher: who is here, and the teacher's own password."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    pupils = forms.MultipleChoiceField(
        label=_("Who is here and promises"), widget=forms.CheckboxSelectMultiple, required=True
    )
    confirmed = forms.BooleanField(label=_("We have read the promise together, aloud, and everybody ticked agrees."))
    password = forms.CharField(
        label=_("Your password, as the teacher"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        max_length=128,
    )

    def __init__(
        self,
        *args: Any,
        request: HttpRequest,
        version: LetterVersion,
        pupils: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User = request.user  # type: ignore[assignment]
        self.fields["digest"].initial = version.digest
        self.fields["pupils"].choices = list(pupils)  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        """The teacher's."""
        check_password(self.request, self.user, self.cleaned_data["password"])
        return ""


class OrganisationSignForm(WordsForm):
    """Sign for an organisation: who you are, on what authority, the stamped scan, and what may be public."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    read_after = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    handler_name = forms.CharField(label=_("Your name"), max_length=60)
    handler_role = forms.CharField(label=_("Your position in the organisation"), max_length=60)
    authorisation = forms.FileField(
        label=_("Authorisation by the organisation"),
        required=False,
        help_text=_("PDF, JPEG or PNG. Kept by the office, never public."),
    )
    scan = forms.FileField(
        label=_("Scan of the stamped letter"), required=False, help_text=_("PDF, JPEG or PNG, if there is one.")
    )
    visibility = forms.ChoiceField(label=_("What may be public"), widget=forms.RadioSelect)
    scan_is_public = forms.BooleanField(label=_("The stamped scan may be public too"), required=False)
    confirmed = forms.BooleanField(label=_("I have read all of it and sign for the organisation."))
    way = forms.ChoiceField(
        label=_("How to sign"),
        widget=forms.RadioSelect,
        initial=PASSWORD,
        help_text=_("To add a scan, sign with your password: a passkey signs on a page of its own, without files."),
    )
    assertion = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    password = SignForm.base_fields["password"]

    def __init__(self, *args: Any, request: HttpRequest, version: LetterVersion, offered: tuple[str, ...],
                 is_member: bool, has_passkey: bool = False, **kwargs: Any):  # fmt: skip
        super().__init__(*args, version=version, **kwargs)
        self.request = request
        self.user: User = request.user  # type: ignore[assignment]
        self.fields["digest"].initial = version.digest
        self.fields["handler_name"].initial = self.user.get_full_name()
        labels = dict(ORGANISATION_WORDS)
        self.fields["visibility"].choices = [(value, labels[value]) for value in offered]  # type: ignore[attr-defined]
        self.fields["authorisation"].required = not is_member
        self.fields["way"].choices = [row for row in WAYS if row[0] in (PASSWORD, PASSKEY)]  # type: ignore[attr-defined]
        self.fields["password"].required = self.data.get("way") != PASSKEY or not (is_member and has_passkey)
        if not (is_member and has_passkey):  # an authorisation is a file, too
            del self.fields["way"]

    def clean_authorisation(self) -> Upload | None:
        """A PDF or picture by its content."""
        return read_upload(self.cleaned_data["authorisation"] or None)

    def clean_scan(self) -> Upload | None:
        """A PDF or picture by its content."""
        return read_upload(self.cleaned_data["scan"] or None)

    def clean_password(self) -> str:
        """The handler's. A passkey needs none."""
        if self.method != PASSKEY:
            check_password(self.request, self.user, self.cleaned_data["password"])
        return ""

    def clean(self) -> dict[str, Any]:
        """The passkey's page takes no files along."""
        data: dict[str, Any] = super().clean() or {}
        if self.method == PASSKEY and (data.get("scan") or data.get("authorisation")):
            self.add_error("way", gettext("A passkey takes no files along. To add one, sign with your password."))
        return data

    @property
    def method(self) -> str:
        """How it is signed, as `Reading` names it."""
        return str(self.cleaned_data.get("way") or PASSWORD)

    @property
    def visibility_chosen(self) -> str:
        """What was chosen."""
        return str(self.cleaned_data["visibility"])
