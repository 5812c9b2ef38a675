"""`manage.py export_log DIR`: everything that a stranger needs to check every public letter without us."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.ledger import files, keys
from pledges import queries
from tlog.errors import TlogError
from tlog.leaf import canonical
from tlog.reader import Reader


class Command(BaseCommand):
    """DIR/log/… as served, DIR/l/ID.json and DIR/l/ID.tlog-proof of every public letter, DIR/l/ID.1.json … of what was
    said of it later, DIR/.well-known/did.json.

    An older export in DIR is brought up to date: what is not public any more is removed from it.
    """

    help = "Export the public log and every public letter with its proof."

    def add_arguments(self, parser: CommandParser) -> None:
        """DIR."""
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if no log is published, or a file of it is damaged."""
        folder: Path = options["folder"]
        try:
            signed = files.copy_to(folder / "log")
            (folder / "log" / "policy.txt").write_text(keys.policy_text(), encoding="utf-8")
            _put(folder / ".well-known" / "did.json", canonical(queries.issuer_document()))
            head = signed.checkpoint
            reader = Reader(head.size, head.root, files.get, signed)
            written, waiting = _letters(folder / "l", reader)
        except TlogError as wrong:
            raise CommandError(f"{wrong} ({wrong.reason})") from None
        except OSError as wrong:
            raise CommandError(f"a file cannot be read or written: {wrong}") from None
        self.stdout.write(f"{head.size} entries, {written} letters; {waiting} wait for their place")


def _letters(folder: Path, reader: Reader) -> tuple[int, int]:
    """Write the letters; returns how many were written and how many have no place yet."""
    folder.mkdir(parents=True, exist_ok=True)
    stale = {path.name for ending in ("json", "tlog-proof") for path in folder.glob(f"*.{ending}")}
    written = waiting = 0
    for record in queries.public_records().iterator(chunk_size=1000):
        try:
            found = queries.files_of(record, reader)
        except queries.NotYet:
            waiting += 1
            continue
        for name, data in found.items():
            _put(folder / name, data)
        stale -= set(found)
        written += 1
    for statement in queries.public_statements().iterator(chunk_size=1000):
        try:
            said = queries.statement_files(statement, reader)
        except queries.NotYet:
            continue
        for name, data in said.items():
            _put(folder / name, data)
        stale -= set(said)
    for name in stale:
        (folder / name).unlink()
    return written, waiting


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
