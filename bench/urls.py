"""The site's addresses and two views to compare with."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from bench.rows import Row
from elearning.urls import urlpatterns as site


def bare(request: HttpRequest) -> HttpResponse:
    """What Django and the server cost without us."""
    return HttpResponse("ok")


def row(request: HttpRequest) -> HttpResponse:
    """What one row costs: a signed-in person, a form that proves where it comes from, one INSERT and nothing else."""
    if request.method != "POST" or not request.user.is_authenticated:
        return HttpResponse(status=403)
    Row.objects.create(user_id=request.user.pk, position=1, value="A", received_at=timezone.now())
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), path("bare/row/", row), *site]
