"""Where Wagtail's admin meets practice."""

from django.urls import URLPattern, path
from wagtail import hooks

from practice.admin import PractiseStepView


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """The deeds of a step."""
    return [path("practice/steps/<int:step_id>/", PractiseStepView.as_view(), name="deeds-step")]
