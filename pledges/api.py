"""`/api/v1/letters`: departments' own systems send letters, one or ten thousand, and ask what became of them."""

import json
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from allauth.core import ratelimit
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pledges import actions, queries
from pledges.importers import InvalidRow
from pledges.models import ApiKey, Letter
from tlog.errors import Malformed
from tlog.leaf import load

NDJSON = "application/x-ndjson"
MAX_ROWS, MAX_LINE, MAX_BODY, BATCH = 10_000, 64_000, 64_000_000, 50
IN_MEMORY, PAGE = 4_000_000, 500


def _problem(status: int, word: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "error": word, **more}


@csrf_exempt  # no cookie counts here: the key is in the header
@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """POST one letter as JSON, or many as NDJSON (one a line, an answer a line); GET those sent before."""
    scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
    try:
        key = actions.open_key(text=text if scheme == "Bearer" else "")
    except actions.UnknownKey:
        answer = JsonResponse(_problem(401, "unknown-key"), status=401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    if request.method == "POST" and not ratelimit.consume(request, action="api_letters", key=key.prefix):
        return JsonResponse(_problem(429, "too-many-requests"), status=429)
    if request.method == "GET":
        return _sent(request, key)
    length = request.headers.get("Content-Length", "")
    if not length:
        return JsonResponse(_problem(411, "length-required"), status=411)
    if not length.isdecimal() or int(length) > MAX_BODY:
        return JsonResponse(_problem(413, "too-large", limit=MAX_BODY), status=413)
    if request.content_type == NDJSON:
        return StreamingHttpResponse(_many(_whole(request), key), content_type=f"{NDJSON}; charset=utf-8")
    if int(length) > MAX_LINE:
        return JsonResponse(_problem(413, "too-large", limit=MAX_LINE), status=413)
    found = _one(request.read(MAX_LINE), key)
    return JsonResponse(found, status=found["status"])


def _one(line: bytes, key: ApiKey) -> dict[str, Any]:
    """Store one letter; the answer says what became of it."""
    try:
        data = load(line)
        if not isinstance(data, dict):
            return _problem(400, "not-an-object")
        received = actions.submit_letter(key=key, data=data)
    except Malformed as wrong:
        return _problem(400, "malformed", text=str(wrong))
    except InvalidRow as wrong:
        return _problem(422, "invalid", fields=wrong.errors, source_code=_source_code(line))
    except actions.SentOtherwise as wrong:
        return _problem(409, "sent-otherwise", source_code=str(wrong))
    return {"status": 201 if received.is_new else 200, **_said(received.letter, data["source_code"])}


def _source_code(line: bytes) -> str:
    value = json.loads(line).get("source_code")
    return value if isinstance(value, str) else ""


def _said(letter: Letter, source_code: str) -> dict[str, Any]:
    is_public = letter.is_public_choice and letter.state == "in_force"
    answer = {"source_code": source_code, "pledge_code": letter.code, "state": letter.state}
    if is_public:
        answer |= {"verification_code": letter.public_id, "url": f"{settings.SITE_URL}/l/{letter.public_id}"}
    return answer


def _whole(request: HttpRequest) -> IO[bytes]:
    """All that is sent, before the first answer: a client that does not read while it writes would wait for ever."""
    kept = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed when the answer is collected
    while chunk := request.read(64_000):
        kept.write(chunk)
    kept.seek(0)
    return kept


def _many(lines: IO[bytes], key: ApiKey) -> Iterator[bytes]:
    """One answer per line, in order. Fifty letters share a commit; a line that is refused leaves the others alone."""
    batch: list[bytes] = []
    number = 0
    for line in lines:
        if not line.strip():
            continue
        number += 1
        if number > MAX_ROWS:
            break
        batch.append(line)
        if len(batch) == BATCH:
            yield _answers(batch, key)
            batch = []
    yield _answers(batch, key)
    if number > MAX_ROWS:
        yield _line(_problem(413, "too-many-rows", limit=MAX_ROWS))


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"


def _answers(batch: list[bytes], key: ApiKey) -> bytes:
    with transaction.atomic():
        found = [
            _one(line, key) if len(line) <= MAX_LINE else _problem(413, "too-large", limit=MAX_LINE) for line in batch
        ]
    return b"".join(_line(answer) for answer in found)


def _sent(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """What the unit has sent, oldest first, from `after` (the cursor of the page before) on."""
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > 18:
        return JsonResponse(_problem(400, "bad-cursor"), status=400)
    rows = list(queries.submissions_of(key.organisation_id, int(after))[:PAGE])
    cursor = rows[-1].pk if rows else int(after)
    return JsonResponse(
        {
            "letters": [_said(row.letter, row.source_code) for row in rows],
            "after": str(cursor),
            "more": len(rows) == PAGE,
        }
    )
