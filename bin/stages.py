"""Stages of the set-up that remember, by the content of their inputs, that they are done. Standard library only."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
VAR = Path(os.environ.get("XINXING_VAR_DIR") or ROOT / "var").resolve()
STAMPS = VAR / "stamps"
LOGS = VAR / "log"
SKIPPED_FOLDERS = {"var", "node_modules", "__pycache__", "bench"}


class SetupError(Exception):
    """Something a person has to mend; the text says what and how."""


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def matching(patterns: Iterable[str], without: Iterable[str] = ()) -> list[Path]:
    """All files of the project that match one of the glob patterns, sorted, generated folders left out."""
    found: set[Path] = set()
    for pattern in patterns:
        for path in ROOT.glob(pattern):
            inside = path.relative_to(ROOT).parts
            if path.is_file() and not any(p in SKIPPED_FOLDERS or p.startswith(".") for p in inside[:-1]):
                found.add(path)
    dropped = {ROOT / name for name in without}
    return sorted(found - dropped)


def fingerprint(paths: Iterable[Path], *extra: str) -> str:
    """SHA-256 over names, contents and `extra`."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    for text in extra:
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()


def run(name: str, command: Sequence[str], hint: str = "", **environment: str) -> None:
    """Run one command with its output in var/log/setup-NAME.log; on failure raise SetupError with the last lines."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"setup-{name}.log"
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(command)}\n".encode())
        output.flush()
        start = output.tell()
        code = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **environment}
        ).returncode
    if code:
        with log.open("rb") as written:
            written.seek(start)
            last = written.read().decode(errors="replace").strip().splitlines()[-15:]
        raise SetupError("\n".join([*last, "", f"{name}: it did not work (full output: {log}).", hint]).rstrip())


def manage(name: str, *arguments: str) -> None:
    """Run a management command in the project's environment."""
    run(name, [str(VENV_PYTHON), "manage.py", *arguments], XINXING_LOG_LEVEL="WARNING")


@dataclass
class Stage:
    """A step of the set-up: skipped while its inputs are unchanged and what it made is still there."""

    name: str
    title: str
    work: Callable[[], None]
    key: Callable[[], str]
    made: Callable[[], bool] = field(default=lambda: True)
    folder: Path = STAMPS

    @property
    def stamp(self) -> Path:
        """The file that says "done"; it is written last, so a run that was killed half-way is done again."""
        return self.folder / self.name

    def token(self) -> str:
        """A word that changes whenever the stage was really run; later stages put it into their keys."""
        return self.stamp.read_text(encoding="utf-8") if self.stamp.exists() else ""

    def ensure(self) -> None:
        """Run the stage unless its stamp fits."""
        key = self.key()
        if self.token().split(" ")[0] == key and self.made():
            return
        if self.stamp.exists():
            self.stamp.unlink()
        sys.stdout.write(f"  {self.title} … ")
        sys.stdout.flush()
        began = time.monotonic()
        try:
            self.work()
        except BaseException:
            say("stopped")
            raise
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.stamp.with_suffix(".partial")
        partial.write_text(f"{key} {secrets.token_hex(8)}", encoding="utf-8")
        partial.replace(self.stamp)
        say(f"{time.monotonic() - began:.0f} s")
