"""The pictures of questions: for whoever sits the paper, and for nobody else."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from exams import queries


@require_safe
@login_required
@cache_control(private=True, max_age=3600)
def picture(request: SignedInRequest, public_id: str, picture_id: str, token: str) -> FileResponse:
    """A picture that the server showed in this attempt of the caller; anything else does not exist."""
    try:
        queries.own_attempt(user=request.user, public_id=public_id)
    except queries.AttemptUnknown:
        raise Http404 from None
    if not constant_time_compare(token, queries.picture_token(public_id, picture_id)):
        raise Http404
    found = queries.picture_named(picture_id)
    if found is None:
        raise Http404
    return FileResponse(found.file.open("rb"), content_type=found.media_type)
