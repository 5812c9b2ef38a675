"""`python -m bench`: a table and bench/results.json."""

import argparse
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from bench.client import exchange, numbered, request_bytes
from bench.server import HOST, ROOT, Site, cpu_seconds, database_seconds

RESULTS = Path(__file__).parent / "results.json"
WARM_UP = 30
LINE = "{:<20} {:<11} {:>5} {:>8} {:>8} {:>8} {:>14}  {}"
COLUMNS = ("name", "database", "sql", "cpu_ms", "db_cpu_ms", "rps", "ratio_to_bare")
BARE = {"name": "bare", "method": "GET", "path": "/bare/", "headers": {}, "status": 200}


def show(row: dict) -> None:
    """One line of the table."""
    rest = {name: value for name, value in row.items() if name not in COLUMNS}
    words = ", ".join(f"{name} {value}" for name, value in rest.items())
    print(LINE.format(*("" if row.get(name) is None else str(row[name]) for name in COLUMNS), words), flush=True)


def statements(order: dict) -> int:
    """Ask until nothing is cold any more; returns the SQL statements of the last request. Ends on a wrong status.

    What can be asked only once is used up from the front of `each`.
    """
    count = 0
    for number in range(WARM_UP):
        request = request_bytes(order)
        if "each" in order:
            path, headers = order["each"].pop(0)
            request = request_bytes({**order, "path": path, "headers": headers})
        with socket.create_connection((HOST, order["port"]), timeout=120) as connection:
            head, body = exchange(connection, numbered(request, number))
        status = int(head.split(b" ", 2)[1])
        if status != order["status"]:
            raise SystemExit(f"{order['name']}: {status}, not {order['status']}, at {order['path']}\n{body[:600]!r}")
        count = int(head.lower().split(b"x-bench-sql:", 1)[1].split(b"\r\n", 1)[0])
    return count


def load(order: dict, master: int, options: argparse.Namespace) -> tuple[float, float, float]:
    """Requests per second, and CPU milliseconds per request of the server and of PostgreSQL, from a client in another
    process."""
    order = {**order, "connections": 4, "seconds": options.seconds, "limit": options.limit}
    before, database = cpu_seconds(master), database_seconds()
    command = [sys.executable, "-m", "bench.client"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(order), capture_output=True, text=True, check=True)
    spent, database = cpu_seconds(master) - before, database_seconds() - database
    seen = json.loads(done.stdout)
    if seen["wrong"] or not seen["answers"]:
        raise SystemExit(f"{order['name']}: {seen['wrong']} wrong, {seen['answers']} answers: {seen['first_wrong']}")
    return seen["answers"] / seen["seconds"], spent * 1000 / seen["answers"], database * 1000 / seen["answers"]


def orders_of(site: Site, options: argparse.Namespace) -> tuple[list[dict], list[dict]]:
    """What to ask, and the rows of what was measured already."""
    orders, rows = [], []
    if "pages" in options.parts:
        orders = site.told("from bench.targets import main; main()")
    if "pdf" in options.parts and site.name == "sqlite":
        rows.append({"database": "none", "sql": 0, "db_cpu_ms": 0, **site.told("from bench.pdf import main; main()")})
    if "exams" in options.parts:
        told = site.told(f"from bench.exams import main; main({options.items}, {options.count})")
        orders += told["orders"]
        rows += [{"database": site.name, "ratio_to_bare": None, **row} for row in told["assembly"]]
        for order in orders:
            if order["name"] == "exam-submit-50":
                order["bytes"] = told["bytes"]
    if "log" in options.parts.split(","):
        told = site.told(f"from bench.log import main; main({options.entries})")
        rows += [{"database": site.name, "ratio_to_bare": None, **row} for row in told]
    return orders, rows


def registry_rows(site: Site, options: argparse.Namespace) -> list[dict]:
    """Every question to the registry at each size, with its cost compared with that at the first size."""
    rows, first = [], {}
    for size in map(int, options.letters.split(",")):
        told = site.told(f"from bench.registry import main; main({size})")
        print(f"registry: {size} letters, seeded in {told['seeded_in']} s", flush=True)
        for row in told["rows"]:
            cost = row["cpu_ms"] + row["db_cpu_ms"]
            first.setdefault(row["name"], cost)
            more = {"database": site.name, "ratio_to_first": round(cost / first[row["name"]], 2)}
            rows.append({**row, **more, "name": f"registry-{size}: {row['name']}"})
            show(rows[-1])
    return rows


