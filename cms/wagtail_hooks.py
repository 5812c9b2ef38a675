"""How this app shows itself in the Wagtail admin."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from cms import actions
from cms.backends import without_foreign_reports
from cms.models import CaseIndexPage


class CasesMenuItem(MenuItem):
    """Leads to the reports below the list of cases."""

    def is_shown(self, request: HttpRequest) -> bool:
        """For whoever may look below the list of cases."""
        index = CaseIndexPage.objects.first()
        if index is None:
            return False
        rights = index.permissions_for_user(request.user)
        return bool(rights.can_add_subpage() or rights.can_edit())

    def render_component(self, request: HttpRequest) -> Any:
        """The entry, with the address of the list as it is now."""
        index = CaseIndexPage.objects.only("pk").get()
        self.url = reverse("wagtailadmin_explore", args=(index.pk,))
        return super().render_component(request)


@hooks.register("insert_global_admin_css")
def lists_on_phones() -> SafeString:
    """Lists of every app under /admin/ stay legible on a phone."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin/lists.css"))


@hooks.register("register_admin_menu_item")
def cases_menu_item() -> MenuItem:
    """Case reports, right below the pages."""
    return CasesMenuItem(_("Case reports"), "", name="cases", icon_name="form", order=110)


@hooks.register("construct_explorer_page_queryset")
@hooks.register("construct_page_chooser_queryset")
def hide_foreign_reports(*args: Any) -> QuerySet:
    """A reporter sees the own units' cases only. Called as (parent, pages, request) and as (pages, request)."""
    pages, request = args[-2], args[-1]
    return without_foreign_reports(request.user, pages)


@hooks.register("after_create_page")
def review_new_case_lists(request: HttpRequest, page: Page) -> None:
    """A list of cases made by hand gets its review as well."""
    if isinstance(page.specific, CaseIndexPage):
        actions.set_up_case_review(index=page.specific)


@hooks.register("after_publish_page")
def note_publication(request: HttpRequest, page: Page) -> None:
    """Published by hand."""
    actions.record_page_action(by=request.user, page=page, verb="publish")


@hooks.register("after_unpublish_page")
def note_withdrawal(request: HttpRequest, page: Page) -> None:
    """Taken down by hand."""
    actions.record_page_action(by=request.user, page=page, verb="unpublish")


@hooks.register("after_delete_page")
def note_deletion(request: HttpRequest, page: Page) -> None:
    """Deleted by hand."""
    actions.record_page_action(by=request.user, page=page, verb="delete")
