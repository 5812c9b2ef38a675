"""Drain the outbox. The same code serves the embedded worker process and the Celery workers.

A job that was claimed is `running` with a lease. While a long `compute` goes on, a heartbeat renews the lease; if the
process dies, the lease runs out and somebody else claims the row. Whoever finishes must still hold the newest
attempt (`attempts` is the fencing token), so a slow twin can never commit.
"""

import logging
import random
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from foundation.jobs.models import Job, State
from foundation.jobs.registry import HANDLERS, Handler

logger = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)


class LeaseLost(RuntimeError):
    """Another worker has claimed the job since: this one must not commit."""


class UnknownKind(RuntimeError):
    """No handler is registered for this kind of job."""


def claim(now: datetime | None = None) -> Job | None:
    """Take the job that is due longest, or None. A job whose workers died too often is buried, not taken."""
    now = now or timezone.now()
    due = Q(state=State.READY, run_at__lte=now) | Q(state=State.RUNNING, lease_until__lt=now)
    with transaction.atomic():
        waiting = Job.objects.filter(due).order_by("run_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        job = waiting.first()
        if job is None:
            return None
        handler = HANDLERS.get(job.kind)
        if job.state == State.RUNNING and handler and job.attempts >= handler.max_attempts:
            job.state, job.lease_until = State.DEAD, None
            job.error = f"{job.attempts} workers died while doing this.\n{job.error}"
        else:
            job.state, job.attempts = State.RUNNING, job.attempts + 1
            job.lease_until = now + timedelta(seconds=settings.JOBS_LEASE_SECONDS)
        job.save(update_fields=["state", "attempts", "lease_until", "error"])
    if job.state == State.DEAD:
        logger.error("jobs: %s is dead: its workers died %d times", job, job.attempts)
        return claim(now)
    return job


def run(job: Job) -> bool:
    """Do one claimed job; returns whether it succeeded. Never raises for a failing handler."""
    handler = HANDLERS.get(job.kind)
    try:
        if handler is None:
            raise UnknownKind(job.kind)
        with _heartbeat(job):
            result = handler.compute(job.payload) if handler.compute else None
        with transaction.atomic():
            if handler.apply:
                handler.apply(job.payload, result)
            _finish(job)
    except Exception:
        logger.warning("jobs: %s failed, attempt %d", job, job.attempts, exc_info=True)
        _fail(job, handler)
        return False
    return True


def _finish(job: Job) -> None:
    """Mark done in the same transaction as the effect. A periodic job becomes due again. Raises LeaseLost."""
    every = settings.PERIODIC_JOBS.get(job.kind) if job.key == _periodic_key(job.kind) else None
    now = timezone.now()
    values: dict[str, object] = {"lease_until": None, "error": ""}
    if every is None:
        values |= {"state": State.DONE, "finished_at": now}
    else:
        values |= {"state": State.READY, "attempts": 0, "run_at": now + timedelta(seconds=every)}
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=State.RUNNING)
    if not mine.update(**values):
        raise LeaseLost(job.pk)


def _fail(job: Job, handler: Handler | None) -> None:
    """Put the job back with exponential back-off and jitter, or bury it after its last attempt."""
    dead = handler is not None and job.attempts >= handler.max_attempts
    wait = min(timedelta(seconds=2**job.attempts), LONGEST_WAIT) * (0.75 + random.random() / 2)  # noqa: S311
    Job.objects.filter(pk=job.pk, attempts=job.attempts, state=State.RUNNING).update(
        state=State.DEAD if dead else State.READY,
        lease_until=None,
        run_at=timezone.now() + wait,
        error=traceback.format_exc()[-4000:],
    )


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Renew the lease from a thread while the block runs longer than a third of it."""
    stop = threading.Event()
    lease = timedelta(seconds=settings.JOBS_LEASE_SECONDS)

    def beat() -> None:
        while not stop.wait(lease.total_seconds() / 3):
            mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=State.RUNNING)
            mine.update(lease_until=timezone.now() + lease)
            connection.close()

    thread = threading.Thread(target=beat, name=f"job-{job.pk}-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def run_pending(limit: int | None = None) -> int:
    """Do everything that is due now (at most `limit` jobs); returns how many were tried."""
    tried = 0
    while limit is None or tried < limit:
        job = claim()
        if job is None:
            break
        run(job)
        tried += 1
    return tried


def _periodic_key(kind: str) -> str:
    """The one row of a periodic job."""
    return f"periodic:{kind}"


def ensure_periodic() -> None:
    """Make sure that each kind in settings.PERIODIC_JOBS ({kind: seconds}) has its row."""
    now = timezone.now()
    for kind in settings.PERIODIC_JOBS:
        Job.objects.get_or_create(key=_periodic_key(kind), defaults={"kind": kind, "run_at": now, "created_at": now})


def loop(stop: threading.Event) -> None:
    """The embedded worker: drain, sleep a little, again, until `stop` is set. Survives a database that is away."""
    ready = False
    while not stop.is_set():
        close_old_connections()
        try:
            if not ready:
                ensure_periodic()
                ready = True
            tried = run_pending(limit=100)
        except Exception:
            logger.exception("jobs: the database did not answer; trying again")
            connection.close()
            tried = 0
        if not tried:
            stop.wait(settings.JOBS_POLL_SECONDS)
