"""A process that knows the database of a log under attack, and forks the processes that are killed.

Answers one line of JSON with another: `["verb", {arguments}]`. A fork is cheap; each sequencer and each writer is one.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import CommandError, call_command  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402

from foundation.ledger import files, queries  # noqa: E402
from foundation.ledger.actions import append  # noqa: E402
from foundation.ledger.models import LogPlace, LogState, LogWaiting  # noqa: E402
from foundation.ledger.sequencer import limits, points  # noqa: E402
from foundation.writeonce import lifted  # noqa: E402
from tlog.leaf import commitment  # noqa: E402
from tlog.reader import Reader, audit  # noqa: E402

FOLDER = Path(os.environ["XINXING_VAR_DIR"])
ACKED = FOLDER / "acked.txt"
Wound = dict[str, Any]


def write(count: int = 5, name: str = "") -> int:
    """Insert so many entries in one transaction and write down their names once the database has committed."""
    name = name or f"{os.getpid()}-{time.monotonic_ns()}"
    keys = [f"pledge:{name}-{n}:add" for n in range(count)]
    with transaction.atomic():
        for key in keys:
            append(event_key=key, kind="pledge", op="add", commitment=commitment({"k": key}, bytes(32)))
    with ACKED.open("a", encoding="ascii") as file:
        file.write("".join(f"{key}\n" for key in keys))
    return count


def _load() -> None:
    """Write until killed, whatever happens to the database."""
    while True:
        try:
            write(random.choice([1, 3, 20]))
        except DatabaseError:
            connection.close()
        time.sleep(0.02)


def load() -> int:
    """Start a writer; returns its process id."""
    return _fork(_load, {})


def end(pid: int) -> int:
    """kill -9 a process; returns how it ended."""
    os.kill(pid, signal.SIGKILL)
    return wait(pid)


def wait(pid: int) -> int:
    """Wait for a process; its exit code, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _fork(work: Any, wound: Wound) -> int:
    connection.close()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _wounded(wound)
        work()
        code = 0
    except CommandError as told:
        (FOLDER / "told.txt").write_text(str(told), encoding="utf-8")
    finally:
        os._exit(code)


def sequencer(wound: Wound | None = None, once: bool = True, folder: str = "") -> int:
    """Start `manage.py sequence`; returns its process id. `wound` says what breaks in it."""

    def run() -> None:
        if folder:
            settings.LOG_DIR, settings.LOG_MEMORY_FILE = Path(folder), ""
        call_command("sequence", once=once, interval=0.02, stdout=open(os.devnull, "w"))  # noqa: SIM115

    return _fork(run, wound or {})


def sequence(wound: Wound | None = None) -> list[Any]:
    """Run a sequencer to its end: `[exit code, what it said]`."""
    (FOLDER / "told.txt").unlink(missing_ok=True)
    code = wait(sequencer(wound))
    return [code, (FOLDER / "told.txt").read_text(encoding="utf-8") if (FOLDER / "told.txt").exists() else ""]


def _wounded(wound: Wound) -> None:
    """Break what is to be broken, in this process only."""
    random.seed(wound.get("seed", os.getpid()))
    points.reached = lambda point: _reached(point, wound)
    if "call" in wound:
        _break(wound["call"], wound["number"], wound["nth"])
    if "database" in wound:  # through a proxy that can go silent
        connection.settings_dict["HOST"], connection.settings_dict["PORT"] = "127.0.0.1", wound["database"]
        limits.LIMITS.update(idle_in_transaction_session_timeout="2s", lock_timeout="2s")
        limits.STUCK_SECONDS = 4.0


def _reached(point: str, wound: Wound) -> None:
    if point == wound.get("at") or random.random() < wound.get("chance", 0.0):
        wound["skip"] = wound.get("skip", 0) - 1
        if wound["skip"] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    if point == wound.get("hold"):
        (FOLDER / "held").touch()
        while (FOLDER / "held").exists():
            time.sleep(0.02)
    if point == wound.get("flip"):
        flip(LogPlace.objects.order_by("-place").values_list("place", flat=True)[0])


def _break(name: str, number: int, nth: int) -> None:
    """The nth call of os.fsync, os.replace or os.write through a file fails with this number, once."""
    left = [nth]
    real = getattr(os, name if name != "write" else "fdopen")

    def broken(*arguments: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(number, os.strerror(number))
        return real(*arguments, **more)

    setattr(os, name if name != "write" else "fdopen", broken)


def flip(place: int) -> None:
    """One bit of a row turns over, past every trigger."""
    leaf = bytes(LogPlace.objects.get(place=place).leaf)
    data = leaf[:10] + bytes([leaf[10] ^ 1]) + leaf[11:]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("UPDATE ledger_logplace SET leaf = %s WHERE place = %s", [data, place])
            cursor.execute("SET session_replication_role = DEFAULT")
        return
    with lifted(only="ledger.LogPlace"):
        LogPlace.objects.filter(place=place).update(leaf=data)


def shown() -> list[Any]:
    """`[size, root]` of the published head, to be remembered by the test."""
    head = files.published()
    return [head.checkpoint.size, head.checkpoint.root.hex()] if head else [0, ""]


def last_place() -> int:
    """The last place that was given."""
    return LogPlace.objects.count() - 1


def audited() -> str:
    """What `audit_log` says against the log as published; empty if all holds."""
    try:
        call_command("audit_log", stdout=open(os.devnull, "w"))  # noqa: SIM115
    except CommandError as told:
        return str(told)
    return ""


def reckon(seen: list[list[Any]]) -> dict[str, Any]:
    """What became of everything that was acknowledged, by the published files alone; and whether every head that
    anybody saw is a beginning of the log as it is now."""
    head = files.published()
    assert head is not None
    size, root = head.checkpoint.size, head.checkpoint.root
    audit(size, root, files.get)
    reader = Reader(size, root, files.get)
    for number, hexed in seen:
        if number:
            reader.consistency(number, bytes.fromhex(hexed))
    entries = [entry for n in range((size + 255) // 256) for entry in reader.entries(n)]
    logged = [json.loads(entry)["c"] for entry in entries]
    acked = ACKED.read_text(encoding="ascii").split() if ACKED.exists() else []
    wanted = {commitment({"k": key}, bytes(32)) for key in acked}
    queries.check_log()
    return {
        "acked": len(acked),
        "lost": len(wanted - set(logged)),
        "duplicated": len(logged) - len(set(logged)),
        "waiting": LogWaiting.objects.count(),
        "size": size,
    }


def signed_size() -> int:
    """How far the database says that the log is signed."""
    return LogState.objects.get().size


VERBS = {
    f.__name__: f
    for f in (write, load, end, wait, sequencer, sequence, flip, shown, last_place, audited, reckon, signed_size)
}


def _serve() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        verb, arguments = json.loads(line)
        try:
            reply = {"said": VERBS[verb](**arguments)}
        except Exception as error:  # told to the test, which fails with it
            reply = {"problem": f"{verb}: {type(error).__name__}: {error}"}
        connection.close()
        out.write(json.dumps(reply) + "\n")
        out.flush()


if __name__ == "__main__":
    _serve()
