"""Somebody inside the site: knows the right answers, opens accounts and moves learners on by the site's own actions.

Runs as a process of its own with the site's settings and answers one line of JSON with another, so that neither the
test process nor the pages need to know what only the database knows.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Insider:
    """The test's end of the line."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.insider"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, verb: str, **arguments: Any) -> Any:
        """What the function named `verb` below says."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([verb, arguments]) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        assert "problem" not in reply, reply["problem"]
        return reply["said"]

    def leave(self) -> None:
        """End the process."""
        self.process.communicate(timeout=30)


def _serve() -> None:
    import django  # noqa: PLC0415  # this process is told its settings by the environment

    django.setup()
    from tests.e2e import inside  # noqa: PLC0415

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the site prints must not get between the answers
    for line in sys.stdin:
        verb, arguments = json.loads(line)
        try:
            reply = {"said": getattr(inside, verb)(**arguments)}
        except Exception as error:  # told to the test, which fails with it
            reply = {"problem": f"{verb}: {type(error).__name__}: {error}"}
        out.write(json.dumps(reply) + "\n")
        out.flush()


if __name__ == "__main__":
    _serve()
