"""Erasures, retention and the minors' report in Wagtail's admin."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from privacy import admin


class _Item(MenuItem):
    """Seen by who holds one of `permissions`."""

    permissions: tuple[str, ...] = ()

    def is_shown(self, request: HttpRequest) -> bool:
        """With the right only."""
        return any(request.user.has_perm(name) for name in self.permissions)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """The pages."""
    return [
        path("data/erasures/", admin.erasures, name="data_erasures"),
        path("data/erasures/<str:public_id>/", admin.decide, name="data_decide"),
        path("data/retention/", admin.retention, name="data_retention"),
        path("data/minors/", admin.minors, name="data_minors"),
    ]


def _item(text: object, url_name: str, icon: str, order: int, *permissions: str) -> MenuItem:
    item = _Item(text, reverse(url_name), name=url_name, icon_name=icon, order=order)
    item.permissions = permissions
    return item


@hooks.register("register_settings_menu_item")
def register_erasures() -> MenuItem:
    """Who wants to be forgotten."""
    return _item(_("Requests for erasure"), "data_erasures", "bin", 910, "privacy.decide_erasure")


@hooks.register("register_settings_menu_item")
def register_retention() -> MenuItem:
    """How long what is kept."""
    may_see = ("audit.view_entry", "privacy.decide_erasure")
    return _item(_("Retention"), "data_retention", "calendar-alt", 911, *may_see)


@hooks.register("register_reports_menu_item")
def register_minors() -> MenuItem:
    """Data of minors, year by year."""
    may_see = ("audit.view_entry", "privacy.view_minors")
    return _item(_("Data of minors"), "data_minors", "group", 912, *may_see)
