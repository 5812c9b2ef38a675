"""`python -m tlog verify|policy|witness|key`: for people who do not trust the site and do not run it.

Exit codes: 0 everything that was checked holds, 1 something does not hold, 2 the command line is wrong or a file cannot
be read. Nothing here needs Django or a network; a PDF needs the package pypdf, a witness listens.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tlog import keys, mldsa, note, policy
from tlog.attachments import from_pdf
from tlog.errors import BadSignature, Malformed, TlogError
from tlog.keys import COSIGNATURE, ED25519, Ed25519Verifier
from tlog.later import check_later
from tlog.verify import Report, verify
from tlog.witness import Witness
from tlog.witness_http import serve


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tlog", description="Check records of a log offline.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help="check a record and its proof, or a PDF that carries both")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="RECORD.json and ID.tlog-proof, or a PDF")
    check.add_argument("--policy", required=True, type=Path, help="whom to trust (C2SP tlog-policy)")
    check.add_argument("--issuer", type=Path, help="the issuer's key document (DID document)")
    check.add_argument("--key", action="append", default=[], metavar="VKEY", help="must have signed, too; repeatable")
    check.add_argument(
        "--later", action="append", nargs=2, default=[], type=Path, metavar=("STATEMENT", "PROOF"),
        help="what was said of the record later (ID.1.json, ID.1.tlog-proof); repeatable",
    )  # fmt: skip
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    renew = commands.add_parser("policy", help="check that a newer policy is signed by a log of the one you have")
    renew.add_argument("note", type=Path, metavar="FILE", help="the newer policy as a signed note (policy.note)")
    renew.add_argument("--policy", required=True, type=Path, help="the policy that you have")
    run = commands.add_parser("witness", help="cosign the checkpoints of the logs in a policy file")
    run.add_argument("--name", required=True, help="the witness's key name, e.g. witness.example.org")
    run.add_argument("--key", required=True, type=Path, help="file with 32 bytes as hex, made by `key`")
    run.add_argument("--ml-dsa-44", action="store_true", help="the key is the seed of an ML-DSA-44 key")
    run.add_argument("--policy", required=True, type=Path, help="its log lines say which logs are cosigned")
    run.add_argument("--folder", required=True, type=Path, help="where the newest checkpoints are remembered")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8400)
    make = commands.add_parser("key", help="make a key; prints the public vkey")
    make.add_argument("--name", required=True)
    make.add_argument("--kind", choices=["log", "witness", "ml-dsa-44"], default="witness")
    make.add_argument("--out", required=True, type=Path)
    return parser


def main(arguments: Sequence[str] | None = None, out: TextIO = sys.stdout) -> int:
    """Run a command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options, out)
    except (OSError, TlogError) as wrong:
        print(f"cannot go on: {wrong}", file=sys.stderr)
        return 2


def _verify(options: argparse.Namespace, out: TextIO) -> int:
    data = [path.read_bytes() for path in options.files]
    pdf = data[0] if len(data) == 1 else None
    if pdf is not None:
        data = list(from_pdf(pdf))
    if len(data) != 2:
        raise OSError("give a record and its proof, or one PDF")
    record, proof = data if not data[0].startswith(b"c2sp.org/") else data[::-1]
    issuer = options.issuer.read_bytes() if options.issuer else None
    given = {"record_bytes": record, "proof_bytes": proof, "policy_bytes": options.policy.read_bytes()}
    report = verify(**given, issuer_bytes=issuer, pdf_bytes=pdf, also=options.key)
    pairs = [(body.read_bytes(), own.read_bytes()) for body, own in options.later]
    report = Report((*report.findings, *check_later(**given, statements=pairs, issuer_bytes=issuer)))
    if options.json:
        rows = [{"name": f.name, "result": f.result, "text": f.text, "reason": f.reason} for f in report.findings]
        print(json.dumps({"ok": report.ok, "findings": rows}, ensure_ascii=False), file=out)
        return 0 if report.ok else 1
    for finding in report.findings:
        print(f"{finding.name:<11}{finding.result:<12} {finding.text}", file=out)
    print(f"{'later':<11}{'not checked':<12} a withdrawal after the checkpoint shows only online", file=out)
    print("The record is in the log as it is here." if report.ok else "Do NOT rely on this record.", file=out)
    return 0 if report.ok else 1


def _policy(options: argparse.Namespace, out: TextIO) -> int:
    """Print the newer policy if it holds: whoever trusts a key may trust what that key says of its successors."""
    known = policy.parse(options.policy.read_bytes()).logs
    text, signatures = note.parse(options.note.read_bytes())
    try:
        note.verify(text, signatures, known)
        policy.parse(text)
    except (BadSignature, Malformed) as wrong:
        print(f"Do NOT use this policy: {wrong}", file=sys.stderr)
        return 1
    print(text, end="", file=out)
    return 0


def _key(options: argparse.Namespace, out: TextIO) -> int:
    key = Ed25519PrivateKey.generate()
    name, seed, public = keys.check_name(options.name), key.private_bytes_raw(), key.public_key().public_bytes_raw()
    if options.out.exists():
        raise OSError(f"{options.out} is there already; keys are not overwritten")
    options.out.touch(mode=0o600)
    options.out.write_text(seed.hex() + "\n", encoding="ascii")
    kind = ED25519 if options.kind == "log" else COSIGNATURE
    made = mldsa.verifier_of(name, seed) if options.kind == "ml-dsa-44" else Ed25519Verifier(name, public, kind)
    print(made.vkey(), file=out)
    return 0


def load_key(path: Path) -> Ed25519PrivateKey:
    """A key file. Raises OSError if it is not one."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except ValueError:
        raise OSError(f"{path} is not a key file") from None


def _witness(options: argparse.Namespace, out: TextIO) -> int:
    logs, key = policy.parse(options.policy.read_bytes()).logs, load_key(options.key)
    seed = key.private_bytes_raw() if options.ml_dsa_44 else None
    witness = Witness(name=options.name, key=key, logs=logs, folder=options.folder, ml_dsa_seed=seed)
    server = serve(witness, options.host, options.port)
    print(f"http://{options.host}:{server.server_address[1]}/", file=out, flush=True)
    server.serve_forever()
    return 0


COMMANDS = {"verify": _verify, "policy": _policy, "witness": _witness, "key": _key}


if __name__ == "__main__":
    sys.exit(main())
