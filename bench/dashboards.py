"""What the dashboards cost with 500 units and five steps, for few and for many learners.

Runs inside `manage.py shell` on a migrated, otherwise empty database, once for each number of learners:

    from bench.dashboards import main; main(300_000)

Prints one line of JSON: for each page its statements, milliseconds by the clock, and of CPU of Python and of PostgreSQL
(the best of some rounds). The clock moves with whatever else the machine does; the CPU hardly.
People are made by INSERT … SELECT from one row, the figures by the commands that keep them.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connection, models
from django.test import Client
from django.utils import timezone

import dashboards.actions
import programmes.actions
from accounts.models import User
from exams.models import Attempt, Paper, PaperStep, Score
from organisations.models import Membership, Organisation, Role
from practice.models import Deed, PractiseStep
from programmes.models import Enrolment, Programme, Reminder, Step, StepCompletion

UNITS = 500
ROUNDS = 9
KINDS = ("exam", "practise")


def multiply(template: models.Model, count: int, columns: Mapping[str, str], where: str = "i > 1") -> None:
    """Rows like `template`, which is the first of `count`. `columns` are SQL expressions of the number `i` (from 2)."""
    meta = template._meta
    names = [field.column for field in meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    chosen = ", ".join(columns.get(name, f"t.{quote(name)}") for name in names)
    sql = (
        f"INSERT INTO {quote(meta.db_table)} ({', '.join(map(quote, names))}) "
        f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        f"SELECT {chosen} FROM n CROSS JOIN {quote(meta.db_table)} t WHERE t.{quote(meta.pk.column)} = {template.pk} "
        f"AND {where}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)


def code(prefix: str) -> str:
    """A unique text of at most twelve characters."""
    return f"'{prefix}' || CAST(i AS VARCHAR(12))"


def units() -> tuple[Organisation, list[Organisation]]:
    """A city with departments, schools and enterprises."""
    city = Organisation.objects.create(kind="city", name="city", district_code="320500", path="c/")
    Organisation.objects.filter(pk=city.pk).update(path=f"{city.pk}/")
    city.refresh_from_db()
    kinds = ("department", "school", "enterprise")
    rows = [
        Organisation(kind=kinds[n % 3], name=f"unit {n}", parent=city, order=n, district_code=f"32058{n % 9}")
        for n in range(UNITS)
    ]
    Organisation.objects.bulk_create(rows)
    found = list(Organisation.objects.filter(parent=city).order_by("pk"))
    for unit in found:
        unit.path = f"{city.path}{unit.pk}/"
    Organisation.objects.bulk_update(found, ["path"], batch_size=200)
    return city, found


def programme(today: date) -> tuple[Programme, list[Step]]:
    """Half of its days are over."""
    made = Programme.objects.create(
        slug="bench",
        title="bench",
        audience="civil_servant",
        opens_on=today - timedelta(days=60),
        closes_on=today + timedelta(days=60),
        state="open",
    )
    kinds = ("course", "drill", "exam", "pledge", "practise")
    return made, [
        Step.objects.create(programme=made, stage=n, position=1, kind=kind, title=f"S{n}")
        for n, kind in enumerate(kinds, 1)
    ]


def people(count: int, found: list[Organisation], made: Programme, steps: list[Step], today: date) -> None:
    """Two of five are through, the others somewhere; some have deeds that wait, and were reminded."""
    now = timezone.now()
    first = found[0].pk
    user = User.objects.create(username="p1", name="P1", password="!")
    multiply(user, count, {"public_id": code("u"), "username": code("p"), "name": code("P")})
    low = user.pk - 1
    home = Membership.objects.create(user=user, organisation=found[1], is_home=True, from_on=today)
    at_home = {"user_id": f"{low} + i", "organisation_id": f"{first} + (i % {UNITS})"}
    multiply(home, count, at_home)
    template = Enrolment.objects.create(
        programme=made, user=user, organisation=found[1], enrolled_at=now - timedelta(days=30), due_on=today
    )
    moment = "TIMESTAMPTZ '2026-11-01 00:00:00+00'" if connection.vendor == "postgresql" else "'2026-11-01 00:00:00'"
    multiply(
        template,
        count,
        {
            "public_id": code("e"),
            **at_home,
            "outlook": "CASE WHEN i % 5 < 2 THEN 0 ELSE (i / 5) % 4 END",
            "finished_at": f"CASE WHEN i % 5 < 2 THEN {moment} ELSE NULL END",
        },
    )
    low = template.pk - 1
    for number, step in enumerate(steps):
        row = StepCompletion.objects.create(
            enrolment_id=low + 1, step=step, completed_at=now, source="bench:0", counted=True
        )
        multiply(row, count, {"enrolment_id": f"{low} + i"}, where=f"i % 5 < {max(5 - number, 2)}")
    exams(count, low, steps[2], now)
    PractiseStep.objects.create(step=steps[4], required_deeds=2)
    deed = Deed.objects.create(
        enrolment_id=low + 1, practise_step=PractiseStep.objects.get(), sentence="s", happened_on=today, recorded_at=now
    )
    multiply(deed, count // 50, {"public_id": code("d"), "enrolment_id": f"{low} + i * 50"})
    leader = User.objects.create(username="leader")
    told = Reminder.objects.create(enrolment_id=low + 1, kind="by_hand", due_on=today, sent_at=now, by=leader)
    multiply(told, count // 10, {"enrolment_id": f"{low} + i * 10"})


def exams(count: int, low: int, step: Step, now: Any) -> None:
    """An attempt with a score for three of five."""
    paper = Paper.objects.create(title="paper", slug="bench", mode="exam", minutes=60, pass_mark=60)
    PaperStep.objects.create(step=step, paper=paper)
    attempt = Attempt.objects.create(
        enrolment_id=low + 1, step=step, paper=paper, number=1, seed="s", drawn=[], started_at=now, pass_mark=60,
        state="submitted", submitted_at=now, passed=True,
    )  # fmt: skip
    multiply(attempt, count, {"public_id": code("a"), "enrolment_id": f"{low} + i"}, where="i % 5 < 3")
    score = Score.objects.create(
        attempt=attempt, points=80, max_points=100, passed=True, marks=[], by_topic={},
        inputs="x", marked_at=now,
    )  # fmt: skip
    multiply(score, Attempt.objects.count(), {"attempt_id": f"{attempt.pk - 1} + i", "points": "60 + i % 40"})


def leaders(city: Organisation, found: list[Organisation]) -> dict[str, User]:
    """Who leads the city, who leads one unit, and the credit office."""
    city_leader = User.objects.get(username="leader")
    unit_leader = User.objects.create(username="unit-leader")
    office = User.objects.create(username="office")
    today = timezone.localdate()
    for user, unit in ((city_leader, city), (unit_leader, found[7])):
        Membership.objects.create(user=user, organisation=unit, role=Role.COORDINATOR, from_on=today)
    group = Group.objects.create(name="bench office")
    group.permissions.add(Permission.objects.get(codename="change_programme", content_type__app_label="programmes"))
    office.groups.add(group)
    return {"city": city_leader, "unit": unit_leader, "office": office}


def seed(count: int) -> tuple[dict[str, User], dict[str, tuple[str, str]]]:
    """Everything, and the pages: name → (who asks, address)."""
    today = timezone.localdate()
    city, found = units()
    made, steps = programme(today)
    people(count, found, made, steps, today)
    programmes.actions.rebuild_tallies()
    while programmes.actions.fold_tallies():
        pass
    for weeks in range(10, -1, -1):
        programmes.actions.keep_week(today=today - timedelta(weeks=weeks))
    dashboards.actions.count_exams(today=today)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":  # helpers of a statement would be processes that nobody counts
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    own = found[7].code
    someone = Enrolment.objects.filter(organisation=found[7], finished_at=None).order_by("pk")[0]
    return leaders(city, found), {
        "city's coordinator": ("city", f"/dashboards/{city.code}/"),
        "overdue ones": ("city", f"/dashboards/{city.code}/?outlook=3"),
        "without a step": ("city", f"/dashboards/{city.code}/?step={steps[1].public_id}"),
        "page 20 of people": ("city", f"/dashboards/{city.code}/?page=20"),
        "one unit": ("unit", f"/dashboards/{own}/"),
        "one person": ("unit", f"/dashboards/people/{someone.public_id}/"),
        "credit office, a unit": ("office", f"/dashboards/{own}/"),
        "credit office, the city": ("office", f"/dashboards/{city.code}/"),
        "all units by kind": ("office", "/city/"),
        "all units by district": ("office", "/city/?group=district&page=3"),
        "all units, for a coordinator": ("city", "/city/"),
        "reports": ("city", "/reports/"),
        "a report's form": ("city", f"/reports/new/{city.code}/"),
    }


def measured(ask: Callable[[], object]) -> dict[str, float | int]:
    """Statements of one warm request, and the best of some rounds."""
    ask()
    seen: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        ask()
    rounds = []
    for _ in range(ROUNDS):
        cpu, database, clock = time.process_time(), database_seconds(), time.perf_counter()
        ask()
        spent = time.process_time() - cpu, database_seconds() - database
        rounds.append((time.perf_counter() - clock, *spent))
    clock_ms, cpu_ms, db_ms = (round(min(column) * 1000, 1) for column in zip(*rounds, strict=True))
    return {"sql": len(seen), "ms": clock_ms, "cpu_ms": cpu_ms, "db_cpu_ms": db_ms}


def database_seconds() -> float:
    """How long the PostgreSQL process that serves us has run on a CPU; 0 on SQLite, which runs inside Python."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    ran = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text(encoding="ascii").split()[0]
    return int(ran) / 1e9


def main(count: int) -> None:
    """Seed and measure; print the rows."""
    begin = time.perf_counter()
    who, pages = seed(count)
    rows = {"seed": {"sql": 0, "ms": round((time.perf_counter() - begin) * 1000), "cpu_ms": 0, "db_cpu_ms": 0}}
    clients = {}
    for name, user in who.items():
        clients[name] = Client(headers={"host": "localhost"})
        clients[name].force_login(user)
    for name, (asks, address) in pages.items():

        def ask(client: Client = clients[asks], address: str = address) -> None:
            status = client.get(address).status_code
            assert status == 200, (address, status)

        rows[name] = measured(ask)
    begin = time.perf_counter()
    differing = programmes.actions.rebuild_tallies(check=True) + dashboards.actions.count_exams(check=True)
    took = round((time.perf_counter() - begin) * 1000)
    rows["compare all figures"] = {"sql": 0, "ms": took, "cpu_ms": 0, "db_cpu_ms": 0}
    assert differing == 0, differing
    print(json.dumps(rows))
