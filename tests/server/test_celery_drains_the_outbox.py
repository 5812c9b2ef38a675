"""The server profile: rows in the outbox are done by a Celery worker that a nudge over Redis wakes."""

import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.jobs.actions import enqueue
from foundation.jobs.models import Job, State
from tests.server.conftest import until

PRUNE = "jobs.prune"


def queue() -> Job:
    with transaction.atomic():
        return enqueue(kind=PRUNE, payload={})


def is_done(job: Job) -> bool:
    return Job.objects.get(pk=job.pk).state == State.DONE


def test_a_job_is_done_soon_after_the_commit_without_beat(worker):
    worker.start()
    job = queue()
    until(lambda: is_done(job), 20)
    assert Job.objects.get(pk=job.pk).attempts == 1


def test_a_rolled_back_job_never_reaches_a_worker(worker):
    worker.start()
    try:
        with transaction.atomic():
            enqueue(kind=PRUNE, payload={}, key="rolled back")
            raise RuntimeError
    except RuntimeError:
        pass
    marker = queue()
    until(lambda: is_done(marker), 20)
    assert not Job.objects.filter(key="rolled back").exists()


def test_work_whose_nudge_was_lost_is_swept_up_by_beat(worker, tmp_path):
    job = queue()
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    worker.start("--beat", "--schedule", str(tmp_path / "beat"))
    until(lambda: is_done(job), 30)


def test_a_job_whose_worker_was_killed_is_taken_over_when_its_lease_runs_out(worker):
    job = queue()
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, attempts=1, lease_until=now)
    worker.start()
    queue()
    until(lambda: is_done(job), 20)
    assert Job.objects.get(pk=job.pk).attempts == 2
