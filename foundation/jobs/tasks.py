"""The Celery side: workers drain the same rows that the embedded worker drains."""

from celery import shared_task

from foundation.jobs import worker
from foundation.jobs.actions import DRAIN, nudge

BATCH = 50


@shared_task(name=DRAIN, ignore_result=True)
def drain() -> int:
    """Do what is due, a batch at a time, and ask for another turn if there may be more."""
    worker.ensure_periodic()
    tried = worker.run_pending(limit=BATCH)
    if tried == BATCH:
        nudge()
    return tried
