"""Published vectors, and an implementation that shares no code with ours, agree with us and refuse what we refuse."""

import base64
import json
import random
from pathlib import Path

import pytest

from tests.tlog.conftest import ORIGIN, Log, key, public
from tlog import checkpoint, keys
from tlog.checkpoint import Checkpoint
from tlog.errors import BadProof, TlogError
from tlog.keys import Ed25519Verifier, b64
from tlog.merkle import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash

VECTORS = json.loads((Path(__file__).parent / "vectors/merkle.json").read_text(encoding="utf-8"))
VKEY = Ed25519Verifier(ORIGIN, public(1)).vkey()


def raw(text):
    return base64.b64decode(text or "")


def holds(kind, vector):
    proof = [raw(line) for line in vector["proof"] or []]
    try:
        if kind == "inclusion":
            check_inclusion(
                leaf=raw(vector["leafHash"]),
                index=vector["leafIdx"],
                size=vector["treeSize"],
                proof=proof,
                root_hash=raw(vector["root"]),
            )
        else:
            check_consistency(
                old=vector["size1"],
                new=vector["size2"],
                proof=proof,
                old_root=raw(vector["root1"]),
                new_root=raw(vector["root2"]),
            )
    except BadProof:
        return False
    return True


def test_every_published_vector_is_judged_as_published():
    judged = {name: holds(name.split("/")[0], vector) for name, vector in VECTORS.items()}
    wanted = {name: not vector["wantErr"] for name, vector in VECTORS.items()}
    assert judged == wanted
    assert len(judged) == 196


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A log of 70,000 entries as files, its head, and its Python object."""
    log = Log(b"%d" % n for n in range(70_000))
    signed = log.publish()
    where = tmp_path_factory.mktemp("log")
    for name, data in log.files.items():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_bytes(data)
    return where, signed, log


def test_others_recompute_every_tile_of_a_log_and_make_the_same_proofs(folder, second):
    where, signed, log = folder
    head = {"Dir": str(where), "Size": 70_000, "Root": b64(signed.checkpoint.root)}
    assert second.ask(Do="audit", **head) == {"ok": True, "why": "", "text": "", "names": None, "proof": None}
    reader = log.reader()
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        assert second.ask(Do="prove", Index=index, **head)["proof"] == [b64(h) for h in reader.inclusion(index)]
    for old in (1, 256, 65_536, 69_999):
        made = second.ask(Do="continue", Old=old, **head)["proof"]
        assert made == [b64(h) for h in reader.continuation(old)]
    tile = where / "tile/1/000"
    good = tile.read_bytes()
    tile.write_bytes(bytes([good[0] ^ 1]) + good[1:])
    assert "tile/1/000" in second.ask(Do="audit", **head)["why"]
    tile.write_bytes(good)


def test_others_open_our_checkpoints_and_no_changed_ones(folder, second):
    _where, signed, _log = folder
    stranger = checkpoint.cosign(signed.checkpoint.text(), "witness.example", key(2), 1)
    text = signed.with_signatures([stranger]).note()
    opened = second.ask(Do="note", Note=text, Vkeys=[VKEY])
    assert (opened["ok"], opened["names"], opened["text"]) == (True, [ORIGIN], signed.checkpoint.text())
    for at in range(len(signed.checkpoint.text())):
        changed = signed.note()[:at] + chr(ord(signed.note()[at]) ^ 1) + signed.note()[at + 1 :]
        assert not second.accepts(Do="note", Note=changed, Vkeys=[VKEY])


def tampered(rng, proof, numbers):
    """A proof or a number that was changed a little."""
    lines, changed = list(proof), dict(numbers)
    kind = rng.choice(["flip", "drop", "double", "swap", "number"] if len(lines) > 1 else ["number"])
    at = rng.randrange(len(lines)) if lines else 0
    if kind == "flip":
        bit = rng.randrange(256)
        lines[at] = bytes(b ^ (1 << bit % 8 if n == bit // 8 else 0) for n, b in enumerate(lines[at]))
    elif kind == "drop":
        del lines[at]
    elif kind == "double":
        lines.insert(at, lines[at])
    elif kind == "swap":
        other = (at + 1) % len(lines)
        lines[at], lines[other] = lines[other], lines[at]
    else:
        name = rng.choice(sorted(changed))
        changed[name] += rng.choice([-1, 1])
    return lines, changed


def judge(kind, entry_or_root, lines, numbers, root_hash):
    try:
        if kind == "inclusion":
            check_inclusion(leaf=entry_or_root, proof=lines, root_hash=root_hash, **numbers)
        else:
            check_consistency(
                old=numbers["old"], new=numbers["size"], proof=lines, old_root=entry_or_root, new_root=root_hash
            )
    except BadProof:
        return False
    return True


def test_of_four_thousand_changed_proofs_both_refuse_the_same(second):
    """A changed size or index can happen to describe the same path; then both accept it. Nothing else passes."""
    rng, refused, passed = random.Random(7), 0, []
    logs = {size: Log(b"%d" % n for n in range(size)) for size in (2, 3, 7, 8, 100, 257, 600)}
    readers = {size: (log.publish(), log.reader()) for size, log in logs.items()}
    for turn in range(4000):
        size = rng.choice(sorted(logs))
        signed, reader = readers[size]
        if turn % 2:
            index = rng.randrange(size)
            known, numbers, proof = leaf_hash(b"%d" % index), {"index": index, "size": size}, reader.inclusion(index)
        else:
            old = rng.randrange(1, size)
            known, numbers, proof = reader._range(0, old), {"old": old, "size": size}, reader.continuation(old)
        kind = "inclusion" if turn % 2 else "consistency"
        lines, changed = tampered(rng, proof, numbers)
        ours = judge(kind, known, lines, changed, signed.checkpoint.root)
        question = {
            "Size": changed["size"],
            "Index": changed.get("index", 0),
            "Old": changed.get("old", 0),
            "Root": b64(signed.checkpoint.root),
            "Proof": [b64(line) for line in lines],
            "Leaf" if turn % 2 else "OldRoot": b64(known),
        }
        theirs = second.accepts(Do=kind, **question)
        assert ours is theirs, (kind, numbers, changed)
        refused += not ours
        if ours and lines == proof:
            passed.append((numbers, changed))
        else:
            assert not ours, (kind, numbers, changed)
    assert refused > 3600
    assert all(numbers != changed for numbers, changed in passed)


def test_what_we_call_an_empty_log_is_empty_to_others(second):
    signed = checkpoint.sign(Checkpoint(ORIGIN, 0, EMPTY_ROOT), key(1))
    assert second.ask(Do="note", Note=signed.note(), Vkeys=[VKEY])["text"] == signed.checkpoint.text()
    with pytest.raises(TlogError):
        keys.parse_vkey(VKEY.replace("+", "-"))
