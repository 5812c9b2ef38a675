"""The site's addresses and one view that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from elearning.urls import urlpatterns as site


def bare(request: HttpRequest) -> HttpResponse:
    """What Django and the server cost without us."""
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), *site]
