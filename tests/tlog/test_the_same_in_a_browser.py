"""The browser's own check (static/js/tlog) says what tlog says, of true, false and damaged documents alike."""

import base64
import functools
import json
import random
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, QUIET
from tests.tlog.conftest import METHOD, key, public
from tlog import checkpoint, leaf, proof, record
from tlog.checkpoint import Cosigner
from tlog.errors import TlogError
from tlog.keys import Ed25519Verifier
from tlog.verify import verify

STATIC = Path(__file__).resolve().parents[2] / "static" / "js"
DOCUMENTS = 4_000
CANONICAL = """async texts => { const { load, canonical } = await import("/tlog/json.js");
  return texts.map(text => { try { return new TextDecoder().decode(canonical(load(text))) }
    catch (wrong) { return [wrong.reason ?? String(wrong)] } }) }"""
VERIFY = """async cases => { const { verify } = await import("/tlog/verify.js");
  const bytes = text => Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
  const said = [];
  for (const [record, proof, policy, issuer] of cases) {
    const report = await verify({ record: bytes(record), proof: bytes(proof), policy: bytes(policy),
      issuer: bytes(issuer) });
    said.push([report.ok, report.findings.map(f => [f.name, f.result, f.reason])]);
  }
  return said }"""


class Strict(SimpleHTTPRequestHandler):
    """The modules, under the site's policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'none'; script-src 'self'")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if not CHROMIUM:
        pytest.fail("no Chromium on this machine: `make test` installs it, or names the command that does")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Strict, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM[0], args=QUIET)
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{server.server_address[1]}/tlog/")
        yield opened
        browser.close()
    server.shutdown()


def in_python(text):
    try:
        return leaf.canonical(leaf.load(text)).decode()
    except TlogError as wrong:
        return [wrong.reason]


SIGNS = [*'"\\/\b\n\r\t\x01\x1f\x7f', *"azAZ09 é€中𬭚\u2028\ufeff\ud800\udfff", "__proto__", "constructor", "é"]
NUMBERS = [0, 1, -1, 9, 2**31, 2**53 - 1, 1 - 2**53, 2**53, -(2**53), 10**30]


def a_value(dice, depth=0):
    kind = dice.random()
    if depth < 5 and kind < 0.3:
        return {a_text(dice): a_value(dice, depth + 1) for _ in range(dice.randrange(6))}
    if depth < 5 and kind < 0.45:
        return [a_value(dice, depth + 1) for _ in range(dice.randrange(5))]
    if kind < 0.65:
        return dice.choice(NUMBERS[:7] * 20 + NUMBERS) if dice.random() < 0.5 else dice.randrange(10**6)
    return dice.choice([True, False, *[a_text(dice) for _ in range(8)], *([None, 0.5] if dice.random() < 0.03 else [])])


def a_text(dice):
    signs = SIGNS if dice.random() < 0.03 else [sign for sign in SIGNS if sign not in "\ud800\udfff"]
    return "".join(dice.choice(signs) for _ in range(dice.randrange(7)))


def a_document(dice):
    text = json.dumps(a_value(dice), ensure_ascii=dice.random() < 0.5, indent=dice.choice([None, None, 1]))
    if dice.random() < 0.25:
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice([*'"{}[],:\\0-.eE \x0b', "\\u00e", "NaN", ""]) + text[at + dice.randrange(3) :]
    return text.encode("utf-8", "replace").decode()


def test_thousands_of_documents_have_the_same_canonical_form_or_are_refused_by_both(page: Page) -> None:
    dice = random.Random(8785)
    texts = [a_document(dice) for _ in range(DOCUMENTS)]
    texts += ["", " ", "{}", "[]", "-0", "01", "1.0", "1e3", "NaN", "-Infinity", '{"a":1,"a":2}', '"\\ud83d\\ude00"']
    texts += ["\ufeff{}", "[" * 49 + "]" * 49, "[" * 52 + "]" * 52, "[1,]", '{"a":1,}', "tru", '"\\x"', "{'a':1}"]
    here = [in_python(text) for text in texts]
    there = [said for at in range(0, len(texts), 500) for said in page.evaluate(CANONICAL, texts[at : at + 500])]
    assert [(text, a, b) for text, a, b in zip(texts, here, there, strict=True) if a != b] == []
    refused = sum(isinstance(said, list) for said in here)
    assert 200 < refused < len(texts) / 2, "the documents are a mixture"


def both(page, cases):
    """The findings of tlog and of the browser over the same files, for those that differ; and how many hold."""
    names = ("record_bytes", "proof_bytes", "policy_bytes", "issuer_bytes")
    here = []
    for case in cases:
        report = verify(**case)
        here.append([report.ok, [[f.name, f.result, f.reason] for f in report.findings]])
    packed = [[base64.b64encode(case[name]).decode() for name in names] for case in cases]
    there = [said for at in range(0, len(packed), 200) for said in page.evaluate(VERIFY, packed[at : at + 200])]
    different = [(n, a, b) for n, (a, b) in enumerate(zip(here, there, strict=True)) if a != b]
    return different, sum(said[0] for said in here)


def test_what_holds_here_holds_there(page: Page, example) -> None:
    assert both(page, [example]) == ([], 1)


@pytest.mark.parametrize("which", ["record_bytes", "proof_bytes", "policy_bytes"])
def test_every_flipped_byte_is_refused_for_the_same_reason(page: Page, example, which) -> None:
    data = example[which]
    cases = []
    for at in range(len(data)):
        broken = bytearray(data)
        broken[at] ^= 1 << at % 8
        cases.append({**example, which: bytes(broken)})
    different, holding = both(page, cases)
    assert different == []
    # Only in a policy may a byte be idle: a blank for a tab, a letter of a witness's local name.
    assert holding == 0 or which == "policy_bytes"


def test_cut_swapped_and_foreign_files_are_refused_for_the_same_reason(page: Page, example) -> None:
    body, other = json.loads(example["record_bytes"]), key(9)
    resigned = record.sign({k: v for k, v in body.items() if k != "proof"}, other, method=METHOD, created="2026-11-22")
    strange = record.sign({"a": "1"}, other, method="did:web:elsewhere#1", created="2026-11-22T08:00:00Z")
    cases = [{**example, which: example[which][:end]}
             for which in ("record_bytes", "proof_bytes", "policy_bytes", "issuer_bytes")
             for end in range(0, len(example[which]), 23)]  # fmt: skip
    cases += [{**example, "record_bytes": leaf.canonical(changed)} for changed in (
        resigned, strange, {**body, "name": "另一人"}, {**body, "@context": ["x"]}, {"proof": {}}, {})]  # fmt: skip
    cases += [{**example, "proof_bytes": example["record_bytes"]}, {**example, "record_bytes": b"[]"}]
    lines = example["proof_bytes"].decode().split("\n")
    for at in range(2, len(lines)):
        for moved in ([*lines[:at], *lines[at + 1 :]], [*lines[:at], lines[at], *lines[at:]]):
            cases.append({**example, "proof_bytes": "\n".join(moved).encode()})
    log, w1, w2 = Ed25519Verifier("registry.example.org/log/2026", public(1)), *(
        Cosigner(name, public(n)) for name, n in (("witness.example", 2), ("other.example", 5)))  # fmt: skip
    policies = (
        f"log {log.vkey()}\nwitness a {w1.vkey()}\nwitness b {w2.vkey()}\ngroup g 2 a b\nquorum g\n",
        f"log {log.vkey()}\nwitness a {w1.vkey()}\nwitness b {w2.vkey()}\ngroup g any a b\nquorum g\n",
        f"log {log.vkey()}\nwitness a {w1.vkey()}\ngroup g constructor a\nquorum g\n",
        f"log {log.vkey()}\nwitness none {w1.vkey()}\nquorum none\n",
        f"log {Ed25519Verifier('else.example', public(1)).vkey()}\nquorum none\n",
        f"constructor {log.vkey()}\nquorum none\n",
        f"# words\n\nlog {log.vkey()} https://x.example/\nquorum none\n",
    )
    cases += [{**example, "policy_bytes": text.encode()} for text in policies]
    different, holding = both(page, cases)
    # Two policies hold, and two proofs in which a signature line stands twice.
    assert (different, holding) == ([], 4)


def test_signatures_of_strangers_are_ignored_and_false_ones_of_known_keys_are_not(page: Page, example) -> None:
    parsed = proof.parse(example["proof_bytes"])
    stranger = checkpoint.cosign(parsed.signed.checkpoint.text(), "stranger.example", key(7), 5)
    false = checkpoint.cosign("another text\n", "witness.example", key(2), 5)
    cases = [
        {**example, "proof_bytes": proof.LogProof(parsed.index, parsed.hashes, parsed.signed.with_signatures([more]),
                                                  parsed.extra).text().encode()}
        for more in (stranger, false)
    ]  # fmt: skip
    assert both(page, cases) == ([], 1)
