"""A witness as a partner runs it: `python -m tlog witness` in a process of its own."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

from tlog.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


class WitnessProcess:
    """Started when told to; its memory lies in `folder`, also while it is away."""

    def __init__(self, folder, name="witness.example", *words):
        self.folder, self.name, self.words = folder, name, words
        folder.mkdir(parents=True, exist_ok=True)
        out = StringIO()
        kind = "ml-dsa-44" if "--ml-dsa-44" in words else "witness"
        assert main(["key", "--name", name, "--kind", kind, "--out", str(folder / "key")], out) == 0
        self.vkey, self.port, self.process = out.getvalue().strip(), 0, None

    def start(self, *vkeys):
        """Watch the logs of these keys; on the same port as before."""
        if vkeys:
            lines = "".join(f"log {vkey}\n" for vkey in vkeys)
            (self.folder / "policy.txt").write_text(f"{lines}quorum none\n", encoding="utf-8")
        command = [sys.executable, "-m", "tlog", "witness", "--name", self.name, "--key", str(self.folder / "key")]
        command += ["--policy", str(self.folder / "policy.txt"), "--folder", str(self.folder / "seen")]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), *self.words], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        url = self.process.stdout.readline().strip()
        self.port = int(url.rstrip("/").rsplit(":", 1)[1])
        return self

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def line(self, name):
        return f"witness {name} {self.vkey} http://127.0.0.1:{self.port}\n"
