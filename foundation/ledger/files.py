"""The published files below settings.LOG_DIR. What is immutable is compared, never overwritten."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tlog import checkpoint
from tlog.checkpoint import SignedCheckpoint
from tlog.errors import Refused
from tlog.tiles import WIDTH
from tlog.witness import write_durably

CHECKPOINT = "checkpoint"


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
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, data)


def put_checkpoint(signed: SignedCheckpoint) -> None:
    """Publish the head of the log, the last step of all."""
    folder().mkdir(parents=True, exist_ok=True)
    write_durably(folder() / CHECKPOINT, signed.note().encode())


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
    for path in sorted((folder() / "tile").rglob("*")):
        if path.is_file() and not path.name.startswith("."):
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
