"""A person as administrators edit them in Wagtail."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm

from accounts import actions
from accounts.models import User
from accounts.queries import plain_phone

FIELDS = ["username", "name", "employee_number", "phone", "email", "age_class", "is_superuser", "groups"]


class _PersonForm(forms.ModelForm):
    """One name instead of first and last; no e-mail needed; numbers are empty or unique."""

    first_name = None
    last_name = None
    email = forms.EmailField(required=False, label=_("E-mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = User._meta.get_field("username").help_text

    def clean(self) -> dict[str, Any] | None:
        """Refuse to open the account of a child whose guardian has not agreed."""
        data = super().clean()
        self.instance.age_class = self.cleaned_data.get("age_class", self.instance.age_class)
        if not self.instance.pk and self.instance.age_class == User.AgeClass.CHILD:
            self.instance.is_active = False
        try:
            actions.refuse_child_without_consent(
                self.instance, is_active=self.cleaned_data.get("is_active", self.instance.is_active)
            )
        except ValidationError as error:
            self.add_error("is_active" if "is_active" in self.fields else "age_class", error)
        return data

    def clean_employee_number(self) -> str | None:
        """Nothing typed is no number."""
        return self.cleaned_data["employee_number"] or None

    def clean_phone(self) -> str | None:
        """As sign-in looks for it; nothing typed is no number."""
        return plain_phone(self.cleaned_data["phone"] or "") or None


class PersonCreationForm(_PersonForm, UserCreationForm):
    """A new account."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = FIELDS


class PersonEditForm(_PersonForm, UserEditForm):
    """An existing account."""

    class Meta(UserEditForm.Meta):
        model = User
        fields = [*FIELDS, "is_active"]
