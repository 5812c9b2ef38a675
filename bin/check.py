"""Every check that needs no database server, cheap ones first; runs inside .venv. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
TEMPLATES = ["templates", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("[a-z]*/**/templates"))]
APPS = sorted(path.parent.parent.name for path in ROOT.glob("[a-z]*/migrations/__init__.py"))

CHECKS: list[tuple[str, list[str]]] = [
    ("code style", ["ruff", "check", "."]),
    ("code format", ["ruff", "format", "--check", "."]),
    ("import contracts", ["lint-imports"]),
    ("templates", ["djlint", "--lint", "--quiet", *[name for name in TEMPLATES if (ROOT / name).is_dir()]]),
    ("missing migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("translations", ["python", "manage.py", "catalogues", "check"]),
    ("house rules", ["python", "-m", "pytest", "tests/architecture", "tests/docs"]),
    ("types", ["mypy", "elearning", *APPS, "foundation", "tlog"]),
]


def main() -> int:
    """Run all of them but those named after `--without`, show the output of those that fail; returns 1 if one did."""
    without = set(sys.argv[2:]) if sys.argv[1:2] == ["--without"] else set()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "elearning.settings.test"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    failed = []
    for name, command in CHECKS:
        if name in without:
            continue
        began = time.monotonic()
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        word = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:20} {word}  {time.monotonic() - began:.0f} s", flush=True)
        if done.returncode:
            failed.append(name)
            lines = done.stdout.rstrip().splitlines()
            print("\n".join(lines if len(lines) <= 80 else ["…", *lines[-80:]]), flush=True)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
