"""What somebody who does not trust us finds out offline."""

import json
import threading
import urllib.error
import urllib.request
from hashlib import sha256
from http.server import ThreadingHTTPServer
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.conftest import NOW, ORIGIN, Log, key, public
from tlog import checkpoint, leaf, note, policy, proof, record, vkeys
from tlog.__main__ import main
from tlog.checkpoint import Cosigner
from tlog.errors import BadPolicy, BadSignature, Malformed, NoQuorum, TlogError
from tlog.keys import Ed25519Verifier
from tlog.verify import verify
from tlog.witness import Witness, request
from tlog.witness_http import handler

LOG_KEY = Ed25519Verifier(ORIGIN, public(1)).vkey()
WITNESS_KEY = Cosigner("witness.example", public(2)).vkey()


def test_a_true_record_holds_in_every_point(example):
    report = verify(**example)
    assert [(f.name, f.result) for f in report.findings] == [
        ("policy", "holds"),
        ("record", "holds"),
        ("proof", "holds"),
        ("checkpoint", "holds"),
        ("entry", "holds"),
        ("issuer", "holds"),
    ]
    assert report.ok


@pytest.mark.parametrize("which", ["record_bytes", "proof_bytes", "policy_bytes"])
def test_every_truncation_is_refused(example, which):
    for end in range(len(example[which]) - 1):
        assert not verify(**{**example, which: example[which][:end]}).ok


def test_an_entry_of_another_record_is_refused(example):
    other = json.loads(example["record_bytes"])
    other["name"] = "别人"
    report = verify(**{**example, "record_bytes": leaf.canonical(other)})
    assert {f.name for f in report.findings if f.result == "fails"} == {"entry", "issuer"}


def test_a_resigned_record_is_in_no_log(example):
    """The issuer signs again, with other content: the issuer's proof holds, the log does not know it."""
    other = json.loads(example["record_bytes"]) | {"name": "别人"}
    del other["proof"]
    again = record.sign(other, key(3), method="did:web:registry.example.org#2026", created="2026-11-22T08:00:00Z")
    report = verify(**{**example, "record_bytes": leaf.canonical(again)})
    assert {f.name: f.result for f in report.findings}["issuer"] == "holds"
    assert {f.name for f in report.findings if f.result == "fails"} == {"entry"}


def test_without_the_issuers_document_it_says_what_was_not_checked(example):
    report = verify(**{**example, "issuer_bytes": None})
    assert report.ok
    assert report.findings[-1].result == "not checked"


def test_a_quorum_that_is_not_reached_is_named(example):
    wanting = f"log {LOG_KEY}\nwitness w1 {WITNESS_KEY}\nwitness w2 {Cosigner('other.example', public(7)).vkey()}\n"
    for group, ok in (("any", True), ("1", True), ("2", False), ("all", False)):
        text = f"{wanting}group g {group} w1 w2\nquorum g\n"
        report = verify(**{**example, "policy_bytes": text.encode()})
        assert report.ok is ok
        if not ok:
            assert [f.reason for f in report.findings if f.result == "fails"] == [NoQuorum.reason]


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"log {LOG_KEY}\n",
        f"log {LOG_KEY}\nlog {LOG_KEY}\nquorum none\n",
        f"log {WITNESS_KEY}\nquorum none\n",
        f"witness w {LOG_KEY}\nquorum w\n",
        f"witness none {WITNESS_KEY}\nquorum none\n",
        "quorum later\n",
        "quorum none\nquorum none\n",
        f"witness w {WITNESS_KEY}\ngroup g 2 w\nquorum g\n",
        f"witness w {WITNESS_KEY}\ngroup g any w\ngroup h any w\nquorum h\n",
        f"witness w {WITNESS_KEY}\ngroup w any w\nquorum w\n",
        "group g any x\nquorum g\n",
        "quorum none\r\n",
        "secret word\nquorum none\n",
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(text):
    with pytest.raises(BadPolicy):
        policy.parse(text)


def test_the_example_of_the_note_specification_verifies():
    vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    line = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    text, signatures = note.parse(f"This is an example message.\n\n\u2014 example.com/foo {line}\n")
    known = vkeys.verifier(vkey)
    assert note.verify(text, signatures, [known]) == [known]
    with pytest.raises(BadSignature):
        note.verify(text + "x", signatures, [known])


