"""One letter that was sent: how it stands, its stamped scan, its end, how it was kept."""

from datetime import date

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from foundation.filetypes import EXTENSIONS, HEAD_BYTES, sniff
from pledges import actions, queries
from pledges.api.door import body_of, door, refuse
from pledges.forms import SCAN_TYPES
from pledges.models import ApiKey, EndReason, FulfilmentStatus, Letter, Scope

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


@door(POST=Scope.END)
def end(request: HttpRequest, key: ApiKey, code: str) -> HttpResponseBase:
    """End a letter, with a reason; ended before, it is answered the same."""
    found = queries.letter_of_unit(key.organisation_id, code)
    if found is None:
        return refuse(404, "not-found")
    data = body_of(request)
    if set(data) != {"reason"} or data["reason"] not in EndReason.values:
        return refuse(422, "invalid", fields={"reason": f"one of: {', '.join(EndReason.values)}"})
    actions.end_sent_letter(key=key, letter=found, reason=data["reason"])
    found.refresh_from_db()
    return _said(found)


@door(POST=Scope.END)
def fulfilment(request: HttpRequest, key: ApiKey, code: str) -> HttpResponseBase:
    """Record how an organisation kept its letter, in the fields of the national layout."""
    found = queries.letter_of_unit(key.organisation_id, code)
    if found is None:
        return refuse(404, "not-found")
    data = body_of(request)
    errors = _wrong(data)
    if errors:
        return refuse(422, "invalid", fields=errors)
    try:
        actions.record_sent_fulfilment(
            key=key,
            letter=found,
            status=data["fulfilment_status"],
            unfulfilled_content=data.get("unfulfilled_content", ""),
            sanction_content=data.get("sanction_content", ""),
            decided_on=date.fromisoformat(data["status_decided_on"]) if data.get("status_decided_on") else None,
        )
    except actions.NotPossible as wrong:
        return refuse(409, "not-possible", text=str(wrong))
    return _said(found)


def _wrong(data: dict[str, object]) -> dict[str, str]:
    texts = ("unfulfilled_content", "sanction_content", "status_decided_on")
    errors = {name: "unknown field" for name in data if name not in ("fulfilment_status", *texts)}
    errors |= {
        name: "a text of at most 4000 characters"
        for name in texts
        if not isinstance(data.get(name, ""), str) or len(str(data.get(name, ""))) > 4000
    }
    if data.get("fulfilment_status") not in FulfilmentStatus.values:
        errors["fulfilment_status"] = f"one of: {', '.join(FulfilmentStatus.values)}"
    try:
        date.fromisoformat(str(data.get("status_decided_on") or "2026-01-01"))
    except ValueError:
        errors["status_decided_on"] = "must be a day like 2026-11-18"
    return errors
