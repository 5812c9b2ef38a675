"""Add and rename a passkey, with our words. allauth finds these by the setting MFA_FORMS."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

NAME_CHARACTERS = 60


class AddPasskeyForm(AddWebAuthnForm):
    """A name, and whether the passkey alone is enough to sign in (it then asks for a finger, a face or a PIN)."""

    name = forms.CharField(label=_("What you call it"), required=False, max_length=NAME_CHARACTERS)
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without the password"),
        help_text=_("The device then asks for your finger, your face or a PIN. Without the tick, password first."),
        required=False,
        initial=True,
    )
    field_order = ["name", "passwordless"]


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name."""

    name = forms.CharField(label=_("What you call it"), max_length=NAME_CHARACTERS)
