"""Where Wagtail's admin meets the bank."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from exams.admin import afterwards, anchors
from exams.admin.bulk import bulk, bulk_change
from exams.admin.choosing import PaperStepView
from exams.admin.feasibility import feasibility
from exams.admin.menu import ExamsMenu
from exams.admin.papers import new_paper, paper, remake
from exams.admin.review import history, item, picture, preview, usage


@hooks.register("register_admin_viewset")
def register_viewsets() -> ExamsMenu:
    """Everything about exams under one entry of the menu."""
    return ExamsMenu()


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern | URLResolver]:
    """Preview and review of an item; papers; the paper of a step."""
    pages = [
        path("<int:pk>/", item, name="item"),
        path("<int:pk>/preview/", preview, name="preview"),
        path("<int:pk>/history/", history, name="history"),
        path("<int:pk>/usage/", usage, name="usage"),
        path("bulk/", bulk, name="bulk"),
        path("bulk/<slug:public_id>/", bulk_change, name="bulk-change"),
        path("pictures/<slug:picture_id>/", picture, name="picture"),
        path("papers/new/", new_paper, name="new-paper"),
        path("papers/check/", feasibility, name="feasibility"),
        path("papers/remake/", remake, name="remake"),
        path("papers/<int:pk>/", paper, name="paper"),
        path("steps/<int:step_id>/", PaperStepView.as_view(), name="step"),
        path("results/", afterwards.overview, name="afterwards"),
        path("results/papers/<int:paper_id>/", afterwards.analysis, name="analysis"),
        path("results/versions/<int:version_id>/correct/", afterwards.correct, name="correct"),
        path("results/re-markings/<slug:public_id>/", afterwards.regrade, name="regrade"),
        path("results/log/", anchors.public_log, name="public-log"),
        path("results/log/papers/<int:pk>/check/", anchors.check_paper, name="check-paper"),
        path("results/log/runs/<int:pk>/check/", anchors.check_run, name="check-run"),
        path("results/appeals/", afterwards.appeals, name="appeals"),
        path("results/appeals/<slug:public_id>/", afterwards.appeal, name="appeal"),
    ]
    return [path("exam-items/", include((pages, "exams_admin")))]


class ResultsItem(MenuItem):
    """Seen by who may see item analyses."""

    def is_shown(self, request: HttpRequest) -> bool:
        """With the right only."""
        return bool(request.user.has_perm("exams.view_paperanalysis"))


@hooks.register("register_admin_menu_item")
def register_results() -> MenuItem:
    """Item analysis, marking again, appeals."""
    return ResultsItem(
        _("After the exam"), reverse("exams_admin:afterwards"), name="exam-results", icon_name="history", order=211
    )
