"""One letter that was sent: how it stands, its stamped scan, its end, how it was kept."""

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from foundation.filetypes import EXTENSIONS, HEAD_BYTES, sniff
from pledges import actions, queries
from pledges.api.door import door, refuse
from pledges.forms import SCAN_TYPES
from pledges.models import ApiKey, Letter, Scope

MAX_SCAN = 10_000_000


def _said(letter: Letter, status: int = 200) -> JsonResponse:
    return JsonResponse({"status": status, **queries.said(letter, letter.submission.source_code)}, status=status)


@door(GET=Scope.READ)
def letter(request: HttpRequest, key: ApiKey, code: str) -> HttpResponseBase:
    """A letter that the unit sent, by its pledge code; anybody else's is not found."""
    found = queries.letter_of_unit(key.organisation_id, code)
    return _said(found) if found else refuse(404, "not-found")


@door(PUT=Scope.SEND)
def scan(request: HttpRequest, key: ApiKey, code: str) -> HttpResponseBase:
    """Attach the stamped scan (PDF, JPEG, PNG) to an organisation's letter; once, and public as the letter is."""
    found = queries.letter_of_unit(key.organisation_id, code)
    if found is None:
        return refuse(404, "not-found")
    length = request.headers.get("Content-Length", "")
    if not length:
        return refuse(411, "length-required")
    if not length.isdecimal() or int(length) > MAX_SCAN:
        return refuse(413, "too-large", limit=MAX_SCAN)
    data = request.read(MAX_SCAN)
    media_type = sniff(data[:HEAD_BYTES])
    if media_type not in SCAN_TYPES:
        return refuse(415, "not-a-scan", text="PDF, JPEG or PNG")
    try:
        is_new = actions.attach_scan(
            key=key, letter=found, upload=actions.Upload(data, media_type, EXTENSIONS[media_type])
        )
    except actions.ScanRefused as wrong:
        return refuse(409, "scan-refused", text=str(wrong))
    return _said(found, 201 if is_new else 200)
