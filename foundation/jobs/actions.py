"""Put work into the outbox."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.jobs.models import Job


class NotInTransaction(RuntimeError):
    """A job was queued outside a transaction: it could outlive, or miss, the change that it belongs to."""


def enqueue(*, kind: str, payload: dict[str, Any], key: str | None = None, run_at: datetime | None = None) -> Job:
    """Store one job beside the business row.

    `key` makes it idempotent: a second call with the same key returns the first job.
    Raises NotInTransaction outside `transaction.atomic()`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(kind)
    now = timezone.now()
    fields = {"kind": kind, "payload": payload, "run_at": run_at or now, "created_at": now}
    if key is None:
        return Job.objects.create(**fields)
    job, _created = Job.objects.get_or_create(key=key, defaults=fields)
    return job
