"""The published files below settings.LOG_DIR. What is immutable is compared, never overwritten."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tlog import checkpoint
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import Refused
from tlog.tiles import WIDTH, tile_path
from tlog.witness import settle, write_durably

CHECKPOINT, POLICY_NOTE = "checkpoint", "policy.note"
ENDED = "old"


def folder() -> Path:
    """Where the log is published from."""
    return Path(settings.LOG_DIR)


def get(path: str) -> bytes:
    """A published file. A partial tile that is gone is cut out of the full one. Raises FileNotFoundError."""
    try:
        return (folder() / path).read_bytes()
    except FileNotFoundError:
        name, partial, width = path.partition(".p/")
        if not partial or name.startswith("tile/entries/") or int(width) >= WIDTH:
            raise
        return (folder() / name).read_bytes()[: int(width) * 32]


def put(path: str, data: bytes) -> None:
    """Publish an immutable file, durably. Raises Refused if another one is there."""
    target = folder() / path
    if target.exists():
        if target.read_bytes() != data:
            raise Refused(f"{path} was published with other bytes", reason="other-bytes")
        settle(target)  # whoever wrote it may have been stopped before the disk had it
        settle(target.parent)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, data)


def put_checkpoint(signed: SignedCheckpoint) -> None:
    """Publish the head of the log, the last step of all."""
    folder().mkdir(parents=True, exist_ok=True)
    write_durably(folder() / CHECKPOINT, signed.note().encode())


def put_policy(note: str) -> None:
    """Publish the signed policy if it is another one than before."""
    target = folder() / POLICY_NOTE
    if not target.exists() or target.read_text(encoding="utf-8") != note:
        write_durably(target, note.encode())


def remember(signed: SignedCheckpoint) -> None:
    """Keep the newest signed head where a restored backup of database and log does not reach."""
    if settings.LOG_MEMORY_FILE:
        path = Path(settings.LOG_MEMORY_FILE)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(path, signed.note().encode())


def remembered() -> SignedCheckpoint | None:
    """What was kept there. Raises TlogError if the file is not a checkpoint."""
    path = Path(settings.LOG_MEMORY_FILE) if settings.LOG_MEMORY_FILE else None
    return checkpoint.parse(path.read_bytes()) if path is not None and path.exists() else None


def tidy(done: int, upto: int) -> None:
    """Remove the partial tiles of tiles that are full in the log of `upto` entries, and were not in that of `done`."""
    level, step = 0, WIDTH
    while upto // step:
        for number in range(done // step, upto // step):
            for name in (level, "entries") if level == 0 else (level,):
                shutil.rmtree(folder() / f"{tile_path(name, number)}.p", ignore_errors=True)
        level, step = level + 1, step * WIDTH


def set_aside(number: int, head: str) -> None:
    """Move the files of a log that ended below old/NUMBER/, with its last head. Repeating it changes nothing."""
    target = folder() / ENDED / str(number)
    target.mkdir(parents=True, exist_ok=True)
    write_durably(target / CHECKPOINT, head.encode())
    if (folder() / "tile").exists() and not (target / "tile").exists():
        os.replace(folder() / "tile", target / "tile")
    for name in (CHECKPOINT, POLICY_NOTE):
        (folder() / name).unlink(missing_ok=True)
    settle(target)
    settle(folder())


def published() -> SignedCheckpoint | None:
    """The published checkpoint. Raises TlogError if the file is not one."""
    try:
        return checkpoint.parse((folder() / CHECKPOINT).read_bytes())
    except FileNotFoundError:
        return None


def copy_to(target: Path) -> SignedCheckpoint:
    """Copy everything that is served below `target`, the head last; returns the head. Raises Refused without a log."""
    signed = published()
    if signed is None:
        raise Refused("no log is published here", reason="no-log")
    served = [folder() / POLICY_NOTE, *(folder() / ENDED).rglob("*"), *(folder() / "tile").rglob("*")]
    for path in sorted(path for path in served if path.is_file() and not path.name.startswith(".")):
        copy = target / path.relative_to(folder())
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    target.mkdir(parents=True, exist_ok=True)
    (target / CHECKPOINT).write_text(signed.note(), encoding="utf-8")
    return signed


@contextmanager
def exclusive() -> Iterator[bool]:
    """True while this process alone may sequence. The lock falls when the process ends, however it ends."""
    folder().mkdir(parents=True, exist_ok=True)
    handle = os.open(folder() / ".sequencer", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
