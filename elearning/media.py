"""Uploaded files for the browser: parts of them on request (RFC 9110, 14), so that a film can be sought.

In production the web server in front answers for /media/; this keeps the embedded default complete.
"""

import mimetypes
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils._os import safe_join
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.http import require_safe

CHUNK = 64 * 1024
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# What a browser shows without being able to run anything in it. Everything else is handed over to be saved.
SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "video/", "audio/", "text/vtt")
# Documents have an address of their own (/documents/), where their collection's privacy is checked. Captions do not:
# the player fetches them here.
CHECKED_ELSEWHERE = "documents"
TYPES = {".vtt": "text/vtt; charset=utf-8", ".m4a": "audio/mp4", ".webp": "image/webp", ".avif": "image/avif"}


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file at `path` below MEDIA_ROOT: whole (200), a part (206), unchanged (304) or no such part (416).

    Raises Http404 for anything outside, missing or not a file.
    """
    file = _file_or_404(path)
    stat = file.stat()
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    content_type = TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    span = _span(request, stat.st_size, etag)
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    elif span is None:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{stat.st_size}"})
    else:
        response = _part(file, stat.st_size, span, content_type)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(stat.st_mtime)
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    if not content_type.startswith(SHOWN):
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Content-Disposition"] = "attachment"
    patch_cache_control(response, public=True, max_age=86_400)
    return response


def _file_or_404(path: str) -> Path:
    """The file, if it lies below MEDIA_ROOT and no other address checks who may have it. Raises Http404."""
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
        within = file.relative_to(os.path.abspath(settings.MEDIA_ROOT)).parts
        found = file.is_file() and (within[:1] != (CHECKED_ELSEWHERE,) or file.suffix.lower() == ".vtt")
    except (SuspiciousFileOperation, ValueError, OSError):
        raise Http404(path) from None
    if not found:
        raise Http404(path)
    return file


def _span(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte asked for; all of them if the header is missing, odd or about an older file; None if there
    is no such part."""
    whole = (0, size - 1)
    header = ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if header is None or request.headers.get("If-Range", etag) != etag:
        return whole
    first, last = header.groups()
    if not first and not last:
        return whole
    if not first:
        length = int(last)
        return (max(size - length, 0), size - 1) if length and size else None
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return whole
    return (start, end) if start < size else None


def _part(file: Path, size: int, span: tuple[int, int], content_type: str) -> StreamingHttpResponse:
    """Stream the bytes of `span`."""
    start, end = span
    length = end - start + 1
    whole = length == size
    response = StreamingHttpResponse(
        _Reader(file.open("rb"), start, length), status=200 if whole else 206, content_type=content_type
    )
    response["Content-Length"] = str(length)
    if not whole:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


class _Reader:
    """Reads one part in small pieces; the response closes it."""

    def __init__(self, handle: BinaryIO, start: int, length: int) -> None:
        self.handle = handle
        self.left = length
        handle.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (piece := self.handle.read(min(CHUNK, self.left))):
            self.left -= len(piece)
            yield piece

    def close(self) -> None:
        """Give the file back."""
        self.handle.close()
