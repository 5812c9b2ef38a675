"""kill -9 while letters are signed, published, logged and rendered: each is published once and logged once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.ledger.processes import address, environment
from tests.migrated import copy_to

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, os, random, signal
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import connection, transaction
from foundation.jobs import worker
from foundation.jobs.models import Job
from foundation.ledger import files, queries as ledger, sequencer
from foundation.ledger.models import LogEntry, LogPlace
from pledges import actions, queries, tasks
from pledges.actions import publication, signing
from pledges.models import Letter, LetterPdf, Publication, PublicRecord
from tests.factories import pledges as make

tasks.letter_pdf = lambda letter, attached: b"%PDF-" + b"".join(attached.values())
template = make.template()
rng = random.Random(11)
acknowledged, deaths = [], 0

def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def dies_in(module, name, before):
    whole = getattr(module, name)
    def deadly(*args, **kwargs):
        if before:
            die()
        whole(*args, **kwargs)
        die()
    setattr(module, name, deadly)

def in_child(prepare, work):
    global deaths
    connection.close()
    child = os.fork()
    if child == 0:
        prepare()
        work()
        os._exit(0)
    deaths += os.WIFSIGNALED(os.waitpid(child, 0)[1])

def sign_one(number):
    enrolled = make.enrolment(template)
    def work():
        letter = make.signed(enrolled)
        with open(told, "a") as out:
            out.write(letter.public_id + "\\n")
    return work

told = os.environ["XINXING_VAR_DIR"] + "/told"
SIGNING = [(signing, "enter_record", True), (signing, "enter_record", False), (signing, "enqueue", False),
           (signing, "record", False), None]
WORKING = [(tasks.actions, "publish_letter", True), (tasks.actions, "publish_letter", False),
           (publication, "queue_pdf", False), (publication, "record", True), (tasks.actions, "store_pdf", False),
           (worker, "_finish", True), (worker, "_finish", False), None]
POINTS = ["placed", "signed", "committed", "tile", "tiles-written", "checkpoint-written", ""]

def reached_then_die(point):
    def reached(name):
        if name == point:
            die()
    return reached

for number in range(24):
    point = SIGNING[number % len(SIGNING)]
    in_child(lambda: point and dies_in(*point), sign_one(number))
    worker_point = WORKING[number % len(WORKING)]
    Job.objects.filter(state__in=["ready", "running"]).update(run_at="2020-01-01T00:00Z")
    Job.objects.filter(state="running").update(lease_until="2020-01-01T00:00Z")
    in_child(lambda: worker_point and dies_in(*worker_point), worker.run_pending)
    def kill_sequencer():
        sequencer.points.reached = reached_then_die(POINTS[number % len(POINTS)])
    in_child(kill_sequencer, sequencer.sequence)

for _again in range(4):
    Job.objects.filter(state="running").update(lease_until="2020-01-01T00:00Z")
    Job.objects.filter(state__in=["ready", "running"]).update(run_at="2020-01-01T00:00Z")
    worker.run_pending()
    sequencer.sequence()
acknowledged = open(told).read().split()
stored = list(Letter.objects.values_list("public_id", flat=True))
entries = list(LogPlace.objects.filter(entry__kind="pledge").values_list("entry__event_key", flat=True))
ledger.check_log()
print(json.dumps({
    "deaths": deaths, "acknowledged": len(acknowledged), "stored": len(stored),
    "lost": len(set(acknowledged) - set(stored)),
    "unpublished": Letter.objects.filter(publication=None).count(),
    "publications": Publication.objects.count(), "pdfs": LetterPdf.objects.count(),
    "logged": sorted(entries) == sorted(f"pledge:{code}:add" for code in stored),
    "proved": sum(queries.check_published(code).ok for code in stored),
    "evidence": LogPlace.objects.filter(entry__kind="evidence").count(),
    "dead": Job.objects.filter(state="dead").count(),
}))
"""


@pytest.mark.django_db(transaction=True)
def test_seventy_processes_die_and_every_letter_is_published_once(tmp_path):
    url = ""
    if connection.vendor == "postgresql":
        name = f"letters_{os.getpid()}"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        url = address(name)
    else:
        copy_to(tmp_path / "xinxing.sqlite3")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment(tmp_path, url), cwd=ROOT, capture_output=True, text=True
    )
    if url:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    stored = found["stored"]
    assert found["deaths"] >= 35
    assert (found["lost"], found["unpublished"], found["dead"], found["logged"]) == (0, 0, 0, True)
    assert [found[name] for name in ("publications", "pdfs", "proved", "evidence")] == [stored] * 4