def letter_rows(site: Site) -> list[dict]:
    """Signing, and how long it takes until the proof is published, with the worker running."""
    with site.worker():
        told = site.told("from bench.letters import main; main()")
    rows = [{**row, "database": site.name} for row in told]
    for row in rows:
        show(row)
    return rows


def measure(site: Site, options: argparse.Namespace) -> list[dict]:
    """What was asked for, each part with what it needs."""
    rows = []
    if "registry" in options.parts:
        site.prepare()
        rows += registry_rows(site, options)
    if {"letters", "pages", "exams", "pdf", "log"} & set(options.parts.split(",")):
        site.seed(options.learners)
    if "letters" in options.parts:
        rows += letter_rows(site)
    return rows + (pages(site, options) if {"pages", "exams", "pdf", "log"} & set(options.parts.split(",")) else [])


def pages(site: Site, options: argparse.Namespace) -> list[dict]:
    """Start, and measure every page between two measurements of the view that it is compared with."""
    orders, rows = orders_of(site, options)
    for row in rows:
        show(row)
    with site.running() as master:
        bare = {**BARE, "host": HOST, "port": site.port}
        statements(bare)
        for target in orders:
            order = {**target, "host": HOST, "port": site.port}
            row = measured(order, bare, master, options)
            row["database"] = site.name
            rows.append(row)
            show(row)
    return rows


def measured(order: dict, bare: dict, master: int, options: argparse.Namespace) -> dict:
    """One row. Saving an answer is compared, by CPU time, with a view that inserts one row; the rest, by rate, with a
    view that does nothing."""
    is_save = order["name"] == "answer-save"
    if is_save:
        bare = {**order, "name": "bare-row", "path": "/bare/row/"}
        statements(bare)
    sql = statements(order)
    before, cpu_before, _database = load(bare, master, options)
    rps, cpu, database = load(order, master, options)
    after, cpu_after, _database = load(bare, master, options)
    ratio = cpu / ((cpu_before + cpu_after) / 2) if is_save else rps / ((before + after) / 2)
    row = {"name": order["name"], "sql": sql, "cpu_ms": round(cpu, 2), "db_cpu_ms": round(database, 2)}
    row |= {"rps": round(rps, 1), "ratio_to_bare": round(ratio, 4)}
    if is_save:
        row["bare_cpu_ms"] = round((cpu_before + cpu_after) / 2, 2)
    if "bytes" in order:
        row["bytes"] = order["bytes"]
    return row


PEOPLE = (3_000, 300_000)


def dashboards(name: str) -> list[dict]:
    """Every dashboard with few and with many learners, each in a database of its own: `ratio` compares the CPU."""
    told = []
    for people in PEOPLE:
        site = Site(f"dashboards-{name}", postgresql() if name == "postgresql" else "")
        site.prepare()
        told.append(site.told(f"from bench.dashboards import main; main({people})"))
    few, many = told
    rows = []
    for page, row in many.items():
        before, now = (found["cpu_ms"] + found["db_cpu_ms"] for found in (few[page], row))
        more = {"cost_few": round(before, 1), "ratio": round(now / before, 2) if before else None}
        rows.append({"name": page, "database": name, **row, "ms_few": few[page]["ms"], **more})
        show(rows[-1])
    return rows


def postgresql() -> str:
    """The address of an empty database for the benchmark; servers are found or started."""
    command = [sys.executable, "bin/services.py", "xinxing_bench", "--empty"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split("DATABASE_URL='", 1)[1].split("'", 1)[0]


def main() -> None:
    """Measure on the databases asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure pages and exams.")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--letters", default="10000,100000,1000000", help="sizes of the registry, growing")
    parser.add_argument("--parts", default="pages,exams,pdf,log,dashboards", help="also: registry, letters")
    parser.add_argument("--learners", type=int, default=24)
    parser.add_argument("--items", type=int, default=100_000, help="in the large bank")
    parser.add_argument("--entries", type=int, default=100_000, help="of the public log")
    parser.add_argument("--count", type=int, default=400, help="learners who start, and as many who hand in")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each page")
    parser.add_argument("--limit", type=int, default=20_000, help="requests for each page at most")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, shared with the client. Compare ratios and CPU time, not rates.\n")
    print(LINE.format(*COLUMNS, ""), flush=True)
    rows = []
    for name in options.databases.split(","):
        if "dashboards" in options.parts:
            rows += dashboards(name)
        if options.parts != "dashboards":
            rows += measure(Site(name, postgresql() if name == "postgresql" else ""), options)
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
