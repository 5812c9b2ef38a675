"""The public log, measured inside `manage.py shell`: `from bench.log import main; main(100_000)`.

Files are written with fsync, as always. No witness is asked: that would measure the witness.
"""

import json
import time

from django.db import transaction
from django.utils import timezone

from foundation.ledger import queries, sequencer
from foundation.ledger.actions import append
from foundation.ledger.models import LogEntry, LogWaiting
from tlog.leaf import commitment

SALT = bytes(32)
SINGLE, LATE = 1000, 200
BATCH = 5000


def _put(first: int, count: int) -> None:
    """Waiting entries, many at once: how they came is not measured."""
    moment = timezone.now()
    for at in range(first, first + count, BATCH):
        numbers = range(at, min(at + BATCH, first + count))
        rows = [
            LogEntry(
                event_key=f"note:{n}:add",
                kind="note",
                op="add",
                commitment=commitment({"n": n}, SALT),
                created_at=moment,
            )
            for n in numbers
        ]
        with transaction.atomic():
            made = LogEntry.objects.bulk_create(rows)
            LogWaiting.objects.bulk_create(LogWaiting(entry=entry) for entry in made)


def _one(n: int) -> None:
    with transaction.atomic():
        append(event_key=f"late:{n}:add", kind="note", op="add", commitment=commitment({"n": n}, SALT))


def _appending() -> dict:
    began = time.perf_counter()
    for n in range(SINGLE):
        _one(n)
    return {"name": "log-append", "entries_per_s": round(SINGLE / (time.perf_counter() - began), 1)}


def _sequencing(entries: int) -> dict:
    sequencer.sequence()
    _put(0, entries)
    began, cpu = time.perf_counter(), time.process_time()
    done = sequencer.sequence()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {"name": "log-sequence", "entries": done, "entries_per_s": round(done / seconds, 1), "cpu_s": round(cpu, 1)}


def _proving() -> dict:
    """From the business transaction to a proof that anybody can check: appended, sequenced, published, proved."""
    took = []
    for n in range(SINGLE, SINGLE + LATE):
        began = time.perf_counter()
        _one(n)
        sequencer.sequence()
        queries.proof_of(event_key=f"late:{n}:add", salt=SALT)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    return {"name": "log-proof", "p50_ms": round(p50, 1), "p99_ms": round(p99, 1)}


def _auditing() -> dict:
    began = time.perf_counter()
    found = queries.check_log()
    return {"name": "log-audit", "entries": found.size, "seconds": round(time.perf_counter() - began, 2)}


def main(entries: int) -> None:
    """Print the rows as one line of JSON."""
    print(json.dumps([_appending(), _sequencing(entries), _proving(), _auditing()]))
