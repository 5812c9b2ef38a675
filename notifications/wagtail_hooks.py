"""The delivery log in Wagtail's admin: what left the site, what did not, and why. Jobs try again."""

from typing import Any

from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from foundation.audit.views import LookedAt
from notifications.models import Delivery


class LookOnly(ModelPermissionPolicy):
    """Nobody adds, edits or deletes what happened."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """`view` for those who hold view_delivery; nothing else."""
        return action == "view" and user.has_perm("notifications.view_delivery")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """True if `view` is among `actions` and allowed."""
        return any(self.user_has_permission(user, action) for action in actions)


class DeliveryIndexView(LookedAt, IndexView):
    """Addresses in clear: the audit log knows who looked."""

    look_page = "notifications.deliveries"


class DeliveryInspectView(LookedAt, InspectView):
    """One attempt."""

    look_page = "notifications.delivery"

    def look_target(self) -> str:
        """Whose address it is."""
        return f"accounts.User:{self.object.message.user_id}"


class DeliveryViewSet(ModelViewSet):
    """List with filters. The text of the message is not shown: it is the person's own."""

    model = Delivery
    name = "deliveries"
    icon = "mail"
    menu_label = gettext_lazy("Deliveries")
    add_to_settings_menu = True
    inspect_view_enabled = True
    index_view_class = DeliveryIndexView
    inspect_view_class = DeliveryInspectView
    copy_view_enabled = False
    form_fields = ["channel"]
    list_display = ["channel", "address", "state", "error", "attempted_at"]
    list_filter = ["state", "channel"]
    inspect_view_fields = ["channel", "address", "state", "error", "attempted_at"]
    ordering = ["-id"]


register_permission_policy(Delivery, LookOnly(Delivery))


@hooks.register("register_admin_viewset")
def register_viewset() -> DeliveryViewSet:
    """Show the list under Settings."""
    return DeliveryViewSet()
