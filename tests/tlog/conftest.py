"""A small log in memory, and the people around it."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.tlog.second import Second, program
from tlog import checkpoint, leaf, record
from tlog.checkpoint import Checkpoint, Cosigner
from tlog.keys import Ed25519Verifier
from tlog.proof import LogProof
from tlog.reader import Reader
from tlog.tiles import Edge

ORIGIN = "registry.example.org/log/2026"
METHOD = "did:web:registry.example.org#2026"
NOW = 1_795_365_003


def key(number):
    """A key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public(number):
    return key(number).public_key().public_bytes_raw()


class Log:
    """A log whose files are a dict."""

    def __init__(self, entries=()):
        self.files, self.edge, self.entries = {}, Edge(), []
        for entry in entries:
            self.add(entry)

    def add(self, entry):
        self.entries.append(entry)
        self.edge.append(entry, self.files.__setitem__)

    def publish(self):
        """Write the partial tiles; returns the signed checkpoint."""
        self.files.update(self.edge.partials())
        head = Checkpoint(ORIGIN, self.edge.size, self.edge.root())
        return checkpoint.sign(head, key(1))

    def reader(self):
        return Reader(self.edge.size, self.edge.root(), self.files.__getitem__)


@pytest.fixture
def example():
    """A record in a log of 300 entries: record, salt, proof, policy text, issuer's document."""
    body = record.sign(
        {"code": "32058320261122000001", "name": "示例"}, key(3), method=METHOD, created="2026-11-22T08:00:00Z"
    )
    salt = bytes(range(32))
    mine = leaf.Leaf(leaf.commitment(body, salt), "pledge", "add", NOW)
    log = Log(f"entry {n}".encode() for n in range(200))
    log.add(mine.entry())
    for n in range(99):
        log.add(f"later {n}".encode())
    signed = log.publish()
    signed = signed.with_signatures([checkpoint.cosign(signed.checkpoint.text(), "witness.example", key(2), NOW)])
    extra = leaf.canonical({"k": "pledge", "op": "add", "salt": leaf.b64url(salt), "t": NOW})
    proof = LogProof(200, tuple(log.reader().inclusion(200)), signed, extra)
    policy = (
        f"log {Ed25519Verifier(ORIGIN, public(1)).vkey()}\n"
        f"witness w1 {Cosigner('witness.example', public(2)).vkey()}\nquorum w1\n"
    )
    document = leaf.canonical(
        {"verificationMethod": [{"id": METHOD, "publicKeyMultibase": record.multikey(public(3))}]}
    )
    return {
        "record_bytes": leaf.canonical(body),
        "proof_bytes": proof.text().encode(),
        "policy_bytes": policy.encode(),
        "issuer_bytes": document,
    }


@pytest.fixture(scope="session")
def second():
    """Somebody else's implementation (docs/log.md, "Others' code")."""
    asked = Second(program(Path(__file__).resolve().parents[2] / "var" / "second"))
    yield asked
    asked.close()
