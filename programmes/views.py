"""The learner's own page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import SignedInRequest
from programmes.queries import learning_of


@login_required
def my_learning(request: SignedInRequest) -> HttpResponse:
    """All programmes of the signed-in learner, with the next thing to do."""
    return render(request, "programmes/my_learning.html", {"enrolments": learning_of(request.user)})
