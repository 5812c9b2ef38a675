"""What coordinators and administrators fill in."""

from organisations.forms.people import ConsentForm, MembershipForm, OrganisationForm

__all__ = ["ConsentForm", "MembershipForm", "OrganisationForm"]
