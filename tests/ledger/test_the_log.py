"""Entries find their place, the files say so, and whatever does not agree stops the log."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from foundation.ledger import files, keys, queries, sequencer
from foundation.ledger.actions import LoggedOtherwise, NotInTransaction, append
from foundation.ledger.models import LogEntry, LogPlace, LogState, LogWaiting
from tlog import checkpoint, leaf, proof
from tlog.errors import Malformed, Refused
from tlog.leaf import Leaf

pytestmark = pytest.mark.django_db
SALT = bytes(range(32))


def commit(number):
    """A commitment to a small record."""
    return leaf.commitment({"n": number}, SALT)


def add(count, start=0):
    with transaction.atomic():
        return [
            append(event_key=f"pledge:{n}:add", kind="pledge", op="add", commitment=commit(n))
            for n in range(start, start + count)
        ]


def head():
    return files.published().checkpoint


def test_entries_are_logged_in_order_once_and_provably(settings):
    add(300)
    assert sequencer.sequence() == 300
    assert sequencer.sequence() == 0
    assert head().size == 300
    assert not LogWaiting.objects.exists()
    found = queries.proof_of(event_key="pledge:7:add", salt=SALT)
    again = proof.parse(found.text())
    again.signed.verify([keys.verifier(keys.load_key(Path(settings.LOG_KEY_FILE)))])
    extra = leaf.load(again.extra)
    again.check_entry(Leaf(commit(7), extra["k"], extra["op"], extra["t"]).entry())
    assert queries.check_log().size == 300


def test_the_same_event_is_logged_once():
    first, second = add(1)[0], add(1)[0]
    assert first.pk == second.pk
    assert sequencer.sequence() == 1


def test_a_later_event_points_at_the_place_of_the_first_also_in_one_batch():
    (first,) = add(1)
    with transaction.atomic():
        append(event_key="pledge:0:withdraw", kind="pledge", op="withdraw", commitment=commit(0), acts_on=first)
    sequencer.sequence()
    with transaction.atomic():
        append(event_key="pledge:0:restore", kind="pledge", op="restore", commitment=commit(0), acts_on=first)
    sequencer.sequence()
    entries = [leaf.parse(bytes(row)) for row in LogPlace.objects.order_by("place").values_list("leaf", flat=True)]
    assert [(e.op, e.acts_on) for e in entries] == [("add", None), ("withdraw", 0), ("restore", 0)]
    assert [e.at for e in entries] == sorted(e.at for e in entries)
    assert queries.later_ops(first) == ["withdraw", "restore"]


def test_what_is_no_entry_is_refused_before_it_is_stored():
    with transaction.atomic():
        for wrong in ({"kind": "person"}, {"op": "delete"}, {"commitment": "short"}, {"op": "withdraw"}):
            with pytest.raises(Malformed):
                append(**{"event_key": "x", "kind": "pledge", "op": "add", "commitment": commit(1), **wrong})
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_belongs_to_the_transaction_of_what_it_records():
    with pytest.raises(NotInTransaction):
        append(event_key="x", kind="pledge", op="add", commitment=commit(1))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_logentry SET commitment = 'x'",
        "DELETE FROM ledger_logentry",
        "UPDATE ledger_logplace SET logged_at = 1",
        "DELETE FROM ledger_logplace",
        "INSERT INTO ledger_logstate (id, origin, size, root, checkpoint, signed_at)"
        " SELECT 2, origin, size, root, checkpoint, signed_at FROM ledger_logstate",
        "UPDATE ledger_logstate SET size = -1",
    ],
)
def test_raw_sql_cannot_rewrite_the_log(sql):
    add(2)
    sequencer.sequence()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_database_older_than_the_published_log_stops_it():
    add(5)
    sequencer.sequence()
    old = LogState.objects.values("size", "root", "checkpoint").get()
    add(5, start=5)
    sequencer.sequence()
    LogState.objects.update(**old)
    with pytest.raises(Refused) as refused:
        sequencer.sequence()
    assert refused.value.reason == "rolled-back"


def test_a_log_without_its_database_or_its_key_does_not_begin_again(settings, tmp_path):
    add(1)
    sequencer.sequence()
    LogState.objects.all().delete()
    with pytest.raises(Refused):
        sequencer.sequence()
    settings.LOG_KEY_FILE = str(tmp_path / "other.key")
    with pytest.raises(Refused) as refused:
        sequencer.sequence()
    assert refused.value.reason == "no-key"


def test_another_key_or_another_name_cannot_go_on(settings, tmp_path):
    add(1)
    sequencer.sequence()
    mine = settings.LOG_KEY_FILE
    settings.LOG_KEY_FILE = str(tmp_path / "other.key")
    keys.create_key(tmp_path / "other.key")
    with pytest.raises(ValueError, match="signed"):
        sequencer.sequence()
    settings.LOG_KEY_FILE, settings.LOG_ORIGIN = mine, "elsewhere.example/log"
    with pytest.raises(Refused):
        sequencer.sequence()


def test_a_changed_file_is_found_by_the_audit_and_stops_the_log():
    add(3)
    sequencer.sequence()
    kept = files.published().note()
    path = files.folder() / "tile/0/000.p/3"
    good = path.read_bytes()
    path.write_bytes(bytes([good[0] ^ 1]) + good[1:])
    with pytest.raises(CommandError):
        call_command("audit_log")
    with pytest.raises(ValueError, match="tile"):
        sequencer.sequence()
    path.write_bytes(good)
    out = StringIO()
    call_command("audit_log", stdout=out)
    assert out.getvalue() == "3 entries hold; 0 wait for their place\n"
    assert checkpoint.parse(kept).checkpoint == head()


def test_the_audit_compares_with_a_checkpoint_that_somebody_kept(tmp_path):
    add(3)
    sequencer.sequence()
    kept = tmp_path / "old"
    kept.write_text(files.published().note(), encoding="utf-8")
    add(300, start=3)
    sequencer.sequence()
    out = StringIO()
    call_command("audit_log", against=kept, stdout=out)
    assert "303 entries hold and continues the older checkpoint" in out.getvalue()
    other = kept.read_text(encoding="utf-8").replace("\n3\n", "\n4\n")
    kept.write_text(other, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("audit_log", against=kept)


def test_the_files_are_served_to_anybody_and_nothing_else_is(client):
    assert client.get("/log/checkpoint").status_code == 404
    add(300)
    sequencer.sequence()
    answer = client.get("/log/checkpoint")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert checkpoint.parse(answer.content).checkpoint.size == 300
    tile = client.get("/log/tile/0/000")
    assert (len(tile.content), tile["Access-Control-Allow-Origin"]) == (8192, "*")
    assert len(client.get("/log/tile/0/000.p/200").content) == 200 * 32
    assert client.get("/log/tile/entries/001.p/44").status_code == 200
    assert "quorum none" in client.get("/log/policy.txt").content.decode()
    for path in ("tile/0/999", "tile/../../keys/log.key", ".sequencer", "tile/0/000.p/0"):
        assert client.get(f"/log/{path}").status_code == 404


def test_the_key_is_made_once_and_is_its_owners_alone(settings, tmp_path):
    settings.LOG_KEY_FILE = str(tmp_path / "new" / "log.key")
    out = StringIO()
    call_command("log_key", create=True, stdout=out)
    assert (tmp_path / "new" / "log.key").stat().st_mode & 0o777 == 0o600
    again = StringIO()
    call_command("log_key", stdout=again)
    assert again.getvalue() == out.getvalue()
    with pytest.raises(CommandError):
        call_command("log_key", create=True)


def test_other_work_keeps_the_log_up_now_and_then_if_it_holds_the_key(monkeypatch):
    monkeypatch.setattr(sequencer, "_kept_up", float("-inf"))
    add(2)
    assert sequencer.keep_up() == 0
    sequencer.sequence()
    add(3, start=2)
    assert [sequencer.keep_up(), sequencer.keep_up()] == [3, 0]


def test_an_event_cannot_be_logged_twice_with_two_commitments():
    add(1)
    with pytest.raises(LoggedOtherwise), transaction.atomic():
        append(event_key="pledge:0:add", kind="pledge", op="add", commitment=commit(99))
    assert LogEntry.objects.count() == 1
