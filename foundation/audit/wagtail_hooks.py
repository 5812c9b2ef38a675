"""The audit log in Wagtail's admin, for auditors: to read, never to change."""

from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from wagtail import hooks
from wagtail.admin.views.generic.models import InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from foundation.audit.models import Entry
from foundation.audit.registry import link_of


class ReadOnly(ModelPermissionPolicy):
    """Only `view`, and only for those in a group that holds view_entry: who administers the site reads no log of it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """`view` for members of a group that holds view_entry; nothing else for anybody."""
        if action != "view" or not user.is_superuser:
            return action == "view" and bool(user.has_perm("audit.view_entry"))
        held = Q(permissions__codename="view_entry", permissions__content_type__app_label="audit")
        return bool(user.is_active and user.groups.filter(held).exists())

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """True if `view` is among `actions` and allowed."""
        return any(self.user_has_permission(user, action) for action in actions)


class EntryView(InspectView):
    """One entry, with the way to what it is about for who may open that."""

    def get_fields_context(self) -> list[dict[str, Any]]:
        """The fields, and the link as the last one."""
        fields: list[dict[str, Any]] = super().get_fields_context()
        link = link_of(self.request.user, self.object.target)
        if link is not None:
            words, address = link
            value = format_html('<a href="{}">{}</a>', address, words)
            fields.append({"label": gettext("Leads to"), "value": value, "component": None})
        return fields


class EntryViewSet(ModelViewSet):
    """List with filters, newest first."""

    model = Entry
    name = "audit-log"
    icon = "history"
    menu_label = gettext_lazy("Audit log")
    add_to_settings_menu = True
    inspect_view_enabled = True
    inspect_view_class = EntryView
    copy_view_enabled = False
    form_fields = ["action"]
    list_display = ["at", "actor", "action", "target", "address", "succeeded"]
    list_filter = {"at": ["gte", "lte"], "action": ["exact"], "actor": ["exact"], "succeeded": ["exact"]}
    ordering = ["-id"]


register_permission_policy(Entry, ReadOnly(Entry))


@hooks.register("register_admin_viewset")
def register_viewset() -> EntryViewSet:
    """Show the log under Settings."""
    return EntryViewSet()
