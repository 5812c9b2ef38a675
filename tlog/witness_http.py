"""The HTTP side of a witness (c2sp.org/tlog-witness v1.0.0), and of whoever asks one."""

import time
import urllib.error
import urllib.request
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tlog import checkpoint, note
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import Malformed, TlogError
from tlog.keys import Verifier
from tlog.note import Signature
from tlog.witness import TEXT_TYPE, Witness, request

MAX_BODY = 1_000_000


class Unreachable(TlogError):
    """The witness did not answer, or not with what was asked for."""

    reason = "unreachable"


class OtherSize(TlogError):
    """The witness remembers another size of the log than the request said."""

    reason = "other-size"

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"the witness remembers {size} entries")


def _open(url: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
    if not url.startswith(("http://", "https://")):
        raise Unreachable("a witness has an http address")
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=timeout) as answer:  # noqa: S310
            return answer.status, answer.read(MAX_BODY)
    except urllib.error.HTTPError as answered:
        with answered:
            return answered.code, answered.read(MAX_BODY)
    except (OSError, ValueError) as wrong:
        raise Unreachable(f"no answer: {type(wrong).__name__}") from None


def ask(
    url: str, key: Verifier, old: int, proof: list[bytes], signed: SignedCheckpoint, *, timeout: float
) -> list[Signature]:
    """The witness's cosignatures of a checkpoint, verified. `url` is its submission prefix.

    Raises OtherSize, Unreachable, or another TlogError if what it says does not verify.
    """
    status, answer = _open(f"{url.rstrip('/')}/add-checkpoint", request(old, proof, signed), timeout)
    if status == 409:
        raise OtherSize(checkpoint.number(answer.decode("ascii", "replace").removesuffix("\n")))
    if status != 200:
        said = answer.decode("utf-8", "replace").strip()[:200]
        raise Unreachable(f"the witness answered {status}: {said}", reason="refused" if status == 422 else "")
    text, found = note.parse(signed.checkpoint.text().encode() + b"\n" + answer)
    mine = [signature for signature in found if (signature.name, signature.key_id) == (key.name, key.key_id)]
    note.verify(text, mine, [key])
    return mine


def remembered(url: str, origin: str, *, timeout: float) -> SignedCheckpoint:
    """What a witness shows to monitors about a log. Raises Unreachable or Malformed; nothing is verified yet."""
    status, answer = _open(f"{url.rstrip('/')}/{sha256(origin.encode()).hexdigest()}/checkpoint", None, timeout)
    if status != 200:
        raise Unreachable(f"the witness answered {status}")
    return checkpoint.parse(answer)


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is ready to run: POST /add-checkpoint, GET /<hash of the origin>/checkpoint."""
    return ThreadingHTTPServer((host, port), handler(witness))


def handler(witness: Witness) -> type[BaseHTTPRequestHandler]:
    """What answers the requests to a witness."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        protocol_version = "HTTP/1.1"  # connections are kept

        def do_POST(self) -> None:
            """add-checkpoint."""
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint" or not length.isdecimal() or int(length) > MAX_BODY:
                self.close_connection = True  # the body stays unread
                return self._send(404 if self.path != "/add-checkpoint" else 413, TEXT_TYPE, b"")
            status, kind, text = witness.add_checkpoint(self.rfile.read(int(length)), now=int(time.time()))
            return self._send(status, kind, text.encode())

        def do_GET(self) -> None:
            """What a monitor reads."""
            name, slash, rest = self.path.removeprefix("/").partition("/")
            try:
                found = witness.monitored(name) if slash and rest == "checkpoint" else None
            except Malformed:
                found = None
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
