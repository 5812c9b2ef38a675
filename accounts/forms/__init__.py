"""Forms of accounts: people in Wagtail's admin, and signing in."""

from accounts.forms.people import PersonCreationForm, PersonEditForm

__all__ = ["PersonCreationForm", "PersonEditForm"]
