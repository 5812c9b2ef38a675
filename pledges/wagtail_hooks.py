"""Show letters in Wagtail's admin."""

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from pledges.admin import KeptForEver, LettersGroup, LetterStepView, LookOnly, WordView
from pledges.models import Letter, LetterRequest, LetterTemplate, LetterVersion

register_permission_policy(LetterTemplate, KeptForEver(LetterTemplate))
register_permission_policy(LetterVersion, KeptForEver(LetterVersion))
register_permission_policy(Letter, LookOnly(Letter))
register_permission_policy(LetterRequest, LookOnly(LetterRequest))


@hooks.register("register_admin_viewset")
def register_letters() -> LettersGroup:
    """Templates, wordings, signed letters, requests."""
    return LettersGroup()


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """The letter of a step; a letter from a Word file."""
    return [
        path("pledges/steps/<int:step_id>/", LetterStepView.as_view(), name="letter-step"),
        path("pledges/word/", WordView.as_view(), name="letter-word"),
    ]
