"""ML-DSA-44 and SM2: what the standards say, and what a verifier is told to demand."""

from io import StringIO

import pytest

from tests.tlog.conftest import ORIGIN, Log
from tlog import checkpoint, keys, mldsa, proof, sm2, vkeys
from tlog.__main__ import main
from tlog.errors import BadSignature, Malformed
from tlog.keys import OTHER
from tlog.verify import verify

SEED = bytes(range(32))


def test_the_example_of_the_sm2_standard_verifies():
    """GM/T 0003.5, annex A: "message digest" signed by the example's key."""
    x = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    y = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    r = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    s = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    key = sm2.Sm2Verifier("example", sm2.LABEL + bytes.fromhex("04" + x + y))
    key.verify("message digest", bytes.fromhex(r + s))
    assert sm2.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    for wrong in (bytes.fromhex(s + r), bytes(64), bytes.fromhex(r + s)[:-1], bytes(31) + b"\x01" + bytes.fromhex(s)):
        with pytest.raises(BadSignature):
            key.verify("message digest", wrong)
    with pytest.raises(BadSignature):
        key.verify("message digess", bytes.fromhex(r + s))


def test_a_point_that_is_not_on_the_curve_is_no_key():
    for point in (b"\x04" + bytes(64), b"\x02" + bytes(64), b"\x04" + bytes(63)):
        with pytest.raises(Malformed):
            sm2.Sm2Verifier("example", sm2.LABEL + point)
    with pytest.raises(Malformed):
        vkeys.verifier(keys.format_vkey("example", OTHER, b"other-algorithm" + bytes(65)))


@pytest.fixture
def everybody(tmp_path):
    """A head with all three kinds of signatures, and the vkeys of the further two."""
    head = Log([b"a"]).publish()
    text = head.checkpoint.text()
    sm2.create(tmp_path / "sm2.pem")
    assert (tmp_path / "sm2.pem").stat().st_mode & 0o777 == 0o600
    lines = [mldsa.cosign(text, ORIGIN, SEED, 7), sm2.sign(text, ORIGIN, tmp_path / "sm2.pem")]
    known = [mldsa.verifier_of(ORIGIN, SEED), sm2.verifier_of(ORIGIN, tmp_path / "sm2.pem")]
    return head.with_signatures(lines), known


def test_further_lines_are_read_back_and_a_changed_one_is_refused(everybody):
    signed, known = everybody
    assert [vkeys.verifier(key.vkey()) for key in known] == known
    assert checkpoint.parse(signed.note()).verify(known) == known
    for key in known:
        (line,) = [s for s in signed.signatures if s.key_id == key.key_id]
        for at in (0, 8, len(line.value) - 1):
            broken = line.value[:at] + bytes([line.value[at] ^ 1]) + line.value[at + 1 :]
            with pytest.raises(BadSignature):
                key.verify(signed.checkpoint.text(), broken)
        with pytest.raises(BadSignature):
            key.verify(signed.checkpoint.text(), line.value[:-1])
    with pytest.raises(BadSignature):
        known[0].verify(Log([b"b"]).publish().checkpoint.text(), signed.signatures[1].value)


def test_a_verifier_can_demand_a_further_signature(example, everybody, tmp_path):
    key = mldsa.verifier_of(ORIGIN, SEED)
    found = proof.parse(example["proof_bytes"])
    more = mldsa.cosign(found.signed.checkpoint.text(), ORIGIN, SEED, 7)
    both = proof.LogProof(found.index, found.hashes, found.signed.with_signatures([more]), found.extra)
    assert verify(**{**example, "proof_bytes": both.text().encode()}, also=[key.vkey()]).ok
    assert not verify(**example, also=[key.vkey()]).ok
    assert not verify(**example, also=["nonsense"]).ok
    for name, data in (("r.json", "record_bytes"), ("r.tlog-proof", "proof_bytes"), ("policy.txt", "policy_bytes")):
        (tmp_path / name).write_bytes(example[data])
    words = [
        "verify",
        str(tmp_path / "r.json"),
        str(tmp_path / "r.tlog-proof"),
        "--policy",
        str(tmp_path / "policy.txt"),
    ]
    out = StringIO()
    assert main([*words, "--key", everybody[1][1].vkey()], out) == 1
    assert "signature" in out.getvalue()


def test_a_key_of_a_kind_is_made_by_the_command(tmp_path):
    for kind, number in (("log", 0x01), ("witness", 0x04), ("ml-dsa-44", 0x06)):
        out = StringIO()
        assert main(["key", "--name", "a.example/w", "--kind", kind, "--out", str(tmp_path / kind)], out) == 0
        assert vkeys.verifier(out.getvalue().strip()).kind == number
    assert main(["key", "--name", "a.example/w", "--out", str(tmp_path / "log")], StringIO()) == 2
