"""Long videos in pieces, in the Wagtail admin: a page with a form, and the addresses that its script calls."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import SignedInRequest
from courses import actions
from courses.models import MediaUpload
from courses.views.refusals import BadBody, body_of, refuse

# Well below DATA_UPLOAD_MAX_MEMORY_SIZE, so that a piece is never refused for its size.
PIECE_BYTES = 1024 * 1024


@require_GET
def upload_page(request: SignedInRequest) -> HttpResponse:
    """Choose a file; the script sends it. Raises PermissionDenied."""
    if not request.user.has_perm("wagtailmedia.add_media"):
        raise PermissionDenied
    context = {"piece": PIECE_BYTES, "limit": settings.MEDIA_MAX_BYTES}
    return render(request, "courses/admin/upload.html", context)


@require_POST
def start(request: SignedInRequest) -> HttpResponse:
    """Begin: {name, title, size} -> {id, received}."""
    try:
        body = body_of(request)
        upload = actions.start_upload(
            by=request.user, name=str(body["name"]), title=str(body.get("title", "")), size=int(body["size"])
        )
    except actions.TooLarge:
        return refuse(request, "too-large", 413)
    except PermissionDenied:
        return refuse(request, "forbidden", 403)
    except (BadBody, KeyError, TypeError, ValueError, OverflowError):
        return refuse(request, "bad-request", 400)
    url = reverse("course-upload-piece", args=[upload.public_id])
    return JsonResponse({"id": upload.public_id, "received": 0, "url": url}, status=201)


@require_http_methods(["GET", "PUT"])
def piece(request: SignedInRequest, upload_id: str) -> HttpResponse:
    """GET says how much has arrived; PUT appends the body at X-Offset if its hash is X-Sha256."""
    upload = get_object_or_404(MediaUpload, public_id=upload_id, user=request.user)
    if request.method == "GET":
        return JsonResponse({"received": upload.received})
    try:
        received = actions.add_piece(
            upload=upload,
            offset=int(request.headers.get("X-Offset", "")),
            data=request.body,
            sha256=request.headers.get("X-Sha256", ""),
        )
    except RequestDataTooBig:
        return refuse(request, "too-large", 413)
    except actions.TooLarge:
        return refuse(request, "too-large", 413)
    except actions.WrongOffset as error:
        return refuse(request, "wrong-offset", 409, received=error.received)
    except actions.PieceDamaged:
        return refuse(request, "piece-damaged", 400)
    except ValueError:
        return refuse(request, "bad-request", 400)
    return JsonResponse({"received": received})


@require_POST
def finish(request: SignedInRequest, upload_id: str) -> HttpResponse:
    """Make it a media item."""
    upload = get_object_or_404(MediaUpload, public_id=upload_id, user=request.user)
    try:
        media = actions.finish_upload(upload=upload)
    except actions.WrongOffset as error:
        return refuse(request, "wrong-offset", 409, received=error.received)
    except actions.WrongType:
        return refuse(request, "wrong-type", 415)
    return JsonResponse({"media": media.pk, "url": reverse("wagtailmedia:edit", args=[media.pk])}, status=201)
