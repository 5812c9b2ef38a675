"""How the bulletin shows itself in the Wagtail admin, and how its PDF is served."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from newsletters.admin import NewsItemViewSet
from newsletters.models import IssuePage
from newsletters.views import issue_pdf

register_snippet(NewsItemViewSet)


@hooks.register("before_serve_page")
def serve_pdf(page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> HttpResponse | None:
    """The A4 form of an issue; every other page serves itself."""
    if isinstance(page, IssuePage) and kwargs.get("form") == "pdf":
        return issue_pdf(request, page)
    return None
