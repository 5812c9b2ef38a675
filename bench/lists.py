"""How long the bank's list takes with what `bench.items` seeded; run inside `manage.py shell`:

    python manage.py shell --no-imports -c "from bench.lists import main; main()"

Prints a line per page: SQL statements, milliseconds of CPU and of the clock (the best of five), rows shown.
"""

import time

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from exams.models import ItemVersion, KnowledgePoint
from exams.queries import similar_items

ROUNDS = 5


def asked() -> dict[str, dict[str, str]]:
    """Searches and filters by name."""
    point = KnowledgePoint.objects.filter(parent=None).order_by("pk")[0]
    return {
        "first page": {},
        "page 1000": {"p": "1000"},
        "search, in every item": {"q": "工作日"},
        "search, common": {"q": "信用承诺"},
        "search, rare": {"q": "公示期满之日起经集体讨论说明扣分"},
        "search, document": {"q": "38号"},
        "search, one character": {"q": "廉"},
        "state, all": {"newest_state": "ready"},
        "state, none": {"newest_state": "draft"},
        "knowledge point": {"point": str(point.pk)},
        "type and difficulty": {"type": "blank", "difficulty": "5"},
        "audience, none": {"audience": "primary"},
        "language, none": {"language": "en"},
        "near duplicates": {"twins": "on"},
        "never asked": {"used": "no"},
        "search and state": {"q": "信用承诺", "newest_state": "ready"},
        "by difficulty": {"ordering": "difficulty"},
        "by change": {"ordering": "-index__changed_at"},
    }


def main() -> None:
    """Print the table."""
    client = Client(headers={"host": "localhost"})
    user, _created = get_user_model().objects.get_or_create(username="bench", defaults={"is_superuser": True})
    client.force_login(user)
    for name, query in asked().items():
        print(line(name, lambda query=query: _rows(client, query)))
    stem = ItemVersion.objects.order_by("-pk")[0].stem
    print(line("similar items", lambda: len(similar_items(stem))))


def _rows(client: Client, query: dict[str, str]) -> int:
    """Ask for the page; returns how many items it shows."""
    page = client.get(reverse("exams_item:index"), query)
    assert page.status_code == 200, page.status_code
    return page.content.count(b'type="checkbox" name="id"')


def line(name: str, ask: object) -> str:
    """One line: ask once to warm up, then take the best."""
    ask()
    queries: list[str] = []

    def note(execute: object, sql: str, *rest: object) -> object:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        rows = ask()
    seen = []
    for _ in range(ROUNDS):
        cpu, clock = time.process_time(), time.perf_counter()
        ask()
        seen.append((time.process_time() - cpu, time.perf_counter() - clock))
    cpu_ms, clock_ms = (min(column) * 1000 for column in zip(*seen, strict=True))
    return f"{name:<24}{len(queries):>5}{cpu_ms:>9.1f}{clock_ms:>9.1f}{rows:>6}"