def test_unknown_signatures_are_ignored_and_a_bad_one_of_a_known_key_is_not(example):
    signed = proof.parse(example["proof_bytes"]).signed
    trusted = policy.parse(example["policy_bytes"])
    stranger = note.sign(signed.checkpoint.text(), "stranger.example", key(9))
    assert trusted.check(signed.with_signatures([stranger])) == ["w1"]
    forged = note.Signature(ORIGIN, signed.signatures[0].key_id, bytes(64))
    with pytest.raises(BadSignature):
        trusted.check(signed.with_signatures([forged]))


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_readers(data):
    for reader in (proof.parse, checkpoint.parse, policy.parse, leaf.parse):
        with pytest.raises(TlogError):
            reader(data)


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', '{"a":1.5}', '{"a":null}', '{"a":NaN}', '{"a":9007199254740993}', "[" * 9000]
)
def test_json_that_readers_understand_differently_is_refused(text):
    with pytest.raises(Malformed):
        leaf.canonical(leaf.load(text))


def test_the_command_says_what_holds_and_exits_with_it(example, tmp_path, capsys):
    for name, which in (
        ("r.json", "record_bytes"),
        ("r.tlog-proof", "proof_bytes"),
        ("policy.txt", "policy_bytes"),
        ("did.json", "issuer_bytes"),
    ):
        (tmp_path / name).write_bytes(example[which])
    words = [
        "verify",
        str(tmp_path / "r.json"),
        str(tmp_path / "r.tlog-proof"),
        "--policy",
        str(tmp_path / "policy.txt"),
    ]
    words += ["--issuer", str(tmp_path / "did.json")]
    out = StringIO()
    assert main(words, out) == 0
    assert "The record is in the log as it is here." in out.getvalue()
    (tmp_path / "r.json").write_bytes(example["record_bytes"].replace("示例".encode(), "别人".encode()))
    out = StringIO()
    assert main([*words, "--json"], out) == 1
    assert json.loads(out.getvalue())["ok"] is False
    assert main(["verify", str(tmp_path / "gone"), str(tmp_path / "gone"), "--policy", str(tmp_path / "gone")]) == 2
    assert "cannot go on" in capsys.readouterr().err


def post(url, body):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, method="POST")) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


@pytest.fixture
def witness_url(tmp_path):
    known = vkeys.verifier(LOG_KEY)
    witness = Witness(name="witness.example", key=key(2), logs=[known], folder=tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(witness))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_witness_cosigns_what_only_grew_and_nothing_else(witness_url):
    url, log = f"{witness_url}/add-checkpoint", Log(b"%d" % n for n in range(10))
    first = log.publish()
    status, _kind, line = post(url, request(0, [], first))
    assert status == 200
    signed = checkpoint.parse(first.note() + line)
    assert Cosigner("witness.example", public(2)) in signed.verify([vkeys.verifier(WITNESS_KEY)])
    assert post(url, request(0, [], first))[:2] == (409, "text/x.tlog.size")
    for n in range(10, 30):
        log.add(b"%d" % n)
    second, way = log.publish(), log.reader().consistency(10, first.checkpoint.root)
    assert post(url, request(10, way[:-1], second))[0] == 422
    assert post(url, request(40, [], second))[0] == 400
    assert post(url, request(10, way, second))[0] == 200
    fork = Log(b"other %d" % n for n in range(30)).publish()
    assert post(url, request(30, [], fork))[0] == 422
    with urllib.request.urlopen(f"{witness_url}/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint") as answer:
        assert checkpoint.parse(answer.read()).checkpoint == second.checkpoint


def test_a_witness_refuses_strangers_and_nonsense(witness_url):
    url, log = f"{witness_url}/add-checkpoint", Log([b"a"])
    good = log.publish()
    unknown = checkpoint.sign(checkpoint.Checkpoint("other.example/log", 1, good.checkpoint.root), key(1))
    assert post(url, request(0, [], unknown))[0] == 404
    unsigned = checkpoint.sign(good.checkpoint, key(9))
    assert post(url, request(0, [], unsigned))[0] == 403
    assert post(url, request(0, [bytes(32)], good))[0] == 422
    assert post(url, b"nonsense")[0] == 400
    assert post(f"{witness_url}/other", b"x")[0] == 404


def test_of_many_requests_at_once_a_witness_never_goes_back(tmp_path):
    known = vkeys.verifier(LOG_KEY)
    witness = Witness(name="witness.example", key=key(2), logs=[known], folder=tmp_path)
    log, heads = Log(), []
    for n in range(20):
        log.add(b"%d" % n)
        heads.append((log.publish(), dict.fromkeys(range(n + 1))))
    answers = []

    def send(signed):
        answers.append(witness.add_checkpoint(request(0, [], signed), now=NOW)[0])

    threads = [threading.Thread(target=send, args=(signed,)) for signed, _sizes in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * 19
