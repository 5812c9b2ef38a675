"""Where Wagtail's admin meets the bank."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks

from exams.admin.choosing import PaperStepView
from exams.admin.review import item, preview
from exams.admin.viewsets import ExamsGroup


@hooks.register("register_admin_viewset")
def register_viewsets() -> ExamsGroup:
    """Everything about exams under one entry of the menu."""
    return ExamsGroup()


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern | URLResolver]:
    """Preview and review of an item; the paper of a step."""
    pages = [
        path("<int:pk>/", item, name="item"),
        path("<int:pk>/preview/", preview, name="preview"),
        path("steps/<int:step_id>/", PaperStepView.as_view(), name="step"),
    ]
    return [path("exam-items/", include((pages, "exams_admin")))]
