"""Put work into the outbox, and bring dead jobs back."""

import logging
import os
import threading
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from foundation.audit.actions import record
from foundation.jobs.models import Job, State

logger = logging.getLogger(__name__)
DRAIN = "foundation.jobs.drain"


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
        job = Job.objects.create(**fields)
    else:
        job, _created = Job.objects.get_or_create(key=key, defaults=fields)
    transaction.on_commit(nudge, robust=True)
    return job


def enqueue_all(*, kind: str, payloads: dict[str, dict[str, Any]], run_at: datetime | None = None) -> None:
    """`enqueue` for many, in a constant number of statements: {idempotency key: payload}. Known keys stay as they are.

    Raises NotInTransaction outside `transaction.atomic()`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(kind)
    now = timezone.now()
    Job.objects.bulk_create(
        [
            Job(kind=kind, payload=payload, key=key, run_at=run_at or now, created_at=now)
            for key, payload in payloads.items()
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(nudge, robust=True)


class NotDead(ValueError):
    """Only a job that failed for good can be retried by hand."""


@transaction.atomic
def retry_job(*, by: AbstractBaseUser, job: Job) -> None:
    """Give a dead job a fresh set of attempts, due now. Raises NotDead."""
    changed = Job.objects.filter(pk=job.pk, state=State.DEAD).update(
        state=State.READY, attempts=0, run_at=timezone.now()
    )
    if not changed:
        raise NotDead(job.pk)
    record(action="jobs.retry_job", actor=by, target=f"jobs.Job:{job.pk}", details={"kind": job.kind})
    transaction.on_commit(nudge, robust=True)


def prune_jobs(*, now: datetime | None = None) -> int:
    """Delete jobs done longer ago than settings.JOBS_KEEP_DAYS; returns how many. Dead ones stay for a person."""
    before = (now or timezone.now()) - timedelta(days=settings.JOBS_KEEP_DAYS)
    deleted, _per_model = Job.objects.filter(state=State.DONE, finished_at__lt=before).delete()
    return deleted


# ── The nudge: a hint to the Celery workers that rows are due. Losing it costs a few seconds, never a job. ──
_due = threading.Event()
_sender: tuple[int, threading.Thread] | None = None


def nudge() -> None:
    """Wake the Celery workers, if there are any; the embedded worker polls by itself.

    Coalesced: however many jobs are committed while one message is under way, one more message follows. Sent from
    a thread, because a broker that is down must not hold up the request.
    """
    global _sender
    if not settings.REDIS_URL:
        return
    _due.set()
    if _sender is None or _sender[0] != os.getpid() or not _sender[1].is_alive():
        thread = threading.Thread(target=_send_nudges, name="jobs-nudge", daemon=True)
        _sender = (os.getpid(), thread)
        thread.start()


def _send_nudges() -> None:
    """Send one drain message each time something became due."""
    while True:
        _due.wait()
        _due.clear()
        try:
            current_app.send_task(DRAIN, retry=False, ignore_result=True)
        except Exception:
            logger.warning("jobs: the broker took no nudge; beat will sweep", exc_info=True)
