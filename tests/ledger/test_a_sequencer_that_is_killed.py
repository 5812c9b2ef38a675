"""kill -9 at every point of sequencing, again and again: nothing is lost, nothing doubled, no history is rewritten."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.migrated import copy_to

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, os, random, signal, sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import connection, transaction
from foundation.ledger import files, queries, sequencer
from foundation.ledger.actions import append
from foundation.ledger.models import LogPlace
from tlog.leaf import commitment
from tlog.reader import Reader

POINTS = ["state-made", "placed", "signed", "committed", "tile", "tiles-written", "checkpoint-written"]
rng = random.Random(7)
acknowledged, seen, deaths = [], {}, 0

def dies_at(point, countdown):
    left = [countdown]
    def reached(name):
        if name == point:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    return reached

for round_ in range(42):
    with transaction.atomic():
        for n in range(rng.choice([1, 3, 90, 300])):
            key = f"pledge:{round_}-{n}:add"
            append(event_key=key, kind="pledge", op="add", commitment=commitment({"k": key}, bytes(32)))
            acknowledged.append(key)
    connection.close()
    child = os.fork()
    if child == 0:
        sequencer.points.reached = dies_at(POINTS[round_ % len(POINTS)], rng.randrange(2))
        sequencer.sequence()
        os._exit(0)
    deaths += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    shown = files.published()
    if shown is not None:
        seen[shown.checkpoint.size] = shown.checkpoint.root
sequencer.sequence()
head = files.published().checkpoint
reader = Reader(head.size, head.root, files.get)
for size, root in seen.items():
    reader.consistency(size, root)
queries.check_log()
logged = list(LogPlace.objects.order_by("place").values_list("entry__event_key", flat=True))
print(json.dumps({"deaths": deaths, "acknowledged": len(acknowledged), "lost": len(set(acknowledged) - set(logged)),
    "doubled": len(logged) - len(set(logged)), "size": head.size, "in_order": logged == acknowledged,
    "checkpoints": len(seen)}))
"""


def environment(tmp_path, url):
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "XINXING_TEST_DB"}}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "elearning.settings.test",
        "XINXING_VAR_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        **({"DATABASE_URL": url} if url else {}),
    }


def address(name):
    """Of another database of the server that the tests use, which may listen at a socket's folder."""
    given = connection.settings_dict
    user, password, host = (quote(str(given[key]), safe="") for key in ("USER", "PASSWORD", "HOST"))
    return f"postgres://{user}:{password}@{host}:{given['PORT'] or 5432}/{name}"


@pytest.mark.django_db(transaction=True)
def test_forty_two_deaths_lose_and_double_nothing(tmp_path):
    url = ""
    if connection.vendor == "postgresql":
        name = f"ledger_{os.getpid()}"
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
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["deaths"] >= 20
    assert (result["lost"], result["doubled"], result["in_order"]) == (0, 0, True)
    assert result["size"] == result["acknowledged"]
    assert result["checkpoints"] >= 10
