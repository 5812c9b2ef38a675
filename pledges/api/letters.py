"""`/api/v1/letters`: send one letter or ten thousand; ask for all changes behind a cursor."""

import json
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.dateparse import parse_datetime

from pledges import actions, queries
from pledges.actions import Outcome, Received, SentOtherwise
from pledges.api.door import MAX_LINE, body_of, door, problem, refuse
from pledges.models import ApiKey, Scope
from tlog.errors import Malformed
from tlog.leaf import load

NDJSON = "application/x-ndjson"
MAX_ROWS, MAX_BODY, BATCH = 10_000, 64_000_000, 500
IN_MEMORY, PAGE = 4_000_000, 500


@door(GET=Scope.READ, POST=Scope.SEND)
def letters(request: HttpRequest, key: ApiKey) -> HttpResponseBase:
    """POST one letter as JSON, or many as NDJSON (one a line, an answer a line); GET what happened to them."""
    if request.method == "GET":
        return _changes(request, key)
    if request.content_type == NDJSON:
        length = request.headers.get("Content-Length", "")
        if not length:
            return refuse(411, "length-required")
        if not length.isdecimal() or int(length) > MAX_BODY:
            return refuse(413, "too-large", limit=MAX_BODY)
        return StreamingHttpResponse(_many(_whole(request), key), content_type=f"{NDJSON}; charset=utf-8")
    data = body_of(request)
    (outcome,) = actions.submit_letters(sender=actions.Sender(key.organisation, key=key), rows=[data])
    found = _answer(outcome, data)
    return JsonResponse(found, status=found["status"])


def _answer(outcome: Outcome, data: dict[str, Any]) -> dict[str, Any]:
    """What is said of one row."""
    code = data.get("source_code")
    source_code = code if isinstance(code, str) else ""
    if isinstance(outcome, Received):
        return {"status": 201 if outcome.is_new else 200, **queries.said(outcome.letter, source_code)}
    if isinstance(outcome, SentOtherwise):
        return problem(409, "sent-otherwise", source_code=source_code)
    return problem(422, "invalid", fields=outcome.errors, source_code=source_code)


def _whole(request: HttpRequest) -> IO[bytes]:
    """All that is sent, before the first answer: a client that does not read while it writes would wait for ever."""
    kept = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed when the answer is collected
    while chunk := request.read(64_000):
        kept.write(chunk)
    kept.seek(0)
    return kept


def _many(lines: IO[bytes], key: ApiKey) -> Iterator[bytes]:
    """One answer per line, in order. Some hundred letters share a commit; a line that is refused leaves the others
    alone."""
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
        yield _line(problem(413, "too-many-rows", limit=MAX_ROWS))


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"


def _answers(batch: list[bytes], key: ApiKey) -> bytes:
    read = [_read(line) for line in batch]
    rows = [data for data, _refused in read if data is not None]
    outcomes = iter(actions.submit_letters(sender=actions.Sender(key.organisation, key=key), rows=rows) if rows else [])
    return b"".join(_line(refused if data is None else _answer(next(outcomes), data)) for data, refused in read)


def _read(line: bytes) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """(the row, {}) or (None, why it is none)."""
    if len(line) > MAX_LINE:
        return None, problem(413, "too-large", limit=MAX_LINE)
    try:
        data = load(line)
    except Malformed as wrong:
        return None, problem(400, "malformed", text=str(wrong))
    return (data, {}) if isinstance(data, dict) else (None, problem(400, "not-an-object"))


def _changes(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """What happened to the unit's letters behind `cursor`, from `since` on, oldest first."""
    cursor, since = request.GET.get("cursor", "0"), request.GET.get("since", "")
    if not cursor.isdecimal() or not cursor.isascii() or len(cursor) > 18:
        return refuse(400, "bad-cursor")
    try:
        moment = parse_datetime(since) if since else None
    except ValueError:
        moment = None
    if since and (moment is None or moment.tzinfo is None):
        return refuse(400, "bad-since", text="a moment with its offset, like 2026-11-18T08:00:00+08:00")
    page = queries.changes(key.organisation_id, after=int(cursor), since=moment, limit=PAGE)
    return JsonResponse({"letters": page.items, "cursor": str(page.cursor), "more": page.more})
