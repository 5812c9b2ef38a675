"""The menu of exams with the pages for importing and exporting."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from exams.admin import importing
from exams.admin.exporting import export
from exams.admin.mending import mend
from exams.admin.sitting import ExamsMenu as SittingMenu


class ImportViewSet(ViewSet):
    """One entry of the exams' menu with all pages of importing and exporting."""

    name = "exams_import"
    url_prefix = "exam-imports"
    icon = "upload"
    menu_label = gettext_lazy("Import and export")

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        """For those who may write items only."""
        item: MenuItem = super().get_menu_item(order)
        item.is_shown = lambda request: request.user.has_perm("exams.add_item")
        return item

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list first: the menu leads there."""
        return [
            path("", importing.index, name="index"),
            path("new/", importing.upload, name="new"),
            path("export/", export, name="export"),
            path("<int:pk>/", importing.batch_page, name="batch"),
            path("<int:pk>/move/", importing.move, name="move"),
            path("<int:pk>/leftover.xlsx", importing.leftover, name="leftover"),
            path("<int:pk>/rows/<int:order>/", mend, name="mend"),
            path("<int:pk>/rows/<int:order>/decide/", importing.decide, name="decide"),
        ]


class ExamsMenu(SittingMenu):
    """The whole entry in the menu: importing stands beside the items."""

    items = (*SittingMenu.items[:1], ImportViewSet, *SittingMenu.items[1:])
