"""Assign a programme to many people, count and forecast: `python bench/assignments.py [PEOPLE]`.

Uses an empty database of its own (`XINXING_VAR_DIR`, or `DATABASE_URL`), which it fills; never one that matters.
"""

import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "elearning.settings.base")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from foundation.jobs import worker  # noqa: E402
from foundation.workdays import calendar  # noqa: E402
from organisations.models import Membership, Organisation  # noqa: E402
from programmes import actions, queries  # noqa: E402
from programmes.contracts import Evidence  # noqa: E402
from programmes.models import Enrolment, Programme, Step  # noqa: E402

UNITS = 500
BATCH = 5000


def clock(name: str, begin: float) -> None:
    """One line of the report."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:42} {time.perf_counter() - begin:8.2f} s   {memory} MB", flush=True)


def fill(people: int) -> tuple[Programme, Organisation]:
    """A city of 500 units with `people` people, and an open programme of five steps."""
    city = Organisation.objects.create(kind="city", name="city")
    Organisation.objects.filter(pk=city.pk).update(path=f"{city.pk}/")
    city.refresh_from_db()
    Organisation.objects.bulk_create([Organisation(kind="department", name=f"U{n}", parent=city) for n in range(UNITS)])
    units = list(Organisation.objects.filter(parent=city))
    for unit in units:
        unit.path = f"{city.path}{unit.pk}/"
    Organisation.objects.bulk_update(units, ["path"], batch_size=200)
    today = timezone.localdate()
    for first in range(0, people, BATCH):
        users = [User(username=f"p{n}", name=f"P{n}", password="!") for n in range(first, min(first + BATCH, people))]
        User.objects.bulk_create(users)
        Membership.objects.bulk_create(
            [
                Membership(user=u, organisation=units[n % UNITS], is_home=True, from_on=today)
                for n, u in enumerate(users)
            ]
        )
    closes_on = today.replace(year=today.year + 1, day=1)
    programme = Programme.objects.create(
        slug="bench", title="bench", audience="civil_servant", opens_on=today, closes_on=closes_on, state="open"
    )
    Step.objects.bulk_create(
        [Step(programme=programme, stage=n, position=1, kind="exam", title=f"S{n}") for n in range(1, 6)]
    )
    return programme, city


def work() -> int:
    """Drain the outbox."""
    jobs = 0
    while tried := worker.run_pending(limit=100):
        jobs += tried
    return jobs


def complete(programme: Programme) -> None:
    """Two of three people finish the first step."""
    step = programme.steps.order_by("stage").first()
    now = timezone.now()
    ids = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), BATCH):
        with transaction.atomic():
            actions.complete_steps(
                evidence=[Evidence(pk, step.pk, now, "bench:1") for pk in ids[first : first + BATCH] if pk % 3]
            )


def main(people: int) -> None:
    """Fill, assign, assign again, count, forecast."""
    call_command("migrate", verbosity=0)
    begin = time.perf_counter()
    programme, city = fill(people)
    clock(f"{people} people in {UNITS} units", begin)
    target = queries.Target(organisation=city, units=[city])
    begin = time.perf_counter()
    found = queries.reach(target, programme)
    clock(f"preview: {found.people} people, {found.units} units", begin)
    begin = time.perf_counter()
    assignment = actions.assign(by=None, programme=programme, target=target)
    clock("assign (the request)", begin)
    begin = time.perf_counter()
    jobs = work()
    clock(f"enrol all in the background, {jobs} jobs", begin)
    assert Enrolment.objects.filter(assignment=assignment).count() == people
    begin = time.perf_counter()
    actions.look_again()
    work()
    clock("look again, nothing changes", begin)
    assert Enrolment.objects.count() == people
    complete(programme)
    begin = time.perf_counter()
    while actions.count_completions():
        pass
    clock("count completions of two thirds", begin)
    begin = time.perf_counter()
    while actions.fold_tallies():
        pass
    clock("fold the figures", begin)
    begin = time.perf_counter()
    changed = actions.forecast(today=programme.closes_on, days=calendar())
    clock(f"forecast on the last day, {changed} changed", begin)
    begin = time.perf_counter()
    differing = actions.rebuild_tallies(check=True)
    clock(f"compare the figures, {differing} differ", begin)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
