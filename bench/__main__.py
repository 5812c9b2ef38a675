"""`python -m bench`: a table and bench/results.json."""

import argparse
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from bench.client import exchange, numbered, request_bytes
from bench.server import HOST, ROOT, Site, cpu_seconds

RESULTS = Path(__file__).parent / "results.json"
WARM_UP = 30
LINE = "{:<14} {:<11} {:>5} {:>8} {:>8} {:>14}"
BARE = {"name": "bare", "method": "GET", "path": "/bare/", "headers": {}, "status": 200}


def statements(order: dict) -> int:
    """Ask until nothing is cold any more; returns the SQL statements of the last request. Ends on a wrong status."""
    count = 0
    request = request_bytes(order)
    for number in range(WARM_UP):
        with socket.create_connection((HOST, order["port"]), timeout=30) as connection:
            head, body = exchange(connection, numbered(request, number))
        status = int(head.split(b" ", 2)[1])
        if status != order["status"]:
            raise SystemExit(f"{order['name']}: {status}, not {order['status']}, at {order['path']}\n{body[:600]!r}")
        count = int(head.lower().split(b"x-bench-sql:", 1)[1].split(b"\r\n", 1)[0])
    return count


def load(order: dict, master: int, options: argparse.Namespace) -> tuple[float, float]:
    """Requests per second and CPU milliseconds per request, from a client in another process."""
    order = {**order, "connections": 4, "seconds": options.seconds, "limit": options.limit}
    before = cpu_seconds(master)
    command = [sys.executable, "-m", "bench.client"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(order), capture_output=True, text=True, check=True)
    spent = cpu_seconds(master) - before
    seen = json.loads(done.stdout)
    if seen["wrong"] or not seen["answers"]:
        raise SystemExit(f"{order['name']}: {seen['wrong']} wrong, {seen['answers']} answers: {seen['first_wrong']}")
    return seen["answers"] / seen["seconds"], spent * 1000 / seen["answers"]


def measure(site: Site, options: argparse.Namespace) -> list[dict]:
    """Seed, start, and measure every page between two measurements of the bare view."""
    site.seed(options.learners)
    orders = json.loads(
        site.python("manage.py", "shell", "--no-imports", "-c", "from bench.targets import main; main()")
        .strip()
        .splitlines()[-1]
    )
    rows = []
    with site.running() as master:
        bare = {**BARE, "host": HOST, "port": site.port}
        statements(bare)
        for target in orders:
            order = {**target, "host": HOST, "port": site.port}
            sql = statements(order)
            before, _cpu = load(bare, master, options)
            rps, cpu = load(order, master, options)
            after, _cpu = load(bare, master, options)
            row = {"name": order["name"], "database": site.name, "sql": sql, "cpu_ms": round(cpu, 2)}
            row |= {"rps": round(rps, 1), "ratio_to_bare": round(rps / ((before + after) / 2), 4)}
            rows.append(row)
            print(LINE.format(*(str(value) for value in row.values())), flush=True)
    return rows


def postgresql() -> str:
    """The address of an empty database for the benchmark; servers are found or started."""
    command = [sys.executable, "bin/services.py", "xinxing_bench", "--empty"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split("DATABASE_URL='", 1)[1].split("'", 1)[0]


def main() -> None:
    """Measure on the databases asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure five pages.")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--learners", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each page")
    parser.add_argument("--limit", type=int, default=20_000, help="requests for each page at most")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, shared with the client. Compare ratios and CPU time, not rates.\n")
    print(LINE.format("name", "database", "sql", "cpu_ms", "rps", "ratio_to_bare"), flush=True)
    rows = []
    for name in options.databases.split(","):
        rows += measure(Site(name, postgresql() if name == "postgresql" else ""), options)
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
