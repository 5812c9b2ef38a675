"""What every learner's page shares: for whom it is, and how it says what cannot be done."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.models import SignedInRequest
from exams import queries
from exams.views.refusals import words_of

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """For signed-in people, never stored; an attempt that is not theirs does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except queries.AttemptUnknown as unknown:
            logger.info("exams: no attempt %s for user %s", unknown, request.user.pk)
            raise Http404 from None

    return never_cache(login_required(guarded))


def problem(request: SignedInRequest, word: str, status: int, **context: Any) -> HttpResponse:
    """A clear page for what cannot be done, with what to do instead."""
    logger.info("exams: %s for user %s at %s", word, request.user.pk, request.path)
    title, text = words_of(word, context.get("at"))
    return render(request, "exams/problem.html", {"word": word, "title": title, "text": text, **context}, status=status)
