"""The second opinion as a process: built once per version of Go and of main.go, below the data folder."""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
GO_MOD = "module second\n\ngo 1.25\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n"


def _go():
    """The folder of the Go tools that requirements/dev.in names."""
    found = importlib.util.find_spec("go")
    assert found is not None and found.origin is not None, "make test installs Go's tools"  # noqa: PT018
    return Path(found.origin).parent


def _build(program):
    """Compile main.go with the copy of x/mod that comes with Go. Needs no network."""
    go = _go()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(go / "src/cmd/vendor/golang.org/x/mod/sumdb", folder / "mod/sumdb")
        (folder / "mod/go.mod").write_text("module golang.org/x/mod\n\ngo 1.25\n", encoding="ascii")
        (folder / "go.mod").write_text(GO_MOD, encoding="ascii")
        shutil.copy(HERE / "main.go", folder)
        environment = dict(os.environ, GOROOT=str(go), GOCACHE=str(folder / "cache"), GOPATH=str(folder / "path"))
        environment.update(GOPROXY="off", GOFLAGS="-mod=mod", GOTOOLCHAIN="local", CGO_ENABLED="0", GOTELEMETRY="off")
        command = [str(go / "bin/go"), "build", "-o", str(program), "."]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        subprocess.run(["chmod", "-R", "u+w", name], check=True)


def program(folder):
    """The compiled program below `folder`, which several test processes may share."""
    folder.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256((_go() / "VERSION").read_bytes() + (HERE / "main.go").read_bytes()).hexdigest()[:16]
    path = folder / f"second-{key}"
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not path.exists():
            _build(path)
    return path


class Second:
    """Asks questions, one line each."""

    def __init__(self, path):
        self._process = subprocess.Popen([str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question):
        """`{"ok": …, "why": …}` and what else the question asks for."""
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def accepts(self, **question):
        return self.ask(**question)["ok"]

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
