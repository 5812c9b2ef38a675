"""`make run`: refuse a busy port at once, set up what is missing, then become the server. Standard library only."""

from __future__ import annotations

import argparse
import os
import socket
import sys

from setup import guarded, prepare
from stages import ROOT, VENV_PYTHON, say


def port_is_free(host: str, port: int) -> bool:
    """True if a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def main() -> int:
    """Set up and become the server; returns only when something is in the way."""
    parser = argparse.ArgumentParser(description="Set up and start Xinxing.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="8000")
    options = parser.parse_args()
    if not options.port.isdigit() or not 0 < int(options.port) < 65536:
        print(f"PORT must be a number from 1 to 65535, not {options.port!r}.", file=sys.stderr)
        return 2
    port = int(options.port)
    if not port_is_free(options.host, port):
        other = port + 1 if port < 65535 else 8000
        print(
            f"Port {port} on {options.host} is busy or not allowed. Stop what uses it (perhaps an earlier `make run`; "
            f"`ss -ltnp | grep :{port}` names it), or choose another one: make run PORT={other}",
            file=sys.stderr,
        )
        return 1
    say("Setting up (what is done already is skipped)")
    code = guarded(lambda: prepare("demo"))
    if code == 0:
        os.chdir(ROOT)
        python = str(VENV_PYTHON)
        os.execv(python, [python, "manage.py", "serve", "--host", options.host, "--port", str(port)])  # noqa: S606
    return code


if __name__ == "__main__":
    sys.exit(main())
