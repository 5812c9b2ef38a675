"""A migrated SQLite database, made once for each state of the migrations and copied by whoever needs one.

Migrating from nothing takes most of a minute, and a run of all tests needs six such databases.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "migrated"


def _state() -> str:
    """What the database depends on: our migrations, and the packages that bring their own."""
    told = hashlib.sha256()
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]):
        told.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    told.update((ROOT / "requirements" / "base.lock").read_bytes())
    return told.hexdigest()[:16]


def _made(target: Path) -> None:
    """Migrate an empty file in a process of its own; it appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "XINXING_TEST_DB"}}
        environment = {**kept, "DJANGO_SETTINGS_MODULE": "elearning.settings.test", "XINXING_VAR_DIR": folder}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        os.replace(Path(folder) / "xinxing.sqlite3", target)  # the last connection has folded its log into it


def copy_to(path: Path) -> None:
    """Put a migrated database at `path`, whatever is there. A `migrate` on it finds only its last signals to do."""
    KEPT.mkdir(parents=True, exist_ok=True)
    source = KEPT / f"{_state()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:  # of several processes one migrates and the others wait
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not source.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            _made(source)
    for leftover in (f"{path}-wal", f"{path}-shm"):
        Path(leftover).unlink(missing_ok=True)
    shutil.copyfile(source, path)
