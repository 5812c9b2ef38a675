"""Units and people in Wagtail's admin."""

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from organisations import admin
from organisations.models import GuardianConsent, Membership, Organisation

register_permission_policy(Organisation, admin.NeverDeleted(Organisation))
register_permission_policy(Membership, admin.NeverChanged(Membership))
register_permission_policy(GuardianConsent, admin.NeverChanged(GuardianConsent))


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[object]:
    """Three lists."""
    return [admin.OrganisationViewSet(), admin.MembershipViewSet(), admin.ConsentViewSet()]


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """The buttons."""
    return [
        path("organisations/<int:pk>/close/", admin.close_organisation, name="close_organisation"),
        path("memberships/<int:pk>/end/", admin.end_membership, name="end_membership"),
        path("consents/<int:pk>/withdraw/", admin.withdraw_consent, name="withdraw_consent"),
    ]
