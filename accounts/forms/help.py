"""Help somebody back in: unlock, or take lost second factors away."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UNLOCK, RESET = "unlock", "reset"


class HelpForm(forms.Form):
    """What to do; a reason where second factors go."""

    do = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (UNLOCK, _("Unlock after wrong passwords")),
            (RESET, _("Remove lost passkeys, app and recovery codes")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For removing only: how you made sure who it is. The audit log keeps it."),
        max_length=200,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Removing needs its reason. Raises ValidationError."""
        data = super().clean() or {}
        if data.get("do") == RESET and not data.get("reason", "").strip():
            raise ValidationError({"reason": _("Write how you made sure who it is.")})
        return data
