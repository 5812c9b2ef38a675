"""Search and robots.txt; pages serve themselves."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms.queries import search_site


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results of `q` in groups; `in` names one group to page through with `page`."""
    result = search_site(request.GET.get("q", ""), key=request.GET.get("in", ""), page=request.GET.get("page"))
    return render(request, "cms/search.html", {"result": result})


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Which addresses are not for search engines: what needs a sign-in, and what lists without end."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /accounts/", "Disallow: /my/", "Disallow: /search/"]
    lines += ["Disallow: /en/search/", f"# {settings.SITE_URL}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
