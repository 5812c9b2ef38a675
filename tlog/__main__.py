"""`python -m tlog verify|witness|key`: for people who do not trust the site and do not run it.

verify exits with 0 (everything that was checked holds), 1 (something does not hold), 2 (a file cannot be read).
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TextIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tlog import keys, policy
from tlog.attachments import from_pdf
from tlog.errors import TlogError
from tlog.keys import COSIGNATURE, ED25519, Ed25519Verifier
from tlog.verify import verify
from tlog.witness import TEXT_TYPE, Witness

MAX_BODY = 1_000_000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tlog", description="Check records of a log offline.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help="check a record and its proof, or a PDF that carries both")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="RECORD.json and ID.tlog-proof, or a PDF")
    check.add_argument("--policy", required=True, type=Path, help="whom to trust (C2SP tlog-policy)")
    check.add_argument("--issuer", type=Path, help="the issuer's key document (DID document)")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    serve = commands.add_parser("witness", help="cosign the checkpoints of the logs in a policy file")
    serve.add_argument("--name", required=True, help="the witness's key name, e.g. witness.example.org")
    serve.add_argument("--key", required=True, type=Path, help="file with 32 bytes as hex, made by `key`")
    serve.add_argument("--policy", required=True, type=Path, help="its log lines say which logs are cosigned")
    serve.add_argument("--folder", required=True, type=Path, help="where the newest checkpoints are remembered")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8400)
    make = commands.add_parser("key", help="make a key; prints the public vkey")
    make.add_argument("--name", required=True)
    make.add_argument("--kind", choices=["log", "witness"], default="witness")
    make.add_argument("--out", required=True, type=Path)
    return parser


def main(arguments: Sequence[str] | None = None, out: TextIO = sys.stdout) -> int:
    """Run a command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return {"verify": _verify, "witness": _witness, "key": _key}[options.command](options, out)
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
    report = verify(
        record_bytes=record,
        proof_bytes=proof,
        policy_bytes=options.policy.read_bytes(),
        issuer_bytes=issuer,
        pdf_bytes=pdf,
    )
    if options.json:
        rows = [{"name": f.name, "result": f.result, "text": f.text, "reason": f.reason} for f in report.findings]
        print(json.dumps({"ok": report.ok, "findings": rows}, ensure_ascii=False), file=out)
        return 0 if report.ok else 1
    for finding in report.findings:
        print(f"{finding.name:<11}{finding.result:<12} {finding.text}", file=out)
    print(f"{'later':<11}{'not checked':<12} a withdrawal after the checkpoint shows only online", file=out)
    print("The record is in the log as it is here." if report.ok else "Do NOT rely on this record.", file=out)
    return 0 if report.ok else 1


def _key(options: argparse.Namespace, out: TextIO) -> int:
    key = Ed25519PrivateKey.generate()
    if options.out.exists():
        raise OSError(f"{options.out} is there already; keys are not overwritten")
    options.out.touch(mode=0o600)
    options.out.write_text(key.private_bytes_raw().hex() + "\n", encoding="ascii")
    kind = ED25519 if options.kind == "log" else COSIGNATURE
    print(Ed25519Verifier(keys.check_name(options.name), key.public_key().public_bytes_raw(), kind).vkey(), file=out)
    return 0


def load_key(path: Path) -> Ed25519PrivateKey:
    """A key file. Raises OSError if it is not one."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except ValueError:
        raise OSError(f"{path} is not a key file") from None


def _witness(options: argparse.Namespace, out: TextIO) -> int:
    logs = policy.parse(options.policy.read_bytes()).logs
    key = load_key(options.key)
    witness = Witness(name=options.name, key=key, logs=logs, folder=options.folder)
    server = ThreadingHTTPServer((options.host, options.port), handler(witness))
    print(f"http://{options.host}:{server.server_address[1]}/", file=out, flush=True)
    server.serve_forever()
    return 0


def handler(witness: Witness) -> type[BaseHTTPRequestHandler]:
    """The HTTP side of a witness: POST /add-checkpoint, GET /<hash of the origin>/checkpoint."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            """add-checkpoint."""
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                return self._send(404, TEXT_TYPE, b"")
            if not length.isdecimal() or int(length) > MAX_BODY:
                return self._send(413, TEXT_TYPE, b"")
            status, kind, text = witness.add_checkpoint(self.rfile.read(int(length)), now=int(time.time()))
            return self._send(status, kind, text.encode())

        def do_GET(self) -> None:
            """What a monitor reads."""
            found = witness.monitored(self.path.removesuffix("/checkpoint").removeprefix("/"))
            return self._send(200 if found else 404, TEXT_TYPE, found or b"")

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
            """Quiet: a witness keeps no addresses."""

    return Handler


if __name__ == "__main__":
    sys.exit(main())
