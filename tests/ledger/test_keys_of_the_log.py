"""The log's key changes, is stolen, or is not the only one that signs."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.audit.models import Entry
from foundation.ledger import actions, files, keys, queries, sequencer
from foundation.ledger.actions import append
from foundation.ledger.models import LogKey, LogOldPlace, LogPlace, LogShard, LogWaiting
from tests.ledger.test_witnesses import SALT, add, restart, trusted, two  # noqa: F401  # fixtures
from tlog import checkpoint, leaf, note, policy
from tlog.__main__ import main
from tlog.errors import BadSignature, Refused
from tlog.leaf import Leaf
from tlog.reader import Reader, audit
from tlog.vkeys import verifier

pytestmark = pytest.mark.django_db


def log_key(**options):
    out = StringIO()
    call_command("log_key", stdout=out, **options)
    return out.getvalue().split()


def logged():
    return list(LogPlace.objects.order_by("place").values_list("entry__event_key", flat=True))


def test_a_rotation_signs_with_both_keys_and_the_log_says_so(client, tmp_path):
    add(2)
    sequencer.sequence()
    before = keys.policy_text()
    (old,) = log_key()
    new, also = log_key(rotate=True)
    assert also == old
    sequencer.sequence()
    shown = files.published()
    assert [key.vkey() for key in shown.verify([verifier(new), verifier(old)])] == [new, old]
    assert shown.checkpoint.size == 3  # the entry about the key
    told = next(row for row in client.get("/log/history.json").json()["keys"] if row["vkey"] == new)
    assert leaf.commitment(actions.key_record(new), leaf.unb64url(told["salt"])) == told["commitment"]
    assert queries.proof_of(event_key=f"logkey:{new[-44:]}:add", salt=leaf.unb64url(told["salt"])).index == 2
    (tmp_path / "kept.txt").write_text(before, encoding="utf-8")
    (tmp_path / "policy.note").write_bytes(client.get("/log/policy.note").content)
    out = StringIO()
    assert main(["policy", str(tmp_path / "policy.note"), "--policy", str(tmp_path / "kept.txt")], out) == 0
    assert out.getvalue() == keys.policy_text()
    assert [key.vkey() for key in policy.parse(out.getvalue()).logs] == [new, old]


def test_the_old_key_goes_after_ninety_days_and_what_it_signed_still_holds():
    add(2)
    sequencer.sequence()
    before = files.published()
    with pytest.raises(CommandError, match="does not say"):
        log_key(retire=True)
    new, old = log_key(rotate=True)
    with pytest.raises(CommandError, match="two keys"):
        log_key(rotate=True)
    sequencer.sequence()
    with pytest.raises(CommandError, match="90 days"):
        log_key(retire=True)
    assert log_key(retire=True, now=True) == [new]
    sequencer.sequence()
    assert LogKey.objects.get(vkey=old).retired_at is not None
    add(2, start=2)
    sequencer.sequence()
    assert files.published().verify([verifier(new)]) == [verifier(new)]
    with pytest.raises(BadSignature):
        files.published().verify([verifier(old)])
    assert trusted().check(before) == []  # the policy goes on to list the key
    assert queries.check_log(against=before).size == 5


def test_a_policy_that_no_known_key_signed_is_refused(tmp_path, capsys):
    add(1)
    sequencer.sequence()
    (tmp_path / "kept.txt").write_text(keys.policy_text(), encoding="utf-8")
    text = keys.policy_text()
    ring = keys.Keyring(keys.origin(), (keys.create_key(tmp_path / "stranger.key"),))
    forged = text + "\n" + note.sign(text, ring.name, ring.keys[0]).line()
    (tmp_path / "policy.note").write_text(forged, encoding="utf-8")
    assert main(["policy", str(tmp_path / "policy.note"), "--policy", str(tmp_path / "kept.txt")], StringIO()) == 1
    assert "Do NOT use" in capsys.readouterr().err


def test_a_stolen_key_ends_the_log_at_the_last_witnessed_head_and_everything_is_proved_again(two, restart, client):  # noqa: F811
    """The rehearsal of docs/log.md: what the thief signs counts for nothing, no entry is lost or doubled."""
    add(5)
    sequencer.sequence()
    witnessed = files.published()
    for witness in two:
        witness.stop()
    add(3, start=5)  # the witnesses do not see these any more
    sequencer.sequence()
    stolen = keys.keyring()
    (old,) = log_key()
    out = StringIO()
    call_command("log_key", revoke="the key was copied", stdout=out)
    shard = LogShard.objects.get()
    assert checkpoint.parse(shard.checkpoint).checkpoint == witnessed.checkpoint
    assert LogOldPlace.objects.count() == 5
    assert Entry.objects.filter(action="ledger.end_log").count() == 1
    new = keys.keyring().verifiers()[0].vkey()
    assert new != old
    for witness in two:
        witness.start(new)
    restart()
    assert sequencer.sequence() == 9
    assert logged() == ["logshard:1:add", *(f"pledge:{n}:add" for n in range(8))]
    told = client.get("/log/history.json").json()["ended"][0]
    body = actions.shard_record(told["checkpoint"], told["reason"])
    first = Leaf(leaf.commitment(body, leaf.unb64url(told["salt"])), "note", "add", 0)
    assert first.commitment == told["commitment"] == LogPlace.objects.get(place=0).entry.commitment
    assert trusted().check(files.published()) == ["w1", "w2"]
    assert trusted().check(queries.proof_of(event_key="pledge:7:add", salt=SALT).signed) == ["w1", "w2"]
    forged = stolen.sign(checkpoint.Checkpoint(stolen.name, 9, bytes(32)))
    for signed in (witnessed, forged):
        with pytest.raises(BadSignature):
            trusted().check(signed)
    head = checkpoint.parse(client.get("/log/old/1/checkpoint").content).checkpoint
    Reader(head.size, head.root, lambda path: client.get(f"/log/old/1/{path}").content).inclusion(4)
    assert queries.check_log().size == 9


def test_a_key_that_was_revoked_signs_no_more_and_the_change_can_be_repeated(settings):
    add(2)
    sequencer.sequence()
    path = Path(settings.LOG_KEY_FILE)
    actions.end_log(reason="stolen")  # and then the computer stopped, before the key was put aside
    with pytest.raises(Refused) as refused:
        sequencer.sequence()
    assert refused.value.reason == "revoked-key"
    log_key(revoke="stolen")
    assert path.with_name("log.key.revoked-1").exists()
    assert sequencer.sequence() == 3
    assert keys.origin() == f"{settings.LOG_ORIGIN}/2"
    assert not LogWaiting.objects.exists()
    audit(3, files.published().checkpoint.root, files.get)


def test_further_signatures_are_off_until_keys_are_named_and_change_nothing_for_others(settings, tmp_path):
    add(1)
    sequencer.sequence()
    assert len(files.published().signatures) == 1
    settings.LOG_ML_DSA_KEY_FILE, settings.LOG_SM2_KEY_FILE = str(tmp_path / "ml.key"), str(tmp_path / "sm2.pem")
    ed, ml, sm = log_key(create_further=True)
    add(1, start=1)
    sequencer.sequence()
    shown = files.published()
    assert [key.kind for key in shown.verify([verifier(ed), verifier(ml), verifier(sm)])] == [0x01, 0x06, 0xFF]
    assert trusted().check(shown) == []  # a policy with the Ed25519 key alone ignores the others
    lines = shown.note().splitlines(keepends=True)
    for at, vkey in ((-2, ml), (-1, sm)):
        broken = list(lines)
        name, value = broken[at].rstrip("\n").rsplit(" ", 1)
        broken[at] = f"{name} {value[:60]}{'A' if value[60] != 'A' else 'B'}{value[61:]}\n"
        signed = checkpoint.parse("".join(broken))
        assert trusted().check(signed) == []
        with pytest.raises(BadSignature):
            signed.verify([verifier(ed), verifier(vkey)])


def test_raw_sql_cannot_rewrite_a_log_that_ended():
    add(2)
    sequencer.sequence()
    log_key(revoke="stolen")
    for sql in (
        "UPDATE ledger_logshard SET reason = 'x'",
        "DELETE FROM ledger_logshard",
        "UPDATE ledger_logoldplace SET place = 7",
        "DELETE FROM ledger_logoldplace",
        "UPDATE ledger_logplace SET logged_at = 1",
    ):
        if "logplace" in sql:
            sequencer.sequence()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_keys_are_told_as_json_that_reads_the_same_everywhere(client):
    add(1)
    sequencer.sequence()
    body = client.get("/log/history.json")
    assert body["Access-Control-Allow-Origin"] == "*"
    assert json.loads(body.content)["ended"] == []
    assert timezone.now() - LogKey.objects.get().since < timedelta(hours=1)
    with transaction.atomic():
        assert append(event_key="x", kind="note", op="add", commitment=leaf.commitment({}, SALT)).pk
