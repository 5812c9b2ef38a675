"""Witnesses run by others: they cosign what only grew, and remember what a restored backup has forgotten."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from foundation.ledger import files, keys, queries, sequencer
from foundation.ledger.actions import append
from foundation.ledger.models import LogEntry, LogKey, LogPlace, LogState, LogWaiting
from foundation.ledger.sequencer import recovery, witnesses
from foundation.writeonce import lifted
from tests.ledger.witness import WitnessProcess
from tlog import leaf, policy, proof
from tlog.errors import NoQuorum, Refused
from tlog.leaf import Leaf

pytestmark = pytest.mark.django_db
SALT = bytes(range(32))


def add(count, start=0):
    with transaction.atomic():
        for n in range(start, start + count):
            append(event_key=f"pledge:{n}:add", kind="pledge", op="add", commitment=leaf.commitment({"n": n}, SALT))


@pytest.fixture
def restart():
    """What a new process does not know any more."""

    def forget():
        recovery._looked.clear()
        witnesses._quiet_until.clear()

    forget()
    return forget


@pytest.fixture
def two(settings, tmp_path):
    """Two witnesses of which one is enough, before the log begins; one of them signs with ML-DSA-44."""
    settings.LOG_WITNESS_SECONDS = 20  # this machine may be busy
    call_command("log_key", create=True, stdout=StringIO())
    vkey = keys.keyring().verifiers()[0].vkey()
    made = [WitnessProcess(tmp_path / "w1", "one.example/w").start(vkey)]
    made.append(WitnessProcess(tmp_path / "w2", "two.example/w", "--ml-dsa-44").start(vkey))
    settings.LOG_WITNESS_FILE = str(tmp_path / "witnesses.txt")
    text = made[0].line("w1") + made[1].line("w2") + "group both all w1 w2\nquorum both\n"
    Path(settings.LOG_WITNESS_FILE).write_text(text, encoding="utf-8")
    yield made
    for witness in made:
        witness.stop()


def trusted():
    return policy.parse(keys.policy_text())


def test_a_published_head_and_every_proof_carry_both_cosignatures(two, restart, client):
    add(3)
    assert sequencer.sequence() == 3
    assert trusted().check(files.published()) == ["w1", "w2"]
    add(300, start=3)
    assert sequencer.sequence() == 300
    found = proof.parse(queries.proof_of(event_key="pledge:7:add", salt=SALT).text())
    assert trusted().check(found.signed) == ["w1", "w2"]
    extra = leaf.load(found.extra)
    found.check_entry(Leaf(leaf.commitment({"n": 7}, SALT), "pledge", "add", extra["t"]).entry())
    assert queries.missing_witnesses() == ""
    served = client.get("/log/policy.txt").content.decode()
    assert served == keys.policy_text()
    assert policy.parse(served).quorum == "both"


def test_what_a_missing_witness_stops_is_a_setting(two, restart, settings):
    add(2)
    sequencer.sequence()
    two[1].stop()
    add(2, start=2)
    assert sequencer.sequence() == 2
    assert files.published().checkpoint.size == 4
    assert queries.missing_witnesses() == "w2"
    with pytest.raises(NoQuorum):
        trusted().check(files.published())
    settings.LOG_WITNESS_MISSING = "wait"
    add(2, start=4)
    assert sequencer.sequence() == 2
    assert files.published().checkpoint.size == 4
    with pytest.raises(queries.NotYet):
        queries.proof_of(event_key="pledge:5:add", salt=SALT)
    two[1].start()
    restart()
    assert sequencer.sequence() == 0
    assert files.published().checkpoint.size == 6
    assert trusted().check(files.published()) == ["w1", "w2"]
    assert queries.missing_witnesses() == ""


def test_cosignatures_that_were_missing_come_later_without_a_new_entry(two, restart):
    two[1].stop()
    add(2)
    sequencer.sequence()
    assert queries.missing_witnesses() == "w2"
    two[1].start()
    restart()
    sequencer.sequence()
    assert trusted().check(files.published()) == ["w1", "w2"]
    out = StringIO()
    call_command("audit_log", stdout=out)
    assert "lacks" not in out.getvalue()


def roll_back(tmp_path, forget_memory):
    """Database, files and keys as they were after three entries; ten were published since."""
    add(3)
    sequencer.sequence()
    shutil.copytree(files.folder(), tmp_path / "backup")
    old = LogState.objects.values("size", "root", "checkpoint", "shown_size", "witnessed").get()
    add(7, start=3)
    sequencer.sequence()
    with lifted():
        LogPlace.objects.filter(place__gte=3).delete()
        LogWaiting.objects.bulk_create(LogWaiting(entry=entry) for entry in LogEntry.objects.order_by("pk")[3:])
    LogState.objects.update(**old)
    shutil.rmtree(files.folder())
    shutil.copytree(tmp_path / "backup", files.folder())
    forget_memory()


def test_a_witness_remembers_what_a_backup_of_database_and_files_has_forgotten(two, restart, settings, tmp_path):
    roll_back(tmp_path, lambda: Path(settings.LOG_MEMORY_FILE).unlink())
    restart()
    with pytest.raises(Refused) as refused:
        sequencer.sequence()
    assert refused.value.reason == "rolled-back"
    assert "it shows our signature under 10" in str(refused.value)
    assert files.published().checkpoint.size == 3
    with pytest.raises(CommandError, match="rolled-back"):
        call_command("sequence", once=True)


def test_without_a_witness_the_memory_beside_the_key_does(restart, tmp_path):
    roll_back(tmp_path, lambda: None)
    with pytest.raises(Refused) as refused:
        sequencer.sequence()
    assert refused.value.reason == "rolled-back"


def test_a_witness_that_saw_another_history_stops_the_log(two, restart, settings, tmp_path):
    roll_back(tmp_path, lambda: Path(settings.LOG_MEMORY_FILE).unlink())
    shutil.rmtree(two[0].folder / "seen")
    shutil.rmtree(two[1].folder / "seen")
    recovery._looked.add(str(files.folder()))  # neither is asked: the second history is signed
    for witness in two:
        witness.stop()
    with transaction.atomic():
        append(event_key="x", kind="note", op="add", commitment=leaf.commitment({"n": "x"}, SALT))
    settings.LOG_WITNESS_SECONDS = 1
    sequencer.sequence(at=None)
    first = files.published()
    two[0].start()
    settings.LOG_WITNESS_SECONDS = 20
    restart()
    sequencer.sequence()
    seen = next((two[0].folder / "seen").glob("*.checkpoint"))
    other = seen.read_bytes()
    assert first.checkpoint.text().encode() in other
    changed = bytearray(other)
    root = first.checkpoint.text().split("\n")[2].encode()
    at = changed.index(root)
    changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
    seen.write_bytes(bytes(changed))
    restart()
    with pytest.raises(Refused) as refused:
        sequencer.sequence()
    assert refused.value.reason == "two-histories"


@pytest.mark.parametrize("text", ["quorum later\n", "witness w x\nquorum w\n", "nothing", ""])
def test_a_file_of_witnesses_that_makes_no_sense_stops_the_log_before_it_signs(settings, tmp_path, text):
    settings.LOG_WITNESS_FILE = str(tmp_path / "witnesses.txt")
    Path(settings.LOG_WITNESS_FILE).write_text(text, encoding="utf-8")
    add(1)
    with pytest.raises(Refused) as refused:
        sequencer.sequence()
    assert refused.value.reason == "bad-policy"
    assert files.published() is None or files.published().checkpoint.size == 0


def test_raw_sql_cannot_change_what_is_said_of_a_key():
    add(1)
    sequencer.sequence()
    assert LogKey.objects.get().entry is None
    with pytest.raises(Exception, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_logkey SET vkey = 'x'")
