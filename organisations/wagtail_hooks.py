"""Units and people in Wagtail's admin."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy

from organisations.admin import identities, scim_keys, texts
from organisations.admin import people as admin
from organisations.models import ConsentText, GuardianConsent, Membership, Organisation, Profession

register_permission_policy(Organisation, admin.NeverDeleted(Organisation))
register_permission_policy(Membership, admin.NeverChanged(Membership))
register_permission_policy(Profession, admin.NeverDeleted(Profession))
register_permission_policy(GuardianConsent, admin.NeverChanged(GuardianConsent))
register_permission_policy(ConsentText, admin.NeverChanged(ConsentText))


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[object]:
    """Five lists."""
    return [
        admin.OrganisationViewSet(),
        admin.MembershipViewSet(),
        admin.ProfessionViewSet(),
        admin.ConsentViewSet(),
        texts.ConsentTextViewSet(),
    ]


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """The buttons."""
    return [
        path("organisations/<int:pk>/close/", admin.close_organisation, name="close_organisation"),
        path("organisations/<int:pk>/merge/", admin.merge_organisation, name="merge_organisation"),
        path("scim-keys/", scim_keys.scim_keys, name="scim_keys"),
        path("scim-keys/<int:pk>/", scim_keys.end_scim_key, name="end_scim_key"),
        path("identities/", identities.identities, name="identities"),
        path("memberships/<int:pk>/end/", admin.end_membership, name="end_membership"),
        path("memberships/<int:pk>/plan-end/", admin.plan_end, name="plan_end"),
        path("consents/<int:pk>/withdraw/", admin.withdraw_consent, name="withdraw_consent"),
    ]


class _ConfirmItem(MenuItem):
    """Seen by who may confirm identities."""

    def is_shown(self, request: HttpRequest) -> bool:
        """With the right only."""
        return bool(request.user.has_perm("organisations.confirm_identity"))


class _KeyItem(MenuItem):
    """Seen by who may make keys of personnel systems."""

    def is_shown(self, request: HttpRequest) -> bool:
        """With the right only."""
        return bool(request.user.has_perm("organisations.add_scimkey"))


class _RosterItem(MenuItem):
    """Seen by who may add memberships."""

    def is_shown(self, request: HttpRequest) -> bool:
        """With the right only."""
        return bool(request.user.has_perm("organisations.add_membership"))


@hooks.register("register_admin_menu_item")
def register_identities() -> MenuItem:
    """Who is who."""
    return _ConfirmItem(_("Identities"), reverse("identities"), name="identities", icon_name="check", order=272)


@hooks.register("register_admin_menu_item")
def register_rosters() -> MenuItem:
    """Rosters have pages of their own, for coordinators as well."""
    return _RosterItem(_("Rosters"), reverse("rosters:index"), name="rosters", icon_name="upload", order=271)


@hooks.register("register_admin_menu_item")
def register_scim_keys() -> MenuItem:
    """Systems that keep people by themselves."""
    return _KeyItem(_("Personnel systems"), reverse("scim_keys"), name="scim-keys", icon_name="key", order=273)
