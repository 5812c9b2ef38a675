"""kill -9 in the middle of a job: a real worker process dies, the next one finishes, the effect happens once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.migrated import copy_to

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import os, sys, time, threading
import django
django.setup()
from django.db import transaction
from foundation.jobs import registry, worker
from foundation.audit.actions import record

def compute(payload):
    if os.environ.get("SLOW"):
        print("computing", flush=True)
        time.sleep(60)
    return "done"

registry.register("tests.slow", compute=compute, apply=lambda payload, result: record(
    action="tests.slow", actor=None, target="tests.Slow:1"))
what = sys.argv[1]
if what == "queue":
    from foundation.jobs.actions import enqueue
    with transaction.atomic():
        enqueue(kind="tests.slow", payload={})
elif what == "work":
    worker.run_pending()
elif what == "wait":
    from foundation.jobs.models import Job
    deadline = time.monotonic() + 30
    while Job.objects.filter(kind="tests.slow").exclude(state="done").exists() and time.monotonic() < deadline:
        worker.run_pending()
        time.sleep(0.2)
    from foundation.audit.models import Entry
    job = Job.objects.get(kind="tests.slow")
    print(job.state, job.attempts, Entry.objects.filter(action="tests.slow").count(), flush=True)
"""


@pytest.fixture
def run(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "elearning.settings.test",
        "XINXING_VAR_DIR": str(tmp_path),
        "XINXING_JOBS_LEASE_SECONDS": "2",
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("XINXING_TEST_DB", None)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")

    def start(*arguments, **extra):
        return subprocess.Popen(
            [sys.executable, *arguments], env={**environment, **extra}, stdout=subprocess.PIPE, text=True
        )

    copy_to(tmp_path / "xinxing.sqlite3")
    return lambda what, **extra: start(str(script), what, **extra)


def test_a_job_outlives_the_worker_that_was_killed_in_the_middle_of_it(run):
    assert run("queue").wait(timeout=30) == 0
    victim = run("work", SLOW="1")
    assert victim.stdout.readline() == "computing\n"
    time.sleep(0.1)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait(timeout=10)
    out, _err = run("wait").communicate(timeout=60)
    assert out.split() == ["done", "2", "1"]
